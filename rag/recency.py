"""Whether a question asks for the latest, and how late each article is. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date

HALF_LIFE_DAYS = 30
_LATEST = re.compile(
    r"\b(?:latest|newest|recent(?:ly)?|now|today|tonight|nowadays|so far|these days"
    r"|at (?:the|this) moment|this (?:week|weekend|month|year)"
    r"|(?<!direct )(?<!alternating )(?<!electric )(?<!ocean )current(?:ly)?(?! (?:of|through)\b))\b"
)
"""In lower case, so that "Apocalypse Now" and "USA Today" are names."""
_QUOTED = re.compile(r"[\"“][^\"”]*[\"”]")
_ANOTHER_TIME = re.compile(
    r"\b(?:(?:1\d|20)\d\d|at the time|back then|in those days|as of|by then|used to|formerly)\b",
    re.IGNORECASE,
)
"""What places a question in a time of its own."""


def asks_for_the_latest(question: str) -> bool:
    """Whether the question means the time at which it is asked: "latest", "now", "this week"."""
    asked = _QUOTED.sub(" ", question)
    opening, rest = asked[:1].lower(), asked[1:]
    return _LATEST.search(opening + rest) is not None and not _ANOTHER_TIME.search(asked)


def recencies(published: Mapping[str, date | None]) -> dict[str, float]:
    """In (0, 1], 1 for the newest of them and half as much for each `HALF_LIFE_DAYS` of age;
    what has no date is left out."""
    dated = {name: day for name, day in published.items() if day is not None}
    newest = max(dated.values(), default=date.min)
    return {name: 0.5 ** ((newest - day).days / HALF_LIFE_DAYS) for name, day in dated.items()}
