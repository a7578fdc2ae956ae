"""How messages travel: over HTTP, one exchange a request, or over standard input and output."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import TypeVar

import anyio
from anyio import CapacityLimiter, to_thread
from mcp.server.stdio import stdio_server
from mcp.server.streamable_http_manager import StreamableHTTPSessionManager
from starlette.types import ASGIApp

from api.mcp.core import Core
from api.mcp.server import build_server
from api.service import Service

T = TypeVar("T")


@asynccontextmanager
async def http_endpoint(core: Core) -> AsyncIterator[ASGIApp]:
    """What answers `POST`. No session is kept, so that nothing grows with the number of clients:
    whoever knows only older versions of the protocol gets on without one."""
    manager = StreamableHTTPSessionManager(
        build_server(core),
        stateless=True,
        max_request_body_size=core.service.limits.body_bytes,
    )
    async with manager.run():
        yield manager.handle_request


def serve_stdio(service: Service) -> None:
    """Answer on standard output what comes on standard input, until that ends. Meanwhile whatever
    else is printed goes to standard error."""
    anyio.run(_serve_stdio, service)


async def _serve_stdio(service: Service) -> None:
    core = Core(
        service=service,
        engine=_Threads(service.limits.engine_threads),
        archive=_Threads(service.limits.archive_threads),
    )
    server = build_server(core)
    async with stdio_server() as (read_stream, write_stream):
        await server.run(read_stream, write_stream, server.create_initialization_options())


class _Threads:
    """So many threads. Calls beyond them wait: the one client knows what it has asked for."""

    def __init__(self, most: int) -> None:
        self._limiter = CapacityLimiter(most)

    async def __call__(self, call: Callable[[], T]) -> T:
        return await to_thread.run_sync(call, limiter=self._limiter)
