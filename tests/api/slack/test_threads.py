"""Threads are conversations: follow-ups, edits, deletions, and whom it does not answer."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest

from index.catalogue.slack_questions import SlackQuestionTable
from tests.api.slack.conftest import (
    OTHER_QUESTION,
    QUESTION,
    READING,
    UNKNOWN,
    Stage,
    Transport,
    until,
)
from tests.slack_server.deliveries import Delivery
from tests.slack_server.workspace import ANNA, BEN, BOT_USER, GENERAL, RANDOM, SECRET

SAID = "runs again from Monday"
OTHER_SAID = "September"


class DeletedMeanwhile(SlackQuestionTable):
    """Another bot is told that a question was deleted, just before its answer is noted."""

    def answered(self, event_key: str, **told: Any) -> bool:
        self.withdraw(event_key)
        return super().answered(event_key, **told)


@contextmanager
def refused_changes(stage: Stage) -> Iterator[None]:
    """Meanwhile the catalogue takes no other words of a question."""
    with stage.table._engine.begin() as connection:
        connection.exec_driver_sql(
            "CREATE TRIGGER refuses BEFORE UPDATE OF question ON slack_questions "
            "BEGIN SELECT RAISE(ABORT, 'the disk is full'); END"
        )
    try:
        yield
    finally:
        with stage.table._engine.begin() as connection:
            connection.exec_driver_sql("DROP TRIGGER refuses")


def failed_deliveries(stage: Stage) -> list[Delivery]:
    """Events of which a delivery was not acknowledged."""
    every = stage.server.deliveries("message")
    return [each for each in every if any(attempt.failed for attempt in each.attempts)]


def asked(stage: Stage) -> list[str]:
    return [query.question for query in stage.engine.asked]


class TestFollowUps:
    def test_one_needs_no_mention_once_the_thread_has_begun(
        self, stage: Stage, transport: Transport
    ) -> None:
        with stage.bot(transport):
            ts = stage.server.mention(QUESTION)
            stage.reply(GENERAL, ts)
            stage.settled()
            stage.server.say(BEN, GENERAL, OTHER_QUESTION, thread_ts=ts)
            assert OTHER_SAID in stage.reply(GENERAL, ts, after=1).text
            stage.settled()
        history = stage.engine.asked[1].history
        assert [(turn.role, turn.content) for turn in history[:1]] == [("user", QUESTION)]
        assert SAID in history[1].content
        assert history[1].titles == ("Ferry to Osk runs again after eleven days ⛴️",)

    def test_what_is_said_in_a_channel_or_in_other_threads_is_left_alone(
        self, stage: Stage
    ) -> None:
        with stage.bot():
            ts = stage.server.mention(QUESTION)
            stage.reply(GENERAL, ts)
            stage.server.say(BEN, GENERAL, OTHER_QUESTION)
            other = stage.server.say(BEN, GENERAL, "Morning!")
            stage.server.say(ANNA, GENERAL, OTHER_QUESTION, thread_ts=other)
            stage.server.say(ANNA, GENERAL, f"<@{BEN}> {OTHER_QUESTION}", thread_ts=ts)
            stage.settled()
        assert asked(stage) == [QUESTION]
        assert stage.table.statistics().asked == 1

    def test_what_it_does_not_answer_there_it_does_not_speak_of(self, stage: Stage) -> None:
        with stage.bot(slack_users=(BEN,)):
            ts = stage.server.mention(QUESTION, user=BEN)
            stage.reply(GENERAL, ts)
            stage.settled()
            stage.server.say(ANNA, GENERAL, OTHER_QUESTION, thread_ts=ts)
            stage.server.say(BEN, GENERAL, "", thread_ts=ts, subtype="file_share")
            stage.settled()
            stage.server.mention(UNKNOWN, user=ANNA)
            stage.server.wait_for(lambda: stage.server.workspace.ephemeral(ANNA))
            stage.settled()
        assert len(stage.server.workspace.ephemeral()) == 1, "for the mention"

    def test_a_mention_in_a_thread_of_others_knows_what_was_said_there(self, stage: Stage) -> None:
        with stage.bot():
            ts = stage.server.say(BEN, GENERAL, "The ferry to Osk was cancelled again.")
            stage.server.say(ANNA, GENERAL, "That is the third time.", thread_ts=ts)
            stage.server.mention(QUESTION, user=BEN, thread_ts=ts)
            stage.reply(GENERAL, ts)
            stage.settled()
        assert [turn.content for turn in stage.engine.asked[0].history] == [
            "The ferry to Osk was cancelled again.",
            "That is the third time.",
        ]

    def test_one_to_an_answer_that_came_directly_knows_what_was_asked(self, stage: Stage) -> None:
        stage.server.faults.error("chat.postMessage", "not_in_channel")
        channel = stage.server.workspace.direct(ANNA).id
        with stage.bot():
            stage.server.mention(QUESTION)
            stage.settled()
            opening = stage.server.workspace.in_channel(channel)[0]
            stage.server.dm(OTHER_QUESTION, thread_ts=opening.ts)
            stage.server.wait_for(
                lambda: OTHER_SAID in stage.server.replies(channel, opening.ts)[-1].text
            )
            stage.settled()
        turns = stage.engine.asked[1].history
        assert [turn.role for turn in turns] == ["user", "assistant"]
        assert turns[0].content == QUESTION
        assert SAID in turns[1].content

    def test_without_the_permission_to_read_the_thread_it_answers_without_history(
        self, stage: Stage
    ) -> None:
        with stage.bot():
            ts = stage.server.mention(QUESTION)
            stage.reply(GENERAL, ts)
            stage.settled()
            stage.server.faults.error("conversations.replies", "missing_scope", times=-1)
            stage.server.mention(OTHER_QUESTION, thread_ts=ts)
            assert OTHER_SAID in stage.reply(GENERAL, ts, after=1).text
            stage.settled()
        assert stage.engine.asked[1].history == []


class TestEdits:
    def test_an_edited_question_is_answered_anew_in_the_same_place(
        self, stage: Stage, transport: Transport
    ) -> None:
        with stage.bot(transport):
            ts = stage.server.mention(QUESTION)
            first = stage.reply(GENERAL, ts)
            stage.settled()
            stage.server.edit(GENERAL, ts, f"<@{BOT_USER}> {OTHER_QUESTION}")
            stage.server.wait_for(lambda: OTHER_SAID in stage.server.replies(GENERAL, ts)[0].text)
            stage.settled()
        (reply,) = stage.server.replies(GENERAL, ts)
        assert reply.ts == first.ts
        assert asked(stage) == [QUESTION, OTHER_QUESTION]
        assert stage.table.statistics().asked == 1

    def test_an_edit_while_it_reads_stops_the_first_answer(self, stage: Stage) -> None:
        stage.engine.go_on.clear()
        with stage.bot():
            ts = stage.server.mention(QUESTION)
            until(stage.engine.begun.is_set)
            stage.server.edit(GENERAL, ts, f"<@{BOT_USER}> {OTHER_QUESTION}")
            stage.server.wait_for(stage.server.quiet)
            stage.engine.go_on.set()
            stage.server.wait_for(
                lambda: any(OTHER_SAID in each.text for each in stage.server.replies(GENERAL, ts))
            )
            stage.settled()
        (reply,) = stage.server.replies(GENERAL, ts)
        assert not any(SAID in version["text"] for version in reply.versions)

    def test_one_too_many_is_said(self, stage: Stage) -> None:
        with stage.bot(slack_rate_limit="1/minute"):
            ts = stage.server.mention(QUESTION)
            stage.reply(GENERAL, ts)
            stage.settled()
            stage.server.edit(GENERAL, ts, f"<@{BOT_USER}> {OTHER_QUESTION}")
            (told,) = stage.server.wait_for(lambda: stage.server.workspace.ephemeral(ANNA))
            stage.settled()
        assert "a lot of questions" in told.text
        assert asked(stage) == [QUESTION]

    def test_one_that_could_not_be_written_down_comes_again(self, stage: Stage) -> None:
        stage.server.courier.retried_after = (0.1, 0.4, 1.0, 2.0, 4.0)
        with stage.bot():
            ts = stage.server.mention(QUESTION)
            stage.reply(GENERAL, ts)
            stage.settled()
            with refused_changes(stage):
                stage.server.edit(GENERAL, ts, f"<@{BOT_USER}> {OTHER_QUESTION}")
                stage.server.wait_for(lambda: failed_deliveries(stage))
            stage.server.wait_for(lambda: OTHER_SAID in stage.server.replies(GENERAL, ts)[0].text)
            stage.settled()

    def test_a_link_that_unfolds_is_no_edit(self, stage: Stage) -> None:
        with stage.bot():
            ts = stage.server.mention(QUESTION)
            stage.reply(GENERAL, ts)
            stage.settled()
            stage.server.unfurl(GENERAL, ts)
            stage.settled()
        assert asked(stage) == [QUESTION]


class TestDeletions:
    def test_a_deleted_question_takes_its_answer_back(
        self, stage: Stage, transport: Transport
    ) -> None:
        with stage.bot(transport):
            ts = stage.server.mention(QUESTION)
            stage.reply(GENERAL, ts)
            stage.settled()
            stage.server.delete(GENERAL, ts)
            stage.server.wait_for(lambda: "deleted" in stage.server.replies(GENERAL, ts)[0].text)
            stage.settled()
        (reply,) = stage.server.replies(GENERAL, ts)
        assert SAID not in str(reply.raw)
        assert stage.table.statistics().withdrawn == 1

    def test_one_that_is_deleted_while_it_is_read_is_not_answered(self, stage: Stage) -> None:
        stage.engine.go_on.clear()
        with stage.bot():
            ts = stage.server.mention(QUESTION)
            stage.server.wait_for(lambda: stage.server.replies(GENERAL, ts))
            until(stage.engine.begun.is_set)
            stage.server.delete(GENERAL, ts)
            stage.server.wait_for(lambda: "deleted" in stage.server.replies(GENERAL, ts)[0].text)
            stage.engine.go_on.set()
            stage.settled()
        (reply,) = stage.server.replies(GENERAL, ts)
        assert SAID not in str(reply.versions) + str(reply.raw)

    def test_one_that_is_deleted_as_its_answer_appears_is_taken_back(self, stage: Stage) -> None:
        with replace(stage, table=DeletedMeanwhile(stage.table._engine)).bot():
            ts = stage.server.mention(QUESTION)
            stage.server.wait_for(
                lambda: any("deleted" in each.text for each in stage.server.replies(GENERAL, ts))
            )
        (reply,) = stage.server.replies(GENERAL, ts)
        assert SAID in str(reply.versions)
        assert SAID not in str(reply.raw)

    def test_a_follow_up_that_is_deleted_takes_only_its_own_answer_back(self, stage: Stage) -> None:
        with stage.bot():
            ts = stage.server.mention(QUESTION)
            stage.reply(GENERAL, ts)
            stage.settled()
            follow_up = stage.server.say(BEN, GENERAL, OTHER_QUESTION, thread_ts=ts)
            stage.reply(GENERAL, ts, after=1)
            stage.settled()
            stage.server.delete(GENERAL, follow_up)
            stage.server.wait_for(lambda: "deleted" in stage.server.replies(GENERAL, ts)[1].text)
        assert SAID in stage.server.replies(GENERAL, ts)[0].text


class TestWhomItDoesNotAnswer:
    @pytest.mark.parametrize("old", [True, False])
    def test_other_bots(self, stage: Stage, old: bool) -> None:
        with stage.bot():
            ts = stage.server.mention(QUESTION)
            stage.reply(GENERAL, ts)
            stage.server.bot_says(f"<@{BOT_USER}> {QUESTION}", old=old)
            stage.server.bot_says(OTHER_QUESTION, thread_ts=ts, old=old)
            stage.settled()
        assert asked(stage) == [QUESTION]

    def test_itself(self, stage: Stage) -> None:
        with stage.bot():
            thread = stage.server.dm(QUESTION)
            stage.reply(stage.server.workspace.direct(ANNA).id, thread)
            stage.settled()
        assert asked(stage) == [QUESTION]
        own = [e for e in stage.server.deliveries("message") if e.event.get("bot_id")]
        assert own, "Slack tells of its own messages, too"

    def test_channels_that_are_not_on_the_list(self, stage: Stage) -> None:
        with stage.bot(slack_channels=(SECRET,)):
            refused = stage.server.mention(QUESTION)
            stage.server.wait_for(lambda: stage.server.workspace.ephemeral(ANNA))
            allowed = stage.server.mention(QUESTION, channel=SECRET)
            stage.reply(SECRET, allowed)
            thread = stage.server.dm(QUESTION)
            stage.reply(stage.server.workspace.direct(ANNA).id, thread)
            stage.settled()
        assert stage.server.replies(GENERAL, refused) == []
        (told,) = stage.server.workspace.ephemeral(ANNA)
        assert "not set up to answer in this channel" in told.text

    def test_people_who_are_not_on_the_list(self, stage: Stage) -> None:
        with stage.bot(slack_users=(BEN,)):
            ts = stage.server.mention(QUESTION)
            stage.server.wait_for(lambda: stage.server.workspace.ephemeral(ANNA))
            stage.server.command("/ask", QUESTION, channel=RANDOM)
            allowed = stage.server.mention(UNKNOWN, user=BEN)
            stage.reply(GENERAL, allowed)
            stage.settled()
        assert stage.server.replies(GENERAL, ts) == []
        assert asked(stage) == [UNKNOWN]
        assert "not set up to answer you" in stage.server.workspace.ephemeral(ANNA)[0].text


def test_reading_is_what_a_thread_says_first(stage: Stage) -> None:
    with stage.bot():
        ts = stage.server.mention(QUESTION)
        reply = stage.reply(GENERAL, ts)
    assert reply.versions[0]["text"] == READING
