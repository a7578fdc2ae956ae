"""Calls that end in time."""

from __future__ import annotations

import asyncio
import threading
import time
from concurrent.futures import CancelledError, ThreadPoolExecutor

import pytest

from eval.deadlines import BoundedCalls


async def nothing() -> None:
    """Nothing is open."""


def test_a_call_returns_or_raises_what_it_does() -> None:
    calls = BoundedCalls(nothing)
    assert calls.run(lambda: asyncio.sleep(0, "done"), seconds=5) == "done"

    async def broken() -> None:
        raise KeyError("no")

    with pytest.raises(KeyError):
        calls.run(broken, seconds=5)
    calls.close()


def test_each_call_has_its_own_clock() -> None:
    calls = BoundedCalls(nothing)
    with ThreadPoolExecutor(2) as pool:
        late = pool.submit(calls.run, lambda: asyncio.sleep(60), seconds=0.1)
        fine = pool.submit(calls.run, lambda: asyncio.sleep(0.2, "done"), seconds=5)
        with pytest.raises(TimeoutError):
            late.result()
        assert fine.result() == "done"
    calls.close()


def test_closing_ends_what_is_under_way_and_may_be_done_twice() -> None:
    ended: list[str] = []
    begun = threading.Event()

    async def waiting() -> None:
        begun.set()
        await asyncio.sleep(60)

    async def end() -> None:
        ended.append("closed")

    calls = BoundedCalls(end)
    started = time.monotonic()
    with ThreadPoolExecutor(1) as pool:
        under_way = pool.submit(calls.run, waiting, seconds=60)
        begun.wait()
        calls.close()
        calls.close()
        assert isinstance(under_way.exception(), CancelledError)
    assert ended == ["closed"]
    assert time.monotonic() - started < 10
