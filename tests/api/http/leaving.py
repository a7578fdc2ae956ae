"""A client that leaves in the middle of a request, at a moment that is known."""

from __future__ import annotations

import asyncio
import threading
from typing import Any

import httpx

PATIENCE = 60.0
"""Seconds after which a test fails where nothing happens; when all is well, none waits so long."""


def leave(url: httpx.URL | str, body: Any, *, when: threading.Event) -> None:
    """Post to a URL, and hang up once `when` is set, which is before there is a reply."""

    async def run() -> None:
        async with httpx.AsyncClient(timeout=PATIENCE) as client:
            posting = asyncio.create_task(client.post(url, json=body))
            while not when.is_set():
                assert not posting.done(), posting.result()
                await asyncio.sleep(0.01)
            posting.cancel()
            await asyncio.wait([posting])

    asyncio.run(run())
