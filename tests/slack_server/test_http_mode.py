"""Deliveries over HTTP, to slack_bolt behind aiohttp and to request URLs made by hand."""

from __future__ import annotations

import asyncio
import json
import time
from typing import Any
from urllib.parse import parse_qs

import aiohttp
import pytest
from aiohttp import web
from slack_bolt.async_app import AsyncAck, AsyncRespond, AsyncSay
from slack_sdk.signature import SignatureVerifier

from tests.slack_server.apps import answering, app_of, listening
from tests.slack_server.requests import signed_headers
from tests.slack_server.server import SlackServer
from tests.slack_server.workspace import ANNA, GENERAL, Json


class Kept:
    """A request URL that keeps what came, and answers with one status after another."""

    def __init__(self, *statuses: int, headers: dict[str, str] | None = None) -> None:
        self.requests: list[tuple[dict[str, str], str]] = []
        self._statuses = iter(statuses)
        self._headers = headers or {}

    async def answer(self, request: web.Request) -> web.Response:
        self.requests.append((dict(request.headers), await request.text()))
        return web.Response(status=next(self._statuses, 200), headers=self._headers)


def told(server: SlackServer, kept: Kept) -> list[tuple[dict[str, str], str]]:
    """What one message in a channel brings to the URL."""

    async def run() -> None:
        async with answering(kept.answer) as url:
            server.deliver_to(url)
            server.say(ANNA, GENERAL, "ä question")
            await server.until(server.quiet)

    asyncio.run(run())
    return kept.requests


class TestSigning:
    def test_the_sdk_believes_the_signature_and_no_other(self, server: SlackServer) -> None:
        ((headers, body),) = told(server, Kept())
        secret = server.slack.signing_secret
        assert SignatureVerifier(secret).is_valid_request(body, headers)
        assert not SignatureVerifier("another").is_valid_request(body, headers)
        assert not SignatureVerifier(secret).is_valid_request(body + " ", headers)

    def test_a_signature_of_six_minutes_ago_is_too_old(self) -> None:
        headers = signed_headers("secret", "{}", at=time.time() - 360)
        assert not SignatureVerifier("secret").is_valid_request("{}", headers)

    def test_bolt_answers_the_challenge(self, server: SlackServer) -> None:
        async def run() -> str:
            async with listening(app_of(server)) as url:
                server.deliver_to(url)
                return await asyncio.to_thread(server.verify_url, "3eZbrw1aBm")

        assert asyncio.run(run()) == "3eZbrw1aBm"


class TestRetrying:
    def test_the_first_time_says_nothing_of_retries(self, server: SlackServer) -> None:
        ((headers, body),) = told(server, Kept())
        assert "X-Slack-Retry-Num" not in headers
        assert headers["Content-Type"] == "application/json"
        assert json.loads(body)["event"]["text"] == "ä question"

    def test_what_fails_comes_again_with_number_and_reason(self, server: SlackServer) -> None:
        server.courier.retried_after = (0.0, 0.0, 0.0)
        requests = told(server, Kept(500, 302))
        again = [(h.get("X-Slack-Retry-Num"), h.get("X-Slack-Retry-Reason")) for h, _ in requests]
        assert again == [(None, None), ("1", "http_error"), ("2", "http_error")]
        assert len({body for _, body in requests}) == 1

    def test_it_does_not_come_again_to_one_who_asked_for_that(self, server: SlackServer) -> None:
        requests = told(server, Kept(500, headers={"X-Slack-No-Retry": "1"}))
        assert len(requests) == 1
        assert server.deliveries()[0].lost

    def test_who_takes_too_long_is_told_again(self, server: SlackServer) -> None:
        server.courier.within = 0.2
        server.courier.retried_after = (0.0,)
        seen: list[str | None] = []
        release = asyncio.Event()

        async def slow(request: web.Request) -> web.Response:
            seen.append(request.headers.get("X-Slack-Retry-Reason"))
            if len(seen) == 1:
                await release.wait()
            return web.Response()

        async def run() -> None:
            async with answering(slow) as url:
                server.deliver_to(url)
                server.say(ANNA, GENERAL, "a")
                await server.until(server.quiet)
                release.set()

        asyncio.run(run())
        assert seen == [None, "http_timeout"]

    def test_where_nobody_listens_slack_gives_up_in_the_end(self, server: SlackServer) -> None:
        server.courier.retried_after = (0.0, 0.0, 0.0)
        server.deliver_to("http://127.0.0.1:9/slack/events")
        server.say(ANNA, GENERAL, "a")
        server.wait_for(server.quiet)
        (delivery,) = server.deliveries()
        assert delivery.lost
        assert [a.failed for a in delivery.attempts] == ["connection_failed"] * 4


