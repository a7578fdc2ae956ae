"""How long a request may take, waiting and working together.

The deadline of a request is a context variable: it holds in whatever tasks and threads work for the
request, so that the work itself can stop, as `rag.events.Cancelled` has it.
"""

from __future__ import annotations

import math
import time
from contextvars import ContextVar

from starlette.types import ASGIApp, Receive, Scope, Send

from api.http.problems import ProblemError

_deadline: ContextVar[float] = ContextVar("deadline", default=math.inf)
"""By the monotonic clock."""


class Deadline:
    """Sets the deadline of each request."""

    def __init__(self, app: ASGIApp, *, seconds: float) -> None:
        self.app = app
        self.seconds = seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        token = _deadline.set(time.monotonic() + self.seconds)
        try:
            await self.app(scope, receive, send)
        finally:
            _deadline.reset(token)


def seconds_left() -> float:
    """Until the deadline of the request that is worked on; infinite where there is none."""
    return max(0.0, _deadline.get() - time.monotonic())


def deadline_passed() -> bool:
    """Whether the request that is worked on has taken too long; asked between steps."""
    return seconds_left() <= 0


def check_deadline() -> None:
    """Raises: ProblemError where the request that is worked on has taken too long."""
    if deadline_passed():
        raise deadline_exceeded()


def deadline_exceeded() -> ProblemError:
    """The error of a request that took too long."""
    return ProblemError(
        503,
        "deadline_exceeded",
        "The request took longer than this service allows, and was given up",
        hint="Try again when there is less to do",
        retryable=True,
    )
