"""What can go wrong at Slack's end, on order: limits, errors, lost and late replies."""

from __future__ import annotations

import random
import threading
from collections import defaultdict
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
        self._lost_acknowledgements = 0
        self._random = random.Random(20_261_129)
        self.redelivered_share = 0.0
        """Of events: delivered once more although they were acknowledged."""

    def rate_limited(self, method: str, *, times: int = 1, retry_after: int = 1) -> None:
        """429 with `Retry-After` in seconds."""
        self._add(method, Fault(kind="rate_limited", left=times, seconds=retry_after))

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
            self._lost_acknowledgements = 0
            self.redelivered_share = 0.0

    def take(self, method: str) -> Fault | None:
        """The fault that befalls this call, if any."""
        with self._lock:
            waiting = self._of[method]
            if not waiting:
                return None
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

    def _add(self, method: str, fault: Fault) -> None:
        with self._lock:
            self._of[method].append(fault)
