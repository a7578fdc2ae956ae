"""Buttons below an answer: context, follow-ups, ratings with comments, sharing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from api.slack.blocks.actions import (
    ACTION_COMMENT,
    ACTION_CONTEXT,
    ACTION_FOLLOW_UP,
    ACTION_RATE_DOWN,
    ACTION_RATE_UP,
    ACTION_SHARE,
    WORDS,
)
from api.slack.blocks.messages import MessageContext, answer_message
from api.slack.wording import SHARE_TO
from api.slack.worker import ANSWER
from index.catalogue.slack_questions import AskedBy, NewQuestion
from index.records import Rating
from rag.records import Query
from tests.api.slack.conftest import (
    OTHER_QUESTION,
    QUESTION,
    QUOTE,
    UNKNOWN,
    Stage,
    Transport,
    until,
)
from tests.slack_server.tickets import View
from tests.slack_server.workspace import ANNA, BEN, BOT_USER, GENERAL, HIDDEN, RANDOM, Message

SAID = "runs again from Monday"


def answered(stage: Stage, question: str = QUESTION) -> tuple[str, Message]:
    """A question in a channel and its answer."""
    ts = stage.server.mention(question)
    reply = stage.reply(GENERAL, ts)
    stage.settled()
    return ts, reply


def answered_privately(stage: Stage, channel: str = GENERAL, user: str = ANNA) -> Message:
    """An answer to `/ask`."""
    stage.server.command("/ask", QUESTION, channel=channel, user=user)

    def found() -> Message | None:
        return next((m for m in stage.server.workspace.ephemeral(user) if SAID in m.text), None)

    message = stage.server.wait_for(found)
    assert message is not None
    stage.settled()
    return message


def opened(stage: Stage, user: str = ANNA) -> View:
    stage.server.wait_for(lambda: stage.server.slack.tickets.opened(user))
    return stage.server.view(user)


def followed_up_directly(stage: Stage) -> list[Message]:
    """What stands below the first answer of a direct message after a follow-up from its window."""
    channel = stage.server.workspace.direct(ANNA).id
    with stage.bot():
        ts = stage.server.dm(QUESTION)
        reply = stage.reply(channel, ts)
        stage.settled()
        stage.engine.telling = True
        stage.server.press(reply, ACTION_FOLLOW_UP)
        stage.server.submit(opened(stage), {WORDS: OTHER_QUESTION})
        stage.server.wait_for(
            lambda: any(
                ACTION_SHARE in str(each.blocks) for each in stage.server.replies(channel, ts)[1:]
            )
        )
        stage.settled()
    return stage.server.replies(channel, ts)[1:]


def whispered(stage: Stage, words: str, user: str = ANNA) -> bool:
    return any(words in each.text for each in stage.server.workspace.ephemeral(user))


class TestContext:
    def test_a_window_shows_the_quotes_where_they_stand(
        self, stage: Stage, transport: Transport
    ) -> None:
        with stage.bot(transport):
            _, reply = answered(stage)
            stage.server.press(reply, ACTION_CONTEXT, user=BEN)
            view = opened(stage, BEN)
        shown = str(view.blocks)
        assert QUOTE in shown
        assert "Storms had kept it in port" in shown, "what follows the quote"

    def test_of_what_was_not_found_it_shows_the_nearest_passages(self, stage: Stage) -> None:
        with stage.bot():
            _, reply = answered(stage, UNKNOWN)
            stage.server.press(reply, ACTION_CONTEXT)
            assert "Storms had kept it in port" in str(opened(stage).blocks)

    def test_an_article_that_is_gone_is_said_to_be(self, stage: Stage) -> None:
        with stage.bot():
            _, reply = answered(stage)
            stage.archive.delete(["art-ferry"])
            stage.server.press(reply, ACTION_CONTEXT)
            assert "not in the archive any more" in str(opened(stage).blocks)

    def test_below_a_private_answer(self, stage: Stage) -> None:
        with stage.bot():
            stage.server.press(answered_privately(stage, RANDOM), ACTION_CONTEXT)
            assert QUOTE in str(opened(stage).blocks)

    def test_an_expired_trigger_is_said_to_the_presser(self, stage: Stage) -> None:
        stage.server.faults.error("views.open", "expired_trigger_id")
        with stage.bot():
            _, reply = answered(stage)
            stage.server.press(reply, ACTION_CONTEXT)
            stage.server.wait_for(lambda: whispered(stage, "Press it once more"))


class TestFollowUps:
    def test_one_asked_in_a_window_is_answered_in_the_thread_for_all_to_see(
        self, stage: Stage, transport: Transport
    ) -> None:
        with stage.bot(transport):
            ts, reply = answered(stage)
            stage.server.press(reply, ACTION_FOLLOW_UP, user=BEN)
            stage.server.submit(opened(stage, BEN), {WORDS: OTHER_QUESTION})
            stage.server.wait_for(
                lambda: any("September" in m.text for m in stage.server.replies(GENERAL, ts))
            )
            stage.settled()
        asks, answers = stage.server.replies(GENERAL, ts)[1:]
        assert f"<@{BEN}> asks" in str(asks.blocks)
        assert OTHER_QUESTION in str(asks.blocks)
        assert "September" in answers.text
        history = [turn.content for turn in stage.engine.asked[1].history]
        assert history[0] == QUESTION
        assert SAID in history[1]

    def test_the_next_question_knows_what_was_asked_in_the_window(self, stage: Stage) -> None:
        with stage.bot():
            ts, reply = answered(stage)
            stage.server.press(reply, ACTION_FOLLOW_UP)
            stage.server.submit(opened(stage), {WORDS: OTHER_QUESTION})
            stage.server.wait_for(lambda: len(stage.server.replies(GENERAL, ts)) == 3)
            stage.settled()
            stage.server.say(BEN, GENERAL, "And the fare?", thread_ts=ts)
            stage.server.wait_for(lambda: len(stage.server.replies(GENERAL, ts)) == 4)
            stage.settled()
        turns = [(turn.role, turn.content[:30]) for turn in stage.engine.asked[2].history]
        assert [role for role, _ in turns] == ["user", "assistant", "user", "assistant"]
        assert turns[2][1] == OTHER_QUESTION[:30]

    def test_one_to_a_private_answer_stays_private_and_knows_what_it_follows(
        self, stage: Stage
    ) -> None:
        with stage.bot():
            stage.server.press(answered_privately(stage, RANDOM), ACTION_FOLLOW_UP)
            stage.server.submit(opened(stage), {WORDS: OTHER_QUESTION})
            stage.server.wait_for(lambda: whispered(stage, "September"))
            stage.settled()
        assert stage.server.workspace.in_channel(RANDOM) == []
        assert whispered(stage, SAID), "the answer that it follows is still there"
        assert stage.engine.asked[1].history[0].content == QUESTION

    def test_one_asked_in_a_direct_message_is_answered_as_any_other_there(
        self, stage: Stage
    ) -> None:
        asks, answers = followed_up_directly(stage)
        assert OTHER_QUESTION in str(asks.blocks)
        assert "September" in answers.text
        assert len(stage.server.calls("chat.startStream")) == 1, "it grew"
        assert stage.engine.asked[1].history[0].content == QUESTION

    def test_one_in_a_direct_message_whose_stream_nobody_noted_comes_once(
        self, stage: Stage
    ) -> None:
        stage.server.faults.drop("chat.startStream", done=True)
        assert len(followed_up_directly(stage)) == 2


class TestRatings:
    def test_one_of_a_follow_up_leaves_what_the_message_says_of_itself(self, stage: Stage) -> None:
        with stage.bot():
            ts, reply = answered(stage)
            stage.server.press(reply, ACTION_FOLLOW_UP)
            stage.server.submit(opened(stage), {WORDS: OTHER_QUESTION})
            stage.server.wait_for(lambda: len(stage.server.replies(GENERAL, ts)) == 3)
            stage.settled()
            answers = stage.server.replies(GENERAL, ts)[2]
            before = answers.metadata
            stage.server.press(answers, ACTION_RATE_UP)
            stage.server.wait_for(lambda: "Rated" in str(answers.blocks))
        assert before is not None
        assert before["event_payload"]["part"] == 1
        assert answers.metadata == before

    @pytest.mark.parametrize(
        ("action", "rating"), [(ACTION_RATE_UP, Rating.UP), (ACTION_RATE_DOWN, Rating.DOWN)]
    )
    def test_a_rating_goes_to_the_archive_and_shows_on_the_button(
        self, stage: Stage, transport: Transport, action: str, rating: Rating
    ) -> None:
        with stage.bot(transport):
            ts, reply = answered(stage)
            stage.server.press(reply, action)
            until(lambda: stage.archive.rated)
            stage.server.wait_for(lambda: "Rated" in str(reply.blocks))
        (feedback,) = stage.archive.rated.values()
        assert (feedback.rating, feedback.given.question) == (rating, QUESTION)
        assert len(stage.server.replies(GENERAL, ts)) == 1
        assert SAID in str(reply.blocks), "the answer stays"

    def test_a_comment_is_added_to_the_rating(self, stage: Stage, transport: Transport) -> None:
        with stage.bot(transport):
            _, reply = answered(stage)
            stage.server.press(reply, ACTION_RATE_DOWN)
            stage.server.wait_for(lambda: "Rated" in str(reply.blocks))
            stage.server.press(reply, f"{ACTION_COMMENT}:down", user=ANNA)
            stage.server.submit(opened(stage), {WORDS: "It was Tuesday."})
            stage.server.wait_for(lambda: whispered(stage, "Thank you"))
        (feedback,) = stage.archive.rated.values()
        assert (feedback.rating, feedback.comment) == (Rating.DOWN, "It was Tuesday.")

    def test_a_private_answer_is_rated_in_its_place(self, stage: Stage) -> None:
        with stage.bot():
            message = answered_privately(stage, RANDOM)
            stage.server.press(message, ACTION_RATE_UP)
            stage.server.wait_for(lambda: "Rated" in str(message.blocks))
        assert [each.rating for each in stage.archive.rated.values()] == [Rating.UP]

    def test_an_answer_that_the_service_has_forgotten_can_still_be_rated(
        self, stage: Stage
    ) -> None:
        with stage.bot():
            _, reply = answered(stage)
        with stage.bot():  # another process, which gave no answers yet
            stage.server.press(reply, ACTION_RATE_UP)
            until(lambda: stage.archive.rated)
        (feedback,) = stage.archive.rated.values()
        assert feedback.given.document["question"] == QUESTION
        assert feedback.given.document["citations"][0]["quote"] == QUOTE

    def test_one_that_comes_before_the_answer_is_noted_waits_for_that(self, stage: Stage) -> None:
        answer = stage.engine.ask(Query(question=QUESTION))
        document = ANSWER.dump_python(answer, mode="json")
        asked = NewQuestion(
            event_key="T1:C1:1.5",
            team="T1",
            channel=GENERAL,
            user=ANNA,
            asked_by=AskedBy.MENTION,
            question=QUESTION,
        )
        assert stage.table.claim(asked, owner="another", lease_seconds=60.0)
        context = MessageContext(
            event_key=asked.event_key, answer_id=answer.id, asker=ANNA, is_private=False
        )
        shown = answer_message(answer, context=context)[-1]
        said = {"user": BOT_USER, "bot_id": "B0QUOTHBOT", **shown}
        message = stage.server.workspace.post(GENERAL, said)
        with stage.bot():
            press = stage.server.press(message, ACTION_RATE_UP)
            stage.server.wait_for(lambda: press.acknowledged)
            assert stage.table.answered(
                asked.event_key,
                owner="another",
                answer=document,
                answer_id=answer.id,
                outcome="answered",
            )
            until(lambda: stage.archive.rated)

    def test_after_a_rating_the_thread_still_knows_the_answer(self, stage: Stage) -> None:
        with stage.bot():
            ts, reply = answered(stage)
            stage.server.press(reply, ACTION_RATE_UP)
            stage.server.wait_for(lambda: "Rated" in str(reply.blocks))
            stage.server.say(BEN, GENERAL, OTHER_QUESTION, thread_ts=ts)
            stage.reply(GENERAL, ts, after=1)
            stage.settled()
        assert SAID in stage.engine.asked[1].history[1].content


class TestSharing:
    def test_an_answer_to_a_command_is_shown_to_the_channel(
        self, stage: Stage, transport: Transport
    ) -> None:
        with stage.bot(transport):
            message = answered_privately(stage)
            stage.server.press(message, ACTION_SHARE)
            stage.server.wait_for(lambda: len(stage.server.workspace.in_channel(GENERAL)) == 2)
        asks, answers = stage.server.workspace.in_channel(GENERAL)
        assert QUESTION in str(asks.blocks)
        assert SAID in answers.text
        assert answers.thread_ts == asks.ts
        assert ACTION_SHARE not in str(answers.blocks)

    @pytest.mark.parametrize("channel", [RANDOM, HIDDEN])
    def test_where_it_may_not_post_the_presser_is_told_what_to_do(
        self, stage: Stage, channel: str
    ) -> None:
        with stage.bot():
            stage.server.press(answered_privately(stage, channel), ACTION_SHARE)
            stage.server.wait_for(lambda: whispered(stage, "/invite"))
        assert stage.server.workspace.in_channel(channel) == []

    def test_from_a_direct_message_one_chooses_the_channel(self, stage: Stage) -> None:
        with stage.bot():
            ts = stage.server.dm(QUESTION)
            reply = stage.reply(stage.server.workspace.direct(ANNA).id, ts)
            stage.settled()
            stage.server.press(reply, ACTION_SHARE)
            view = opened(stage)
            stage.server.submit(view, {SHARE_TO: {"selected_conversation": GENERAL}})
            stage.server.wait_for(lambda: len(stage.server.workspace.in_channel(GENERAL)) == 2)
        assert SAID in stage.server.workspace.in_channel(GENERAL)[1].text

    def test_from_a_direct_message_to_where_it_may_not_post(self, stage: Stage) -> None:
        channel = stage.server.workspace.direct(ANNA).id
        with stage.bot():
            ts = stage.server.dm(QUESTION)
            reply = stage.reply(channel, ts)
            stage.settled()
            stage.server.press(reply, ACTION_SHARE)
            values = {SHARE_TO: {"selected_conversation": RANDOM}}
            stage.server.submit(opened(stage), values)
            stage.server.wait_for(
                lambda: any("/invite" in m.text for m in stage.server.replies(channel, ts))
            )

    @pytest.mark.parametrize("gone", [True, False])
    def test_from_a_direct_message_where_it_cannot_be_it_says_why(
        self, stage: Stage, gone: bool
    ) -> None:
        channel = stage.server.workspace.direct(ANNA).id
        with stage.bot(slack_channels=(RANDOM,)):
            ts = stage.server.dm(QUESTION)
            reply = stage.reply(channel, ts)
            stage.settled()
            stage.server.press(reply, ACTION_SHARE)
            view = opened(stage)
            if gone:
                stage.table.prune(older_than=datetime.now(UTC) + timedelta(days=1), most=0)
            stage.server.submit(view, {SHARE_TO: {"selected_conversation": GENERAL}})
            said = "no longer have" if gone else "not set up to answer in this channel"
            stage.server.wait_for(
                lambda: any(said in m.text for m in stage.server.replies(channel, ts))
            )
        assert stage.server.workspace.in_channel(GENERAL) == []


def test_who_is_not_on_the_list_presses_in_vain(stage: Stage) -> None:
    with stage.bot(slack_users=(ANNA,)):
        _, reply = answered(stage)
        stage.server.press(reply, ACTION_RATE_UP, user=BEN)
        stage.server.wait_for(lambda: whispered(stage, "not set up to answer you", BEN))
    assert stage.archive.rated == {}


def test_a_press_that_arrives_twice_counts_once(stage: Stage) -> None:
    with stage.bot():
        _, reply = answered(stage)
        press = stage.server.press(reply, ACTION_FOLLOW_UP)
        opened(stage)
        stage.server.redeliver(press)
        until(lambda: len(press.attempts) == 2 and bool(press.attempts[1].answered_at))
    assert len(stage.server.calls("views.open")) == 1


def test_a_link_is_followed_by_the_browser_alone(stage: Stage) -> None:
    with stage.bot():
        _, reply = answered(stage)
        reply.raw["blocks"][-1]["elements"].append(
            {
                "type": "button",
                "action_id": "quoth_open:1",
                "text": {"type": "plain_text", "text": "Open"},
                "url": "https://skerry.example/",
            }
        )
        press = stage.server.press(reply, "quoth_open:1")
        stage.server.wait_for(lambda: press.acknowledged)
    assert stage.server.calls("views.open", "chat.postEphemeral", "response_url") == []
