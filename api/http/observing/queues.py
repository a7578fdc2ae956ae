"""How many calls wait for a thread, and how many were refused one."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from anyio import CapacityLimiter

from api.http.observing.metrics import Metrics
from api.http.problems import ProblemError
from api.http.threads import Threads
from api.service import Limits

T = TypeVar("T")


class ObservedThreads(Threads):
    """Threads that count."""

    def __init__(self, limits: Limits, metrics: Metrics) -> None:
        super().__init__(limits)
        self._metrics = metrics
        self._pools = {"engine": self._engine, "archive": self._archive, "changes": self._changes}

    def show(self) -> None:
        """Write down how it stands now. On the event loop only."""
        for name, limiter in self._pools.items():
            standing = limiter.statistics()
            self._metrics.show_queue(
                name, working=standing.borrowed_tokens, waiting=standing.tasks_waiting
            )

    async def _run(self, call: Callable[[], T], limiter: CapacityLimiter) -> T:
        try:
            return await super()._run(call, limiter)
        except ProblemError as error:
            if error.code == "busy":
                self._metrics.refused(next(n for n, own in self._pools.items() if own is limiter))
            raise
