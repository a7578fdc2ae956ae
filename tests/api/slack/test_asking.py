"""Every way to ask, by Slack's own protocol and libraries."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Any

import pytest

from api.slack.admission import NOT_YOU
from api.slack.blocks.actions import WORDS
from api.slack.escaping import escape
from api.slack.wording import HELP
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
from tests.slack_server.workspace import ANNA, BEN, GENERAL, HIDDEN, RANDOM, SECRET, Message

SAID = "runs again from Monday"


def direct(stage: Stage, user: str = ANNA) -> str:
    return stage.server.workspace.direct(user).id


def shown_to(stage: Stage, user: str = ANNA) -> list[str]:
    """Texts of what only this person sees, oldest first."""
    return [each.text for each in stage.server.workspace.ephemeral(user)]


def answered_to(stage: Stage, user: str = ANNA, *, said: str = SAID) -> Message:
    """The answer that only this person sees, once it is there."""

    def found() -> Message | None:
        seen = stage.server.workspace.ephemeral(user)
        return next((each for each in seen if said in each.text), None)

    message = stage.server.wait_for(found)
    assert message is not None
    return message


def test_a_mention_is_answered_in_its_thread_in_place(stage: Stage, transport: Transport) -> None:
    stage.engine.go_on.clear()
    with stage.bot(transport):
        ts = stage.server.mention(QUESTION)
        first = stage.server.wait_for(lambda: stage.server.replies(GENERAL, ts))
        assert [each.text for each in first] == [READING]
        stage.server.wait_for(stage.server.quiet)
        assert all(each.acknowledged for each in stage.server.of_message(ts)), "before the answer"
        stage.engine.go_on.set()
        reply = stage.reply(GENERAL, ts)
        stage.settled()
    assert SAID in reply.text
    assert reply.ts == first[0].ts
    assert len(stage.server.replies(GENERAL, ts)) == 1
    assert stage.server.replies(GENERAL, ts)[0].blocks


def test_a_private_channel_is_a_channel(stage: Stage) -> None:
    with stage.bot():
        ts = stage.server.mention(QUESTION, channel=SECRET)
        assert SAID in stage.reply(SECRET, ts).text


def test_a_mention_without_a_question_is_told_how_to_ask(stage: Stage) -> None:
    with stage.bot():
        ts = stage.server.mention("")
        stage.server.wait_for(lambda: shown_to(stage))
        stage.settled()
    assert shown_to(stage) == [escape(HELP)]
    assert stage.server.replies(GENERAL, ts) == []
    assert stage.engine.asked == []


def test_what_the_archive_does_not_say_is_said_honestly(stage: Stage) -> None:
    with stage.bot():
        ts = stage.server.mention(UNKNOWN)
        assert "does not say" in stage.reply(GENERAL, ts).text
        stage.settled()
    assert stage.table.statistics().not_found == 1


class TestDirectMessages:
    def test_one_is_answered_in_its_thread(self, stage: Stage, transport: Transport) -> None:
        with stage.bot(transport):
            ts = stage.server.dm(QUESTION)
            assert SAID in stage.reply(direct(stage), ts).text
            stage.settled()
        assert "reading" in stage.server.slack.statuses[0]["status"]
        assert len(stage.server.replies(direct(stage), ts)) == 1

    def test_without_a_status_line_a_message_says_that_it_is_read(self, stage: Stage) -> None:
        stage.server.faults.error("assistant.threads.setStatus", "missing_scope")
        stage.engine.go_on.clear()
        with stage.bot():
            ts = stage.server.dm(QUESTION)
            stage.server.wait_for(lambda: stage.server.replies(direct(stage), ts))
            assert stage.server.replies(direct(stage), ts)[0].text == READING
            stage.engine.go_on.set()
            assert SAID in stage.reply(direct(stage), ts).text

    def test_the_status_line_goes_when_the_answer_is_an_update(self, stage: Stage) -> None:
        with stage.bot():
            ts = stage.server.dm(QUESTION)
            stage.reply(direct(stage), ts)
            stage.settled()
            stage.server.edit(direct(stage), ts, OTHER_QUESTION)
            stage.server.wait_for(
                lambda: "September" in stage.server.replies(direct(stage), ts)[0].text
            )
            stage.settled()
        assert "reading" in stage.server.slack.statuses[-2]["status"]
        assert stage.server.slack.statuses[-1]["status"] == ""
        last = stage.server.calls("chat.update", "assistant.threads.setStatus")[-1]
        assert last.method == "assistant.threads.setStatus", "after the answer"

    def test_the_status_line_goes_with_the_question(self, stage: Stage) -> None:
        stage.engine.go_on.clear()
        with stage.bot():
            ts = stage.server.dm(QUESTION)
            until(stage.engine.begun.is_set)
            stage.server.delete(direct(stage), ts)
            stage.server.wait_for(
                lambda: (
                    stage.server.slack.statuses[-1:]
                    and not stage.server.slack.statuses[-1]["status"]
                )
            )
            stage.engine.go_on.set()
            stage.settled()
        assert stage.server.replies(direct(stage), ts) == []


class TestThePane:
    def test_it_offers_questions_about_the_latest_articles(self, stage: Stage) -> None:
        with stage.bot():
            ts = stage.server.open_assistant()
            where = (direct(stage), ts)
            offered = stage.server.wait_for(lambda: stage.server.slack.prompts.get(where))
        assert offered is not None
        titles = [each["title"] for each in offered["prompts"]]
        assert any("Harrowmouth bridge" in title for title in titles)
        assert all(each["message"] for each in offered["prompts"])

    def test_it_offers_nothing_to_whom_it_does_not_answer(self, stage: Stage) -> None:
        with stage.bot(slack_users=(BEN,)):
            stage.server.open_assistant()
            stage.server.wait_for(stage.server.quiet)
            ts = stage.server.open_assistant(user=BEN)
            stage.server.wait_for(lambda: stage.server.slack.prompts)
        assert list(stage.server.slack.prompts) == [(direct(stage, BEN), ts)]

    def test_a_thread_is_a_conversation_with_a_title(
        self, stage: Stage, transport: Transport
    ) -> None:
        with stage.bot(transport):
            thread = stage.server.open_assistant()
            stage.server.dm(QUESTION, thread_ts=thread)
            stage.reply(direct(stage), thread)
            stage.settled()
            stage.server.dm(OTHER_QUESTION, thread_ts=thread)
            assert "September" in stage.reply(direct(stage), thread, after=1).text
            stage.settled()
        assert stage.server.slack.titles[direct(stage), thread] == QUESTION
        turns = [(turn.role, turn.content) for turn in stage.engine.asked[1].history]
        assert turns[0] == ("user", QUESTION)
        assert turns[1][0] == "assistant"
        assert SAID in turns[1][1]
        assert stage.engine.asked[1].history[1].titles

    def test_a_title_is_cut_where_nothing_separates_words(self, stage: Stage) -> None:
        question = "奥斯克岛的渡轮什么时候恢复运行" * 10
        with stage.bot():
            thread = stage.server.open_assistant()
            stage.server.dm(question, thread_ts=thread)
            stage.reply(direct(stage), thread)
            stage.server.wait_for(lambda: stage.server.slack.titles)
            stage.settled()
        title = stage.server.slack.titles[direct(stage), thread]
        assert title == f"{question[:99]}…"

    def test_an_answer_grows_while_it_is_written(self, stage: Stage) -> None:
        stage.engine.telling = True
        stage.engine.go_on.clear()
        with stage.bot():
            thread = stage.server.open_assistant()
            stage.server.dm(QUESTION, thread_ts=thread)
            stage.engine.go_on.set()
            reply = stage.reply(direct(stage), thread)
            stage.settled()
        methods = [call.method for call in stage.server.calls() if call.method.startswith("chat.")]
        assert methods == [
            "chat.startStream",
            "chat.appendStream",
            "chat.stopStream",
            "chat.update",
        ]
        assert len(stage.server.replies(direct(stage), thread)) == 1
        assert any("Monday" in each["text"] for each in reply.versions), "it was seen to grow"

    @pytest.mark.parametrize("method", ["chat.startStream", "chat.appendStream"])
    def test_where_slack_does_not_let_it_grow_it_is_updated(
        self, stage: Stage, method: str
    ) -> None:
        stage.engine.telling = True
        stage.server.faults.error(method, "method_not_supported_for_channel_type", times=-1)
        with stage.bot():
            thread = stage.server.open_assistant()
            stage.server.dm(QUESTION, thread_ts=thread)
            assert SAID in stage.reply(direct(stage), thread).text
            stage.settled()
        assert len(stage.server.replies(direct(stage), thread)) == 1

    def test_another_channel_beside_it_makes_no_difference(self, stage: Stage) -> None:
        with stage.bot():
            thread = stage.server.open_assistant()
            stage.server.look_at(GENERAL, thread_ts=thread)
            stage.settled()
        assert all(each.acknowledged for each in stage.server.deliveries())


class TestTheCommand:
    @pytest.mark.parametrize("channel", [GENERAL, RANDOM, HIDDEN])
    def test_only_the_asker_sees_the_answer_wherever_that_is(
        self, stage: Stage, transport: Transport, channel: str
    ) -> None:
        stage.engine.go_on.clear()
        with stage.bot(transport):
            delivery = stage.server.command("/ask", QUESTION, channel=channel)
            stage.server.wait_for(lambda: delivery.acknowledged)
            assert delivery.answer is not None
            stage.server.wait_for(lambda: READING in shown_to(stage))
            stage.engine.go_on.set()
            answer = answered_to(stage)
            stage.settled()
        assert answer.channel == channel
        assert shown_to(stage, BEN) == []
        assert stage.server.workspace.in_channel(channel) == []

    def test_without_words_it_says_how_to_ask(self, stage: Stage) -> None:
        with stage.bot():
            stage.server.command("/ask", "  ")
            stage.server.wait_for(lambda: "Ask me a question" in " ".join(shown_to(stage)))
            stage.settled()
        assert shown_to(stage) == [escape(HELP)], "once"
        assert stage.engine.asked == []

    def test_who_is_not_let_in_is_not_told_that_it_reads(self, stage: Stage) -> None:
        with stage.bot(slack_users=(BEN,)):
            stage.server.command("/ask", QUESTION)
            stage.server.wait_for(lambda: shown_to(stage))
            stage.settled()
        (told,) = shown_to(stage)
        assert "not set up to answer you" in told

    def test_what_cannot_be_shown_there_comes_as_a_direct_message(self, stage: Stage) -> None:
        stage.engine.go_on.clear()
        with stage.bot():
            stage.server.command("/ask", QUESTION)
            stage.server.wait_for(lambda: READING in shown_to(stage))
            stage.server.slack.tickets.response_url_seconds = -1.0
            for each in stage.server.slack.tickets._response_urls.values():
                each.ends = 0.0
            stage.engine.go_on.set()
            stage.server.wait_for(lambda: stage.server.workspace.in_channel(direct(stage)))
            stage.settled()
        assert SAID in stage.server.workspace.in_channel(direct(stage))[0].text


class TestTheShortcut:
    def test_a_window_asks_for_the_question_and_only_the_asker_sees_the_answer(
        self, stage: Stage, transport: Transport
    ) -> None:
        with stage.bot(transport):
            ts = stage.server.say(BEN, RANDOM, QUESTION)
            stage.server.shortcut("quoth_ask_about", RANDOM, ts)
            stage.server.wait_for(lambda: stage.server.slack.tickets.opened(ANNA))
            view = stage.server.view()
            assert QUESTION in str(view.blocks), "it begins with the message's words"
            stage.server.submit(view, {WORDS: QUESTION})
            answer = answered_to(stage)
            stage.settled()
        assert answer.channel == RANDOM
        assert READING in shown_to(stage)
        assert len(stage.server.workspace.in_channel(RANDOM)) == 1

    def test_who_is_not_let_in_is_told_so_and_nothing_else(self, stage: Stage) -> None:
        with stage.bot(slack_users=(BEN,)):
            ts = stage.server.say(BEN, RANDOM, QUESTION)
            stage.server.shortcut("quoth_ask_about", RANDOM, ts)
            stage.server.wait_for(lambda: stage.server.slack.tickets.opened(ANNA))
            stage.server.submit(stage.server.view(), {WORDS: QUESTION})
            stage.server.wait_for(lambda: shown_to(stage))
            stage.settled()
        assert shown_to(stage) == [NOT_YOU]
        assert stage.engine.asked == []

    @pytest.mark.parametrize("code", ["expired_trigger_id", "internal_error"])
    def test_a_window_that_cannot_be_opened_is_said_to_the_asker(
        self, stage: Stage, code: str
    ) -> None:
        stage.server.faults.error("views.open", code)
        with stage.bot():
            ts = stage.server.say(BEN, RANDOM, QUESTION)
            stage.server.shortcut("quoth_ask_about", RANDOM, ts)
            stage.server.wait_for(lambda: shown_to(stage))
        assert "Press it once more" in shown_to(stage)[0]


class SlowTable(SlackQuestionTable):
    """Takes its time to note replies, which nobody outside waits for."""

    def posted(self, event_key: str, **more: Any) -> bool:
        time.sleep(0.5)
        return super().posted(event_key, **more)


def test_one_question_too_many_is_told_so_in_time_however_much_is_to_be_written(
    stage: Stage,
) -> None:
    asked = 12
    with replace(stage, table=SlowTable(stage.table._engine)).bot(
        slack_rate_limit=f"{asked}/minute"
    ):
        for _ in range(asked):
            stage.server.mention(QUESTION)
        stage.server.wait_for(lambda: len(stage.server.calls("chat.postMessage")) == asked)
        delivery = stage.server.command("/ask", QUESTION)
        stage.server.wait_for(lambda: delivery.done)
        assert delivery.answer is not None, "within three seconds"
        assert "a lot of questions" in delivery.answer["text"]
        stage.settled()