class TestForms:
    def test_a_command_is_a_form_with_the_fields_of_the_reference(
        self, server: SlackServer
    ) -> None:
        kept = Kept()

        async def run() -> None:
            async with answering(kept.answer) as url:
                server.deliver_to(url)
                server.command("/ask", "how long & why?")
                await server.until(server.quiet)

        asyncio.run(run())
        ((headers, body),) = kept.requests
        fields = {name: value[0] for name, value in parse_qs(body).items()}
        assert headers["Content-Type"] == "application/x-www-form-urlencoded"
        assert SignatureVerifier(server.slack.signing_secret).is_valid_request(body, headers)
        assert (fields["command"], fields["text"]) == ("/ask", "how long & why?")
        assert (fields["channel_id"], fields["channel_name"]) == (GENERAL, "general")
        assert fields["is_enterprise_install"] == "false"
        assert fields["response_url"].startswith(server.url)


class TestBolt:
    def test_events_commands_and_buttons_reach_it(self, server: SlackServer) -> None:
        app = app_of(server)
        button: Json = {
            "type": "button",
            "action_id": "go",
            "text": {"type": "plain_text", "text": "Go"},
            "value": "v",
        }

        @app.event("app_mention")
        async def on_mention(event: Json, say: AsyncSay) -> None:
            actions = [{"type": "actions", "elements": [button]}]
            await say(text="answer", blocks=actions, thread_ts=event["ts"])

        @app.event("message")
        async def on_message() -> None: ...

        @app.command("/ask")
        async def on_command(ack: AsyncAck) -> None:
            await ack({"text": "at once", "response_type": "in_channel"})

        @app.action("go")
        async def on_press(ack: AsyncAck, respond: AsyncRespond, payload: Any) -> None:
            await ack()
            await respond(text=f"pressed {payload['value']}", replace_original=True)

        async def run() -> str:
            async with listening(app) as url:
                server.deliver_to(url)
                ts = server.mention("how long?")
                (answer,) = await server.until(lambda: server.replies(GENERAL, ts))
                server.press(answer, "go")
                await server.until(lambda: answer.text == "pressed v")
                server.command("/ask", "why?")
                await server.until(server.quiet)
                return ts

        ts = asyncio.run(run())
        assert [m.text for m in server.replies(GENERAL, ts)] == ["pressed v"]
        assert server.workspace.in_channel(GENERAL)[-1].text == "at once"
        assert [d.lost for d in server.deliveries()] == [False] * len(server.deliveries())

    @pytest.mark.parametrize("old", [True, False])
    def test_it_refuses_what_is_forged_or_replayed(self, server: SlackServer, old: bool) -> None:
        heard: list[Json] = []
        app = app_of(server)

        @app.event("message")
        async def on_message(event: Json) -> None:
            heard.append(event)

        body = json.dumps({"type": "event_callback", "event": {"type": "message"}})
        signed = signed_headers(
            server.slack.signing_secret if old else "forged",
            body,
            at=time.time() - (360 if old else 0),
        )

        async def run() -> int:
            async with (
                listening(app) as url,
                aiohttp.ClientSession() as session,
                session.post(
                    url, data=body, headers={**signed, "Content-Type": "application/json"}
                ) as reply,
            ):
                return reply.status

        assert asyncio.run(run()) == 401
        assert heard == []
