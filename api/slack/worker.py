"""Works on claimed questions until their answers stand in Slack, whatever happens meanwhile.

A question belongs to one bot for a lease, which is renewed while it is worked on. Whoever finds a
lease that has run out takes the question over.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import aclosing, asynccontextmanager
from contextvars import Context
from dataclasses import dataclass
from typing import Any, Protocol

import structlog
from pydantic import TypeAdapter

from api.slack.advice import advice_on, log_refusal
from api.slack.answering import Answering, CannotAnswer
from api.slack.blocks.limits import shortened
from api.slack.blocks.messages import (
    MessageContext,
    answer_message,
    failure_message,
    withdrawn_message,
)
from api.slack.delivery import Delivery, InPlace, InThread, LeaseLost, keep_lease, until_done
from api.slack.escaping import plain
from api.slack.events import DIRECT, Bot
from api.slack.history import turns_before
from api.slack.ledger import Ledger
from api.slack.private import ToAsker, ToDirect, is_direct
from api.slack.streaming import InPane
from api.slack.web import Message, Slack, SlackFailure, SlackRefused, SlackUnreachable
from api.slack.wording import MOST_QUOTED, NOT_SHOWN, asked_message, plain_message
from index.catalogue.slack_questions import AskedBy, QuestionState, SlackQuestion
from rag.events import AnswerGiven, SentenceWritten
from rag.records import Answer, AnswerSentence, Query

log = structlog.get_logger(__name__)

ANSWER: TypeAdapter[Answer] = TypeAdapter(Answer)
PRUNE_EVERY = 3_600.0
MOST_TITLE = 100


class Counts(Protocol):
    """Is told what became of questions."""

    def slack_answered(self, asked_by: str, outcome: str) -> None:
        """A question has its answer, or has none: `answered`, `not_found` or `failed`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How often and how much."""

    lease_seconds: float = 30.0
    """How long a question waits for a bot that is not heard of any more."""
    look_every: float = 5.0
    """Seconds between looks for questions that nobody works on."""
    at_once: int = 4
    """Answers worked on at once."""
    begun_at_once: int = 16
    """Questions of which something is shown; the others wait, so that what comes is acknowledged in
    time."""
    tries: int = 4
    """How often an answer is tried that may succeed later."""
    pause: float = 1.0
    """Seconds before the second try; each further one waits twice as long."""
    again_after: float = 15.0
    """Seconds after which a question is set about anew where Slack could not be reached."""
    told_tries: int = 8
    """How often one tries to tell the asker that there will be no answer; each further pause is
    twice as long."""
    leave_seconds: float = 8.0
    """How long work may go on when the bot is told to stop."""


class Worker:
    """Answers questions in the background. It belongs to the event loop."""

    def __init__(
        self,
        *,
        slack: Slack,
        ledger: Ledger,
        answering: Answering,
        pace: Pace,
        page_url: str | None = None,
        counts: Counts | None = None,
    ) -> None:
        self._slack = slack
        self._ledger = ledger
        self._answering = answering
        self._pace = pace
        self._page_url = page_url
        self._counts = counts
        self._turns = asyncio.Semaphore(pace.at_once)
        self._begun = asyncio.Semaphore(pace.begun_at_once)
        self._working: dict[str, asyncio.Task[None]] = {}
        self._others: set[asyncio.Task[None]] = set()

    def start(self, key: str, question: SlackQuestion | None = None) -> None:
        """Work on a question that is ours: one just claimed, or one that was worked on before and
        is given. What was being done about it stops."""
        before = self._working.pop(key, None)
        task = _begun(self._work(key, question, before))
        self._working[key] = task
        task.add_done_callback(lambda done: self._forget(key, done))

    def spawn(self, work: Coroutine[Any, Any, None]) -> None:
        """Do something else in the background."""
        task = _begun(work)
        self._others.add(task)
        task.add_done_callback(self._finished)

    async def withdraw(self, question: SlackQuestion) -> None:
        """Take back what was answered, or is being answered, to a question that was deleted."""
        await _ended(self._working.pop(question.event_key, None))
        where: list[InPlace] = []
        if is_direct(question):
            where.append(self._directly(question))
        if question.thread_ts is not None:
            where.append(self._in_thread(question, await self._bot()))
        done = True
        for each in where:
            try:
                await each.withdraw(withdrawn_message())
            except SlackFailure as failure:
                log_refusal(failure, channel=question.channel)
                done = done and isinstance(failure, SlackRefused)
        if done:  # it comes again otherwise
            await self._ledger.taken_back(question.event_key)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Look after leases meanwhile, and let work come to its end for a while afterwards."""
        rounds = [
            asyncio.create_task(_forever(self._renew, self._pace.lease_seconds / 3)),
            asyncio.create_task(_forever(self._take_over, self._pace.look_every)),
            asyncio.create_task(_forever(self._give_up, self._pace.lease_seconds)),
            asyncio.create_task(_forever(self._prune, PRUNE_EVERY)),
        ]
        try:
            yield
        finally:
            for each in rounds:
                await _ended(each)
            keys = list(self._working)
            left = {*self._working.values(), *self._others}
            if left:
                await asyncio.wait(left, timeout=self._pace.leave_seconds)
            for each in left:
                await _ended(each)
            for key in keys:  # what was brought to its end is settled, and is not touched
                await self._ledger.release(key)
            for each in list(self._others):  # what those left behind
                await _ended(each)

    # -- one question ---------------------------------------------------------------------------

    async def _work(
        self, key: str, question: SlackQuestion | None, before: asyncio.Task[None] | None
    ) -> None:
        await _ended(before)
        try:
            async with self._begun:
                if not await self._ledger.renew(key):  # while it waited
                    raise LeaseLost
                fresh = question is None
                question = question or await self._ledger.get(key)
                if question is not None:
                    await self._answer(question, fresh=fresh)
        except LeaseLost:
            log.info("slack_question_left", event_key=key)
            await self._tidy(key)
        except SlackUnreachable as failure:
            hint = advice_on(failure).hint
            log.warning("slack_unreachable", method=failure.method, code=failure.code, hint=hint)
            await self._ledger.release(key, self._pace.again_after)
        except SlackRefused as refused:
            log.error(
                "slack_question_undeliverable",
                event_key=key,
                method=refused.method,
                code=refused.code,
                hint=advice_on(refused).hint,
            )
            await self._ledger.failed(key)
        except Exception:  # the process boundary: the bot goes on
            log.exception("slack_question_failed", event_key=key)

    async def _tidy(self, key: str) -> None:
        """Take back what was shown of a question after it had been deleted."""
        question = await self._ledger.get(key)
        if question is not None and question.state is QuestionState.WITHDRAWN:
            self.spawn(self.withdraw(question))

    async def _answer(self, question: SlackQuestion, *, fresh: bool) -> None:
        bot = await self._bot()
        delivery = self._delivery(question, bot, fresh=fresh)
        try:
            await delivery.begin()
        except SlackRefused as refused:
            delivery = await self._elsewhere(delivery, question, refused)
        answer: Answer | None = None
        try:
            answer = _kept(question) or await self._make(question, delivery, bot)
            messages = self._messages(question, answer)
        except CannotAnswer as error:
            log.warning("slack_no_answer", reason=str(error), event_key=question.event_key)
            messages = [failure_message(_kind(error), str(error))]
        except (LeaseLost, SlackFailure):
            raise
        except Exception:  # the process boundary: whatever it was, the asker is told
            log.exception("slack_answer_failed", event_key=question.event_key)
            messages = [failure_message("failed")]
        await keep_lease(self._ledger, question)
        document = None if answer is None else ANSWER.dump_python(answer, mode="json")
        if document is not None and question.thread_ts is None:
            # Its buttons cannot be changed once it is sent; they name this answer.
            await self._ledger.keep(question.event_key, document)
        await self._conclude(delivery, question, messages)
        if document is None:
            await self._ledger.failed(question.event_key)
        elif not await self._ledger.answered(question.event_key, document, question.question):
            raise LeaseLost
        self._count(question, "failed" if answer is None else answer.outcome.value)

    async def _make(self, question: SlackQuestion, delivery: Delivery, bot: Bot) -> Answer:
        """Raises: CannotAnswer, LeaseLost."""
        history = await turns_before(question, slack=self._slack, ledger=self._ledger, bot=bot)
        if question.asked_by is AskedBy.ASSISTANT and not history:
            self.spawn(self._title(question))
        query = Query(question=question.question, history=history)
        for turn in range(self._pace.tries):
            try:
                async with self._turns:
                    return await self._hear(query, delivery)
            except CannotAnswer as error:
                if not error.may_succeed_later or turn == self._pace.tries - 1:
                    raise
                log.info("slack_answer_tried_again", reason=str(error))
            await asyncio.sleep(self._pace.pause * 2**turn)
        raise AssertionError("the last turn returns or raises")

    async def _hear(self, query: Query, delivery: Delivery) -> Answer:
        told: list[AnswerSentence] = []
        async with aclosing(self._answering.answer(query)) as events:  # type: ignore[type-var]
            async for event in events:
                match event:
                    case AnswerGiven():
                        return event.answer
                    case SentenceWritten():
                        told.append(event.sentence)
                        await _shown(delivery.told(told))
        raise CannotAnswer("The answer was given up", retryable=True)

    async def _conclude(
        self, delivery: Delivery, question: SlackQuestion, messages: Sequence[Message]
    ) -> None:
        """Show it, in a direct message where it cannot be shown in the thread."""
        try:
            await delivery.conclude(messages)
        except SlackRefused as refused:
            if not isinstance(delivery, InThread):
                raise
            await (await self._elsewhere(delivery, question, refused)).conclude(messages)

    def _delivery(self, question: SlackQuestion, bot: Bot, *, fresh: bool = False) -> Delivery:
        if question.thread_ts is None:
            return ToAsker(self._slack, self._ledger, question)
        if is_direct(question):
            return self._directly(question)
        return self._in_thread(question, bot, fresh=fresh)

    def _in_thread(self, question: SlackQuestion, bot: Bot, *, fresh: bool = False) -> InThread:
        kind = InPane if question.context.get(DIRECT) else InThread
        opening = [asked_message(question)] if question.asked_by is AskedBy.MODAL else []
        return kind(self._slack, self._ledger, question, bot=bot, opening=opening, fresh=fresh)

    async def _elsewhere(
        self, delivery: Delivery, question: SlackQuestion, refused: SlackRefused
    ) -> ToDirect:
        """Where to say it instead. What was begun in the thread says that it is not shown there."""
        told = log_refusal(refused, channel=question.channel).told
        if isinstance(delivery, InThread):
            await _shown(delivery.withdraw(plain_message(NOT_SHOWN)))
        return self._directly(question, told)

    def _directly(self, question: SlackQuestion, why: str = "") -> ToDirect:
        told = f"You asked: “{question.question[:MOST_QUOTED]}”. {why}".strip()
        return ToDirect(self._slack, self._ledger, question, opening=[plain_message(told)])

    def _messages(self, question: SlackQuestion, answer: Answer) -> Sequence[Message]:
        context = MessageContext(
            event_key=question.event_key,
            answer_id=answer.id,
            asker=question.user,
            is_private=question.thread_ts is None or bool(question.context.get(DIRECT)),
            archive_url=self._page_url,
        )
        return answer_message(answer, context=context)

    # -- rounds ---------------------------------------------------------------------------------

    async def _renew(self) -> None:
        tasks = dict(self._working)
        kept = await self._ledger.renew_all(list(tasks))
        for key in tasks.keys() - kept:
            task = tasks[key]
            if self._working.get(key) is task and not task.done() and not task.cancelling():
                self.spawn(self._leave(key, task))

    async def _leave(self, key: str, task: asyncio.Task[None]) -> None:
        """Stop to work on a question that is not ours any more. It takes as long as Slack takes for
        what is on its way; the other leases do not wait."""
        await _ended(task)
        log.info("slack_question_left", event_key=key)
        await self._tidy(key)

    async def _take_over(self) -> None:
        for question in await self._ledger.abandoned(limit=20):
            task = self._working.get(question.event_key)
            if task is None or task.cancelling():
                log.info("slack_question_taken_over", event_key=question.event_key)
                self.start(question.event_key, question)
        for question in await self._ledger.not_taken_back(limit=20):
            self.spawn(self.withdraw(question))

    async def _give_up(self) -> None:
        for question in await self._ledger.give_up():
            log.error("slack_question_given_up", event_key=question.event_key)
            self._count(question, "failed")
            self.spawn(self._say_failed(question))

    async def _say_failed(self, question: SlackQuestion) -> None:
        """Say that there is no answer, for as long as nothing else has become of the question."""
        for turn in range(self._pace.told_tries):
            known = await self._ledger.get(question.event_key)
            if known is None or known.state is not QuestionState.FAILED:
                return
            try:
                delivery = self._delivery(known, await self._bot())
                await self._conclude(delivery, known, [failure_message("failed")])
            except SlackUnreachable as failure:
                log.warning("slack_unreachable", method=failure.method, code=failure.code)
            except SlackRefused as refused:
                log_refusal(refused, channel=question.channel)
                return
            else:
                return
            await asyncio.sleep(self._pace.again_after * 2**turn)

    async def _prune(self) -> None:
        forgotten = await self._ledger.prune()
        if forgotten:
            log.info("slack_questions_forgotten", questions=forgotten)

    # -- small things ---------------------------------------------------------------------------

    async def _title(self, question: SlackQuestion) -> None:
        """Name a thread of the assistant pane after its first question."""
        assert question.thread_ts is not None
        title = shortened(plain(question.question), MOST_TITLE)
        await _shown(self._slack.set_title(question.channel, question.thread_ts, title))

    async def _bot(self) -> Bot:
        identity = await self._slack.identity()
        return Bot(user_id=identity.user_id, bot_id=identity.bot_id)

    def _forget(self, key: str, done: asyncio.Task[None]) -> None:
        if self._working.get(key) is done:
            del self._working[key]

    def _finished(self, done: asyncio.Task[None]) -> None:
        self._others.discard(done)
        if not done.cancelled() and (error := done.exception()) is not None:
            log.error("slack_work_failed", exc_info=error)

    def _count(self, question: SlackQuestion, outcome: str) -> None:
        if self._counts is not None:
            self._counts.slack_answered(question.asked_by.value, outcome)


