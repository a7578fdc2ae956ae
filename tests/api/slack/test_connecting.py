"""Socket Mode: tickets that come too late, and being told to stop before one is connected."""

from __future__ import annotations

from tests.api.slack.conftest import QUESTION, Stage
from tests.api.slack.running import BotThread, needs_for, settings_for
from tests.slack_server.workspace import GENERAL


def test_a_ticket_that_came_too_late_is_renewed(stage: Stage) -> None:
    stage.server.sockets.late_tickets = 2  # the first of them only shows that one may connect
    with stage.bot():
        assert "Monday" in stage.reply(GENERAL, stage.server.mention(QUESTION)).text
        stage.settled()


def test_a_bot_that_cannot_connect_can_be_stopped(stage: Stage) -> None:
    stage.server.sockets.late_tickets = 1_000
    bot = BotThread(needs_for(settings_for(stage.server), stage.table, stage.service))
    bot.begin()
    stage.server.wait_for(lambda: len(stage.server.calls("apps.connections.open")) >= 2)
    bot.stop()
    assert not bot.is_connected
