"""Messages that are on their way to Slack when their question is edited, deleted, or answered by
another bot: none stays beside the answer."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest
from structlog.testing import capture_logs

from tests.api.slack.conftest import OTHER_QUESTION, QUESTION, UNKNOWN, Stage, until
from tests.api.slack.running import bot_running, needs_for, settings_for
from tests.slack_server.sockets import Connection
from tests.slack_server.workspace import ANNA, BOT_USER, GENERAL, TEAM

OTHER_SAID = "September"
LONG = 600.0


def taken(stage: Stage, method: str) -> bool:
    """Whether Slack works on the call that was to be slow."""
    return not stage.server.faults._of[method]


def edit(stage: Stage, ts: str, text: str, channel: str = GENERAL) -> None:
    stage.server.edit(channel, ts, f"<@{BOT_USER}> {text}")


@contextmanager
def two_bots(stage: Stage) -> Iterator[list[Connection]]:
    """Two bots over one ledger; the connection of the first, then that of the second."""
    settings = settings_for(stage.server)
    needs = [needs_for(settings, stage.table, stage.service, stage.pace) for _ in range(2)]
    with bot_running(needs[0]), bot_running(needs[1]):
        stage.server.wait_for(lambda: len(stage.server.sockets.connections) == 2)
        yield list(stage.server.sockets.connections)


def only(connections: list[Connection], number: int) -> None:
    """Slack tells only this bot from now on."""
    for place, connection in enumerate(connections):
        connection.leaving = place != number


class TestWhenAnotherBotHasTheQuestion:
    @pytest.mark.parametrize("lease", [1.5, LONG], ids=["renewed", "noted"])
    def test_a_late_reply_is_taken_away(self, stage: Stage, lease: float) -> None:
        stage.pace = replace(stage.pace, lease_seconds=lease)
        stage.server.faults.slow("chat.postMessage", 3.0)
        with two_bots(stage) as connections:
            only(connections, 0)
            ts = stage.server.mention(QUESTION)
            stage.server.wait_for(lambda: taken(stage, "chat.postMessage"))
            only(connections, 1)
            edit(stage, ts, OTHER_QUESTION)
            assert OTHER_SAID in stage.reply(GENERAL, ts).text
            stage.server.wait_for(lambda: len(stage.server.calls("chat.postMessage")) == 2)
            stage.server.wait_for(lambda: len(stage.server.replies(GENERAL, ts)) == 1)
            stage.settled()
        (reply,) = stage.server.replies(GENERAL, ts)
        assert OTHER_SAID in reply.text

    def test_a_late_reply_is_taken_away_also_where_the_other_is_late(self, stage: Stage) -> None:
        stage.pace = replace(stage.pace, lease_seconds=10.0)  # looked after meanwhile
        stage.server.faults.slow("chat.postMessage", 2.0)
        stage.server.faults.slow("chat.postMessage", 5.0)
        with two_bots(stage) as connections:
            only(connections, 0)
            ts = stage.server.mention(QUESTION)
            stage.server.wait_for(lambda: len(stage.server.faults._of["chat.postMessage"]) == 1)
            only(connections, 1)
            edit(stage, ts, OTHER_QUESTION)
            stage.server.wait_for(lambda: len(stage.server.calls("chat.postMessage")) == 2)
            stage.server.wait_for(lambda: len(stage.server.replies(GENERAL, ts)) == 1)
            stage.settled()
        (reply,) = stage.server.replies(GENERAL, ts)
        assert OTHER_SAID in reply.text

    def test_a_late_stream_is_taken_away(self, stage: Stage) -> None:
        stage.engine.telling = True
        stage.server.faults.slow("chat.startStream", 3.0)
        channel = stage.server.workspace.direct(ANNA).id
        with two_bots(stage) as connections:
            only(connections, 0)
            ts = stage.server.dm(QUESTION)
            stage.server.wait_for(lambda: taken(stage, "chat.startStream"))
            only(connections, 1)
            stage.server.edit(channel, ts, OTHER_QUESTION)
            stage.server.wait_for(lambda: len(stage.server.calls("chat.startStream")) == 2)
            stage.server.wait_for(
                lambda: (
                    [OTHER_SAID in each.text for each in stage.server.replies(channel, ts)]
                    == [True]
                )
            )
            stage.settled()
        (reply,) = stage.server.replies(channel, ts)
        assert not reply.streaming

    def test_a_reply_that_the_other_goes_on_with_stays(self, stage: Stage) -> None:
        stage.engine.go_on.clear()
        with two_bots(stage) as connections:
            only(connections, 0)
            ts = stage.server.mention(QUESTION)
            first = stage.server.wait_for(lambda: stage.server.replies(GENERAL, ts))[0]
            until(stage.engine.begun.is_set)
            only(connections, 1)
            edit(stage, ts, OTHER_QUESTION)
            stage.server.wait_for(stage.server.quiet)
            stage.engine.go_on.set()
            assert OTHER_SAID in stage.reply(GENERAL, ts).text
            stage.settled()
        assert [each.ts for each in stage.server.replies(GENERAL, ts)] == [first.ts]

    def test_what_waited_for_its_turn_meanwhile_is_left(self, stage: Stage) -> None:
        stage.pace = replace(stage.pace, lease_seconds=LONG, begun_at_once=1)
        stage.engine.go_on.clear()
        with capture_logs() as logs, stage.bot():
            stage.server.mention(UNKNOWN)
            until(stage.engine.begun.is_set)
            ts = stage.server.mention(QUESTION)
            key = f"{TEAM}:{GENERAL}:{ts}"
            until(lambda: stage.table.get(key))
            other = stage.table.restart(key, OTHER_QUESTION, owner="other", lease_seconds=LONG)
            assert other is not None
            stage.engine.go_on.set()
            until(lambda: any(each["event"] == "slack_question_left" for each in logs))
        assert stage.server.replies(GENERAL, ts) == []

    def test_the_leases_of_the_others_do_not_wait_for_what_is_on_its_way(
        self, stage: Stage
    ) -> None:
        stage.pace = replace(stage.pace, lease_seconds=2.0, look_every=LONG)
        stage.engine.go_on.clear()
        with stage.bot():
            stage.server.mention(UNKNOWN)
            until(stage.engine.begun.is_set)
            stage.server.faults.slow("chat.postMessage", 6.0)
            ts = stage.server.mention(QUESTION)
            stage.server.wait_for(lambda: taken(stage, "chat.postMessage"))
            key = f"{TEAM}:{GENERAL}:{ts}"
            assert stage.table.restart(key, OTHER_QUESTION, owner="other", lease_seconds=LONG)
            assert stage.table.failed(key, owner="other")
            posts = len(stage.server.calls("chat.postMessage"))
            while len(stage.server.calls("chat.postMessage")) == posts:
                assert stage.table.abandoned(owner="other", lease_seconds=LONG) == []
                time.sleep(0.05)
            stage.engine.go_on.set()
            stage.server.wait_for(lambda: stage.server.replies(GENERAL, ts) == [])
            stage.settled()


class TestWhenOneBotHearsOfMore:
    def test_two_edits_are_answered_once(self, stage: Stage) -> None:
        stage.server.faults.slow("chat.postMessage", 2.0)
        with stage.bot():
            ts = stage.server.mention(QUESTION)
            stage.server.wait_for(lambda: taken(stage, "chat.postMessage"))
            late = time.monotonic() + 3.0
            edit(stage, ts, UNKNOWN)
            stage.server.wait_for(stage.server.quiet)
            edit(stage, ts, OTHER_QUESTION)
            assert OTHER_SAID in stage.reply(GENERAL, ts).text
            stage.settled()
            until(lambda: time.monotonic() > late)
        assert len(stage.server.replies(GENERAL, ts)) == 1

    def test_an_edit_and_a_deletion_leave_nothing_as_if_it_were_read(self, stage: Stage) -> None:
        stage.server.faults.slow("chat.postMessage", 2.0)
        with stage.bot():
            ts = stage.server.mention(QUESTION)
            stage.server.wait_for(lambda: taken(stage, "chat.postMessage"))
            edit(stage, ts, OTHER_QUESTION)
            stage.server.wait_for(stage.server.quiet)
            stage.server.delete(GENERAL, ts)
            assert "deleted" in stage.reply(GENERAL, ts).text
            stage.settled()
        assert len(stage.server.replies(GENERAL, ts)) == 1

    def test_an_edit_while_a_stream_begins_is_answered_once(self, stage: Stage) -> None:
        stage.engine.telling = True
        stage.server.faults.slow("chat.startStream", 2.0)
        channel = stage.server.workspace.direct(ANNA).id
        with stage.bot():
            ts = stage.server.dm(QUESTION)
            stage.server.wait_for(lambda: taken(stage, "chat.startStream"))
            late = time.monotonic() + 3.0
            stage.server.edit(channel, ts, OTHER_QUESTION)
            assert OTHER_SAID in stage.reply(channel, ts).text
            stage.settled()
            until(lambda: time.monotonic() > late)
        (reply,) = stage.server.replies(channel, ts)
        assert not reply.streaming
