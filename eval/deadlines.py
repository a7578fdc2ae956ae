"""Asynchronous calls made from synchronous code, each of which ends in time.

A time-out of an HTTP client is one between two signs of life: whoever sends a byte now and then
is waited for without end. Here the clock runs for a call as a whole, whatever happens in it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import ExitStack
from typing import TypeVar

_Result = TypeVar("_Result")


class BoundedCalls:
    """Runs calls in an event loop of its own. Safe from several threads; close it."""

    def __init__(self, at_the_end: Callable[[], Awaitable[None]]) -> None:
        """`at_the_end` closes what the calls use."""
        from anyio.from_thread import start_blocking_portal

        self._open = ExitStack()
        self._portal = self._open.enter_context(start_blocking_portal())
        self._open.callback(self._portal.call, self._portal.stop, True)  # calls under way as well
        self._open.callback(self._portal.call, at_the_end)

    def run(self, call: Callable[[], Awaitable[_Result]], *, seconds: float) -> _Result:
        """Return what the call returns. Raises: TimeoutError where it takes longer."""
        from anyio import fail_after

        async def bounded() -> _Result:
            with fail_after(seconds):
                return await call()

        return self._portal.call(bounded)

    def close(self) -> None:
        """End the calls under way, and the loop."""
        self._open.close()
