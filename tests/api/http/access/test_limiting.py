"""Rates, quotas, and the fields that tell of them."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta, timezone

import pytest

from api.http.access.limiting import (
    Allowance,
    RateLimits,
    check_allowances,
    daily_allowance,
    limit_headers,
    parse_rate,
)
from api.http.problems import ProblemError

NOON = datetime(2026, 3, 6, 12, tzinfo=UTC)


def allowance(policy: str, *, limit: int, remaining: int, resets_in: int) -> Allowance:
    return Allowance(
        policy=policy, limit=limit, window_seconds=60, remaining=remaining, resets_in=resets_in
    )


@pytest.mark.parametrize(
    ("text", "amount", "seconds"),
    [
        ("60/minute", 60, 60),
        ("5/second", 5, 1),
        ("1000 per hour", 1000, 3600),
        ("100/15 minutes", 100, 900),
    ],
)
def test_rates_that_can_be_stated(text: str, amount: int, seconds: int) -> None:
    rate = parse_rate(text)
    assert (rate.amount, rate.get_expiry()) == (amount, seconds)


@pytest.mark.parametrize(
    "text", ["", "60", "/minute", "60/fortnight", "0/minute", "-1/minute", "often"]
)
def test_rates_that_cannot(text: str) -> None:
    with pytest.raises(ValueError, match="such as 60/minute"):
        parse_rate(text)


def test_a_rate_counts_each_caller_alone_and_down_to_nothing() -> None:
    async def hits() -> list[tuple[str, int]]:
        rates = RateLimits()
        return [(who, (await rates.hit(who, "2/hour")).remaining) for who in "aabaaa"]

    assert asyncio.run(hits()) == [("a", 1), ("a", 0), ("b", 1), ("a", -1), ("a", -1), ("a", -1)]


@pytest.mark.parametrize(
    ("now", "resets_in"),
    [
        (NOON, 12 * 3600),
        (NOON.replace(hour=23, minute=59, second=59, microsecond=1), 1),
        (NOON.replace(hour=0), 86_400),
        (NOON.astimezone(timezone(timedelta(hours=5))), 12 * 3600),
    ],
)
def test_a_day_ends_at_midnight_in_utc(now: datetime, resets_in: int) -> None:
    assert daily_allowance(10, 3, now).resets_in == resets_in


@pytest.mark.parametrize(("used", "remaining"), [(1, 9), (10, 0), (11, -1), (500, -1)])
def test_what_is_left_of_a_quota(used: int, remaining: int) -> None:
    assert daily_allowance(10, used, NOON).remaining == remaining


def test_fields_name_every_policy_and_the_older_ones_the_tightest() -> None:
    rate = allowance("rate", limit=60, remaining=30, resets_in=12)
    day = allowance("day", limit=1000, remaining=-1, resets_in=5000)
    assert limit_headers([rate, day]) == {
        "RateLimit-Policy": '"rate";q=60;w=60, "day";q=1000;w=60',
        "RateLimit": '"rate";r=30;t=12, "day";r=0;t=5000',
        "RateLimit-Limit": "1000",
        "RateLimit-Remaining": "0",
        "RateLimit-Reset": "5000",
    }
    assert limit_headers([]) == {}


def test_the_refusal_names_the_policy_that_lasts_longest() -> None:
    rate = allowance("rate", limit=60, remaining=-1, resets_in=12)
    day = allowance("day", limit=1000, remaining=-1, resets_in=7200)
    check_allowances([allowance("rate", limit=60, remaining=0, resets_in=12)])
    with pytest.raises(ProblemError, match="The requests of today are used up") as refused:
        check_allowances([rate, day])
    assert (refused.value.code, refused.value.hint) == ("quota_exceeded", "Try again in 2 hours")
    assert refused.value.headers == {"Retry-After": "7200"}
    with pytest.raises(ProblemError, match="60 in 1 minute") as refused:
        check_allowances([rate])
    assert (refused.value.status, refused.value.hint) == (429, "Try again in 12 seconds")