def _kept(question: SlackQuestion) -> Answer | None:
    """The answer that was being sent to the asker alone when a bot died."""
    return None if question.answer is None else ANSWER.validate_python(question.answer)


def _kind(error: CannotAnswer) -> str:
    """Of which kind a failure is, as `failure_message` has them."""
    if not error.may_succeed_later:
        return "failed"
    return "unreachable" if error.unreachable else "busy"


async def _shown(call: Coroutine[Any, Any, None]) -> None:
    """Show a part of an answer, or do without: the whole is yet to come."""
    try:
        await call
    except SlackFailure as failure:
        log.debug("slack_part_not_shown", code=failure.code)


def _begun(work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
    """The work in the background, in a context of its own: the deadline of the request that it
    came with is not its deadline."""
    return asyncio.create_task(work, context=Context())


async def _ended(task: asyncio.Task[None] | None) -> None:
    """Stop a task, and wait until it has; also where one is stopped oneself meanwhile: whoever does
    that counts on it that neither goes on."""
    if task is not None:
        task.cancel()
        await until_done(task)


async def _forever(round_of: Callable[[], Coroutine[Any, Any, None]], seconds: float) -> None:
    while True:
        try:
            await round_of()
        except Exception:  # the process boundary: the next round may succeed
            log.exception("slack_round_failed")
        await asyncio.sleep(seconds)
