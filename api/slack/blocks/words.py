"""What the bot says of an answer in words: days, publishers, confidence, agreement."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from api.slack.blocks.limits import shortened
from api.slack.escaping import plain
from rag.records import Agreement, CarriedBy

MOST_NAME = 80
MOST_ARTICLE_TITLE = 160
MOST_NAMES = 6
NO_PUBLISHER = "Unnamed publisher"
UNDATED = "undated"
_SURENESS = (
    (0.9, "Very sure that this answers the question"),
    (0.75, "Fairly sure that this answers the question"),
    (0.5, "Not entirely sure that this answers the question"),
    (0.0, "Not sure that this answers the question: read the quotes with care"),
)
_NUMBERS = ("two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


def day(published: date | None) -> str:
    """The day as "6 January 2026"."""
    return f"{published.day} {published:%B} {published.year}" if published else UNDATED


def publisher(name: str | None) -> str:
    """The publisher as it is shown."""
    return shortened(plain(name or ""), MOST_NAME) or NO_PUBLISHER


def article_title(title: str) -> str:
    """The title as it is shown; empty where there is none."""
    return shortened(plain(title), MOST_ARTICLE_TITLE)


def listed(names: Sequence[str]) -> str:
    """`A, B and C`; of many, the first and how many more."""
    shown = list(names[:MOST_NAMES])
    if len(names) > MOST_NAMES:
        shown.append(f"{len(names) - MOST_NAMES} more")
    if len(shown) < 2:
        return "".join(shown)
    return f"{', '.join(shown[:-1])} and {shown[-1]}"


def publishers(names: Sequence[str]) -> str:
    """The publishers, listed."""
    return listed([publisher(name) for name in names]) or NO_PUBLISHER


def sureness(confidence: float) -> str:
    """A probability in words."""
    return next(words for least, words in _SURENESS if confidence >= least or least == 0.0)


def agreement(said: Agreement, quoted: int) -> str:
    """How many publishers say so, or how many are quoted where they say several things."""
    count = said.independent_publishers
    if count < 2:
        return f"Quotes of {_number(quoted)} publishers" if quoted > 1 else "One publisher says so"
    number = _number(count).capitalize()
    who = f": {publishers(said.publishers)}" if len(said.publishers) > 1 else ""
    return f"{number} publishers say so independently{who}"


def _number(count: int) -> str:
    """From two on, in words where there is one."""
    return _NUMBERS[count - 2] if count - 2 < len(_NUMBERS) else str(count)


def carried(others: Sequence[CarriedBy]) -> str:
    """Who else carries the words; empty where nobody does."""
    names = dict.fromkeys(
        publisher(other.publisher) if other.publisher else article_title(other.title)
        for other in others
    )
    named = [name for name in names if name]
    return f"Also carried by {listed(named)}" if named else ""
