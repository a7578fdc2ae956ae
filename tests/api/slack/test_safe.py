"""Signatures, replays, markup, limits and tokens."""

from __future__ import annotations

import json
import logging
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
import structlog

from api.logs import configure_logs
from api.service import Limits
from api.slack.bootstrap import endpoint_maker
from rag.records import Answer, Query
from tests.api.http.serving import serving
from tests.api.slack.conftest import OTHER_QUESTION, QUESTION, Stage, until
from tests.api.slack.engines import TestedEngine
from tests.api.slack.running import settings_for
from tests.slack_limits import pings_and_links
from tests.slack_server.requests import signed_headers
from tests.slack_server.workspace import ANNA, BEN, BOT_USER, GENERAL, SECRET

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
JSON = {"Content-Type": "application/json"}


@contextmanager
def served(stage: Stage) -> Iterator[httpx.Client]:
    make = endpoint_maker(settings_for(stage.server), stage.table, stage.pace)
    service = replace(stage.service, limits=Limits(body_bytes=50_000))
    with serving(service, make_slack=make) as url, httpx.Client(base_url=url) as client:
        yield client


def event(text: str = QUESTION) -> str:
    return json.dumps(
        {
            "type": "event_callback",
            "team_id": "T0QUOTH001",
            "event_id": "Ev1",
            "event": {
                "type": "app_mention",
                "user": ANNA,
                "channel": GENERAL,
                "ts": "1700000000.000100",
                "text": f"<@{BOT_USER}> {text}",
            },
        }
    )


class TestSignatures:
    def send(self, stage: Stage, client: httpx.Client, body: str, **other: Any) -> httpx.Response:
        secret = other.pop("secret", stage.server.slack.signing_secret)
        at = time.time() - other.pop("ago", 0)
        headers = signed_headers(secret, other.pop("signed", body), at=at)
        return client.post("/slack/events", content=body, headers=JSON | headers)

    def test_what_slack_signed_is_taken_under_any_host_name(self, stage: Stage) -> None:
        with served(stage) as client:
            headers = signed_headers(stage.server.slack.signing_secret, event())
            more = {"Host": "quoth.example"}
            taken = client.post("/slack/events", content=event(), headers=JSON | headers | more)
            assert taken.status_code == 200
            elsewhere = client.get("/v1/articles", headers=more)
            assert elsewhere.status_code == 403, "other paths still ask for the name"
            until(lambda: stage.table.statistics().asked == 1)
            until(lambda: stage.table.statistics().waiting == 0)

    def test_the_service_counts_what_was_asked(self, stage: Stage) -> None:
        with served(stage) as client:
            assert self.send(stage, client, event()).status_code == 200
            until(lambda: stage.table.statistics().answered == 1)
            figure = 'quoth_slack_questions_total{asked_by="mention",outcome="answered"} 1.0'
            until(lambda: figure in client.get("/metrics").text)

    @pytest.mark.parametrize(
        ("other", "said"),
        [
            ({"secret": "another"}, "not that of the signing secret"),
            ({"signed": "{}"}, "not that of the signing secret"),
            ({"ago": 301}, "too long ago"),
            ({"ago": -400}, "clock"),
        ],
    )
    def test_what_it_did_not_sign_or_long_ago_is_refused(
        self, stage: Stage, other: dict[str, Any], said: str
    ) -> None:
        with served(stage) as client:
            refused = self.send(stage, client, event(), **other)
        assert (refused.status_code, refused.json()["code"]) == (401, "slack_signature")
        assert said in refused.json()["detail"]
        assert stage.table.statistics().asked == 0

    @pytest.mark.parametrize(
        "headers",
        [
            {},
            {"X-Slack-Signature": "v0=abc"},
            {"X-Slack-Signature": "v0=abc", "X-Slack-Request-Timestamp": "yesterday"},
            {"X-Slack-Request-Timestamp": "1700000000"},
            {"X-Slack-Signature": "v0=abc", "X-Slack-Request-Timestamp": "9" * 400},
            {"X-Slack-Signature": "v0=abc", "X-Slack-Request-Timestamp": "9" * 5_000},
        ],
        ids=range(6),
    )
    def test_headers_that_are_missing_or_odd_are_refused(
        self, stage: Stage, headers: dict[str, str]
    ) -> None:
        with served(stage) as client:
            refused = client.post("/slack/events", content=event(), headers=JSON | headers)
        assert refused.status_code == 401
        assert stage.table.statistics().asked == 0

    def test_a_signature_that_is_not_ascii_is_refused(self, stage: Stage) -> None:
        headers = signed_headers(stage.server.slack.signing_secret, event())
        headers["X-Slack-Signature"] = "v0=é"
        sent = [(key.encode(), value.encode()) for key, value in (JSON | headers).items()]
        with served(stage) as client:
            refused = client.post("/slack/events", content=event(), headers=sent)
        assert (refused.status_code, refused.json()["code"]) == (401, "slack_signature")

    def test_slack_can_see_whose_address_it_is(self, stage: Stage) -> None:
        with served(stage) as client:
            stage.server.deliver_to(f"{str(client.base_url).rstrip('/')}/slack/events")
            assert stage.server.verify_url("3eZbrw1aB10") == "3eZbrw1aB10"

    def test_without_settings_the_route_says_what_to_set(self, stage: Stage) -> None:
        with serving(stage.service) as url:
            refused = httpx.post(f"{url}/slack/events", content=event(), headers=JSON)
        assert (refused.status_code, refused.json()["code"]) == (404, "slack_not_set_up")
        assert "QUOTH_SLACK_SIGNING_SECRET" in refused.json()["hint"]


