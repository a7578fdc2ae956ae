"""Socket Mode, with the unmodified SDK's client and a slack_bolt app at the other end."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import pytest
from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncSay
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.async_client import AsyncBaseSocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.socket_mode.response import SocketModeResponse

from tests.slack_server.apps import app_of, client_of, connected
from tests.slack_server.server import SlackServer
from tests.slack_server.slack import Slack
from tests.slack_server.sockets import MOST_CONNECTIONS
from tests.slack_server.workspace import ANNA, APP, BOT_USER, GENERAL, RANDOM, TEAM, Json


class Raw:
    """The SDK's client, with every request that came, acknowledged or not."""

    def __init__(self, server: SlackServer, *, acknowledges: bool = True) -> None:
        self.requests: list[SocketModeRequest] = []
        self.acknowledges = acknowledges
        self.client = SocketModeClient(
            app_token=server.slack.app_token, web_client=client_of(server), ping_interval=1
        )
        self.client.socket_mode_request_listeners.append(self._heard)

    async def _heard(self, client: AsyncBaseSocketModeClient, request: SocketModeRequest) -> None:
        self.requests.append(request)
        if self.acknowledges:
            await client.send_socket_mode_response(SocketModeResponse(request.envelope_id))


@asynccontextmanager
async def raw(server: SlackServer, *, acknowledges: bool = True) -> AsyncIterator[Raw]:
    listener = Raw(server, acknowledges=acknowledges)
    opened = server.sockets.opened
    await listener.client.connect()  # type: ignore[no-untyped-call]
    try:
        await server.until(lambda: server.sockets.opened > opened)
        yield listener
    finally:
        await listener.client.close()  # type: ignore[no-untyped-call]


async def first_words(server: SlackServer) -> tuple[Json, Json]:
    """The greeting on a connection made by hand, and what comes after it."""
    opened = await client_of(server).apps_connections_open(app_token=server.slack.app_token)
    async with aiohttp.ClientSession() as session, session.ws_connect(opened["url"]) as socket:
        hello = await socket.receive_json()
        await asyncio.to_thread(server.mention, "how long?")
        return hello, await socket.receive_json()


def mentions(app: AsyncApp) -> list[Json]:
    """The mentions that the app hears of, as they come."""
    heard: list[Json] = []

    @app.event("app_mention")
    async def on_mention(event: Json) -> None:
        heard.append(event)

    @app.event("message")
    async def on_message() -> None: ...

    return heard


class TestEnvelopes:
    def test_a_connection_begins_with_hello_and_goes_on_with_envelopes(
        self, server: SlackServer
    ) -> None:
        hello, envelope = asyncio.run(first_words(server))
        assert (hello["type"], hello["num_connections"]) == ("hello", 1)
        assert hello["connection_info"] == {"app_id": APP}
        assert (envelope["type"], envelope["accepts_response_payload"]) == ("events_api", False)
        assert (envelope["retry_attempt"], envelope["retry_reason"]) == (0, "")
        payload = envelope["payload"]
        assert (payload["type"], payload["team_id"]) == ("event_callback", TEAM)
        assert payload["authorizations"][0]["user_id"] == BOT_USER

    def test_a_ticket_opens_one_connection(self, server: SlackServer) -> None:
        async def run() -> None:
            opened = await client_of(server).apps_connections_open(app_token="xapp-test")
            async with aiohttp.ClientSession() as session:
                async with session.ws_connect(opened["url"]):
                    pass
                with pytest.raises(aiohttp.WSServerHandshakeError):
                    await session.ws_connect(opened["url"])

        asyncio.run(run())

    def test_a_mention_is_told_of_twice_under_one_timestamp(self, server: SlackServer) -> None:
        async def run() -> list[Json]:
            async with raw(server) as app:
                server.mention("how long?")
                await server.until(server.quiet)
                return [request.payload for request in app.requests]

        told = asyncio.run(run())
        assert Counter(p["event"]["type"] for p in told) == {"message": 1, "app_mention": 1}
        assert len({p["event"]["ts"] for p in told}) == 1
        assert len({p["event_id"] for p in told}) == 2

    def test_what_the_app_may_not_read_or_did_not_ask_for_is_not_told(self) -> None:
        slack = Slack(scopes=("app_mentions:read",), subscriptions=("app_mention", "message.im"))
        with SlackServer(slack) as server:
            server.mention("in a channel")
            server.dm("without im:history")
            server.mention("where it is not", channel=RANDOM)
            told = [delivery.event["type"] for delivery in server.deliveries()]
        assert told == ["app_mention"]


