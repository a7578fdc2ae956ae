"""Threads that are longer than what one reads of them."""

from __future__ import annotations

from api.slack.history import MOST_TURNS
from api.slack.web import MOST_PAGES, PAGE
from tests.api.slack.conftest import OTHER_QUESTION, QUESTION, Stage
from tests.slack_server.workspace import BEN, BOT_USER, GENERAL

LONG = MOST_PAGES * PAGE + 50
OTHER_SAID = "September"


def talk(stage: Stage) -> str:
    """A thread of people's; the timestamp of its first message."""
    workspace = stage.server.workspace
    ts = workspace.post(GENERAL, {"user": BEN, "text": "message 0"}).ts
    for number in range(1, LONG):
        workspace.post(GENERAL, {"user": BEN, "text": f"message {number}"}, thread_ts=ts)
    return ts


def test_a_question_knows_what_was_said_just_before_it(stage: Stage) -> None:
    ts = talk(stage)
    with stage.bot():
        stage.server.mention(QUESTION, thread_ts=ts)
        stage.reply(GENERAL, ts)
        stage.settled()
    said = [turn.content for turn in stage.engine.asked[0].history]
    assert said == [f"message {number}" for number in range(LONG - MOST_TURNS, LONG)]


def test_an_edited_question_is_answered_in_the_same_place(stage: Stage) -> None:
    ts = talk(stage)
    with stage.bot():
        asked = stage.server.mention(QUESTION, thread_ts=ts)
        first = stage.reply(GENERAL, ts)
        stage.settled()
        stage.server.edit(GENERAL, asked, f"<@{BOT_USER}> {OTHER_QUESTION}")
        stage.server.wait_for(
            lambda: any(OTHER_SAID in each.text for each in stage.server.replies(GENERAL, ts))
        )
        stage.settled()
    assert [each.ts for each in stage.server.replies(GENERAL, ts)] == [first.ts]


def test_of_a_thread_that_the_question_begins_nothing_is_read(stage: Stage) -> None:
    with stage.bot():
        stage.reply(GENERAL, stage.server.mention(QUESTION))
        stage.settled()
    assert stage.server.calls("conversations.replies") == []
