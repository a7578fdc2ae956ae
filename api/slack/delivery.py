"""How an answer gets to where it was asked for: shown as it comes, in place, and once.

Every message carries metadata that say which question it answers. A bot that takes a question over
from another, or does not know what has become of a message, finds by them what stands there
already, and goes on with that.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Iterable, Sequence
from contextlib import suppress
from datetime import timedelta
from typing import Any, Protocol

import structlog

from api.slack.blocks.messages import reading_message, streaming_message
from api.slack.events import Bot, Payload, is_own, timestamp_of
from api.slack.ledger import Ledger, is_settled
from api.slack.web import Message, Posted, Slack, SlackFailure, SlackRefused, SlackUnreachable
from index.catalogue.slack_questions import QuestionState, SlackQuestion
from rag.records import AnswerSentence

log = structlog.get_logger(__name__)

ANSWER_EVENT = "quoth_answer"
NOTICE = {"event_type": "quoth_notice", "event_payload": {}}
"""Metadata of what the bot says that answers nothing."""
POSTS = 4
"""How often a message is tried to be posted, each time having looked whether it is there."""
FIRST_PAUSE = 0.5
ADOPTED_WITHIN = (0.5, 1.0, 2.0, 4.0, 8.0)
"""Seconds between looks whether another bot goes on with a message."""
CLOCKS_DIFFER = timedelta(hours=1)
"""How far Slack's clock may be from ours."""
GONE = "message_not_found"
FINAL = frozenset({GONE, "cant_update_message", "edit_window_closed"})
"""Why a message cannot be updated any more."""


class LeaseLost(Exception):
    """Another bot has the question now, or it was withdrawn: nothing more is to be shown."""


class Delivery(Protocol):
    """Shows one answer."""

    async def begin(self) -> None:
        """Show that the question is being worked on."""

    async def told(self, sentences: Sequence[AnswerSentence]) -> None:
        """Show as much of the answer as there is."""

    async def conclude(self, messages: Sequence[Message]) -> None:
        """Show these messages and nothing else."""


