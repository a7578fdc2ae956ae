"""Who may use the service, as the settings say."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from index.catalogue.keys import ApiKey


class Keys(Protocol):
    """Where keys are looked up. Called from several threads at once."""

    def find(self, text: str) -> ApiKey | None:
        """The key that this is the text of, usable or not; None where it is nobody's."""

    def record_use(self, day: date, requests: Mapping[str, int]) -> None:
        """Add to what each of these keys was used for on this day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessRules:
    """Who may use the service, and how much."""

    keys: Keys | None = None
    """None: nobody is asked for a key."""
    rate_limit: str | None = None
    """Requests of one caller, such as `60/minute`; a key may have a limit of its own."""
    daily_quota: int | None = None
    """Requests of one caller in a day of UTC; a key may have a quota of its own."""
    deadline_seconds: float = math.inf
    """How long a request may wait and be worked on; articles are taken in however long it takes."""
    cors_origins: tuple[str, ...] = ()
    """Origins such as `https://news.example` whose pages may call the service; `*` is all."""
