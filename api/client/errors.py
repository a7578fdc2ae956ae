"""What can go wrong with a call, drawn.

CallError                   code, message, hint, retryable
├── ServiceUnreachable      nobody answered (retryable)
│   └── TimedOut            not in time
├── ReplyUnreadable         what came back is not what Quoth sends
└── ServiceError            Quoth said no: status, retry_after, request_id, fields
    ├── AccessDenied        401, 403: no key, or not one that opens this
    ├── NotFound            404, 410: there is no such thing, or no longer
    ├── RequestRefused      the other 4xx: what was sent cannot be used
    ├── TooManyRequests     429 (retryable)
    └── ServiceFailed       5xx: not now (retryable, with retry_after), or a fault
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any


class CallError(Exception):
    """Says in one line what is wrong; `hint` says what to do, where that is known."""

    def __init__(self, code: str, message: str, *, hint: str = "", retryable: bool = False) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.hint = hint
        self.retryable = retryable
        """Whether the same call may succeed later."""

    def __str__(self) -> str:
        return f"{self.message}: {self.hint}" if self.hint else self.message


class ServiceUnreachable(CallError):
    """Nobody answered, or the connection broke."""

    def __init__(self, message: str, *, code: str = "unreachable") -> None:
        super().__init__(code, message, hint="is the service running there?", retryable=True)


class TimedOut(ServiceUnreachable):
    """There was no answer in time."""

    def __init__(self, message: str) -> None:
        super().__init__(message, code="timed_out")


class ReplyUnreadable(CallError):
    """What came back is not what Quoth sends; something else may answer at this URL."""

    def __init__(self, message: str) -> None:
        super().__init__("unreadable", message, hint="is it Quoth that answers at this URL?")


class ServiceError(CallError):
    """A problem document (RFC 9457), as an error."""

    def __init__(
        self, status: int, problem: Mapping[str, Any], *, retry_after: float | None = None
    ) -> None:
        super().__init__(
            str(problem.get("code", f"http_{status}")),
            str(problem.get("detail") or f"the service answered {status}"),
            hint=str(problem.get("hint", "")),
            retryable=bool(problem.get("retryable", False)),
        )
        self.status = status
        self.retry_after = retry_after
        """Seconds to wait before the same call is worth another try; None where nobody knows."""
        self.request_id: str | None = problem.get("request_id")
        """What the service's log has the call under."""
        self.fields: Mapping[str, str] = {
            each["field"]: each["message"] for each in problem.get("errors") or ()
        }
        """Field of the request → what is wrong with it."""


class AccessDenied(ServiceError):
    """There is no key, or not one that opens this."""


class NotFound(ServiceError):
    """There is no such thing, or no longer."""


class RequestRefused(ServiceError):
    """What was sent cannot be used."""


class TooManyRequests(ServiceError):
    """A rate or a quota is used up."""


class ServiceFailed(ServiceError):
    """The service cannot do it now, or failed."""


def service_error(status: int, headers: Mapping[str, str], body: bytes) -> ServiceError:
    """The error for a response that is none of success. `headers` are looked up in lower case."""
    try:
        problem = json.loads(body)
    except ValueError:
        problem = None
    if not isinstance(problem, dict):
        problem = {"detail": f"the service, or what is in front of it, answered {status}"}
    wait = headers.get("retry-after", "")
    retry_after = float(wait) if wait.isascii() and wait.isdecimal() else None
    return _kind(status)(status, problem, retry_after=retry_after)


def _kind(status: int) -> type[ServiceError]:
    match status:
        case 401 | 403:
            return AccessDenied
        case 404 | 410:
            return NotFound
        case 429:
            return TooManyRequests
        case _ if status >= 500:
            return ServiceFailed
        case _:
            return RequestRefused
