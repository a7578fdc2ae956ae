"""From an event to a claimed question: before it is acknowledged, so that none is lost."""

from __future__ import annotations

import structlog

from api.slack.admission import Admission
from api.slack.advice import advice_on
from api.slack.blocks.messages import rate_limited_message, reading_message
from api.slack.delivery import NOTICE
from api.slack.events import (
    DIRECT,
    RESPONSE_URL,
    Bot,
    Payload,
    asked_in_message,
    deleted_message,
    edited_in_message,
)
from api.slack.ledger import Ledger, is_settled
from api.slack.web import Message, Slack, SlackFailure
from api.slack.wording import HELP, plain_message
from api.slack.worker import Worker
from index.catalogue.slack_questions import AskedBy, NewQuestion, QuestionState, SlackQuestion

log = structlog.get_logger(__name__)


class Asking:
    """Takes questions in. What it returns from is safe: it may be acknowledged."""

    def __init__(
        self, *, slack: Slack, ledger: Ledger, worker: Worker, admission: Admission
    ) -> None:
        self._slack = slack
        self._ledger = ledger
        self._worker = worker
        self._admission = admission

    async def message(self, body: Payload, bot: Bot) -> None:
        """A message, a mention, or what became of one."""
        deleted = deleted_message(body)
        if deleted is not None:
            await self._deleted(deleted)
            return
        edited = edited_in_message(body, bot)
        if edited is not None:
            await self._edited(body, edited.event_key, edited.question)
            return
        asked = asked_in_message(body, bot)
        if asked is not None:
            await self.ask(asked)

    async def ask(self, asked: NewQuestion) -> Message | None:
        """Claim a question and begin to work on it, unless somebody has it or it is not let in.
        Returns what there is to say at first, if anything: who asked where Slack gives an address
        to respond to is told by the caller, others here."""
        if asked.asked_by is AskedBy.THREAD and not await self._begun(asked):
            return None
        refusal = self._admission.refusal(asked)
        if refusal is not None or not asked.question:
            message = plain_message(refusal or HELP)
            if RESPONSE_URL in asked.context or asked.asked_by is AskedBy.THREAD:
                return message  # in a thread people talk to each other, too
            if await self._ledger.first_time(f"told:{asked.event_key}"):
                self._worker.spawn(self.tell(asked, message))
            return message
        if not await self._ledger.claim(asked):
            log.debug("slack_question_known", event_key=asked.event_key)
            return await self._still_to_say(asked) if RESPONSE_URL in asked.context else None
        wait = await self._admission.seconds_to_wait(asked.team, asked.user, asked.channel)
        if wait is not None:
            await self._ledger.failed(asked.event_key, urgent=True)
            message = rate_limited_message(wait)
            if RESPONSE_URL not in asked.context:
                self._worker.spawn(self.tell(asked, message))
            return message
        self._worker.start(asked.event_key)
        return reading_message()

    async def _still_to_say(self, asked: NewQuestion) -> Message | None:
        """To who asked before, and may not have been told what came of it."""
        known = await self._ledger.get(asked.event_key)
        if known is None or not is_settled(known):
            return reading_message()
        if known.state is QuestionState.FAILED and known.message_ts is None:  # one too many
            wait = await self._admission.seconds_to_wait(asked.team, asked.user, asked.channel)
            return rate_limited_message(wait or 1)
        return None

    async def tell(self, asked: NewQuestion | SlackQuestion, message: Message) -> None:
        """Say something to the asker only, where the question was asked."""
        try:
            await self._tell(asked, message)
        except SlackFailure as failure:
            log.warning(
                "slack_not_told",
                method=failure.method,
                code=failure.code,
                needed=failure.needed,
                channel=asked.channel,
                hint=advice_on(failure).hint,
            )

    async def _tell(self, asked: NewQuestion | SlackQuestion, message: Message) -> None:
        url = asked.context.get(RESPONSE_URL)
        if url is not None:
            await self._slack.respond(str(url), message, replace=False)
        elif asked.context.get(DIRECT):
            await self._slack.post(
                asked.channel, message, thread_ts=asked.thread_ts, metadata=NOTICE
            )
        else:
            in_thread = asked.thread_ts if asked.asked_by is AskedBy.THREAD else None
            await self._slack.whisper(asked.channel, asked.user, message, thread_ts=in_thread)

    async def _begun(self, asked: NewQuestion) -> bool:
        assert asked.thread_ts is not None
        return await self._ledger.in_thread(asked.channel, asked.thread_ts)

    async def _deleted(self, key: str) -> None:
        question = await self._ledger.withdraw(key)
        if question is not None:
            self._worker.spawn(self._worker.withdraw(question))

    async def _edited(self, body: Payload, key: str, text: str) -> None:
        known = await self._ledger.get(key)
        if known is None or known.question == text:
            return
        if not text:
            await self._deleted(key)
            return
        event_id = str(body.get("event_id", ""))
        if event_id and await self._ledger.seen(event_id):
            return
        wait = await self._admission.seconds_to_wait(known.team, known.user, known.channel)
        if wait is not None:
            log.info("slack_edit_left", event_key=key)
            self._worker.spawn(self.tell(known, rate_limited_message(wait)))
        else:
            question = await self._ledger.restart(key, text)
            if question is not None:
                self._worker.start(key, question)
        if event_id:  # last: what fails before is to come again
            await self._ledger.first_time(event_id)
