"""`/mcp`: the Model Context Protocol over HTTP."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import TypeVar

from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from api.http.deadlines import deadline_passed
from api.http.problems import ProblemError
from api.http.threads import Threads
from api.mcp.core import CallRefused, Core, Hop
from api.service import Service

T = TypeVar("T")


class McpEndpoint:
    """Answers assistants while the app runs. Whom it lets in, and from where, is the app's affair,
    as with every other path."""

    def __init__(self, service: Service, threads: Threads) -> None:
        self._core = Core(
            service=service,
            engine=_Threads(threads.engine),
            archive=_Threads(threads.archive),
            late=deadline_passed,
        )
        self._app: ASGIApp | None = None
        self.route = Route("/mcp", self, methods=["POST"], include_in_schema=False)
        """Its path. Nothing is sent but in answer to a message, so there is nothing to `GET`."""

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Between the start of the app and its end."""
        from api.mcp.transports import http_endpoint

        async with http_endpoint(self._core) as self._app:
            yield

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        assert self._app is not None, "the app has not been started"
        scope["route"] = self.route  # as other routes have it
        await self._app(scope, receive, send)


class _Threads:
    """A pool of threads that says in the words of the protocol's side why it takes no call."""

    def __init__(self, run: Hop) -> None:
        self._run = run

    async def __call__(self, call: Callable[[], T]) -> T:
        try:
            return await self._run(call)
        except ProblemError as error:
            said = f"{error.detail}: {error.hint}" if error.hint else error.detail
            raise CallRefused(said) from error