class TestAcknowledging:
    def test_bolt_answers_and_acknowledges(self, server: SlackServer) -> None:
        app = app_of(server)

        @app.event("app_mention")
        async def on_mention(event: Json, say: AsyncSay) -> None:
            await say("fifteen years", thread_ts=event["ts"])

        @app.event("message")
        async def on_message() -> None: ...

        async def run() -> str:
            async with connected(server, app):
                ts = server.mention("how long?")
                await server.until(lambda: server.replies(GENERAL, ts))
                await server.until(server.quiet)
                return ts

        ts = asyncio.run(run())
        assert [m.text for m in server.replies(GENERAL, ts)] == ["fifteen years"]
        assert all(d.acknowledged and d.waited is not None for d in server.deliveries())
        server.check()

    def test_what_is_not_acknowledged_is_told_again_and_then_given_up(
        self, server: SlackServer
    ) -> None:
        server.courier.within = 0.05
        server.courier.retried_after = (0.0, 0.0, 0.0)

        async def run() -> list[SocketModeRequest]:
            async with raw(server, acknowledges=False) as app:
                server.say(ANNA, GENERAL, "a")
                await server.until(lambda: server.quiet() and len(app.requests) >= 4)
                return app.requests

        told = asyncio.run(run())
        assert [r.retry_attempt for r in told] == [0, 1, 2, 3]
        assert [r.retry_reason for r in told] == ["", "timeout", "timeout", "timeout"]
        assert len({r.payload["event_id"] for r in told}) == 1
        assert [d.lost for d in server.deliveries()] == [True]

    def test_a_lost_acknowledgement_brings_the_event_again(self, server: SlackServer) -> None:
        server.faults.lose_acknowledgements(1)

        async def run() -> list[SocketModeRequest]:
            async with raw(server) as app:
                server.say(ANNA, GENERAL, "a")
                await server.until(server.quiet)
                return app.requests

        assert [r.retry_attempt for r in asyncio.run(run())] == [0, 1]

    def test_what_was_delivered_can_be_delivered_again(self, server: SlackServer) -> None:
        async def run() -> list[SocketModeRequest]:
            async with raw(server) as app:
                server.say(ANNA, GENERAL, "a")
                await server.until(server.quiet)
                server.redeliver(server.deliveries()[0])
                await server.until(lambda: len(app.requests) == 2)
                return app.requests

        first, second = asyncio.run(run())
        assert first.payload == second.payload
        assert first.envelope_id != second.envelope_id

    def test_a_command_is_tried_once_and_the_person_told(self, server: SlackServer) -> None:
        server.courier.within = 0.05

        async def run() -> list[SocketModeRequest]:
            async with raw(server, acknowledges=False) as app:
                server.command("/ask", "how long?")
                await server.until(lambda: server.quiet() and app.requests)
                return app.requests

        assert len(asyncio.run(run())) == 1
        assert server.told == [(ANNA, "/ask: operation_timeout")]

    def test_what_bolt_says_in_acknowledging_is_shown(self, server: SlackServer) -> None:
        app = app_of(server)

        @app.command("/ask")
        async def on_command(ack: AsyncAck) -> None:
            await ack("reading…")

        async def run() -> None:
            async with connected(server, app):
                server.command("/ask", "how long?")
                await server.until(server.quiet)

        asyncio.run(run())
        assert [m.text for m in server.workspace.ephemeral(ANNA)] == ["reading…"]


