"""Events of answers, kept a while, so that a client that lost its connection can go on."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from uuid import uuid4

import anyio

from api.service import Limits


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerEvent:
    """One event as it goes over the wire, but for its id."""

    data: str
    """One line: JSON, or the word that ends a stream of chat completions."""
    name: str | None = None


class EventStream:
    """The events of one answer, numbered from 1.

    It belongs to the event loop; only `cancelled` may be called from other threads.
    """

    def __init__(self, limits: Limits, owner: str | None = None) -> None:
        """`owner` is the id of the API key that asked, with which alone it can be gone on with."""
        self.stream_id = uuid4().hex
        self.owner = owner
        self.failure: Exception | None = None
        """What went wrong before there was an event."""
        self.ended_at: float | None = None
        """By the monotonic clock."""
        self._limits = limits
        self._events: list[ServerEvent] = []
        self._readers = 0
        self._changed = asyncio.Event()
        self._cancelled = threading.Event()
        self._task: asyncio.Task[None] | None = None

    def __len__(self) -> int:
        return len(self._events)

    def work(self, task: asyncio.Task[None]) -> None:
        """Hold the task that fills the stream: the loop itself would let it go."""
        self._task = task

    def cancelled(self) -> bool:
        """Whether nobody waits for the rest."""
        return self._cancelled.is_set()

    def cancel(self) -> None:
        """Have the work stop at its next step."""
        self._cancelled.set()

    def append(self, event: ServerEvent) -> None:
        """Tell all who read."""
        self._events.append(event)
        self._wake()

    def end(self) -> None:
        """No event comes after this."""
        self.ended_at = time.monotonic()
        self._wake()

    def enter(self) -> None:
        """Somebody reads."""
        self._readers += 1

    def leave(self) -> None:
        """Somebody reads no more; with the last one the work stops, unless one comes back."""
        self._readers -= 1
        if self._readers == 0 and self.ended_at is None:
            asyncio.get_running_loop().call_later(self._limits.linger_seconds, self._stop_if_left)

    async def begun(self) -> None:
        """Wait for the first event. Raises: what went wrong before there was one."""
        while not self._events and self.ended_at is None:
            await self._changed.wait()
        if self.failure is not None:
            raise self.failure

    async def read(self, after: int = 0) -> AsyncIterator[tuple[int, ServerEvent] | None]:
        """The events after this number, with theirs, until the stream ends; None: a heartbeat."""
        while True:
            while after < len(self._events):
                after += 1
                yield after, self._events[after - 1]
            if self.ended_at is not None:
                return
            with anyio.move_on_after(self._limits.heartbeat_seconds) as waiting:
                await self._changed.wait()
            if waiting.cancelled_caught:
                yield None

    def _wake(self) -> None:
        changed, self._changed = self._changed, asyncio.Event()
        changed.set()

    def _stop_if_left(self) -> None:
        if self._readers == 0:
            self.cancel()


class Streams:
    """The streams of late, by id. It belongs to the event loop."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._streams: dict[str, EventStream] = {}

    def open(self, owner: str | None = None) -> EventStream:
        """A new stream, which is remembered."""
        self._forget()
        stream = EventStream(self._limits, owner)
        self._streams[stream.stream_id] = stream
        return stream

    def get(self, stream_id: str, owner: str | None = None) -> EventStream | None:
        """The owner's stream with this id, or None where it is not remembered."""
        self._forget()
        stream = self._streams.get(stream_id)
        return stream if stream is not None and stream.owner == owner else None

    def __len__(self) -> int:
        return len(self._streams)

    def _forget(self) -> None:
        """Let go of ended streams that are too old, or too many."""
        too_old = time.monotonic() - self._limits.kept_seconds
        ended = [
            (stream.ended_at, stream.stream_id)
            for stream in self._streams.values()
            if stream.ended_at is not None
        ]
        surplus = len(self._streams) - self._limits.kept_streams + 1
        for place, (at, stream_id) in enumerate(sorted(ended)):
            if at < too_old or place < surplus:
                del self._streams[stream_id]
