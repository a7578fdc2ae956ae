"""How many calls wait for a thread, and how many were refused one."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from api.http.observing.metrics import Metrics
from api.http.problems import ProblemError
from api.http.threads import Pool, Threads
from api.service import Limits

T = TypeVar("T")


class ObservedThreads(Threads):
    """Threads that count."""

    def __init__(self, limits: Limits, metrics: Metrics) -> None:
        super().__init__(limits)
        self._metrics = metrics

    def show(self) -> None:
        """Write down how it stands now. On the event loop only."""
        for pool in (self._engine, self._archive, self._changes):
            self._metrics.show_queue(pool.name, working=pool.working, waiting=pool.waiting)

    async def _run(self, call: Callable[[], T], pool: Pool) -> T:
        try:
            return await super()._run(call, pool)
        except ProblemError as error:
            if error.code == "busy":
                self._metrics.refused(pool.name)
            raise
