"""How often a caller may ask: a rate, and a quota for the day.

Counts are kept in this process, of which an archive has only one. A rate starts anew with the
process; what was used of a key's quota is in the catalogue (`usage.py`).
"""

from __future__ import annotations

import math
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from limits import RateLimitItem, parse
from limits.aio.storage import MemoryStorage
from limits.aio.strategies import FixedWindowRateLimiter

from api.http.problems import ProblemError

SECONDS_A_DAY = 86_400


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowance:
    """What is left to a caller under one policy."""

    policy: str
    limit: int
    window_seconds: int
    remaining: int
    """Negative where the request itself is one too many."""
    resets_in: int
    """Seconds, rounded up."""


class RateLimits:
    """Counts requests in fixed windows, each of which begins with its first request."""

    def __init__(self) -> None:
        self._limiter = FixedWindowRateLimiter(MemoryStorage())

    async def hit(self, identity: str, rate: str) -> Allowance:
        """Count a request. `rate` is such as `60/minute`."""
        item = parse_rate(rate)
        allowed = await self._limiter.hit(item, identity)
        stats = await self._limiter.get_window_stats(item, identity)
        return Allowance(
            policy="rate",
            limit=item.amount,
            window_seconds=item.get_expiry(),
            remaining=stats.remaining if allowed else -1,
            resets_in=max(1, math.ceil(stats.reset_time - time.time())),
        )


def parse_rate(text: str) -> RateLimitItem:
    """The rate that a text such as `60/minute` or `100 per 15 minutes` states.

    Raises:
        ValueError: it states none.
    """
    try:
        item = parse(text)
    except ValueError:
        item = None
    if item is None or item.amount < 1 or item.get_expiry() < 1:
        raise ValueError("give a rate such as 60/minute, 5/second or 1000/hour")
    return item


def daily_allowance(quota: int, used: int, now: datetime) -> Allowance:
    """What is left of a day's quota after `used` requests, this one among them."""
    midnight = (now.astimezone(UTC) + timedelta(days=1)).replace(
        hour=0, minute=0, second=0, microsecond=0
    )
    return Allowance(
        policy="day",
        limit=quota,
        window_seconds=SECONDS_A_DAY,
        remaining=max(-1, quota - used),
        resets_in=max(1, math.ceil((midnight - now).total_seconds())),
    )


def limit_headers(allowances: Sequence[Allowance]) -> dict[str, str]:
    """The fields that tell a client what is left to it.

    `RateLimit` and `RateLimit-Policy` are those of draft-ietf-httpapi-ratelimit-headers-11, with
    every policy. The three older fields, which more clients know (the draft's revision 06), have
    the policy that is nearest to its end.
    """
    if not allowances:
        return {}
    tightest = min(allowances, key=lambda each: (each.remaining / each.limit, -each.resets_in))
    policies = ", ".join(f'"{a.policy}";q={a.limit};w={a.window_seconds}' for a in allowances)
    left = ", ".join(f'"{a.policy}";r={max(0, a.remaining)};t={a.resets_in}' for a in allowances)
    return {
        "RateLimit-Policy": policies,
        "RateLimit": left,
        "RateLimit-Limit": str(tightest.limit),
        "RateLimit-Remaining": str(max(0, tightest.remaining)),
        "RateLimit-Reset": str(tightest.resets_in),
    }


_EXCEEDED: Mapping[str, tuple[str, str]] = {
    "rate": ("rate_limited", "Too many requests in a short time"),
    "day": ("quota_exceeded", "The requests of today are used up"),
}


def check_allowances(allowances: Sequence[Allowance]) -> None:
    """Raises: ProblemError where a policy is exceeded; it names the one that lasts longest."""
    exceeded = [each for each in allowances if each.remaining < 0]
    if not exceeded:
        return
    last = max(exceeded, key=lambda each: each.resets_in)
    code, detail = _EXCEEDED[last.policy]
    raise ProblemError(
        429,
        code,
        f"{detail}: {last.limit} in {_duration(last.window_seconds)}",
        hint=f"Try again in {_duration(last.resets_in)}",
        retryable=True,
        headers={"Retry-After": str(last.resets_in)},
    )


def _duration(seconds: int) -> str:
    for length, name in ((SECONDS_A_DAY, "day"), (3_600, "hour"), (60, "minute")):
        if seconds % length == 0:
            count = seconds // length
            return f"{count} {name}" if count == 1 else f"{count} {name}s"
    return f"{seconds} second" if seconds == 1 else f"{seconds} seconds"
