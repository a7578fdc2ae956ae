"""Calls made in a thread one after another, those first that somebody waits for most."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from typing import TypeVar

from anyio import CapacityLimiter, to_thread

T = TypeVar("T")


class Line:
    """One call at a time; urgent ones pass the others. It belongs to one event loop.

    Writers of SQLite do not stand in line by themselves: each tries again after a while, and one
    that is unlucky waits for seconds beside two that are busy.
    """

    def __init__(self) -> None:
        self._thread = CapacityLimiter(1)
        self._urgent: deque[asyncio.Future[None]] = deque()
        self._others: deque[asyncio.Future[None]] = deque()
        self._busy = False

    async def run(self, call: Callable[[], T], *, urgent: bool = False) -> T:
        """What the call returns."""
        if self._busy:
            turn = asyncio.get_running_loop().create_future()
            (self._urgent if urgent else self._others).append(turn)
            try:
                await turn
            except asyncio.CancelledError:
                if turn.done() and not turn.cancelled():
                    self._next()  # it was its turn, which it does not take
                raise
        self._busy = True
        try:
            return await to_thread.run_sync(call, limiter=self._thread)
        finally:
            self._next()

    def _next(self) -> None:
        for waiting in (self._urgent, self._others):
            while waiting:
                turn = waiting.popleft()
                if not turn.done():
                    turn.set_result(None)
                    return
        self._busy = False