class TestConnections:
    def test_the_client_answers_pings(self, server: SlackServer) -> None:
        async def run() -> None:
            async with raw(server):
                await server.until(lambda: server.sockets.pings_answered)

        asyncio.run(run())

    def test_events_go_round_the_connections_each_to_one(self, server: SlackServer) -> None:
        async def run() -> tuple[int, int]:
            async with raw(server) as one, raw(server) as two:
                for number in range(10):
                    server.say(ANNA, GENERAL, str(number))
                await server.until(server.quiet)
                return len(one.requests), len(two.requests)

        assert asyncio.run(run()) == (5, 5)

    def test_one_connection_can_be_broken_and_the_other_left(self, server: SlackServer) -> None:
        async def run() -> int:
            async with raw(server), raw(server):
                first, second = server.sockets.connections
                broken = await asyncio.to_thread(server.cut, 1)
                await server.until(lambda: first not in server.sockets.connections)
                assert second in server.sockets.connections
                return broken

        assert asyncio.run(run()) == 1

    @pytest.mark.parametrize("reason", ["warning", "refresh_requested"])
    def test_bolt_takes_another_connection_when_it_is_asked_to(
        self, server: SlackServer, reason: str
    ) -> None:
        app = app_of(server)
        heard = mentions(app)

        async def run() -> None:
            async with connected(server, app):
                await asyncio.to_thread(server.ask_to_reconnect, reason)
                await server.until(lambda: server.sockets.opened == 2)
                server.mention("still there?")
                await server.until(lambda: heard)

        asyncio.run(run())

    def test_a_connection_that_stays_although_asked_to_go_is_closed(
        self, server: SlackServer
    ) -> None:
        server.sockets.leave_within = 1.0

        async def run() -> None:
            opened = await client_of(server).apps_connections_open(app_token="xapp-test")
            async with (
                aiohttp.ClientSession() as session,
                session.ws_connect(opened["url"]) as socket,
            ):
                await socket.receive_json()
                await asyncio.to_thread(server.ask_to_reconnect)
                assert (await socket.receive_json())["reason"] == "refresh_requested"
                await server.until(lambda: not server.sockets.connections)

        asyncio.run(run())

    def test_an_event_on_a_connection_that_breaks_comes_on_the_next(
        self, server: SlackServer
    ) -> None:
        server.courier.retried_after = (0.1,) * 100

        async def run() -> list[SocketModeRequest]:
            async with raw(server, acknowledges=False) as app:
                server.say(ANNA, GENERAL, "a")
                await server.until(lambda: app.requests)
                app.acknowledges = True
                assert await asyncio.to_thread(server.cut) == 1
                await server.until(server.quiet)
                return app.requests

        told = asyncio.run(run())
        assert len(told) == 2
        (delivery,) = server.deliveries()
        assert delivery.acknowledged
        assert delivery.attempts[0].failed == "connection_closed"
        assert delivery.attempts[-1].to == "connection 2"

    def test_without_a_connection_an_event_waits_for_one(self, server: SlackServer) -> None:
        server.courier.retried_after = (0.05,) * 1_000
        server.say(ANNA, GENERAL, "a")

        async def run() -> None:
            async with raw(server):
                await server.until(server.quiet)

        asyncio.run(run())
        (delivery,) = server.deliveries()
        assert delivery.acknowledged
        assert delivery.attempts[0].failed == "no_connection"

    def test_more_than_ten_connections_are_too_many(self, server: SlackServer) -> None:
        async def run() -> Any:
            client = client_of(server)
            async with aiohttp.ClientSession() as session:
                kept = []
                for _ in range(MOST_CONNECTIONS + 1):
                    opened = await client.apps_connections_open(app_token="xapp-test")
                    kept.append(await session.ws_connect(opened["url"]))
                    said = await kept[-1].receive_json()
                return said

        assert asyncio.run(run())["reason"] == "too_many_websockets"


class TestUnderLoad:
    def test_nothing_is_lost_under_redelivery_and_broken_connections(
        self, server: SlackServer
    ) -> None:
        server.courier.retried_after = (0.05,) * 1_000
        server.faults.redelivered_share = 0.3
        app = app_of(server)
        heard = mentions(app)

        async def run() -> list[str]:
            asked: list[str] = []
            async with connected(server, app), connected(server, app):
                for number in range(200):
                    asked.append(server.mention(f"question {number}"))
                    if number % 60 == 59:
                        await asyncio.to_thread(server.cut)
                    await asyncio.sleep(0.005)
                await server.until(server.quiet)
            return asked

        asked = asyncio.run(run())
        times = Counter(event["ts"] for event in heard)
        assert set(times) == set(asked)
        assert sum(times.values()) > len(asked)
        assert not [delivery for delivery in server.deliveries() if delivery.lost]