class InPlace:
    """Messages in a thread that are posted once, and changed in place from then on.

    They are numbered: first those of `opening`, then the answer's.
    """

    def __init__(
        self,
        slack: Slack,
        ledger: Ledger,
        question: SlackQuestion,
        *,
        opening: Sequence[Message] = (),
    ) -> None:
        self._slack = slack
        self._ledger = ledger
        self._question = question
        self._channel = question.channel
        self._thread_ts = question.thread_ts
        self._opening = list(opening)
        self._first = 0
        """The messages before this one are shown elsewhere."""
        self._looked = False
        self._posted: dict[int, str] = {}
        self._shown: dict[int, Message] = {}

    async def conclude(self, messages: Sequence[Message]) -> None:
        """As `Delivery`."""
        await self._look()
        shown = [*self._opening, *messages]
        await self._show(shown)
        for part in [part for part in self._posted if part >= len(shown)]:
            await _unless_gone(self._slack.delete(self._channel, self._posted.pop(part)))

    async def withdraw(self, message: Message) -> None:
        """Put a message in place of all that stands there; nothing where nothing does. What Slack
        does not let be changed is deleted."""
        await self._look()
        if not self._posted:
            return
        self._posted = dict(enumerate(ts for _, ts in sorted(self._posted.items())))
        self._shown = {}
        self._opening = []
        self._first = 0
        try:
            await self.conclude([message])
        except SlackRefused as refused:
            log.warning("slack_not_changed", method=refused.method, code=refused.code)
            for ts in self._posted.values():
                await _unless_gone(self._slack.delete(self._channel, ts))

    async def _find(self) -> dict[int, str]:
        """The messages of this answer that stand there already: number and timestamp."""
        raise NotImplementedError

    def _is_noted(self, part: int) -> bool:
        """Whether this is the message that the ledger is to know."""
        raise NotImplementedError

    def _metadata(self, part: int) -> dict[str, Any]:
        return answer_metadata(self._question, part)

    async def _look(self) -> None:
        """Find what stands there already, unless that is known."""
        if not self._looked:
            self._posted |= await self._find()
            self._looked = True

    async def _show(self, messages: Sequence[Message], *, hastily: bool = False) -> None:
        for part, message in enumerate(messages):
            if part < self._first or self._shown.get(part) == message:
                continue
            if part not in self._posted or not await self._update(part, message, hastily):
                await self._post(part, message)
            elif self._is_noted(part):
                await self._note(self._posted[part])
            self._shown[part] = message

    async def _note(self, ts: str) -> None:
        if ts != self._question.message_ts:
            await note(self._ledger, self._question, ts, self._channel)

    async def _placed(self, part: int, call: Coroutine[Any, Any, Posted]) -> None:
        """Make a call that shows a new message, and note that. Who cancels it waits: a message that
        is on its way would otherwise appear after one had looked for it.

        Raises:
            LeaseLost: Another bot has the question now, and nobody knows of the message.
        """
        task = asyncio.ensure_future(call)
        try:
            await until_done(task)
        except asyncio.CancelledError:
            if not task.cancelled() and task.exception() is None:
                with suppress(LeaseLost):
                    await self._confirm(part, task.result().ts)
            raise
        await self._confirm(part, task.result().ts)

    async def _confirm(self, part: int, ts: str) -> None:
        self._posted[part] = ts
        try:
            if self._is_noted(part):
                await self._note(ts)
            elif self._question.state is QuestionState.CLAIMED:
                await keep_lease(self._ledger, self._question)
        except LeaseLost:
            await until_done(asyncio.ensure_future(self._take_away(ts)))
            raise

    async def _take_away(self, ts: str) -> None:
        """Delete a message that appeared after the question was lost, unless whoever has it now
        saw it and goes on with it. What was withdrawn is seen to by whoever looks for its reply."""
        known = await self._ledger.get(self._question.event_key)
        for pause in ADOPTED_WITHIN:
            if known is None or known.message_ts is not None or is_settled(known):
                break
            await asyncio.sleep(pause)
            known = await self._ledger.get(self._question.event_key)
        if known is None or known.state is QuestionState.WITHDRAWN or known.message_ts == ts:
            return
        try:
            await self._delete(ts)
        except SlackFailure as failure:
            log.warning("slack_not_deleted", channel=self._channel, ts=ts, code=failure.code)

    async def _delete(self, ts: str) -> None:
        await self._slack.delete(self._channel, ts)

    async def _update(self, part: int, message: Message, hastily: bool) -> bool:
        """False: the message is gone, or cannot be changed any more and so is taken away."""
        ts = self._posted[part]
        metadata = self._metadata(part)
        try:
            await self._slack.update(self._channel, ts, message, metadata=metadata, hastily=hastily)
        except SlackRefused as refused:
            if refused.code not in FINAL:
                raise
            if refused.code != GONE:
                await _unless_gone(self._slack.delete(self._channel, ts))
            del self._posted[part]
            return False
        return True

    async def _post(self, part: int, message: Message) -> None:
        """Post it. After a failure nobody knows whether it is there, so that is looked for before
        it is posted again."""
        for turn in range(POSTS):
            try:
                await self._placed(part, self._send(part, message))
                return
            except SlackUnreachable:
                self._looked = False
                await asyncio.sleep(FIRST_PAUSE * 2**turn)
                await self._look()
                if part in self._posted:
                    await self._confirm(part, self._posted[part])
                    return
                if turn == POSTS - 1:
                    raise
        raise AssertionError("the last turn returns or raises")

    async def _send(self, part: int, message: Message) -> Posted:
        return await self._slack.post(
            self._channel, message, thread_ts=self._thread_ts, metadata=self._metadata(part)
        )


