"""The hop from the event loop to the synchronous core."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from threading import get_native_id
from typing import TypeVar

import anyio
import anyio.to_thread
from anyio import CapacityLimiter

from api.http.deadlines import deadline_exceeded, seconds_left
from api.http.problems import ProblemError
from api.service import Limits

T = TypeVar("T")

NICENESS = 10
"""Of changes: about a tenth of the time that a question gets where both want a core."""


class Pool:
    """A few threads for calls of one kind, and a bounded queue before them. On one event loop."""

    def __init__(self, name: str, *, threads: int, waiting: int) -> None:
        self.name = name
        self._limiter = CapacityLimiter(threads)
        self._places = threads + waiting
        self._inside = 0

    @property
    def working(self) -> int:
        """Calls that a thread is at work on."""
        return self._limiter.borrowed_tokens

    @property
    def waiting(self) -> int:
        """Calls that were let in and have no thread yet."""
        return self._inside - self.working

    async def run(self, call: Callable[[], T]) -> T:
        """Run a call in a thread. Raises: ProblemError when too many wait already."""
        # Counted here and not by the limiter, which hears of a call only when its task has had
        # another turn: all requests that come in one turn of the loop would be let in.
        if self._inside >= self._places:
            raise _busy()
        self._inside += 1
        try:
            return await anyio.to_thread.run_sync(self._placed(call), limiter=self._limiter)
        finally:
            self._inside -= 1

    def _placed(self, call: Callable[[], T]) -> Callable[[], T]:
        return call


class PoliteThread(Pool):
    """One thread, in the background: it has the cores when nobody else wants them."""

    def __init__(self, name: str, *, waiting: int) -> None:
        super().__init__(name, threads=1, waiting=waiting)
        self._executor = ThreadPoolExecutor(1, thread_name_prefix=name, initializer=_give_way)

    def _placed(self, call: Callable[[], T]) -> Callable[[], T]:
        # A thread of anyio's waits for it: those are lent to others, and priority once given up
        # does not come back.
        context = copy_context()
        return lambda: self._executor.submit(context.run, call).result()


def _give_way() -> None:
    """Leave the cores to other threads. Linux alone has priorities of threads; elsewhere all are
    alike."""
    if sys.platform == "linux":
        held = os.getpriority(os.PRIO_PROCESS, 0)
        os.setpriority(os.PRIO_PROCESS, get_native_id(), max(held, NICENESS))


class Threads:
    """Runs calls of the core in a few threads: some for questions, some for reading articles,
    and one for changes, which the archive makes one at a time. So neither questions nor reading
    wait for a thread while articles are taken in, nor the other way round."""

    def __init__(self, limits: Limits) -> None:
        waiting = limits.waiting
        self._engine = Pool("engine", threads=limits.engine_threads, waiting=waiting)
        self._archive = Pool("archive", threads=limits.archive_threads, waiting=waiting)
        self._changes = PoliteThread("changes", waiting=waiting)
        self._probe = CapacityLimiter(1)

    async def engine(self, call: Callable[[], T]) -> T:
        """Run a call of the engine. Raises: ProblemError when too many wait already, or where it
        waited until the deadline."""
        return await self._run_in_time(call, self._engine)

    async def archive(self, call: Callable[[], T]) -> T:
        """Run a call that reads the archive. Raises: ProblemError when too many wait already, or
        where it waited until the deadline."""
        return await self._run_in_time(call, self._archive)

    async def change(self, call: Callable[[], T]) -> T:
        """Run a call that changes the archive. Raises: ProblemError when too many wait already."""
        return await self._run(call, self._changes)

    async def probe(self, call: Callable[[], T]) -> T:
        """Run a readiness probe: it must come through when everything else is busy."""
        return await anyio.to_thread.run_sync(call, limiter=self._probe)

    async def _run_in_time(self, call: Callable[[], T], pool: Pool) -> T:
        """A call that has begun is waited for: a thread that nobody waits for would still work, and
        the next one beside it. It is for the call to stop at the deadline."""
        with anyio.move_on_after(seconds_left()):
            return await self._run(call, pool)
        raise deadline_exceeded()

    async def _run(self, call: Callable[[], T], pool: Pool) -> T:
        return await pool.run(call)


def _busy() -> ProblemError:
    return ProblemError(
        503,
        "busy",
        "Quoth is working on as many requests as it can",
        hint="Try again in a few seconds",
        retryable=True,
    )
