"""What only the asker sees comes whole, and each part of it once."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import suppress

from api.slack.delivery import ToAsker
from api.slack.ledger import Ledger
from api.slack.web import Message, Slack, SlackUnreachable, opened_client
from api.slack.wording import SENT_DIRECTLY
from index.catalogue.slack_questions import AskedBy, NewQuestion
from tests.api.slack.conftest import QUESTION, Stage
from tests.slack_server.workspace import ANNA, GENERAL, TEAM

KEY = "cmd:1"
PARTS: list[Message] = [{"text": f"part {part}"} for part in range(3)]
TEXTS = [str(part["text"]) for part in PARTS]


def delivered(stage: Stage, *, times: int, parts: Sequence[Message] = PARTS) -> None:
    """Deliver an answer of several messages, as often as that."""
    path = stage.server.slack.tickets.response_url("commands", ANNA, GENERAL)

    async def deliver() -> None:
        ledger = Ledger(stage.table, lease_seconds=60.0)
        asked = NewQuestion(
            event_key=KEY,
            team=TEAM,
            channel=GENERAL,
            user=ANNA,
            thread_ts=None,
            asked_by=AskedBy.COMMAND,
            question=QUESTION,
            context={"response_url": f"{stage.server.url}{path}"},
        )
        assert await ledger.claim(asked)
        token = stage.server.slack.bot_token
        async with opened_client(token, stage.server.api_url) as client:
            for _ in range(times):
                question = await ledger.get(KEY)
                assert question is not None
                with suppress(SlackUnreachable):
                    await ToAsker(Slack(client), ledger, question).conclude(parts)

    asyncio.run(deliver())


def shown(stage: Stage) -> list[str]:
    return [each.text for each in stage.server.workspace.ephemeral(ANNA)]


def test_a_fault_between_two_messages_loses_neither_and_repeats_none(stage: Stage) -> None:
    stage.server.faults.slow("response_url", 0.0)
    stage.server.faults.status("response_url", 503, times=5)
    delivered(stage, times=2)
    assert shown(stage) == TEXTS


def test_where_the_second_is_refused_only_the_rest_comes_directly(stage: Stage) -> None:
    stage.server.faults.slow("response_url", 0.0)
    stage.server.faults.status("response_url", 404)
    delivered(stage, times=1)
    direct = stage.server.workspace.in_channel(stage.server.workspace.direct(ANNA).id)
    assert (shown(stage), [each.text for each in direct]) == (TEXTS[:1], TEXTS[1:])


def test_a_long_one_comes_directly_and_says_so_where_it_was_asked_for(stage: Stage) -> None:
    parts = [{"text": f"part {part}"} for part in range(6)]
    delivered(stage, times=2, parts=parts)
    direct = stage.server.workspace.in_channel(stage.server.workspace.direct(ANNA).id)
    assert [each.text for each in direct] == [part["text"] for part in parts]
    assert shown(stage) == [SENT_DIRECTLY]
