"""The ledger of questions, from an event loop."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, TypeVar
from uuid import uuid4

from anyio import CapacityLimiter, to_thread

from api.slack.line import Line
from index.catalogue.slack_questions import (
    NewQuestion,
    QuestionState,
    SlackQuestion,
    SlackQuestionTable,
)

T = TypeVar("T")

READERS = 2
"""Threads that read."""
KEPT_DAYS = 180
MOST_KEPT = 100_000


class Ledger:
    """A `SlackQuestionTable` as one bot uses it: under one name, and in threads of its own."""

    def __init__(self, table: SlackQuestionTable, *, lease_seconds: float) -> None:
        """`lease_seconds`: how long a question belongs to a bot that is not heard of."""
        self.owner = uuid4().hex
        self.lease_seconds = lease_seconds
        self._table = table
        self._readers = CapacityLimiter(READERS)
        self._writers = Line()

    async def claim(self, asked: NewQuestion) -> bool:
        """Whether this question is ours to answer: True for one bot, once."""
        lease = self.lease_seconds
        return await self._write_first(
            partial(self._table.claim, asked, owner=self.owner, lease_seconds=lease)
        )

    async def renew(self, event_key: str) -> bool:
        """Whether the question is still ours; it is for another lease then."""
        lease = self.lease_seconds
        return await self._write(
            partial(self._table.renew, event_key, owner=self.owner, lease_seconds=lease)
        )

    async def renew_all(self, event_keys: Sequence[str]) -> set[str]:
        """Those of the questions that are still ours; they are for another lease then."""
        lease = self.lease_seconds
        call = partial(self._table.renew_all, event_keys, owner=self.owner, lease_seconds=lease)
        return await self._write_first(call)

    async def posted(self, event_key: str, message_ts: str, channel: str | None = None) -> bool:
        """Say which message is the reply. False: the question is not ours any more."""
        return await self._write(
            partial(
                self._table.posted,
                event_key,
                owner=self.owner,
                message_ts=message_ts,
                channel=channel,
            )
        )

    async def answered(self, event_key: str, answer: Mapping[str, Any], question: str) -> bool:
        """Say that the answer stands in Slack. False: the question is not ours any more, or does
        not read like this any more."""
        return await self._write(
            partial(
                self._table.answered,
                event_key,
                owner=self.owner,
                answer=answer,
                answer_id=answer["id"],
                outcome=answer["outcome"],
                question=question,
            )
        )

    async def keep(self, event_key: str, answer: Mapping[str, Any]) -> bool:
        """Store an answer that is about to be shown. False: the question is not ours any more."""
        return await self._write(
            partial(self._table.keep, event_key, owner=self.owner, answer=answer)
        )

    async def failed(self, event_key: str, *, urgent: bool = False) -> bool:
        """Say that there will be no answer. False: the question is not ours any more."""
        call = partial(self._table.failed, event_key, owner=self.owner)
        return await self._writers.run(call, urgent=urgent)

    async def release(self, event_key: str, after_seconds: float = 0.0) -> bool:
        """Leave the question to whoever looks next, ourselves among them."""
        return await self._write(
            partial(self._table.release, event_key, owner=self.owner, after_seconds=after_seconds)
        )

    async def give_up(self) -> list[SlackQuestion]:
        """Questions that were tried too often; there will be no answer."""
        return await self._write(self._table.give_up)

    async def abandoned(self, limit: int) -> list[SlackQuestion]:
        """Questions of bots that are not heard of any more, which are ours now."""
        lease = self.lease_seconds
        return await self._write(
            partial(self._table.abandoned, owner=self.owner, lease_seconds=lease, limit=limit)
        )

    async def withdraw(self, event_key: str) -> SlackQuestion | None:
        """The asker deleted the question; what is known of it, where it was asked. It is ours to
        take the answer back."""
        lease = self.lease_seconds
        return await self._write_first(
            partial(self._table.withdraw, event_key, owner=self.owner, lease_seconds=lease)
        )

    async def taken_back(self, event_key: str) -> bool:
        """Say that the answer to a deleted question is gone from Slack."""
        return await self._write(partial(self._table.taken_back, event_key))

    async def not_taken_back(self, limit: int) -> list[SlackQuestion]:
        """Deleted questions whose answers may still stand in Slack, which are ours now."""
        lease = self.lease_seconds
        return await self._write(
            partial(self._table.not_taken_back, owner=self.owner, lease_seconds=lease, limit=limit)
        )

    async def restart(self, event_key: str, question: str) -> SlackQuestion | None:
        """The asker put it in other words; it is ours then, where it was asked."""
        lease = self.lease_seconds
        return await self._write_first(
            partial(self._table.restart, event_key, question, owner=self.owner, lease_seconds=lease)
        )

    async def get(self, event_key: str) -> SlackQuestion | None:
        """The question with this key."""
        return await self._read(partial(self._table.get, event_key))

    async def by_message(self, channel: str, message_ts: str) -> SlackQuestion | None:
        """The question whose reply this message is."""
        return await self._read(partial(self._table.by_message, channel, message_ts))

    async def by_answer(self, answer_id: str) -> SlackQuestion | None:
        """The question that this answers."""
        return await self._read(partial(self._table.by_answer, answer_id))

    async def in_thread(self, channel: str, thread_ts: str) -> bool:
        """Whether something was answered in this thread."""
        return await self._read(partial(self._table.in_thread, channel, thread_ts))

    async def first_time(self, event_id: str) -> bool:
        """Whether an event that is no question has not been seen before."""
        return await self._write_first(partial(self._table.first_time, event_id))

    async def seen(self, event_id: str) -> bool:
        """Whether `first_time` was asked of this event."""
        return await self._read(partial(self._table.seen, event_id))

    async def prune(self) -> int:
        """Forget what is old; how much that was."""
        older = datetime.now(UTC) - timedelta(days=KEPT_DAYS)
        return await self._write(partial(self._table.prune, older_than=older, most=MOST_KEPT))

    async def _read(self, call: Callable[[], T]) -> T:
        return await to_thread.run_sync(call, limiter=self._readers)

    async def _write(self, call: Callable[[], T]) -> T:
        return await self._writers.run(call)

    async def _write_first(self, call: Callable[[], T]) -> T:
        """For what comes before an acknowledgement, and for leases."""
        return await self._writers.run(call, urgent=True)


def is_settled(question: SlackQuestion) -> bool:
    """Whether nobody works on the question any more."""
    return question.state is not QuestionState.CLAIMED