class InThread(InPlace):
    """Replies in the thread of the question: the first message is updated until it is the answer,
    and what does not fit follows it. The ledger knows that message."""

    def __init__(
        self,
        slack: Slack,
        ledger: Ledger,
        question: SlackQuestion,
        *,
        bot: Bot,
        opening: Sequence[Message] = (),
        fresh: bool = False,
    ) -> None:
        """`opening` comes before the reply; nobody could see otherwise what was asked in a
        window. `fresh`: nobody has worked on the question, so that nothing can stand there."""
        super().__init__(slack, ledger, question, opening=opening)
        self._bot = bot
        self._looked = fresh

    async def begin(self) -> None:
        """As `Delivery`."""
        await self._look()
        await self._show([*self._opening, reading_message()])

    async def told(self, sentences: Sequence[AnswerSentence]) -> None:
        """As `Delivery`."""
        if await self._slack.has_room("chat.update"):
            await self._look()
            await self._show([*self._opening, streaming_message(sentences)], hastily=True)

    async def _find(self) -> dict[int, str]:
        return self._among(await self._thread())

    async def _thread(self) -> list[dict[str, Any]]:
        assert self._thread_ts is not None
        since = posted_since(self._question)
        return await self._slack.thread(self._channel, self._thread_ts, since=since)

    def _among(self, messages: Iterable[Payload]) -> dict[int, str]:
        return parts_of(self._question, (each for each in messages if is_own(each, self._bot)))

    def _is_noted(self, part: int) -> bool:
        return part == self._main

    @property
    def _main(self) -> int:
        """The number of the reply."""
        return len(self._opening)


def posted_since(question: SlackQuestion) -> str:
    """A timestamp before which nothing can have been posted in reply."""
    since = (question.asked_at - CLOCKS_DIFFER).timestamp()
    return timestamp_of(question.event_key) or f"{since:.6f}"


async def note(
    ledger: Ledger, question: SlackQuestion, message_ts: str, channel: str | None = None
) -> None:
    """Write down which message is the reply. Raises: LeaseLost where somebody else has the question
    that was worked on here."""
    noted = await ledger.posted(question.event_key, message_ts, channel)
    if not noted and question.state is QuestionState.CLAIMED:
        raise LeaseLost


async def keep_lease(ledger: Ledger, question: SlackQuestion) -> None:
    """Go on with a question. Raises: LeaseLost where it is not ours any more."""
    if not await ledger.renew(question.event_key):
        raise LeaseLost


def answer_metadata(
    question: SlackQuestion, part: int, *, shared: bool = False, direct: bool = False
) -> dict[str, Any]:
    """What a message of the bot's says, to whoever looks, about the question that it answers."""
    payload: dict[str, Any] = {"event_key": question.event_key, "part": part}
    if shared:
        payload["shared"] = True
    if direct:
        payload["direct"] = True
    return {"event_type": ANSWER_EVENT, "event_payload": payload}


def answer_payload(message: Payload) -> Payload:
    """What a message of the bot's says about the question that it answers; empty where nothing."""
    metadata = message.get("metadata") or {}
    if metadata.get("event_type") != ANSWER_EVENT:
        return {}
    payload: Payload = metadata.get("event_payload") or {}
    return payload


def parts_of(
    question: SlackQuestion, messages: Iterable[Payload], *, direct: bool = False
) -> dict[int, str]:
    """Those of the messages that answer the question: number and timestamp. `direct`: those that
    were sent directly instead."""
    found: dict[int, str] = {}
    for message in messages:
        payload = answer_payload(message)
        is_of_it = payload.get("event_key") == question.event_key
        if is_of_it and bool(payload.get("direct")) is direct:
            found.setdefault(int(payload.get("part", 0)), str(message["ts"]))
    return found


async def until_done(task: asyncio.Future[Any]) -> None:
    """Wait until a task has come to its end, whatever that is. Who is cancelled meanwhile waits all
    the same, and is cancelled then."""
    cancelled: asyncio.CancelledError | None = None
    while not task.done():
        try:
            await asyncio.wait({task})
        except asyncio.CancelledError as error:
            cancelled = error
    if cancelled is not None:
        raise cancelled


async def _unless_gone(call: Coroutine[Any, Any, None]) -> None:
    try:
        await call
    except SlackRefused as refused:
        log.debug("slack_already_so", method=refused.method, code=refused.code)
