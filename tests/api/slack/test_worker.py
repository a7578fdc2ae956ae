"""What goes wrong in the background is in the log."""

from __future__ import annotations

import asyncio
from typing import cast

from structlog.testing import capture_logs

from api.slack.answering import Answering
from api.slack.ledger import Ledger
from api.slack.web import Slack, opened_client
from api.slack.worker import Pace, Worker
from tests.api.slack.conftest import Stage


def test_work_that_fails_in_the_background_is_logged(stage: Stage) -> None:
    async def fail() -> None:
        raise ValueError("the window was odd")

    async def run() -> None:
        async with opened_client(stage.server.slack.bot_token, stage.server.api_url) as client:
            worker = Worker(
                slack=Slack(client),
                ledger=Ledger(stage.table, lease_seconds=60.0),
                answering=cast("Answering", None),  # nothing is asked
                pace=Pace(),
            )
            worker.spawn(fail())
            await asyncio.sleep(0)
            await asyncio.sleep(0)

    with capture_logs() as lines:
        asyncio.run(run())
    (line,) = lines
    assert line["event"] == "slack_work_failed"
    assert str(line["exc_info"]) == "the window was odd"
