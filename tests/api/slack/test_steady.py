"""Limits, errors and broken connections at Slack's end, and failures at ours: each ends in an
answer, a message to the asker, or a log line that says what to do."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update
from structlog.testing import capture_logs

from api.slack.wording import NOT_SHOWN
from index.catalogue.schema import SLACK_QUESTIONS
from index.catalogue.slack_questions import MOST_ATTEMPTS
from index.errors import ConfigurationError, QuestionInvalid, StoreUnavailable
from tests.api.slack.conftest import OTHER_QUESTION, QUESTION, Stage, Transport, until
from tests.api.slack.running import BotThread, needs_for, settings_for
from tests.slack_server.workspace import ANNA, GENERAL, SECRET

SAID = "runs again from Monday"


def direct(stage: Stage) -> list[str]:
    """What the bot wrote to Anna directly."""
    channel = stage.server.workspace.direct(ANNA).id
    return [m.text + str(m.blocks) for m in stage.server.workspace.in_channel(channel)]


@pytest.mark.parametrize("method", ["chat.postMessage", "chat.update", "conversations.replies"])
def test_a_rate_limit_is_waited_for(stage: Stage, transport: Transport, method: str) -> None:
    stage.server.faults.rate_limited(method, times=2, retry_after=1)
    with stage.bot(transport):
        thread = stage.server.say(ANNA, GENERAL, "The ferry is late again.")
        stage.server.mention(QUESTION, thread_ts=thread)
        assert SAID in stage.reply(GENERAL, thread).text
        stage.settled()
    calls = stage.server.calls(method)
    assert [call.status for call in calls[:3]] == [429, 429, 200]
    assert calls[1].at - calls[0].at >= 1.0, "as Retry-After said"
    assert len(stage.server.replies(GENERAL, thread)) == 1


@pytest.mark.parametrize("done", [True, False])
def test_a_connection_that_breaks_while_it_posts_is_looked_after(stage: Stage, done: bool) -> None:
    stage.server.faults.drop("chat.postMessage", done=done)
    with stage.bot():
        ts = stage.server.mention(QUESTION)
        assert SAID in stage.reply(GENERAL, ts).text
        stage.settled()
    assert len(stage.server.replies(GENERAL, ts)) == 1, "whether or not Slack had done it"


@pytest.mark.parametrize("method", ["chat.postMessage", "chat.update", "auth.test"])
def test_faults_of_slacks_are_sat_out(stage: Stage, method: str) -> None:
    with stage.bot():
        stage.server.faults.status(method, 503, times=2)
        ts = stage.server.mention(QUESTION)
        assert SAID in stage.reply(GENERAL, ts).text
        stage.settled()
    assert len(stage.server.replies(GENERAL, ts)) == 1


@pytest.mark.parametrize(
    "code", ["fatal_error", "service_unavailable", "request_timeout", "team_added_to_org"]
)
def test_errors_that_pass_are_sat_out(stage: Stage, code: str) -> None:
    stage.server.faults.error("chat.postMessage", code)
    with stage.bot():
        ts = stage.server.mention(QUESTION)
        assert SAID in stage.reply(GENERAL, ts).text
        stage.settled()
    assert direct(stage) == []


def test_while_slack_cannot_be_asked_who_one_is_events_are_not_lost(stage: Stage) -> None:
    stage.server.faults.error("auth.test", "internal_error", times=1)
    with stage.bot("http"):
        ts = stage.server.mention(QUESTION)
        assert SAID in stage.reply(GENERAL, ts).text
        stage.settled()
    assert any(len(each.attempts) > 1 for each in stage.server.of_message(ts))
    assert len(stage.server.replies(GENERAL, ts)) == 1


def test_a_long_outage_is_sat_out_too(stage: Stage) -> None:
    with stage.bot():
        stage.server.faults.drop("chat.postMessage", times=6)
        ts = stage.server.mention(QUESTION)
        assert SAID in stage.reply(GENERAL, ts).text
        stage.settled()
    assert len(stage.server.replies(GENERAL, ts)) == 1


@pytest.mark.parametrize(
    ("method", "code", "said"),
    [
        ("chat.postMessage", "channel_not_found", "/invite"),
        ("chat.postMessage", "not_in_channel", "/invite"),
        ("chat.postMessage", "is_archived", "archived"),
        ("chat.postMessage", "restricted_action", "manager"),
        ("chat.update", "missing_scope", "quoth slack check"),
    ],
)
def test_where_it_may_not_answer_the_asker_gets_the_answer_directly(
    stage: Stage, method: str, code: str, said: str
) -> None:
    stage.server.faults.error(method, code, needed="chat:write")
    with capture_logs() as logs, stage.bot():
        stage.server.mention(QUESTION)
        stage.server.wait_for(lambda: len(direct(stage)) == 2)
        stage.settled()
    told, answer = direct(stage)
    assert QUESTION in told
    assert said in told
    assert SAID in answer
    (line,) = [each for each in logs if each["event"] == "slack_refused"]
    assert (line["code"], line["channel"], line["method"]) == (code, GENERAL, method)
    assert line["hint"]
    if code == "missing_scope":
        assert "chat:write" in line["hint"]


def test_what_slack_does_not_take_for_hours_is_given_up_with_a_word(stage: Stage) -> None:
    stage.engine.go_on.clear()
    with stage.bot():
        ts = stage.server.mention(QUESTION)
        until(stage.engine.begun.is_set)
        stage.server.wait_for(lambda: stage.server.replies(GENERAL, ts))
        early = update(SLACK_QUESTIONS).values(asked_at=datetime.now(UTC) - timedelta(hours=2))
        with stage.table._engine.begin() as connection:
            connection.execute(early)
        tries = MOST_ATTEMPTS + 1  # and once while it says so
        stage.server.faults.error("chat.update", "internal_error", times=tries)
        stage.engine.go_on.set()
        assert "could not answer" in stage.reply(GENERAL, ts).text
        stage.settled()
    assert stage.table.statistics().failed == 1


def test_a_stream_whose_end_did_not_reach_slack_is_ended_again(stage: Stage) -> None:
    stage.engine.telling = True
    stage.server.faults.error("chat.appendStream", "internal_error")
    stage.server.faults.error("chat.stopStream", "internal_error")
    channel = stage.server.workspace.direct(ANNA).id
    with stage.bot():
        ts = stage.server.dm(QUESTION)
        assert SAID in stage.reply(channel, ts).text
        stage.settled()
    (reply,) = stage.server.replies(channel, ts)
    assert not reply.streaming


def test_what_it_could_not_finish_does_not_stay_as_if_it_were_read(stage: Stage) -> None:
    stage.server.faults.error("chat.update", "msg_too_long")
    with stage.bot():
        ts = stage.server.mention(QUESTION)
        stage.server.wait_for(lambda: len(direct(stage)) == 2)
        stage.settled()
    assert [each.text for each in stage.server.replies(GENERAL, ts)] == [NOT_SHOWN]


def test_what_it_can_show_nowhere_does_not_stay_as_if_it_were_read(stage: Stage) -> None:
    stage.server.faults.error("chat.update", "msg_too_long", times=-1)
    stage.server.faults.slow("chat.postMessage", 0.0)
    stage.server.faults.error("chat.postMessage", "messages_tab_disabled", times=-1)
    with stage.bot():
        ts = stage.server.mention(QUESTION)
        stage.settled()
    assert stage.server.calls("chat.postMessage")[0].answer["ok"], "that it is read was said"
    assert stage.server.replies(GENERAL, ts) == []
    assert stage.table.statistics().failed == 1


def test_what_it_may_not_change_any_more_gives_way(stage: Stage) -> None:
    stage.server.faults.error("chat.update", "edit_window_closed")
    with stage.bot():
        ts = stage.server.mention(QUESTION)
        stage.server.wait_for(
            lambda: any(SAID in each.text for each in stage.server.replies(GENERAL, ts))
        )
        stage.settled()
    assert len(stage.server.replies(GENERAL, ts)) == 1


def test_what_is_sent_directly_comes_once_too(stage: Stage) -> None:
    stage.server.faults.error("chat.postMessage", "not_in_channel")
    stage.server.faults.slow("chat.postMessage", 0.0)
    stage.server.faults.error("chat.postMessage", "internal_error")
    with stage.bot():
        stage.server.mention(QUESTION)
        stage.server.wait_for(lambda: any(SAID in each for each in direct(stage)))
        stage.settled()
    assert len(direct(stage)) == 2


def test_what_was_sent_directly_is_taken_back(stage: Stage) -> None:
    stage.server.faults.error("chat.postMessage", "not_in_channel")
    with stage.bot():
        ts = stage.server.mention(QUESTION)
        stage.server.wait_for(lambda: len(direct(stage)) == 2)
        stage.settled()
        stage.server.delete(GENERAL, ts)
        stage.server.wait_for(lambda: len(direct(stage)) == 1)
        stage.settled()
    assert "deleted" in direct(stage)[0]


def test_where_nothing_can_be_said_the_log_says_what_to_do(stage: Stage) -> None:
    with capture_logs() as logs, stage.bot():
        stage.server.faults.error("chat.postMessage", "token_revoked", times=-1)
        stage.server.mention(QUESTION)
        until(lambda: any(each["event"] == "slack_question_undeliverable" for each in logs))
        stage.server.wait_for(stage.server.quiet)
    (line,) = [each for each in logs if each["event"] == "slack_question_undeliverable"]
    assert "QUOTH_SLACK_BOT_TOKEN" in line["hint"]
    assert stage.table.statistics().failed == 1


def test_an_answer_that_somebody_deleted_is_given_again(stage: Stage) -> None:
    stage.engine.go_on.clear()
    with stage.bot():
        ts = stage.server.mention(QUESTION)
        reading = stage.server.wait_for(lambda: stage.server.replies(GENERAL, ts))[0]
        stage.server.delete(GENERAL, reading.ts)
        stage.engine.go_on.set()
        assert SAID in stage.reply(GENERAL, ts).text
        stage.settled()


class TestFailuresOfOurs:
    def test_one_that_may_pass_is_tried_again(self, stage: Stage, transport: Transport) -> None:
        stage.engine.failures = [StoreUnavailable("the store does not answer")] * 2
        with stage.bot(transport):
            ts = stage.server.mention(QUESTION)
            assert SAID in stage.reply(GENERAL, ts).text
            stage.settled()

    def test_one_that_does_not_pass_is_said(self, stage: Stage) -> None:
        stage.engine.failures = [StoreUnavailable("the store does not answer")] * 4
        with stage.bot():
            ts = stage.server.mention(QUESTION)
            assert "the store does not answer" in str(stage.reply(GENERAL, ts).blocks)
            stage.settled()
        assert stage.table.statistics().failed == 1

    def test_a_question_that_cannot_be_used_is_not_tried_again(self, stage: Stage) -> None:
        stage.engine.failures = [QuestionInvalid("the question is too long")]
        with stage.bot():
            ts = stage.server.mention(QUESTION)
            assert "too long" in str(stage.reply(GENERAL, ts).blocks)
            stage.settled()

    def test_one_that_nobody_thought_of_is_said_and_the_bot_goes_on(self, stage: Stage) -> None:
        stage.engine.failures = [RuntimeError("a secret of ours")]
        with capture_logs() as logs, stage.bot():
            ts = stage.server.mention(QUESTION)
            reply = stage.reply(GENERAL, ts)
            stage.reply(SECRET, stage.server.mention(OTHER_QUESTION, channel=SECRET))
            stage.settled()
        assert "could not answer" in reply.text
        assert "a secret of ours" not in str(reply.raw)
        assert [each["event"] for each in logs if each["log_level"] == "error"] == [
            "slack_answer_failed"
        ]


@pytest.mark.parametrize(
    ("method", "variable"),
    [("auth.test", "BOT_TOKEN"), ("apps.connections.open", "APP_TOKEN")],
)
def test_tokens_that_slack_does_not_take_end_the_bot_with_a_word(
    stage: Stage, method: str, variable: str
) -> None:
    stage.server.faults.error(method, "invalid_auth", times=-1)
    bot = BotThread(needs_for(settings_for(stage.server), stage.table, stage.service))
    with pytest.raises(ConfigurationError, match=f"QUOTH_SLACK_{variable} \\(invalid_auth\\)"):
        bot.start()


def test_it_waits_for_slack_at_the_start(stage: Stage) -> None:
    stage.server.faults.status("apps.connections.open", 503, times=6)
    with stage.bot():
        assert len(stage.server.calls("apps.connections.open")) >= 7
