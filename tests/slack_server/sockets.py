"""Socket Mode: WebSockets over which the app is told, and acknowledges.

https://docs.slack.dev/apis/events-api/using-socket-mode
"""

from __future__ import annotations

import asyncio
import json
import secrets
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field

from aiohttp import WSMsgType, web

from tests.slack_server.deliveries import Attempt, Delivery, NotAcknowledged
from tests.slack_server.workspace import APP, Json

MOST_CONNECTIONS = 10
PING_SECONDS = 5.0
LEAVE_SECONDS = 10.0
APPROXIMATE_LIFE = 18_060
"""Seconds that Slack says a connection lasts, roughly."""


@dataclass(slots=True, kw_only=True, eq=False)
class Connection:
    """One WebSocket of the app."""

    name: str
    socket: web.WebSocketResponse
    request: web.Request
    leaving: bool = False
    """Whether it was asked to go: it is told nothing where another can be."""
    waiting: dict[str, asyncio.Future[Json]] = field(default_factory=dict)
    late: int = 0
    """Acknowledgements of what nobody waited for any more."""

    async def tell(self, message: Json) -> None:
        await self.socket.send_str(json.dumps(message))

    def cut(self) -> None:
        """Break it off without a word."""
        if self.request.transport is not None:
            self.request.transport.abort()

    def fail(self) -> None:
        for future in self.waiting.values():
            if not future.done():
                future.set_exception(NotAcknowledged("connection_closed"))


class SocketMode:
    """The app's connections; every delivery goes to one of them."""

    def __init__(self, touch: Callable[[], None]) -> None:
        self.connections: list[Connection] = []
        self.opened = 0
        """Connections made since the beginning."""
        self.ping_seconds = PING_SECONDS
        self.leave_within = LEAVE_SECONDS
        self.pings_answered = 0
        self.late_tickets = 0
        """Tickets to come that open nothing, as if they were used too late."""
        self._tickets: set[str] = set()
        self._turn = 0
        self._touch = touch

    def ticket(self) -> str:
        """A ticket that opens one connection, once."""
        made = secrets.token_urlsafe(24)
        if self.late_tickets:
            self.late_tickets -= 1
        else:
            self._tickets.add(made)
        return made

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """One connection, from its ticket to its end."""
        ticket = request.query.get("ticket", "")
        if ticket not in self._tickets:
            return web.Response(status=408, text="invalid ticket")
        self._tickets.remove(ticket)
        socket = web.WebSocketResponse(autoping=False)
        await socket.prepare(request)
        self.opened += 1
        connection = Connection(name=f"connection {self.opened}", socket=socket, request=request)
        if len(self.connections) >= MOST_CONNECTIONS:
            await connection.tell(_disconnect("too_many_websockets"))
            await socket.close()
            return socket
        await self._serve(connection)
        return socket

    async def send(self, delivery: Delivery, attempt: Attempt, *, within: float) -> Json:
        connection = self._next()
        attempt.to = connection.name
        envelope = secrets.token_hex(16)
        answer: asyncio.Future[Json] = asyncio.get_running_loop().create_future()
        connection.waiting[envelope] = answer
        try:
            await connection.tell(_enveloped(delivery, attempt, envelope))
            return await asyncio.wait_for(answer, within)
        except TimeoutError:
            raise NotAcknowledged("timeout") from None
        except ConnectionError:
            raise NotAcknowledged("connection_closed") from None
        finally:
            connection.waiting.pop(envelope, None)

    async def ask_to_leave(self, reason: str) -> None:
        """Tell every connection that it is to be replaced (`warning`, `refresh_requested`, or
        `link_disabled`), and close those that stay in spite of it."""
        for connection in list(self.connections):
            connection.leaving = True
            with suppress(ConnectionError):
                await connection.tell(_disconnect(reason))
            asyncio.get_running_loop().call_later(self.leave_within, connection.cut)

    def cut(self, most: int | None = None) -> int:
        """Break connections off without a word: all, or so many of the oldest. How many it were."""
        broken = self.connections[:most]
        for connection in broken:
            connection.cut()
        return len(broken)

    async def _serve(self, connection: Connection) -> None:
        self.connections.append(connection)
        pinging = asyncio.create_task(self._ping(connection))
        try:
            with suppress(ConnectionError):
                await connection.tell(_hello(len(self.connections)))
                self._touch()
                await self._listen(connection)
        finally:
            self.connections.remove(connection)
            pinging.cancel()
            connection.fail()
            self._touch()

    async def _listen(self, connection: Connection) -> None:
        async for message in connection.socket:
            if message.type == WSMsgType.PING:
                await connection.socket.pong(message.data)
            elif message.type == WSMsgType.PONG:
                self.pings_answered += 1
            elif message.type == WSMsgType.TEXT:
                acknowledged = json.loads(message.data)
                waiting = connection.waiting.get(acknowledged.get("envelope_id", ""))
                if waiting is None or waiting.done():
                    connection.late += 1
                else:
                    waiting.set_result(acknowledged.get("payload") or {})

    async def _ping(self, connection: Connection) -> None:
        while True:
            try:
                await connection.socket.ping(b"Ping from applink")
            except ConnectionError:
                return
            await asyncio.sleep(self.ping_seconds)

    def _next(self) -> Connection:
        """The connection whose turn it is."""
        open_ones = [c for c in self.connections if not c.socket.closed]
        staying = [c for c in open_ones if not c.leaving] or open_ones
        if not staying:
            raise NotAcknowledged("no_connection")
        self._turn += 1
        return staying[self._turn % len(staying)]


def _hello(connections: int) -> Json:
    return {
        "type": "hello",
        "num_connections": connections,
        "debug_info": {
            "host": "applink-local",
            "build_number": 1,
            "approximate_connection_time": APPROXIMATE_LIFE,
        },
        "connection_info": {"app_id": APP},
    }


def _disconnect(reason: str) -> Json:
    return {"type": "disconnect", "reason": reason, "debug_info": {"host": "applink-local"}}


def _enveloped(delivery: Delivery, attempt: Attempt, envelope: str) -> Json:
    answerable = (
        delivery.kind == "slash_commands" or delivery.payload.get("type") == "view_submission"
    )
    made: Json = {
        "envelope_id": envelope,
        "payload": delivery.payload,
        "type": delivery.kind,
        "accepts_response_payload": answerable,
    }
    if delivery.kind == "events_api":
        reason = "timeout" if attempt.number else ""
        made |= {"retry_attempt": attempt.number, "retry_reason": reason}
    return made
