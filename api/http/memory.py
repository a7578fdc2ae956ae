"""Memory that nobody uses any more goes back to the system.

The C library keeps what threads have freed, in an arena for each of them, for threads to come:
after a bulk of questions or articles that is some hundred megabytes.
"""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
from collections.abc import AsyncIterator

from anyio import to_thread

GIVEN_BACK_EVERY = 60.0
"""Seconds."""


def give_back() -> bool:
    """Return freed memory to the system; whether there was any. Other C libraries than glibc have
    no such call, and do it by themselves."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    return trim is not None and bool(trim(0))


@contextlib.asynccontextmanager
async def giving_back(seconds: float = GIVEN_BACK_EVERY) -> AsyncIterator[None]:
    """Give memory back every so many seconds, in a thread."""

    async def forever() -> None:
        while True:
            await asyncio.sleep(seconds)
            await to_thread.run_sync(give_back)

    task = asyncio.create_task(forever())
    try:
        yield
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
