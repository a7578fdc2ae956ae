"""Each event is answered once: retried, delivered again, to two bots, over broken connections, and
across crashes."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlalchemy import select, update
from structlog.testing import capture_logs

from api.slack.delivery import POSTS
from index.catalogue.schema import SLACK_QUESTIONS
from index.catalogue.slack_questions import AskedBy, NewQuestion, SlackQuestionTable
from tests.api.slack.conftest import (
    OTHER_QUESTION,
    QUESTION,
    READING,
    Stage,
    Transport,
    until,
)
from tests.api.slack.running import bot_running, needs_for, settings_for
from tests.slack_server.deliveries import Attempt
from tests.slack_server.workspace import ANNA, BOT_USER, GENERAL, TEAM, Message

SAID = "runs again from Monday"


def posts(stage: Stage) -> int:
    return len([c for c in stage.server.calls("chat.postMessage") if c.answer.get("ok")])


def test_an_event_that_arrives_again_and_again_is_answered_once(
    stage: Stage, transport: Transport
) -> None:
    with stage.bot(transport):
        ts = stage.server.mention(QUESTION)
        stage.reply(GENERAL, ts)
        for delivery in stage.server.of_message(ts):
            for _ in range(3):
                stage.server.redeliver(delivery)
        until(lambda: all(len(each.attempts) == 4 for each in stage.server.of_message(ts)))
        until(lambda: all(_ended(each.attempts[-1]) for each in stage.server.of_message(ts)))
        stage.settled()
    assert len(stage.server.of_message(ts)) == 2, "as a mention and as a message"
    assert posts(stage) == 1
    assert len(stage.engine.asked) == 1


def test_lost_acknowledgements_change_nothing(stage: Stage, transport: Transport) -> None:
    stage.server.faults.redelivered_share = 1.0
    stage.server.courier.retried_after = (0.05,)
    with stage.bot(transport):
        asked = [stage.server.mention(QUESTION) for _ in range(5)]
        for ts in asked:
            stage.reply(GENERAL, ts)
        stage.settled()
    assert [len(stage.server.replies(GENERAL, ts)) for ts in asked] == [1] * 5
    assert len(stage.engine.asked) == 5


def test_a_command_a_press_and_a_window_count_once_too(stage: Stage) -> None:
    with stage.bot():
        delivery = stage.server.command("/ask", QUESTION)
        stage.server.wait_for(lambda: delivery.acknowledged)
        stage.server.redeliver(delivery)
        until(lambda: len(delivery.attempts) == 2 and _ended(delivery.attempts[1]))
        stage.settled()
    assert len(stage.engine.asked) == 1
    answers = [m for m in stage.server.workspace.ephemeral(ANNA) if SAID in m.text]
    assert len(answers) == 1


def test_two_bots_share_the_work_and_answer_each_question_once(stage: Stage) -> None:
    settings = settings_for(stage.server)
    needs = [needs_for(settings, stage.table, stage.service, stage.pace) for _ in range(2)]
    with bot_running(needs[0]), bot_running(needs[1]):
        stage.server.wait_for(lambda: len(stage.server.sockets.connections) == 2)
        asked = [stage.server.mention(QUESTION) for _ in range(10)]
        for ts in asked:
            for delivery in stage.server.of_message(ts):
                stage.server.redeliver(delivery)
        for ts in asked:
            stage.reply(GENERAL, ts)
        stage.settled()
    assert [len(stage.server.replies(GENERAL, ts)) for ts in asked] == [1] * 10
    assert len(stage.engine.asked) == 10


@pytest.mark.parametrize("how", ["cut", "asked"])
def test_a_connection_that_ends_is_made_anew_and_nothing_is_lost(stage: Stage, how: str) -> None:
    stage.server.courier.retried_after = (0.2, 0.5, 1.0, 2.0, 4.0, 8.0)
    with stage.bot():
        asked = []
        for _ in range(3):
            asked.append(stage.server.mention(QUESTION))
            if how == "cut":
                stage.server.cut()
            else:
                stage.server.ask_to_reconnect()
            asked.append(stage.server.mention(QUESTION))
        for ts in asked:
            stage.reply(GENERAL, ts)
        stage.settled()
    assert [len(stage.server.replies(GENERAL, ts)) for ts in asked] == [1] * len(asked)


class TestAfterACrash:
    def claimed(self, stage: Stage, *, lease: float = 0.0) -> tuple[str, NewQuestion]:
        """A question that a bot had taken when it died."""
        ts = stage.server.mention(QUESTION)
        asked = NewQuestion(
            event_key=f"{TEAM}:{GENERAL}:{ts}",
            team=TEAM,
            channel=GENERAL,
            user=ANNA,
            thread_ts=ts,
            asked_by=AskedBy.MENTION,
            question=QUESTION,
            context={"direct": False},
        )
        assert stage.table.claim(asked, owner="dead", lease_seconds=lease)
        return ts, asked

    def test_between_the_claim_and_the_first_word(self, stage: Stage) -> None:
        ts, _ = self.claimed(stage)
        with stage.bot():
            assert SAID in stage.reply(GENERAL, ts).text
            stage.settled()
        assert len(stage.server.replies(GENERAL, ts)) == 1

    @pytest.mark.parametrize("noted", [True, False])
    def test_between_the_first_word_and_the_answer(self, stage: Stage, noted: bool) -> None:
        ts, asked = self.claimed(stage)
        reading = stage.server.workspace.post(
            GENERAL,
            {
                "user": "U0QUOTHBOT",
                "bot_id": "B0QUOTHBOT",
                "text": READING,
                "metadata": {
                    "event_type": "quoth_answer",
                    "event_payload": {"event_key": asked.event_key, "part": 0},
                },
            },
            thread_ts=ts,
        )
        if noted:
            stage.table.posted(asked.event_key, owner="dead", message_ts=reading.ts)
        with stage.bot():
            reply = stage.reply(GENERAL, ts)
            stage.settled()
        assert reply.ts == reading.ts, "it goes on with what stands there"
        assert len(stage.server.replies(GENERAL, ts)) == 1

    def test_between_the_answer_and_noting_it(self, stage: Stage) -> None:
        with stage.bot():
            ts = stage.server.mention(QUESTION)
            reply = stage.reply(GENERAL, ts)
            stage.settled()
        key = f"{TEAM}:{GENERAL}:{ts}"
        assert stage.table.restart(key, f"{QUESTION} ", owner="dead", lease_seconds=0.0)
        with stage.bot():
            stage.settled()
        assert [each.ts for each in stage.server.replies(GENERAL, ts)] == [reply.ts]

    def test_in_a_message_that_was_growing(self, stage: Stage) -> None:
        stage.engine.telling = True
        channel = stage.server.workspace.direct(ANNA).id
        thread = stage.server.open_assistant()
        ts = stage.server.dm(QUESTION, thread_ts=thread)
        asked = NewQuestion(
            event_key=f"{TEAM}:{channel}:{ts}",
            team=TEAM,
            channel=channel,
            user=ANNA,
            thread_ts=thread,
            asked_by=AskedBy.ASSISTANT,
            question=QUESTION,
            context={"direct": True},
        )
        assert stage.table.claim(asked, owner="dead", lease_seconds=0.0)
        growing = stage.server.workspace.post(
            channel,
            {"user": "U0QUOTHBOT", "bot_id": "B0QUOTHBOT", "text": "The ferry"},
            thread_ts=thread,
            streaming=True,
        )
        with stage.bot():
            stage.server.wait_for(lambda: SAID in growing.text and not growing.streaming)
            stage.settled()
        assert len(stage.server.replies(channel, thread)) == 1

    def test_a_command_whose_answer_was_sent_is_not_answered_again(self, stage: Stage) -> None:
        with stage.bot():
            stage.server.command("/ask", QUESTION)
            stage.settled()
        key = f"cmd:{stage.server.deliveries('slash_commands')[0].trigger_id}"
        assert stage.table.restart(key, f"{QUESTION} ", owner="dead", lease_seconds=0.0)
        with stage.bot():
            stage.settled()
        answers = [m for m in stage.server.workspace.ephemeral(ANNA) if SAID in m.text]
        assert len(answers) == 1

    def test_what_kills_bots_again_and_again_is_given_up_with_a_word(self, stage: Stage) -> None:
        ts, asked = self.claimed(stage)
        for _ in range(6):
            stage.table.abandoned(owner="dead", lease_seconds=0.0)
        stage.pace = replace(stage.pace, lease_seconds=0.5)
        with stage.bot():
            assert "could not answer" in stage.reply(GENERAL, ts).text
        assert stage.engine.asked == []
        found = stage.table.get(asked.event_key)
        assert found is not None
        assert found.state == "failed"

    def test_giving_up_takes_the_place_of_what_was_begun(self, stage: Stage) -> None:
        ts, asked = self.claimed(stage)
        payload = {"event_key": asked.event_key, "part": 0}
        reading = stage.server.workspace.post(
            GENERAL,
            {
                "user": BOT_USER,
                "text": READING,
                "metadata": {"event_type": "quoth_answer", "event_payload": payload},
            },
            thread_ts=ts,
        )
        stage.table.posted(asked.event_key, owner="dead", message_ts=reading.ts)
        for _ in range(6):
            stage.table.abandoned(owner="dead", lease_seconds=0.0)
        with stage.bot():
            stage.server.wait_for(
                lambda: (
                    len(stage.server.calls("chat.postMessage"))
                    + len(stage.server.calls("chat.update"))
                )
            )
            stage.settled()
        (reply,) = stage.server.replies(GENERAL, ts)
        assert "could not answer" in reply.text

    def test_who_holds_a_question_keeps_it_however_long_it_takes(self, stage: Stage) -> None:
        stage.engine.go_on.clear()
        stage.pace = replace(stage.pace, lease_seconds=0.6, look_every=0.05)
        settings = settings_for(stage.server)
        needs = [needs_for(settings, stage.table, stage.service, stage.pace) for _ in range(2)]
        with bot_running(needs[0]), bot_running(needs[1]):
            ts = stage.server.mention(QUESTION)
            until(lambda: _renewed(stage.table, f"{TEAM}:{GENERAL}:{ts}", 3))
            stage.engine.go_on.set()
            stage.reply(GENERAL, ts)
            stage.settled()
        assert len(stage.engine.asked) == 1


def test_a_bot_that_stops_leaves_its_questions_to_the_next(stage: Stage) -> None:
    stage.engine.go_on.clear()
    stage.pace = replace(stage.pace, lease_seconds=600.0, leave_seconds=0.1)
    with stage.bot():
        ts = stage.server.mention(OTHER_QUESTION)
        until(stage.engine.begun.is_set)
    stage.engine.go_on.set()
    with stage.bot():
        assert "September" in stage.reply(GENERAL, ts).text
        stage.settled()
    assert len(stage.server.replies(GENERAL, ts)) == 1


class TestAPostThatNobodyNoted:
    def test_as_one_could_not_look_for_it(self, stage: Stage) -> None:
        stage.server.faults.drop("chat.postMessage", done=True)
        stage.server.faults.error("conversations.replies", "internal_error")
        with stage.bot():
            ts = stage.server.mention(QUESTION)
            assert SAID in stage.reply(GENERAL, ts).text
            stage.settled()
        assert len(stage.server.replies(GENERAL, ts)) == 1

    def test_as_it_was_the_last_try(self, stage: Stage) -> None:
        stage.server.faults.drop("chat.postMessage", times=POSTS - 1)
        stage.server.faults.drop("chat.postMessage", done=True)
        with stage.bot():
            ts = stage.server.mention(QUESTION)
            assert SAID in stage.reply(GENERAL, ts).text
            stage.settled()
        assert len(stage.server.replies(GENERAL, ts)) == 1

    def test_as_the_bot_was_told_to_stop(self, stage: Stage) -> None:
        stage.pace = replace(stage.pace, leave_seconds=0.1)
        stage.server.faults.slow("chat.postMessage", 1.0)
        with stage.bot():
            ts = stage.server.mention(QUESTION)
            until(lambda: not stage.server.faults._of["chat.postMessage"])
        assert len(stage.server.replies(GENERAL, ts)) == 1
        with stage.bot():
            assert SAID in stage.reply(GENERAL, ts).text
            stage.settled()
        assert len(stage.server.replies(GENERAL, ts)) == 1

    def test_as_the_question_was_edited(self, stage: Stage) -> None:
        stage.server.faults.slow("chat.postMessage", 1.0)
        with stage.bot():
            ts = stage.server.mention(QUESTION)
            until(lambda: not stage.server.faults._of["chat.postMessage"])
            stage.server.edit(GENERAL, ts, f"<@{BOT_USER}> {OTHER_QUESTION}")
            assert "September" in stage.reply(GENERAL, ts).text
            stage.settled()
        assert len(stage.server.replies(GENERAL, ts)) == 1


class TestAStreamThatNobodyNoted:
    @pytest.mark.parametrize("done", [True, False])
    def test_as_its_reply_was_lost(self, stage: Stage, done: bool) -> None:
        stage.engine.telling = True
        stage.server.faults.drop("chat.startStream", done=done)
        channel = stage.server.workspace.direct(ANNA).id
        with stage.bot():
            ts = stage.server.dm(QUESTION)
            assert SAID in stage.reply(channel, ts).text
            stage.settled()
        (reply,) = stage.server.replies(channel, ts)
        assert not reply.streaming

    def test_as_one_could_not_look_for_it_either(self, stage: Stage) -> None:
        stage.engine.telling = True
        channel = stage.server.workspace.direct(ANNA).id
        with stage.bot():
            stage.server.faults.drop("chat.startStream", done=True)
            stage.server.faults.error("conversations.replies", "internal_error")
            ts = stage.server.dm(QUESTION)
            stage.server.wait_for(
                lambda: any(SAID in each.text for each in stage.server.replies(channel, ts))
            )
            stage.settled()
        (reply,) = stage.server.replies(channel, ts)
        assert not reply.streaming


class TestADirectMessageThatNobodyNoted:
    def test_as_the_bot_died(self, stage: Stage) -> None:
        stage.server.faults.error("chat.postMessage", "not_in_channel", times=1)
        with stage.bot():
            ts = stage.server.mention(QUESTION)
            stage.server.wait_for(lambda: len(self.sent(stage)) == 2)
            stage.settled()
        key = f"{TEAM}:{GENERAL}:{ts}"
        before = [each.ts for each in self.sent(stage)]
        assert stage.table.restart(key, f"{QUESTION} ", owner="dead", lease_seconds=60.0)
        forgotten = update(SLACK_QUESTIONS).values(
            message_ts=None, message_channel=None, leased_until=datetime.now(UTC)
        )
        with stage.table._engine.begin() as connection:
            connection.execute(forgotten)
        stage.server.faults.error("chat.postMessage", "not_in_channel", times=1)
        with stage.bot():
            stage.settled()
        assert [each.ts for each in self.sent(stage)] == before
        noted = stage.table.get(key)
        assert noted is not None
        assert noted.message_ts == before[0]

    @pytest.mark.parametrize("place", [0, 1])
    def test_as_its_reply_was_lost(self, stage: Stage, place: int) -> None:
        stage.server.faults.error("chat.postMessage", "not_in_channel")
        for _ in range(place):
            stage.server.faults.slow("chat.postMessage", 0.0)
        stage.server.faults.drop("chat.postMessage", done=True)
        with stage.bot():
            stage.server.mention(QUESTION)
            stage.server.wait_for(lambda: any(SAID in each.text for each in self.sent(stage)))
            stage.settled()
        assert len(self.sent(stage)) == 2

    def test_without_the_permission_to_look_it_is_sent_all_the_same(self, stage: Stage) -> None:
        stage.server.faults.error("chat.postMessage", "not_in_channel")
        stage.server.faults.error("conversations.open", "missing_scope", needed="im:write")
        with capture_logs() as logs, stage.bot():
            stage.server.mention(QUESTION)
            stage.server.wait_for(lambda: any(SAID in each.text for each in self.sent(stage)))
            stage.settled()
        (line,) = [each for each in logs if each["event"] == "slack_direct_unread"]
        assert "im:write" in line["hint"]

    def sent(self, stage: Stage) -> list[Message]:
        return stage.server.workspace.in_channel(stage.server.workspace.direct(ANNA).id)


def test_a_command_that_comes_again_is_told_what_still_holds(stage: Stage) -> None:
    with stage.bot(slack_rate_limit="1/minute"):
        first = stage.server.command("/ask", QUESTION)
        stage.server.wait_for(lambda: first.done)
        stage.settled()
        again = stage.server.hand_over("slash_commands", first.payload)
        stage.server.wait_for(lambda: again.done)
        assert again.answer == {}, "its answer is there already"
        second = stage.server.command("/ask", QUESTION)
        stage.server.wait_for(lambda: second.done)
        again = stage.server.hand_over("slash_commands", second.payload)
        stage.server.wait_for(lambda: again.done)
        stage.settled()
    assert again.answer is not None
    assert "a lot of questions" in again.answer["text"]
    assert len(stage.engine.asked) == 1


def _ended(attempt: Attempt) -> bool:
    """Whether a delivery came to its end; a busy machine may take longer than Slack waits."""
    return attempt.answered_at is not None or attempt.failed is not None


def _renewed(table: SlackQuestionTable, key: str, times: int) -> bool:
    """Whether the lease was seen to move so often."""
    seen: set[object] = _renewed.__dict__.setdefault(key, set())
    query = select(SLACK_QUESTIONS.c.leased_until).where(SLACK_QUESTIONS.c.event_key == key)
    with table._engine.connect() as connection:
        seen.add(connection.execute(query).scalar())
    return len(seen - {None}) > times
