"""What surrounds every request: its id and log line, security headers, guards, body limits."""

from __future__ import annotations

import re
import time
from collections.abc import Awaitable, Callable, Collection
from uuid import uuid4

import structlog
from fastapi import HTTPException, Request
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.http.access.caller import Caller
from api.http.problems import ProblemError, problem_response

log = structlog.get_logger(__name__)

CONTENT_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
SECURITY_HEADERS = {
    "Content-Security-Policy": CONTENT_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-store",
}
OVER_TLS = "max-age=31536000"
"""`Strict-Transport-Security`. It says nothing where this connection is not encrypted: what stands
in front, and ends TLS, is to be a trusted proxy."""
QUIET = re.compile(r"/healthz|/readyz|/metrics|/assets/.*")
"""Paths that are asked for so often that their log lines would hide the others."""
UPLOAD_PATH = "/v1/articles"
SIGNED_PATH = "/slack/events"
"""Asked for under whatever name Slack knows: no page can sign what it sends there."""
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")


class RequestContext:
    """Gives each request an id, a log line and security headers; catches what nobody caught."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        given = Headers(scope=scope).get("x-request-id", "")
        request_id = given if _REQUEST_ID.fullmatch(given) else uuid4().hex
        scope.setdefault("state", {})["request_id"] = request_id
        with structlog.contextvars.bound_contextvars(request_id=request_id):
            await self._serve(scope, receive, send)

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        started = time.perf_counter()
        status = 0

        async def send_with_headers(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = int(message["status"])  # some apps send a member of `HTTPStatus`
                headers = MutableHeaders(scope=message)
                headers["X-Request-ID"] = scope["state"]["request_id"]
                for name, value in SECURITY_HEADERS.items():
                    headers.setdefault(name, value)
                if scope["scheme"] == "https":
                    headers.setdefault("Strict-Transport-Security", OVER_TLS)
            await send(message)

        try:
            await self.app(scope, receive, send_with_headers)
        except ClientDisconnect:
            log.info("client left", method=scope["method"], path=scope["path"])
        except Exception:  # the process boundary: whatever it was, the service goes on
            log.exception("request failed", method=scope["method"], path=scope["path"])
            if status:
                raise
            await self._last_resort(scope, receive, send_with_headers)
        # The query string may hold a question, which is nobody's business but the asker's.
        write = log.debug if QUIET.fullmatch(scope["path"]) else log.info
        told = {
            "method": scope["method"],
            "path": scope["path"],
            "status": status,
            "ms": round((time.perf_counter() - started) * 1000, 1),
        }
        caller: Caller | None = scope["state"].get("caller")
        if caller is not None and caller.key is not None:
            told["key"] = caller.key.key_id
        write("request", **told)

    async def _last_resort(self, scope: Scope, receive: Receive, send: Send) -> None:
        error = ProblemError(
            500,
            "internal",
            "Quoth failed on this request",
            hint="The log has the details under this request's id",
        )
        await problem_response(Request(scope), error)(scope, receive, send)


class Guard:
    """Turns away requests that another web page made a browser send.

    A page on another origin cannot write (its `Origin` differs from our `Host`), unless that is
    allowed, and a page whose name was pointed at this machine cannot even read (its `Host` is not
    ours).
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        allowed_hosts: frozenset[str] | None,
        allowed_origins: Collection[str] = (),
    ) -> None:
        """`allowed_origins` are such as `https://news.example`; `*` is all of them."""
        self.app = app
        self.allowed_hosts = allowed_hosts
        self.allowed_origins = frozenset(allowed_origins)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        error = self._objection(scope) if scope["type"] == "http" else None
        if error is None:
            await self.app(scope, receive, send)
        else:
            await problem_response(Request(scope), error)(scope, receive, send)

    def _objection(self, scope: Scope) -> ProblemError | None:
        headers = Headers(scope=scope)
        authority = headers.get("host", "").lower()
        named = self.allowed_hosts is None or _host(authority) in self.allowed_hosts
        if not named and scope["path"] != SIGNED_PATH:
            return ProblemError(
                403,
                "host_not_allowed",
                "Quoth does not answer under this host name",
                hint="Use localhost; behind a proxy, set QUOTH_API_AUTH=on",
            )
        if scope["method"] in SAFE_METHODS:
            return None
        origin = headers.get("origin")
        if not self.allowed_origins.isdisjoint({origin, "*"}):
            return None
        # Scheme is left out: a proxy that ends TLS makes https into http on the way.
        same = (
            headers.get("sec-fetch-site", "same-origin") in {"same-origin", "none"}
            if origin is None
            else origin.lower().partition("://")[2] == authority
        )
        if same:
            return None
        return ProblemError(
            403, "cross_origin", "Pages of another origin may not change or ask anything here"
        )


def _host(authority: str) -> str:
    """`::1` for `[::1]:8000`, `localhost` for `localhost:8000`."""
    if authority.startswith("["):
        return authority[1:].partition("]")[0]
    return authority.partition(":")[0]


class BodyLimit:
    """Ends requests whose body is too large, whether or not they said so beforehand."""

    def __init__(self, app: ASGIApp, *, body_bytes: int, upload_bytes: int) -> None:
        self.app = app
        self.body_bytes = body_bytes
        self.upload_bytes = upload_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        limit = self.upload_bytes if scope["path"] == UPLOAD_PATH else self.body_bytes
        announced = Headers(scope=scope).get("content-length", "0")
        if announced.isdecimal() and int(announced) > limit:
            error = ProblemError(413, "body_too_large", _too_large(limit))
            await problem_response(Request(scope), error)(scope, receive, send)
            return
        await self.app(scope, _counting(receive, limit), send)


def _counting(receive: Receive, limit: int) -> Callable[[], Awaitable[Message]]:
    received = 0

    async def receive_some() -> Message:
        nonlocal received
        message = await receive()
        received += len(message.get("body", b""))
        if received > limit:
            raise HTTPException(413, _too_large(limit))
        return message

    return receive_some


def _too_large(limit: int) -> str:
    return f"The request is larger than {limit:,} bytes"
