"""What only the asker sees comes whole, and each part of it once."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest

from api.slack.blocks.actions import ACTION_CONTEXT
from api.slack.ledger import Ledger
from api.slack.private import ToAsker
from api.slack.web import Message, Slack, SlackUnreachable, opened_client
from api.slack.wording import SENT_DIRECTLY
from index.catalogue.slack_questions import AskedBy, NewQuestion, SlackQuestionTable
from index.errors import QuestionInvalid
from tests.api.slack.conftest import QUESTION, QUOTE, Stage
from tests.slack_server.workspace import ANNA, GENERAL, TEAM, by_the_app

KEY = "cmd:1"
PARTS: list[Message] = [{"text": f"part {part}"} for part in range(3)]
TEXTS = [str(part["text"]) for part in PARTS]
LONG: list[Message] = [{"text": f"part {part}"} for part in range(6)]
"""More than may be sent in response to a command."""
LONG_TEXTS = [str(part["text"]) for part in LONG]
SAID = "runs again from Monday"


def asked(stage: Stage) -> NewQuestion:
    path = stage.server.slack.tickets.response_url("commands", ANNA, GENERAL)
    return NewQuestion(
        event_key=KEY,
        team=TEAM,
        channel=GENERAL,
        user=ANNA,
        thread_ts=None,
        asked_by=AskedBy.COMMAND,
        question=QUESTION,
        context={"response_url": f"{stage.server.url}{path}"},
    )


def delivered(stage: Stage, *answers: Sequence[Message], noted: str | None = None) -> None:
    """Deliver an answer of several messages, or one after another to the same question; `noted`
    is what a bot had noted before it died."""

    async def deliver() -> None:
        ledger = Ledger(stage.table, lease_seconds=60.0)
        assert await ledger.claim(asked(stage))
        if noted is not None:
            assert await ledger.posted(KEY, noted)
        token = stage.server.slack.bot_token
        async with opened_client(token, stage.server.api_url) as client:
            for answer in answers:
                question = await ledger.get(KEY)
                assert question is not None
                with suppress(SlackUnreachable):
                    await ToAsker(Slack(client), ledger, question).conclude(answer)

    asyncio.run(deliver())


def shown(stage: Stage) -> list[str]:
    return [each.text for each in stage.server.workspace.ephemeral(ANNA)]


def direct(stage: Stage) -> list[str]:
    channel = stage.server.workspace.direct(ANNA).id
    return [each.text for each in stage.server.workspace.in_channel(channel)]


def test_a_fault_between_two_messages_loses_neither_and_repeats_none(stage: Stage) -> None:
    stage.server.faults.slow("response_url", 0.0)
    stage.server.faults.status("response_url", 503, times=5)
    delivered(stage, PARTS, PARTS)
    assert (shown(stage), direct(stage)) == (TEXTS, [])


def test_where_the_second_is_refused_only_the_rest_comes_directly(stage: Stage) -> None:
    stage.server.faults.slow("response_url", 0.0)
    stage.server.faults.status("response_url", 404)
    delivered(stage, PARTS)
    assert (shown(stage), direct(stage)) == (TEXTS[:1], TEXTS[1:])


class TestALongOne:
    def test_comes_directly_and_says_so_where_it_was_asked_for(self, stage: Stage) -> None:
        delivered(stage, LONG, LONG)
        assert direct(stage) == LONG_TEXTS
        assert shown(stage) == [SENT_DIRECTLY]

    def test_that_becomes_shorter_leaves_nothing_behind(self, stage: Stage) -> None:
        delivered(stage, LONG, PARTS[:2])
        assert direct(stage) == TEXTS[:2]

    @pytest.mark.parametrize("place", [0, 2])
    def test_of_which_a_reply_is_lost_does_not_come_twice(self, stage: Stage, place: int) -> None:
        if place:
            stage.server.faults.slow("chat.postMessage", 0.0, times=place)
        stage.server.faults.drop("chat.postMessage", done=True)
        delivered(stage, LONG)
        assert direct(stage) == LONG_TEXTS

    def test_whose_beginning_nobody_noted_goes_on_from_there(self, stage: Stage) -> None:
        payload = {"event_key": KEY, "part": 0, "direct": True}
        begun = stage.server.workspace.post(
            stage.server.workspace.direct(ANNA).id,
            {
                **by_the_app(),
                "text": LONG_TEXTS[0],
                "metadata": {"event_type": "quoth_answer", "event_payload": payload},
            },
        )
        delivered(stage, LONG)
        assert direct(stage) == LONG_TEXTS
        noted = stage.table.get(KEY)
        assert noted is not None
        assert noted.message_ts == begun.ts


class TestAReplyOfSlacksThatIsLost:
    @pytest.mark.parametrize("done", [True, False])
    def test_is_told_directly_where_one_can_read_the_answer(self, stage: Stage, done: bool) -> None:
        stage.server.faults.drop("response_url", done=done)
        with stage.bot():
            stage.server.command("/ask", QUESTION)
            stage.server.wait_for(lambda: direct(stage))
            stage.settled()
            (told,) = stage.server.workspace.in_channel(stage.server.workspace.direct(ANNA).id)
            assert "press “Quotes in context” here" in str(told.blocks)
            stage.server.press(told, ACTION_CONTEXT)
            stage.server.wait_for(lambda: stage.server.slack.tickets.opened(ANNA))
            assert QUOTE in str(stage.server.view().blocks)
        assert len([each for each in shown(stage) if SAID in each]) == int(done)
        assert len(stage.server.calls("response_url")) == 1

    def test_of_a_failure_is_told_too(self, stage: Stage) -> None:
        stage.engine.failures = [QuestionInvalid("the question is too long")]
        stage.server.faults.drop("response_url")
        with stage.bot():
            stage.server.command("/ask", QUESTION)
            stage.server.wait_for(lambda: direct(stage))
            stage.settled()
        assert "ask again" in direct(stage)[0]

    def test_as_the_bot_died_is_not_sent_again(self, stage: Stage) -> None:
        delivered(stage, PARTS, noted="sent:3?")
        assert shown(stage) == []
        (told,) = direct(stage)
        assert "did not tell me" in told

    @pytest.mark.parametrize("noted", [None, "sent:1?"], ids=["it goes on", "the bot died"])
    def test_with_others_to_follow_brings_all_of_them_directly(
        self, stage: Stage, noted: str | None
    ) -> None:
        if noted is None:
            stage.server.faults.drop("response_url", done=True)
        delivered(stage, PARTS, noted=noted)
        assert shown(stage) == ([] if noted else TEXTS[:1])
        told, *answer = direct(stage)
        assert "did not tell me how much" in told
        assert answer == TEXTS


class DyingTable(SlackQuestionTable):
    """Fails between an answer and noting that it was given."""

    def answered(self, event_key: str, **_: Any) -> bool:
        raise OSError(f"the machine was turned off before {event_key} was noted")


def test_the_buttons_work_also_where_the_bot_died_before_it_was_noted(stage: Stage) -> None:
    with replace(stage, table=DyingTable(stage.table._engine)).bot():
        stage.server.command("/ask", QUESTION)
        stage.server.wait_for(lambda: any(SAID in each for each in shown(stage)))
    with stage.bot():
        stage.settled()
        sent = [each for each in stage.server.workspace.ephemeral(ANNA) if SAID in each.text]
        assert len(sent) == 1
        stage.server.press(sent[0], ACTION_CONTEXT)
        stage.server.wait_for(lambda: stage.server.slack.tickets.opened(ANNA))
        assert QUOTE in str(stage.server.view().blocks)
    assert len(stage.engine.asked) == 1
