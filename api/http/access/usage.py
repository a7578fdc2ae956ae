"""What each caller has used today, written down now and then."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import date

from api.http.access.caller import Caller

Record = Callable[[date, Mapping[str, int]], None]
"""Writes down how many more requests each of these keys made on a day."""


class Usage:
    """Counts requests by day. Those of keys go to the catalogue, so that a restart does not forget
    them; those of addresses are of this process only."""

    def __init__(self, record: Record) -> None:
        self._record = record
        self._lock = threading.Lock()
        self._unwritten: dict[date, Counter[str]] = {}
        """By day and key."""
        self._addresses: Counter[str] = Counter()
        self._addresses_day = date.min

    def count(self, caller: Caller, day: date) -> int:
        """Count a request; how many this caller made on this day, this one among them."""
        with self._lock:
            if caller.key is None:
                if day != self._addresses_day:
                    self._addresses_day = day
                    self._addresses.clear()
                self._addresses[caller.address] += 1
                return self._addresses[caller.address]
            unwritten = self._unwritten.setdefault(day, Counter())
            unwritten[caller.key.key_id] += 1
            return caller.key.used_on(day) + unwritten[caller.key.key_id]

    def write(self) -> None:
        """Write down what is not yet; what cannot be written stays counted."""
        with self._lock:
            taken, self._unwritten = self._unwritten, {}
        while taken:
            day, requests = taken.popitem()
            try:
                self._record(day, requests)
            except BaseException:
                taken[day] = requests
                with self._lock:
                    for each, counts in taken.items():
                        self._unwritten.setdefault(each, Counter()).update(counts)
                raise
