"""Lets in who may come in, before a handler sees the request or its body is read."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime

import anyio.to_thread
import structlog
from anyio import CapacityLimiter
from fastapi import Request
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.http.access.caller import Caller, address_of, admitted, bearer_token, check_scope
from api.http.access.limiting import (
    Allowance,
    RateLimits,
    check_allowances,
    daily_allowance,
    limit_headers,
)
from api.http.access.rules import AccessRules
from api.http.access.scopes import required_scope
from api.http.access.usage import Usage
from api.http.problems import ProblemError, problem_response
from index.catalogue.keys import ApiKey

log = structlog.get_logger(__name__)

WRITE_EVERY = 60.0
"""Seconds after which the use of keys is written down."""
LOOKUPS = 4
"""Keys that are looked up at once. Not in the threads of the archive, which may all be busy."""


class Admission:
    """Decides on requests. It belongs to the event loop."""

    def __init__(self, rules: AccessRules) -> None:
        self._rules = rules
        self._rates = RateLimits()
        self._lookups = CapacityLimiter(LOOKUPS)
        keys = rules.keys
        self._usage = Usage(lambda day, used: None if keys is None else keys.record_use(day, used))

    async def caller(self, scope: Scope) -> Caller:
        """Who sent the request.

        Raises:
            ProblemError: a key is needed, and none that opens anything was sent. Tries are counted
                by address.
        """
        address = address_of(scope)
        if self._rules.keys is None:
            return Caller(address=address)
        try:
            token = bearer_token(Headers(scope=scope).get("authorization"))
            return Caller(address=address, key=admitted(await self._find(token), _now()))
        except ProblemError:
            check_allowances(await self._rate(address, self._rules.rate_limit))
            raise

    async def allowances(self, caller: Caller) -> list[Allowance]:
        """Count the request; what is left to its sender afterwards. A request that comes too fast
        does not count for the day."""
        rate, quota = self._rules.rate_limit, self._rules.daily_quota
        if caller.key is not None:
            rate = caller.key.rate_limit or rate
            quota = caller.key.daily_quota or quota
        found = await self._rate(caller.identity, rate)
        if any(each.remaining < 0 for each in found):
            return found
        now = _now()
        used = self._usage.count(caller, now.date())
        if quota is not None:
            found.append(daily_allowance(quota, used, now))
        return found

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Write the use of keys down every minute, and at the end."""
        writing = asyncio.create_task(self._write_forever())
        try:
            yield
        finally:
            writing.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await writing
            await self._write()

    async def _find(self, token: str) -> ApiKey | None:
        keys = self._rules.keys
        assert keys is not None
        return await anyio.to_thread.run_sync(keys.find, token, limiter=self._lookups)

    async def _rate(self, identity: str, rate: str | None) -> list[Allowance]:
        return [] if rate is None else [await self._rates.hit(identity, rate)]

    async def _write_forever(self) -> None:
        while True:
            await asyncio.sleep(WRITE_EVERY)
            await self._write()

    async def _write(self) -> None:
        try:
            await anyio.to_thread.run_sync(self._usage.write, limiter=self._lookups)
        except Exception:  # the process boundary: counts can wait, the service cannot
            log.exception("use_of_keys_not_written")


class AccessGuard:
    """Answers in place of the app where the sender may not have what is asked for."""

    def __init__(self, app: ASGIApp, *, admission: Admission) -> None:
        self.app = app
        self.admission = admission

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        needed = required_scope(scope["method"], scope["path"])
        if needed is None:
            await self.app(scope, receive, send)
            return
        allowances: list[Allowance] = []
        try:
            caller = await self.admission.caller(scope)
            scope["state"]["caller"] = caller
            allowances = await self.admission.allowances(caller)
            check_allowances(allowances)
            if caller.key is not None:
                check_scope(caller.key, needed)
        except ProblemError as error:
            refusal = problem_response(Request(scope), error, headers=limit_headers(allowances))
            await refusal(scope, receive, send)
            return
        await self.app(scope, receive, _with_headers(send, allowances))


def _with_headers(send: Send, allowances: Sequence[Allowance]) -> Send:
    headers = limit_headers(allowances)

    async def send_with_headers(message: Message) -> None:
        if message["type"] == "http.response.start":
            MutableHeaders(scope=message).update(headers)
        await send(message)

    return send_with_headers if headers else send


def _now() -> datetime:
    return datetime.now(UTC)
