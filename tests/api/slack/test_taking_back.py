"""What was said to a deleted question is taken back, whatever happens meanwhile."""

from __future__ import annotations

from api.slack.wording import NOT_SHOWN
from index.catalogue.slack_questions import SlackQuestionTable
from tests.api.slack.conftest import QUESTION, Stage
from tests.index.slack_asking import an_hour_later
from tests.slack_server.workspace import ANNA, GENERAL, TEAM

SAID = "runs again from Monday"


def answered(stage: Stage) -> str:
    ts = stage.server.mention(QUESTION)
    assert SAID in stage.reply(GENERAL, ts).text
    stage.settled()
    return ts


def gone(stage: Stage, ts: str) -> bool:
    return ["deleted" in each.text for each in stage.server.replies(GENERAL, ts)] == [True]


def test_also_where_slack_cannot_be_reached_at_first(stage: Stage) -> None:
    with stage.bot():
        ts = answered(stage)
        stage.server.faults.error("chat.update", "internal_error", times=2)
        stage.server.delete(GENERAL, ts)
        stage.server.wait_for(lambda: gone(stage, ts))


def test_also_where_the_bot_dies_before(stage: Stage) -> None:
    with stage.bot():
        ts = answered(stage)
    assert stage.table.withdraw(f"{TEAM}:{GENERAL}:{ts}", owner="dead", lease_seconds=0.5)
    with stage.bot():
        stage.server.wait_for(lambda: gone(stage, ts))


def test_once_and_not_again_and_again(stage: Stage) -> None:
    with stage.bot():
        ts = answered(stage)
        stage.server.delete(GENERAL, ts)
        stage.server.wait_for(lambda: gone(stage, ts))
    later = SlackQuestionTable(stage.table._engine, clock=an_hour_later)
    assert later.not_taken_back(owner="other", lease_seconds=0.0) == []


def test_in_the_thread_also_where_the_direct_message_cannot_be_read(stage: Stage) -> None:
    stage.server.faults.error("chat.update", "msg_too_long")
    channel = stage.server.workspace.direct(ANNA).id
    with stage.bot():
        ts = stage.server.mention(QUESTION)
        stage.server.wait_for(lambda: len(stage.server.workspace.in_channel(channel)) == 2)
        stage.settled()
        assert [each.text for each in stage.server.replies(GENERAL, ts)] == [NOT_SHOWN]
        stage.server.faults.error("conversations.replies", "missing_scope")
        stage.server.delete(GENERAL, ts)
        stage.server.wait_for(lambda: gone(stage, ts))
