"""The bot put together, for either transport."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from api.slack.admission import Admission
from api.slack.answering import Answering
from api.slack.app import Parts, build_app
from api.slack.asking import Asking
from api.slack.buttons import Buttons
from api.slack.ledger import Ledger
from api.slack.pane import Pane
from api.slack.settings import SlackSettings
from api.slack.sharing import Sharing
from api.slack.web import Slack, opened_client
from api.slack.windows import Windows
from api.slack.worker import Counts, Pace, Worker
from index.catalogue.slack_questions import SlackQuestionTable


@dataclass(frozen=True, slots=True, kw_only=True)
class Needs:
    """What a bot is made from."""

    settings: SlackSettings
    table: SlackQuestionTable
    answering: Answering
    pace: Pace = field(default_factory=Pace)
    counts: Counts | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RunningBot:
    """A bot at work."""

    app: AsyncApp
    client: AsyncWebClient
    slack: Slack


@asynccontextmanager
async def running_bot(needs: Needs, *, over_http: bool) -> AsyncIterator[RunningBot]:
    """A bot while it is at work; how events come to it is the caller's.

    Over HTTP it checks who signed them.
    """
    settings = needs.settings
    assert settings.slack_bot_token is not None
    secret = settings.slack_signing_secret if over_http else None
    token = settings.slack_bot_token.get_secret_value()
    async with opened_client(token, settings.slack_api_url) as client:
        slack = Slack(client)
        ledger = Ledger(needs.table, lease_seconds=needs.pace.lease_seconds)
        worker = Worker(
            slack=slack,
            ledger=ledger,
            answering=needs.answering,
            pace=needs.pace,
            page_url=settings.slack_page_url,
            counts=needs.counts,
        )
        app = build_app(
            _parts(needs, slack, ledger, worker),
            api_url=settings.slack_api_url,
            signing_secret=None if secret is None else secret.get_secret_value(),
        )
        async with worker.running():
            yield RunningBot(app=app, client=client, slack=slack)


def _parts(needs: Needs, slack: Slack, ledger: Ledger, worker: Worker) -> Parts:
    admission = Admission(needs.settings)
    sharing = Sharing(slack, needs.settings.slack_page_url)
    asking = Asking(slack=slack, ledger=ledger, worker=worker, admission=admission)
    buttons = Buttons(
        slack=slack,
        ledger=ledger,
        answering=needs.answering,
        worker=worker,
        admission=admission,
        sharing=sharing,
        page_url=needs.settings.slack_page_url,
    )
    windows = Windows(
        slack=slack,
        ledger=ledger,
        answering=needs.answering,
        worker=worker,
        asking=asking,
        admission=admission,
        sharing=sharing,
    )
    pane = Pane(
        slack=slack,
        ledger=ledger,
        answering=needs.answering,
        worker=worker,
        admission=admission,
    )
    return Parts(slack=slack, asking=asking, buttons=buttons, windows=windows, pane=pane)
