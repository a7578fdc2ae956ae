"""Answers in direct messages: Slack shows there what the bot does, and lets a message grow."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

import structlog

from api.slack.delivery import FIRST_PAUSE, InThread
from api.slack.escaping import markdown
from api.slack.events import is_own
from api.slack.web import (
    Message,
    Posted,
    SlackFailure,
    SlackNotDone,
    SlackRefused,
    SlackUnreachable,
)
from rag.records import AnswerSentence

log = structlog.get_logger(__name__)

READING_STATUS = "is reading the archive…"


class InPane(InThread):
    """Replies in a direct message, such as the assistant pane."""

    _tried = False
    """Whether a growing message was tried."""
    _growing: str | None = None
    """Its timestamp while it grows."""
    _sent = 0
    """Sentences that it has."""
    _status_stands = True
    """Whether the line below the thread may say that the archive is read. Slack clears it when
    something is posted, but not when something is changed."""

    async def begin(self) -> None:
        """As `Delivery`."""
        await self._look()
        await self._show(self._opening)
        try:
            await self._set_status(READING_STATUS)
        except SlackFailure as failure:
            log.debug("slack_no_status", code=failure.code)
            self._status_stands = False
            await super().begin()

    async def told(self, sentences: Sequence[AnswerSentence]) -> None:
        """As `Delivery`."""
        await self._look()
        if not self._tried and self._main not in self._posted:
            self._tried = True
            await self._start()
        if self._growing is None:
            await super().told(sentences)
        elif len(sentences) > self._sent and await self._slack.has_room("chat.appendStream"):
            await self._append(sentences)

    async def conclude(self, messages: Sequence[Message]) -> None:
        """As `Delivery`."""
        await self._look()
        await self._stop()
        await super().conclude(messages)
        await self._clear_status()

    async def withdraw(self, message: Message) -> None:
        """As `InPlace`."""
        await super().withdraw(message)
        await self._clear_status()

    async def _start(self) -> None:
        if not await self._slack.has_room("chat.startStream"):
            return
        try:
            await self._placed(self._main, self._begin_stream())
        except (SlackRefused, SlackNotDone) as failure:
            log.debug("slack_no_stream", code=failure.code)
        except SlackUnreachable:  # it may stand there all the same
            self._looked = False
            await asyncio.sleep(FIRST_PAUSE)
            await self._look()

    async def _begin_stream(self) -> Posted:
        question = self._question
        assert self._thread_ts is not None
        self._growing = await self._slack.start_stream(
            self._channel, self._thread_ts, team=question.team, user=question.user
        )
        return Posted(channel=self._channel, ts=self._growing)

    async def _append(self, sentences: Sequence[AnswerSentence]) -> None:
        assert self._growing is not None
        said = "".join(f"{markdown(each.text)} " for each in sentences[self._sent :])
        try:
            await self._slack.append_stream(self._channel, self._growing, said)
            self._sent = len(sentences)
        except SlackNotDone as failure:
            log.debug("slack_part_not_shown", code=failure.code)
        except SlackFailure as failure:
            log.debug("slack_stream_broken", code=failure.code)
            await self._stop()

    async def _stop(self) -> None:
        if self._growing is not None:
            await self._stop_stream(self._growing)
            self._growing = None  # where that did not reach Slack, it is tried again

    async def _stop_stream(self, ts: str) -> None:
        try:
            await self._slack.stop_stream(self._channel, ts)
        except SlackRefused as refused:
            log.debug("slack_already_so", method=refused.method, code=refused.code)

    async def _delete(self, ts: str) -> None:
        await self._stop()
        await super()._delete(ts)

    async def _find(self) -> dict[int, str]:
        """Also what was begun as a stream: it has no metadata until it ends."""
        messages = await self._thread()
        found = self._among(messages)
        if self._main not in found and (ts := await self._left_stream(messages, found)):
            await self._stop_stream(ts)
            found[self._main] = ts
        return found

    async def _left_stream(
        self, messages: Sequence[dict[str, Any]], found: Mapping[int, str]
    ) -> str | None:
        before = self._question.event_key.rpartition(":")[2]
        if self._opening:
            if self._main - 1 not in found:
                return None
            before = found[self._main - 1]
        for message in messages:
            ts = str(message["ts"])
            if not is_own(message, self._bot) or message.get("metadata") or ts <= before:
                continue
            known = await self._ledger.by_message(self._channel, ts)
            if known is None or known.event_key == self._question.event_key:
                return ts
        return None

    async def _set_status(self, status: str) -> None:
        assert self._thread_ts is not None
        await self._slack.set_status(self._channel, self._thread_ts, status)

    async def _clear_status(self) -> None:
        if self._status_stands:
            self._status_stands = False
            try:
                await self._set_status("")
            except SlackFailure as failure:  # Slack clears it after two minutes
                log.debug("slack_no_status", code=failure.code)
