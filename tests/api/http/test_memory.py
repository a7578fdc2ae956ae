"""What threads have freed goes back to the system."""

from __future__ import annotations

import asyncio
import ctypes

import psutil
import pytest

from api.http.memory import give_back, giving_back

MEGABYTES = 64
PIECE = 4096
"""Bytes: small enough that the C library keeps what is freed."""


def hold_and_free() -> None:
    """Have the C library keep some freed memory: all pieces but the last one are freed, and that
    one stands in the way of giving the top back."""
    library = ctypes.CDLL(None)
    library.malloc.restype = ctypes.c_void_p
    library.free.argtypes = [ctypes.c_void_p]
    held = [library.malloc(PIECE) for _ in range(MEGABYTES * 1024 * 1024 // PIECE)]
    for each in held:
        ctypes.memset(each, 1, PIECE)
    for each in held[:-1]:
        library.free(each)


@pytest.mark.skipif(not hasattr(ctypes.CDLL(None), "malloc_trim"), reason="no glibc")
def test_what_was_freed_is_given_back() -> None:
    process = psutil.Process()
    give_back()
    hold_and_free()
    before = process.memory_info().rss
    assert give_back()
    given = before - process.memory_info().rss
    assert given > MEGABYTES * 1024 * 1024 // 2


async def _come_and_go() -> set[str]:
    async with giving_back(0.001):
        await asyncio.sleep(0.01)
    return {task.get_name() for task in asyncio.all_tasks()} - {asyncio.current_task().get_name()}  # type: ignore[union-attr]


def test_it_ends_with_the_service() -> None:
    assert asyncio.run(_come_and_go()) == set()
