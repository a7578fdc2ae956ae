"""The hop from the event loop to the synchronous core."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import anyio
import anyio.to_thread
from anyio import CapacityLimiter

from api.http.deadlines import deadline_exceeded, seconds_left
from api.http.problems import ProblemError
from api.service import Limits

T = TypeVar("T")


class Threads:
    """Runs calls of the core in a few threads: some for questions, some for reading articles,
    and one for changes, which the archive makes one at a time. So neither questions nor reading
    wait for a thread while articles are taken in, nor the other way round."""

    def __init__(self, limits: Limits) -> None:
        self._engine = CapacityLimiter(limits.engine_threads)
        self._archive = CapacityLimiter(limits.archive_threads)
        self._changes = CapacityLimiter(1)
        self._probe = CapacityLimiter(1)
        self._waiting = limits.waiting

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

    async def _run_in_time(self, call: Callable[[], T], limiter: CapacityLimiter) -> T:
        """A call that has begun is waited for: a thread that nobody waits for would still work, and
        the next one beside it. It is for the call to stop at the deadline."""
        with anyio.move_on_after(seconds_left()):
            return await self._run(call, limiter)
        raise deadline_exceeded()

    async def _run(self, call: Callable[[], T], limiter: CapacityLimiter) -> T:
        if limiter.statistics().tasks_waiting >= self._waiting:
            raise ProblemError(
                503,
                "busy",
                "Quoth is working on as many requests as it can",
                hint="Try again in a few seconds",
                retryable=True,
            )
        return await anyio.to_thread.run_sync(call, limiter=limiter)
