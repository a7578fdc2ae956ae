"""Answers that only the asker sees: where a command was given, or in a direct message."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import structlog

from api.slack.advice import advice_on
from api.slack.delivery import InPlace, answer_metadata, note, parts_of, posted_since
from api.slack.events import RESPONSE_URL
from api.slack.ledger import Ledger
from api.slack.web import (
    Message,
    Posted,
    Slack,
    SlackFailure,
    SlackNotDone,
    SlackRefused,
    SlackUnreachable,
)
from api.slack.wording import (
    SENT_DIRECTLY,
    plain_message,
    repeated_message,
    unconfirmed_message,
)
from index.catalogue.slack_questions import SlackQuestion
from rag.records import AnswerSentence

log = structlog.get_logger(__name__)

SENT = "sent:"
"""With how many there are, in place of a timestamp: messages have none that only the asker sees."""
UNSURE = "?"
"""After that number, where nobody knows whether the last of them is there."""
MOST_RESPONSES = 5
"""How often Slack lets one respond to a command."""


class ToAsker:
    """Replies to a command or a window, to be seen by the asker only, wherever that is.

    Nobody can look for these in Slack, and none may come twice. So each is noted before it is sent,
    and again when Slack has taken it. Where that is not known, it is not sent again, and a direct
    message says so.
    """

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
        """As `Delivery`. What Slack does not take that way comes as a direct message."""
        if is_direct(self._question):
            await self._direct().conclude(messages)
            return
        sent, unsure = self._noted()
        if unsure:
            await self._say_unsure(messages, sent)
            return
        if sent == 0 and len(messages) >= MOST_RESPONSES:
            await self._direct().conclude(messages)
            await self._say_where()
            return
        for part, message in enumerate(messages[sent:], start=sent):
            try:
                await self._send(part, message)
            except SlackNotDone:
                raise
            except SlackUnreachable as failure:
                log.warning("slack_response_unconfirmed", code=failure.code)
                await self._say_unsure(messages, part + 1)
                return
            except SlackRefused as refused:
                log.warning("slack_response_refused", code=refused.code)
                await self._direct(first=part).conclude(messages)
                return

    async def _send(self, part: int, message: Message) -> None:
        await self._note(f"{SENT}{part + 1}{UNSURE}")
        try:
            await self._slack.respond(self._url, message, replace=False)
        except (SlackNotDone, SlackRefused):
            await self._note(f"{SENT}{part}")
            raise
        await self._note(f"{SENT}{part + 1}")

    async def _say_unsure(self, messages: Sequence[Message], sent: int) -> None:
        """Nobody knows of the last of those that were `sent`. Where others are to follow, nobody
        can say from where on they are missing, and all of them come directly."""
        question = self._question.question
        if sent < len(messages):
            await self._direct().conclude([repeated_message(question), *messages])
        else:
            await self._direct().conclude([unconfirmed_message(question, messages)])

    async def _say_where(self) -> None:
        try:
            await self._slack.respond(self._url, plain_message(SENT_DIRECTLY), replace=False)
        except SlackFailure as failure:  # the answer is there all the same
            log.warning("slack_not_told", method=failure.method, code=failure.code)

    def _direct(self, *, first: int = 0) -> ToDirect:
        return ToDirect(self._slack, self._ledger, self._question, first=first)

    async def _note(self, sent: str) -> None:
        await note(self._ledger, self._question, sent)

    def _noted(self) -> tuple[int, bool]:
        """How many messages were sent before, and whether nobody knows that of the last."""
        noted = self._question.message_ts or ""
        if not noted.startswith(SENT):
            return 0, False
        number = noted.removeprefix(SENT)
        return int(number.removesuffix(UNSURE)), number.endswith(UNSURE)


class ToDirect(InPlace):
    """Replies in a direct message, as it was not possible where the question was asked. The first
    begins a thread, which the others stand in; the ledger knows that one."""

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
        super().__init__(slack, ledger, question, opening=opening)
        self._first = first
        self._channel, self._thread_ts = question.user, None
        if is_direct(question):
            self._channel = str(question.message_channel)
            self._thread_ts = question.message_ts

    async def begin(self) -> None:
        """As `Delivery`; it says nothing before there is something to say."""

    async def told(self, sentences: Sequence[AnswerSentence]) -> None:
        """As `Delivery`."""

    async def _find(self) -> dict[int, str]:
        if self._thread_ts is None:
            await self._find_thread()
        if self._thread_ts is None:
            return {}
        thread = await self._slack.thread(self._channel, self._thread_ts)
        if not thread:  # somebody deleted it
            self._channel, self._thread_ts = self._question.user, None
        found = parts_of(self._question, thread, direct=True)
        self._first = min(found, default=self._first)
        return found

    async def _find_thread(self) -> None:
        """Where it was posted before, and nobody noted that."""
        try:
            channel = await self._slack.open_direct(self._question.user)
            messages = await self._slack.latest(channel, since=posted_since(self._question))
        except SlackRefused as refused:
            hint = advice_on(refused).hint
            log.warning("slack_direct_unread", code=refused.code, needed=refused.needed, hint=hint)
            return
        found = parts_of(self._question, messages, direct=True)
        if found:
            self._channel, self._thread_ts = channel, found[min(found)]

    def _metadata(self, part: int) -> dict[str, Any]:
        return answer_metadata(self._question, part, direct=True)

    async def _send(self, part: int, message: Message) -> Posted:
        posted = await super()._send(part, message)
        if self._thread_ts is None:
            self._channel, self._thread_ts = posted.channel, posted.ts
        return posted

    def _is_noted(self, part: int) -> bool:
        return self._posted[part] == self._thread_ts


def is_direct(question: SlackQuestion) -> bool:
    """Whether the answer went to a direct message instead of to where the question was asked."""
    if question.message_ts is None or question.message_ts.startswith(SENT):
        return False
    return question.thread_ts is None or question.message_channel not in (None, question.channel)
