"""What can go wrong at Slack's end, on order: limits, errors, lost and late replies."""

from __future__ import annotations

import math
import random
import threading
import time
from collections import defaultdict, deque
from dataclasses import dataclass, field
from typing import Any, Literal

ALWAYS = -1


@dataclass(slots=True, kw_only=True)
class Fault:
    """One thing that goes wrong with the next calls of a method."""

    kind: Literal["rate_limited", "error", "status", "dropped", "dropped_after", "slow"]
    left: int
    """Calls that it still befalls, or `ALWAYS`."""
    seconds: float = 0.0
    status: int = 200
    code: str = ""
    details: dict[str, Any] = field(default_factory=dict)


class Faults:
    """Faults by method, each for as many calls as was said, in the order in which they were set."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._of: defaultdict[str, list[Fault]] = defaultdict(list)
        self._at_most: dict[str, tuple[int, float]] = {}
        self._taken: defaultdict[str, deque[float]] = defaultdict(deque)
        self._lost_acknowledgements = 0
        self._random = random.Random(20_261_129)
        self.redelivered_share = 0.0
        """Of events: delivered once more although they were acknowledged."""

    def rate_limited(self, method: str, *, times: int = 1, retry_after: int = 1) -> None:
        """429 with `Retry-After` in seconds."""
        self._add(method, Fault(kind="rate_limited", left=times, seconds=retry_after))

    def at_most(self, method: str, calls: int, *, seconds: float) -> None:
        """429 for more than so many calls in so many seconds, as a tier of Slack's limits them."""
        self._at_most[method] = (calls, seconds)

    def error(self, method: str, code: str, *, times: int = 1, **details: Any) -> None:
        """200 with `{"ok": false, "error": code}`: `channel_not_found`, `missing_scope`, …"""
        self._add(method, Fault(kind="error", left=times, code=code, details=details))

    def status(self, method: str, status: int, *, times: int = 1) -> None:
        """A bare HTTP status, 500 or 503 say."""
        self._add(method, Fault(kind="status", left=times, status=status))

    def drop(self, method: str, *, times: int = 1, done: bool = False) -> None:
        """The connection breaks before there is a reply; with `done`, after Slack did its part."""
        kind: Literal["dropped", "dropped_after"] = "dropped_after" if done else "dropped"
        self._add(method, Fault(kind=kind, left=times))

    def slow(self, method: str, seconds: float, *, times: int = 1) -> None:
        """The reply comes late, but comes."""
        self._add(method, Fault(kind="slow", left=times, seconds=seconds))

    def lose_acknowledgements(self, times: int) -> None:
        """The next acknowledged events are taken for unacknowledged, and so delivered again."""
        with self._lock:
            self._lost_acknowledgements += times

    def clear(self) -> None:
        with self._lock:
            self._of.clear()
            self._at_most.clear()
            self._lost_acknowledgements = 0
            self.redelivered_share = 0.0

    def take(self, method: str) -> Fault | None:
        """The fault that befalls this call, if any."""
        with self._lock:
            waiting = self._of[method]
            if not waiting:
                return self._over_limit(method)
            fault = waiting[0]
            if fault.left != ALWAYS:
                fault.left -= 1
                if fault.left == 0:
                    waiting.pop(0)
            return fault

    def loses_acknowledgement(self) -> bool:
        with self._lock:
            if self._lost_acknowledgements:
                self._lost_acknowledgements -= 1
                return True
            return self._random.random() < self.redelivered_share

    def _over_limit(self, method: str) -> Fault | None:
        if method not in self._at_most:
            return None
        calls, seconds = self._at_most[method]
        now, taken = time.monotonic(), self._taken[method]
        while taken and taken[0] <= now - seconds:
            taken.popleft()
        if len(taken) < calls:
            taken.append(now)
            return None
        wait = math.ceil(taken[0] + seconds - now)
        return Fault(kind="rate_limited", left=1, seconds=max(1, wait))

    def _add(self, method: str, fault: Fault) -> None:
        with self._lock:
            self._of[method].append(fault)
