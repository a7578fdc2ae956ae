"""Calls one after another, urgent ones first, whoever gives up meanwhile."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from functools import partial

import pytest

from api.slack.line import Line


def held_up(done: list[str], go_on: threading.Event) -> Callable[[], None]:
    def call() -> None:
        go_on.wait(timeout=10)
        done.append("first")

    return call


async def settle() -> None:
    """Let every task come as far as it can without another thread."""
    for _ in range(5):
        await asyncio.sleep(0)


def test_urgent_calls_pass_the_others_in_their_order() -> None:
    done: list[str] = []
    go_on = threading.Event()

    async def work() -> None:
        line = Line()
        tasks = [asyncio.create_task(line.run(held_up(done, go_on)))]
        await settle()
        for name, urgent in (("a", False), ("b", True), ("c", False), ("d", True)):
            tasks.append(asyncio.create_task(line.run(partial(done.append, name), urgent=urgent)))
        await settle()
        go_on.set()
        await asyncio.gather(*tasks)

    asyncio.run(work())
    assert done == ["first", "b", "d", "a", "c"]


def test_never_two_at_once() -> None:
    working = most = 0
    lock = threading.Lock()

    def call() -> None:
        nonlocal working, most
        with lock:
            working += 1
            most = max(most, working)
        threading.Event().wait(0.001)
        with lock:
            working -= 1

    async def work() -> None:
        line = Line()
        await asyncio.gather(*(line.run(call, urgent=n % 3 == 0) for n in range(50)))

    asyncio.run(work())
    assert most == 1


def test_who_gives_up_leaves_the_line_to_the_others() -> None:
    done: list[str] = []
    go_on = threading.Event()

    async def work() -> None:
        line = Line()
        first = asyncio.create_task(line.run(held_up(done, go_on)))
        await settle()
        gone = asyncio.create_task(line.run(lambda: done.append("gone"), urgent=True))
        last = asyncio.create_task(line.run(lambda: done.append("last")))
        await settle()
        gone.cancel()
        go_on.set()
        await asyncio.gather(first, last)
        assert gone.cancelled()
        assert await line.run(lambda: "free") == "free"

    asyncio.run(work())
    assert done == ["first", "last"]


def test_a_call_that_fails_fails_alone() -> None:
    async def work() -> None:
        line = Line()

        def broken() -> None:
            raise ValueError("broken")

        with pytest.raises(ValueError, match="broken"):
            await line.run(broken)
        assert await line.run(lambda: 1) == 1

    asyncio.run(work())
