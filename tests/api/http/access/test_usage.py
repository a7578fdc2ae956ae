"""What is used of quotas: counted by day and caller, written down, never lost by a failure."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from datetime import UTC, date, datetime

import pytest

from api.http.access.caller import Caller
from api.http.access.usage import Usage
from index.catalogue.keys import ApiKey, Scope

FRIDAY, SATURDAY = date(2026, 3, 6), date(2026, 3, 7)


class Written:
    """Keeps what is written down, unless it is told to fail."""

    def __init__(self) -> None:
        self.entries: list[tuple[date, dict[str, int]]] = []
        self.fails = False

    def __call__(self, day: date, requests: Mapping[str, int]) -> None:
        if self.fails:
            raise OSError("the disk is full")
        self.entries.append((day, dict(requests)))


def keyed(key_id: str, *, requests: int = 0, day: date | None = None) -> Caller:
    key = ApiKey(
        key_id=key_id,
        name=key_id,
        scopes=(Scope.ASK,),
        rate_limit=None,
        daily_quota=None,
        created_at=datetime(2026, 3, 1, tzinfo=UTC),
        expires_at=None,
        revoked_at=None,
        last_used_on=day,
        requests_that_day=requests,
    )
    return Caller(address="192.0.2.1", key=key)


def test_what_is_written_down_already_counts_on_its_day() -> None:
    usage = Usage(Written())
    assert usage.count(keyed("a", requests=5, day=FRIDAY), FRIDAY) == 6
    assert usage.count(keyed("a", requests=5, day=FRIDAY), FRIDAY) == 7
    assert usage.count(keyed("a", requests=5, day=FRIDAY), SATURDAY) == 1
    assert usage.count(keyed("b"), FRIDAY) == 1


def test_each_day_and_key_is_written_once() -> None:
    written = Written()
    usage = Usage(written)
    for day in (FRIDAY, FRIDAY, SATURDAY):
        usage.count(keyed("a"), day)
    usage.count(Caller(address="192.0.2.1"), SATURDAY)
    usage.write()
    usage.write()
    assert sorted(written.entries) == [(FRIDAY, {"a": 2}), (SATURDAY, {"a": 1})]


def test_what_cannot_be_written_stays_counted() -> None:
    written = Written()
    usage = Usage(written)
    for day in (FRIDAY, SATURDAY):
        usage.count(keyed("a"), day)
    written.fails = True
    with pytest.raises(OSError, match="disk is full"):
        usage.write()
    assert usage.count(keyed("a"), SATURDAY) == 2
    written.fails = False
    usage.write()
    assert sorted(written.entries) == [(FRIDAY, {"a": 1}), (SATURDAY, {"a": 2})]


def test_addresses_begin_anew_each_day_and_are_written_nowhere() -> None:
    written = Written()
    usage = Usage(written)
    one, other = Caller(address="192.0.2.1"), Caller(address="192.0.2.2")
    assert [usage.count(who, FRIDAY) for who in (one, one, other)] == [1, 2, 1]
    assert usage.count(one, SATURDAY) == 1
    usage.write()
    assert written.entries == []


def test_nothing_is_lost_between_threads() -> None:
    written = Written()
    usage = Usage(written)

    def use() -> None:
        for _ in range(500):
            usage.count(keyed("a"), FRIDAY)

    threads = [threading.Thread(target=use) for _ in range(4)]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        usage.write()
    usage.write()
    assert sum(requests["a"] for _, requests in written.entries) == 2000
