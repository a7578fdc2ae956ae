"""How an answer gets to where it was asked for: shown as it comes, in place, and once.

Every message carries metadata that say which question it answers. A bot that takes a question over
from another finds by them what stands there already, and goes on with that.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Coroutine, Sequence
from typing import Any, Protocol, TypeVar

import structlog

from api.slack.blocks.messages import reading_message, streaming_message
from api.slack.escaping import markdown
from api.slack.events import RESPONSE_URL, Bot, Payload, is_own
from api.slack.ledger import Ledger
from api.slack.web import Message, Posted, Slack, SlackFailure, SlackRefused, SlackUnreachable
from api.slack.wording import SENT_DIRECTLY, plain_message
from index.catalogue.slack_questions import QuestionState, SlackQuestion
from rag.records import AnswerSentence

log = structlog.get_logger(__name__)
T = TypeVar("T")

ANSWER_EVENT = "quoth_answer"
NOTICE = {"event_type": "quoth_notice", "event_payload": {}}
"""Metadata of what the bot says that answers nothing."""
SENT = "sent:"
"""With how many there are, in place of a timestamp: messages have none that only the asker sees."""
UPDATE_EVERY = 1.5
"""Seconds between updates of one message: Slack takes some 50 a minute."""
POSTS = 4
"""How often a message is tried to be posted, each time having looked whether it is there."""
FIRST_PAUSE = 0.5
MOST_RESPONSES = 5
"""How often Slack lets one respond to a command."""
GONE = frozenset({"message_not_found", "cant_update_message", "edit_window_closed"})
READING_STATUS = "is reading the archive…"


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


class InThread:
    """Replies in a thread: the first message is updated until it is the answer, and what does not
    fit follows it."""

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
        self._slack = slack
        self._ledger = ledger
        self._question = question
        self._bot = bot
        self._opening = list(opening)
        self._looked = fresh
        self._posted: dict[int, str] = {}
        self._shown: dict[int, Message] = {}
        self._updated = 0.0

    async def begin(self) -> None:
        """As `Delivery`."""
        await self._look()
        await self._show([*self._opening, reading_message()])

    async def told(self, sentences: Sequence[AnswerSentence]) -> None:
        """As `Delivery`."""
        if time.monotonic() - self._updated >= UPDATE_EVERY:
            await self._show([*self._opening, streaming_message(sentences)])

    async def conclude(self, messages: Sequence[Message]) -> None:
        """As `Delivery`."""
        await self._look()
        shown = [*self._opening, *messages]
        await self._show(shown)
        for part in [part for part in self._posted if part >= len(shown)]:
            await _unless_gone(self._slack.delete(self._question.channel, self._posted.pop(part)))

    async def withdraw(self, message: Message) -> None:
        """Put a message in place of all that stands there; nothing where nothing does."""
        await self._look()
        if self._posted:
            first = min(self._posted)
            self._posted = {
                0: self._posted.pop(first),
                **dict(enumerate(self._posted.values(), start=1)),
            }
            self._opening = []
            await self.conclude([message])

    async def _look(self) -> None:
        """Find, once, what stands there already."""
        if not self._looked:
            self._posted = await self._find()
            self._looked = True

    async def _show(self, messages: Sequence[Message]) -> None:
        for part, message in enumerate(messages):
            if self._shown.get(part) == message:
                continue
            if part not in self._posted or not await self._update(part, message):
                self._posted[part] = await self._post(part, message)
            self._shown[part] = message
            if part == len(self._opening):
                await self._record(self._posted[part])
        self._updated = time.monotonic()

    async def _record(self, ts: str) -> None:
        if ts == self._question.message_ts:
            return
        if not await self._ledger.posted(self._question.event_key, ts):
            raise LeaseLost

    async def _update(self, part: int, message: Message) -> bool:
        """False: the message is gone."""
        metadata = self._metadata(part)
        try:
            await self._slack.update(
                self._question.channel, self._posted[part], message, metadata=metadata
            )
        except SlackRefused as refused:
            if refused.code not in GONE:
                raise
            return False
        return True

    async def _post(self, part: int, message: Message) -> str:
        """Its timestamp. After a failure nobody knows whether it is there, so that is looked for
        before it is posted again."""
        for turn in range(POSTS):
            posting = self._slack.post(
                self._question.channel,
                message,
                thread_ts=self._question.thread_ts,
                metadata=self._metadata(part),
            )
            try:
                posted = await _to_its_end(posting)
                return posted.ts
            except SlackUnreachable:
                await asyncio.sleep(FIRST_PAUSE * 2**turn)
                found = await self._find()
                if part in found:
                    return found[part]
                if turn == POSTS - 1:
                    raise
        raise AssertionError("the last turn returns or raises")

    async def _find(self) -> dict[int, str]:
        """The messages of this answer that stand in the thread: part and timestamp."""
        found: dict[int, str] = {}
        for message in await self._thread():
            payload = answer_payload(message)
            if is_own(message, self._bot) and payload.get("event_key") == self._question.event_key:
                found.setdefault(int(payload.get("part", 0)), str(message["ts"]))
        return found

    async def _thread(self) -> list[dict[str, Any]]:
        assert self._question.thread_ts is not None
        return await self._slack.thread(self._question.channel, self._question.thread_ts)

    def _metadata(self, part: int) -> dict[str, Any]:
        return answer_metadata(self._question, part)


class InPane(InThread):
    """Replies in a direct message, where Slack has a line that says what the bot does, and lets a
    message grow while it is written."""

    _streaming: bool | None = None
    """None: not tried yet."""
    _sent = 0
    """Sentences that the stream has."""

    async def begin(self) -> None:
        """As `Delivery`."""
        question = self._question
        await self._look()
        assert question.thread_ts is not None
        try:
            await self._slack.set_status(question.channel, question.thread_ts, READING_STATUS)
        except SlackFailure as failure:
            log.debug("slack_no_status", code=failure.code)
            await super().begin()

    async def told(self, sentences: Sequence[AnswerSentence]) -> None:
        """As `Delivery`."""
        if self._streaming is None:
            self._streaming = not self._posted and await self._start()
        if not self._streaming:
            await super().told(sentences)
            return
        new, self._sent = sentences[self._sent :], len(sentences)
        said = "".join(f"{markdown(each.text)} " for each in new)
        try:
            await self._slack.append_stream(self._question.channel, self._stream, said)
        except SlackFailure as failure:
            log.debug("slack_stream_broken", code=failure.code)
            self._streaming = False

    async def conclude(self, messages: Sequence[Message]) -> None:
        """As `Delivery`."""
        await self._look()
        if self._streaming is not None and self._posted:
            await self._stop(self._posted[len(self._opening)])
        await super().conclude(messages)

    @property
    def _stream(self) -> str:
        return self._posted[len(self._opening)]

    async def _start(self) -> bool:
        question = self._question
        assert question.thread_ts is not None
        try:
            ts = await self._slack.start_stream(
                question.channel, question.thread_ts, team=question.team, user=question.user
            )
        except SlackFailure as failure:
            log.debug("slack_no_stream", code=failure.code)
            return False
        self._posted[len(self._opening)] = ts
        await self._record(ts)
        return True

    async def _find(self) -> dict[int, str]:
        """Also what was begun as a stream: it has no metadata until it ends."""
        found = await super()._find()
        main = len(self._opening)
        if main not in found and (ts := await self._left_stream()):
            await self._stop(ts)
            found[main] = ts
        return found

    async def _left_stream(self) -> str | None:
        asked = self._question.event_key.rpartition(":")[2]
        for message in await self._thread():
            ts = str(message["ts"])
            if not is_own(message, self._bot) or message.get("metadata") or ts <= asked:
                continue
            known = await self._ledger.by_message(self._question.channel, ts)
            if known is None or known.event_key == self._question.event_key:
                return ts
        return None

    async def _stop(self, ts: str) -> None:
        await _unless_gone(self._slack.stop_stream(self._question.channel, ts))


class ToAsker:
    """Replies to a command or a window, to be seen by the asker only, wherever that is."""

    def __init__(self, slack: Slack, ledger: Ledger, question: SlackQuestion) -> None:
        self._slack = slack
        self._ledger = ledger
        self._question = question
        self._url = str(question.context[RESPONSE_URL])

    async def begin(self) -> None:
        """As `Delivery`; a command was acknowledged with as much."""

    async def told(self, sentences: Sequence[AnswerSentence]) -> None:
        """As `Delivery`; Slack lets one respond only a few times."""

    async def conclude(self, messages: Sequence[Message]) -> None:
        """As `Delivery`. What Slack does not take that way comes as a direct message. Nobody can
        look for what only the asker sees, so each message is noted when it was sent."""
        if is_direct(self._question):
            await self._direct(0).conclude(messages)
            return
        sent = self._sent()
        if sent == 0 and len(messages) >= MOST_RESPONSES:
            await self._direct(0).conclude(messages)
            await self._say_where()
            return
        for part, message in enumerate(messages[sent:], start=sent):
            try:
                await self._slack.respond(self._url, message, replace=False)
            except SlackRefused as refused:
                log.warning("slack_response_refused", code=refused.code)
                await self._direct(part).conclude(messages)
                return
            await self._ledger.posted(self._question.event_key, f"{SENT}{part + 1}")

    async def _say_where(self) -> None:
        try:
            await self._slack.respond(self._url, plain_message(SENT_DIRECTLY), replace=False)
        except SlackFailure as failure:  # the answer is there all the same
            log.warning("slack_not_told", method=failure.method, code=failure.code)

    def _direct(self, first: int) -> ToDirect:
        return ToDirect(self._slack, self._ledger, self._question, first=first)

    def _sent(self) -> int:
        """How many messages were sent before."""
        noted = self._question.message_ts or ""
        return int(noted.removeprefix(SENT)) if noted.startswith(SENT) else 0


class ToDirect:
    """Replies in a direct message, as it was not possible where the question was asked. Where that
    is gets noted with the first message."""

    def __init__(
        self,
        slack: Slack,
        ledger: Ledger,
        question: SlackQuestion,
        *,
        opening: Sequence[Message] = (),
        first: int = 0,
    ) -> None:
        """The messages before the `first` are shown already, elsewhere."""
        self._slack = slack
        self._ledger = ledger
        self._question = question
        self._opening = list(opening)
        self._first = first

    async def begin(self) -> None:
        """As `Delivery`; it says nothing before there is something to say."""

    async def told(self, sentences: Sequence[AnswerSentence]) -> None:
        """As `Delivery`."""

    async def conclude(self, messages: Sequence[Message]) -> None:
        """As `Delivery`."""
        posted = await self._find()
        thread = self._question.message_ts if posted else None
        shown = [*self._opening, *messages]
        for part in range(min(posted, default=self._first), len(shown)):
            metadata = answer_metadata(self._question, part, direct=True)
            if part in posted:  # it may have been edited since
                channel = str(self._question.message_channel)
                await self._slack.update(channel, posted[part], shown[part], metadata=metadata)
                continue
            to = self._question.user
            at = await self._slack.post(to, shown[part], thread_ts=thread, metadata=metadata)
            if thread is None:
                thread = at.ts
                await self._record(at)

    async def withdraw(self, message: Message) -> None:
        """Put a message in place of all that stands there; nothing where nothing does."""
        channel = str(self._question.message_channel)
        for turn, (part, ts) in enumerate(sorted((await self._find()).items())):
            if turn:
                await _unless_gone(self._slack.delete(channel, ts))
            else:
                metadata = answer_metadata(self._question, part, direct=True)
                await self._slack.update(channel, ts, message, metadata=metadata)

    async def _record(self, at: Posted) -> None:
        noted = await self._ledger.posted(self._question.event_key, at.ts, at.channel)
        if not noted and self._question.state is QuestionState.CLAIMED:
            raise LeaseLost

    async def _find(self) -> dict[int, str]:
        """The parts of this answer that were sent directly, and their timestamps."""
        ts, channel = self._question.message_ts, self._question.message_channel
        if ts is None or channel is None or ts.startswith(SENT):
            return {}
        found: dict[int, str] = {}
        for message in await self._slack.thread(channel, ts):
            payload = answer_payload(message)
            if payload.get("direct") and payload.get("event_key") == self._question.event_key:
                found.setdefault(int(payload.get("part", 0)), str(message["ts"]))
        return found


def is_direct(question: SlackQuestion) -> bool:
    """Whether the answer went to a direct message instead of to where the question was asked."""
    if question.message_ts is None or question.message_ts.startswith(SENT):
        return False
    return question.thread_ts is None or question.message_channel not in (None, question.channel)


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


async def _to_its_end(call: Coroutine[Any, Any, T]) -> T:
    """What the call returns. Who cancels it waits: a message that is on its way would otherwise
    appear after one had looked for it."""
    task = asyncio.ensure_future(call)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait({task})
        raise


async def _unless_gone(call: Coroutine[Any, Any, None]) -> None:
    try:
        await call
    except SlackRefused as refused:
        log.debug("slack_already_so", method=refused.method, code=refused.code)