class EvilEngine(TestedEngine):
    """Answers from an article that means harm."""

    def ask(self, query: Query) -> Answer:
        answer = super().ask(query)
        evil = "<!channel> <@U0BEN00002> <https://evil.example|your bank> *now* :fire: @here"
        cited = [replace(each, title=evil, quote=evil, publisher=evil) for each in answer.citations]
        said = [replace(each, text=evil) for each in answer.sentences]
        return replace(
            answer, answer=evil, short_answer=evil, citations=cited, sentences=said, notice=evil
        )


def test_neither_a_question_nor_an_article_can_ping_or_disguise_a_link(stage: Stage) -> None:
    stage.engine = EvilEngine(archive=stage.archive, quotes=stage.engine.quotes, telling=True)
    evil = "<!channel> <!here> <https://evil.example|your bank> <@U0BEN00002>"
    with stage.bot():
        ts = stage.server.mention(QUESTION)
        reply = stage.reply(GENERAL, ts)
        stage.settled()
        stage.server.press(reply, "quoth_follow_up")
        stage.server.wait_for(lambda: stage.server.slack.tickets.opened(ANNA))
        stage.server.submit(stage.server.view(), {"quoth_words": evil})
        stage.server.wait_for(lambda: len(stage.server.replies(GENERAL, ts)) == 3)
        thread = stage.server.dm(QUESTION)
        stage.reply(stage.server.workspace.direct(ANNA).id, thread)
        stage.settled()
    sent = stage.server.calls("chat.postMessage", "chat.update", "chat.appendStream")
    assert len(sent) > 4
    for call in sent:
        for found in pings_and_links(call.arguments):
            assert ANNA in found or found.endswith(" skerry.example"), call


class TestLimits:
    def test_of_a_person_with_a_friendly_word(self, stage: Stage) -> None:
        with stage.bot(slack_rate_limit="2/minute"):
            asked = [stage.server.mention(QUESTION) for _ in range(3)]
            for ts in asked[:2]:
                stage.server.wait_for(lambda: stage.server.workspace.ephemeral(ANNA))
                del ts
            other = stage.server.mention(QUESTION, user=BEN)
            stage.reply(GENERAL, other)
            stage.settled()
        (told,) = stage.server.workspace.ephemeral(ANNA)
        assert "Ask again in" in told.text
        assert len(stage.engine.asked) == 3
        assert stage.table.statistics().failed == 1

    def test_of_a_channel(self, stage: Stage) -> None:
        with stage.bot(slack_channel_rate_limit="1/hour"):
            stage.reply(GENERAL, stage.server.mention(QUESTION))
            stage.server.mention(OTHER_QUESTION, user=BEN)
            stage.server.wait_for(lambda: stage.server.workspace.ephemeral(BEN))
            stage.reply(SECRET, stage.server.mention(OTHER_QUESTION, user=BEN, channel=SECRET))
            stage.settled()
        assert "minutes" in stage.server.workspace.ephemeral(BEN)[0].text

    def test_retries_of_one_question_count_once(self, stage: Stage) -> None:
        with stage.bot(slack_rate_limit="2/minute"):
            for question in (QUESTION, OTHER_QUESTION):
                ts = stage.server.mention(question)
                for delivery in stage.server.of_message(ts):
                    stage.server.redeliver(delivery)
                stage.reply(GENERAL, ts)
            stage.settled()
        assert stage.server.workspace.ephemeral(ANNA) == []

    def test_in_a_direct_message_and_for_a_command(self, stage: Stage) -> None:
        with stage.bot(slack_rate_limit="1/hour"):
            stage.reply(GENERAL, stage.server.mention(QUESTION))
            ts = stage.server.dm(QUESTION)
            assert "Ask again in" in stage.reply(stage.server.workspace.direct(ANNA).id, ts).text
            stage.server.command("/ask", QUESTION)
            stage.server.wait_for(
                lambda: any(
                    "Ask again in" in m.text for m in stage.server.workspace.ephemeral(ANNA)
                )
            )


@pytest.fixture
def logs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Everything that is logged, by anybody, at its most talkative, in a file."""
    root, configured = logging.getLogger(), structlog.get_config()
    handlers, level = root.handlers, root.level
    path = tmp_path / "log.txt"
    with path.open("w", encoding="utf-8", buffering=1) as file:
        monkeypatch.setattr(sys, "stderr", file)
        configure_logs("debug", "json")
        root.setLevel(logging.DEBUG)
        yield path
        root.handlers = handlers
        root.setLevel(level)
        structlog.configure(**configured)


def test_tokens_are_in_no_log_line_whatever_goes_wrong(logs: Path, stage: Stage) -> None:
    server = stage.server
    server.faults.error("chat.update", "invalid_auth")
    server.faults.status("conversations.replies", 503)
    server.faults.drop("chat.postMessage")
    with stage.bot():
        ts = server.mention(QUESTION)
        server.wait_for(lambda: server.calls("chat.update"))
        server.cut()
        delivery = server.command("/ask", OTHER_QUESTION)
        server.wait_for(lambda: delivery.done)
        stage.settled()
    with stage.bot("http"):
        server.mention(QUESTION, thread_ts=ts)
        stage.settled()
    said = logs.read_text(encoding="utf-8")
    assert len(said.splitlines()) > 50
    assert "ticket=********" in said, "the SDK tells where it connects"
    assert '"slack_refused"' in said
    for secret in (server.slack.bot_token, server.slack.app_token, server.slack.signing_secret):
        assert secret not in said
