"""Answers that grow keep to Slack's limits, and never wait for the sake of growing."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from rag.events import AnswerEvent, Cancelled, SentenceWritten, never
from rag.records import Query
from tests.api.slack.conftest import QUESTION, Stage
from tests.api.slack.engines import TestedEngine
from tests.slack_server.slack import Call
from tests.slack_server.workspace import ANNA, GENERAL

SAID = "runs again from Monday"
SENTENCES = 20
PAUSE = 0.2
LONG = 30
"""Seconds that Slack says to wait, of which a test has no use."""


@dataclass
class WritingEngine(TestedEngine):
    """Tells many sentences, one after another."""

    __test__ = False

    def ask_stream(self, query: Query, cancelled: Cancelled = never) -> Iterator[AnswerEvent]:
        for event in super().ask_stream(query, cancelled):
            for _ in range(SENTENCES if isinstance(event, SentenceWritten) else 1):
                yield event
                time.sleep(PAUSE)


@pytest.fixture
def writing(stage: Stage) -> Stage:
    stage.engine = WritingEngine(
        archive=stage.engine.archive, quotes=stage.engine.quotes, telling=True
    )
    return stage


def partial(stage: Stage) -> list[Call]:
    """Updates that showed an answer which was not whole yet."""
    return [c for c in stage.server.calls("chat.update") if "Reading on" in str(c.arguments)]


def test_many_answers_together_are_updated_no_more_often_than_one(writing: Stage) -> None:
    with writing.bot():
        asked = [writing.server.mention(QUESTION) for _ in range(4)]
        writing.settled()
    updates = partial(writing)
    seconds = updates[-1].at - updates[0].at
    assert 2 <= len(updates) <= seconds / 2.0 + 1.5
    assert all(len(writing.server.replies(GENERAL, ts)) == 1 for ts in asked)


@pytest.mark.parametrize("method", ["chat.update", "chat.startStream", "chat.appendStream"])
def test_where_slack_takes_no_more_the_answer_does_not_wait(writing: Stage, method: str) -> None:
    writing.server.faults.rate_limited(method, retry_after=LONG)
    direct = method != "chat.update"
    channel = writing.server.workspace.direct(ANNA).id if direct else GENERAL
    began = time.monotonic()
    with writing.bot():
        ts = writing.server.dm(QUESTION) if direct else writing.server.mention(QUESTION)
        writing.settled()
    assert time.monotonic() - began < LONG
    assert writing.server.calls(method)[0].status == 429
    (reply,) = writing.server.replies(channel, ts)
    assert SAID in reply.text
    assert any("Monday" in str(version) for version in reply.versions), "it grew all the same"
