"""The assistant pane: what it offers when it is opened."""

from __future__ import annotations

import structlog

from api.slack.admission import Admission
from api.slack.advice import advice_on
from api.slack.answering import Answering, CannotAnswer
from api.slack.blocks.prompts import PROMPTS_TITLE, suggested_prompts
from api.slack.events import Payload
from api.slack.ledger import Ledger
from api.slack.web import Slack, SlackFailure
from api.slack.worker import Worker

log = structlog.get_logger(__name__)

MOST_TITLES = 4


class Pane:
    """Offers questions about the latest articles."""

    def __init__(
        self,
        *,
        slack: Slack,
        ledger: Ledger,
        answering: Answering,
        worker: Worker,
        admission: Admission,
    ) -> None:
        self._slack = slack
        self._ledger = ledger
        self._answering = answering
        self._worker = worker
        self._admission = admission

    async def opened(self, body: Payload) -> None:
        """Somebody opened the pane, or began a new thread there. Who is not let in is offered
        nothing: titles are the archive's."""
        thread = body["event"]["assistant_thread"]
        channel = str(thread["channel_id"])
        if not self._admission.lets_in(str(thread["user_id"]), channel):
            return
        event_id = str(body.get("event_id", ""))
        if not event_id or await self._ledger.first_time(event_id):
            self._worker.spawn(self._offer(channel, str(thread["thread_ts"])))

    async def _offer(self, channel: str, thread_ts: str) -> None:
        try:
            titles = await self._answering.latest_titles(MOST_TITLES)
        except CannotAnswer as error:
            log.warning("slack_no_titles", reason=str(error))
            titles = []
        try:
            prompts = suggested_prompts(titles)
            await self._slack.suggest(channel, thread_ts, PROMPTS_TITLE, prompts)
        except SlackFailure as failure:
            hint = advice_on(failure).hint
            log.warning("slack_no_prompts", code=failure.code, needed=failure.needed, hint=hint)
