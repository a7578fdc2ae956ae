"""A local Slack for tests and benchmarks: the real protocol over real sockets, in one thread."""

from __future__ import annotations

import asyncio
import concurrent.futures
import threading
import time
from collections.abc import Callable, Coroutine
from types import TracebackType
from typing import Any, Self, TypeVar

from aiohttp import web

from tests.slack_server import interactions
from tests.slack_server.deliveries import Courier, Delivery, Kind
from tests.slack_server.people import People
from tests.slack_server.requests import HttpMode
from tests.slack_server.slack import Call, Slack
from tests.slack_server.sockets import SocketMode
from tests.slack_server.tickets import View
from tests.slack_server.web_api import WebApi
from tests.slack_server.workspace import ANNA, Json, Message

PATIENCE = 60.0
"""Seconds after which a test fails where nothing happens; when all is well, none waits so long."""

LOOKED_EVERY = 0.05
"""Seconds between two looks at what changes outside Slack."""

Found = TypeVar("Found")


class SlackServer(People):
    """Slack on a free port of the loopback address, for as long as a `with` block lasts.

    `api_url` is the base URL for `slack_sdk`; `slack` what Slack knows; `faults` what goes wrong;
    `courier` how deliveries are tried; `sockets` the Socket Mode connections.
    """

    def __init__(self, slack: Slack | None = None) -> None:
        self.slack = slack or Slack()
        self.slack.deliver = self._event
        self.faults = self.slack.faults
        self.workspace = self.slack.workspace
        self.sockets = SocketMode(self.workspace.touch)
        self.courier = Courier(self.sockets, self.faults, self.workspace.touch)
        self.courier.answered = self._answered
        self.told: list[tuple[str, str]] = []
        """What Slack told people of commands and interactions that the app did not answer."""
        self.url = ""
        self._loop: asyncio.AbstractEventLoop
        self._thread = threading.Thread(target=self._run, name="slack", daemon=True)
        self._runner: web.AppRunner | None = None
        self._requests: HttpMode | None = None

    # -- beginning and end ------------------------------------------------------------------------

    def __enter__(self) -> Self:
        self._loop = asyncio.new_event_loop()
        self._thread.start()
        self._do(self._start())
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._do(self._stop())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(timeout=PATIENCE)
        self._loop.close()

    @property
    def api_url(self) -> str:
        return f"{self.url}/api/"

    def deliver_to(self, url: str) -> None:
        """Deliver over HTTP to the app's request URL from now on, signed."""
        self._requests = HttpMode(url, self.slack.signing_secret)
        self.courier.transport = self._requests

    def verify_url(self, challenge: str) -> str:
        """What the app's request URL answers to Slack's challenge."""
        assert self._requests is not None, "there is no request URL: deliver_to() sets it"
        return self._do(self._requests.verify(challenge))

    # -- Socket Mode ------------------------------------------------------------------------------

    def ask_to_reconnect(self, reason: str = "refresh_requested") -> None:
        """Tell every connection that it is to be replaced."""
        self._do(self.sockets.ask_to_leave(reason))

    def cut(self, most: int | None = None) -> int:
        """Break connections off without a word: all, or so many of the oldest. How many it were."""
        return self._do(_later(lambda: self.sockets.cut(most)))

    # -- deliveries -------------------------------------------------------------------------------

    def hand_over(self, kind: Kind, payload: Json) -> Delivery:
        delivery = Delivery(kind=kind, payload=payload)
        with self.workspace.lock:
            self.courier.all.append(delivery)
            self.courier.under_way += 1
        self._loop.call_soon_threadsafe(self.courier.start, delivery)
        return delivery

    def redeliver(self, delivery: Delivery, reason: str = "timeout") -> None:
        """Deliver once more what was delivered, acknowledged or not."""
        self._loop.call_soon_threadsafe(self.courier.again, delivery, reason)

    def deliveries(self, kind: str | None = None) -> list[Delivery]:
        """All deliveries; of events of one type, or of one kind (`slash_commands`, …)."""
        with self.workspace.lock:
            return [d for d in self.courier.all if kind in (None, d.kind, d.event.get("type"))]

    def of_message(self, ts: str) -> list[Delivery]:
        """The deliveries that tell of a new message: `message`, and perhaps `app_mention`."""
        return [d for d in self.deliveries("events_api") if d.event.get("ts") == ts]

    # -- what came of it --------------------------------------------------------------------------

    def calls(self, *methods: str) -> list[Call]:
        """Calls of the methods (all where none is named), in the order in which they came."""
        with self.workspace.lock:
            return [c for c in self.slack.calls if not methods or c.method in methods]

    def replies(self, channel: str, ts: str) -> list[Message]:
        """What the app has said in the thread."""
        return [m for m in self.workspace.thread(channel, ts) if m.by_app]

    def view(self, user: str = ANNA) -> View:
        """The modal that somebody has open, the one on top."""
        opened = self.slack.tickets.opened(user)
        assert opened, f"{user} has no modal open"
        return opened[-1]

    def check(self) -> None:
        """Fail if anything was sent that Slack's documentation does not allow."""
        assert not self.slack.violations, "\n".join(map(str, self.slack.violations))

    def wait_for(self, what: Callable[[], Found], *, seconds: float = PATIENCE) -> Found:
        """What is found as soon as it is true. It blocks: see `until` for coroutines."""
        ends = time.monotonic() + seconds
        with self.workspace.changed:
            while not (found := what()):
                assert time.monotonic() < ends, f"nothing came in {seconds:g} s; {self._state()}"
                self.workspace.changed.wait(LOOKED_EVERY)
        return found

    async def until(self, what: Callable[[], Found], *, seconds: float = PATIENCE) -> Found:
        """What is found as soon as it is true."""
        return await asyncio.to_thread(self.wait_for, what, seconds=seconds)

    def quiet(self) -> bool:
        """Whether nothing is on its way to the app."""
        return self.courier.under_way == 0

    # -- inside -----------------------------------------------------------------------------------

    def _event(self, payload: Json) -> None:
        self.hand_over("events_api", payload)

    def _answered(self, delivery: Delivery) -> None:
        interactions.answered(self.slack, delivery, self.told)

    def _state(self) -> str:
        calls = [f"{c.method}{f' ({c.error})' if c.error else ''}" for c in self.calls()[-8:]]
        failed = [d.attempts[-1].failed for d in self.deliveries() if d.attempts][-8:]
        return f"last calls {calls}, last deliveries failed with {failed}, told {self.told[-3:]}"

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_forever()

    def _do(self, work: Coroutine[Any, Any, Found]) -> Found:
        done: concurrent.futures.Future[Found] = asyncio.run_coroutine_threadsafe(work, self._loop)
        return done.result(timeout=PATIENCE)

    async def _start(self) -> None:
        app = web.Application(client_max_size=4 * 2**20)
        api = WebApi(self.slack, ticket=self.sockets.ticket)
        app.router.add_route("*", "/api/{method}", api.handle)
        app.router.add_get("/link/", self.sockets.handle)
        for kind in ("actions", "app", "commands"):
            app.router.add_post(f"/{kind}/{{team}}/{{number}}/{{secret}}", self._respond)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        host, port = self._runner.addresses[0][:2]
        self.url = f"http://{host}:{port}"

    async def _respond(self, request: web.Request) -> web.Response:
        return await interactions.respond(self.slack, request)

    async def _stop(self) -> None:
        await self.courier.stop()
        for connection in list(self.sockets.connections):
            connection.cut()
        if self._requests is not None:
            await self._requests.close()
        if self._runner is not None:
            await self._runner.cleanup()


async def _later(work: Callable[[], Found]) -> Found:
    return work()
