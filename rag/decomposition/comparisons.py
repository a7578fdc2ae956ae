"""Questions that compare two things, as one question about each. Pure rules, for English."""

from __future__ import annotations

import re
from collections.abc import Callable

_DEGREES = {
    "larger": "large", "bigger": "big", "smaller": "large", "older": "old", "younger": "old",
    "taller": "tall", "shorter": "long", "longer": "long", "higher": "high", "lower": "high",
    "deeper": "deep", "wider": "wide", "heavier": "heavy", "lighter": "heavy", "faster": "fast",
    "slower": "fast", "hotter": "hot", "colder": "cold", "richer": "rich", "busier": "busy",
}  # fmt: skip
_BASE_FORMS = {
    "opened": "open", "closed": "close", "started": "start", "began": "begin", "ended": "end",
    "died": "die", "launched": "launch", "arrived": "arrive", "left": "leave", "resigned": "resign",
    "retired": "retire", "came out": "come out", "happened": "happen", "took office": "take office",
}  # fmt: skip
_MADE = "born|built|founded|elected|published|released|created|completed|discovered|signed|formed"
_ASKED = r"(?:which|who|what)(?: (?!is\b|was\b|has\b|had\b)[\w-]+){0,2}"
_PAIR = r"[,:;] (?P<one>[^,?]+?),? or (?P<other>[^,?]+)"
_ADJECTIVE = re.compile(
    rf"{_ASKED} (?P<verb>is|was) (?P<degree>{'|'.join(_DEGREES)}){_PAIR}", re.IGNORECASE
)
_MORE = re.compile(
    rf"{_ASKED} (?P<verb>has|had) (?:more|fewer|the most) (?P<noun>\w+(?: \w+)?){_PAIR}",
    re.IGNORECASE,
)
_FIRST = re.compile(
    rf"{_ASKED} (?P<verb>{'|'.join(_BASE_FORMS)}) (?:first|earlier|later|last){_PAIR}",
    re.IGNORECASE,
)
_MADE_FIRST = re.compile(
    rf"{_ASKED} was (?P<verb>{_MADE}) (?:first|earlier|later|last){_PAIR}", re.IGNORECASE
)


def _degree(match: re.Match[str], name: str) -> str:
    return f"How {_DEGREES[match['degree'].lower()]} {match['verb'].lower()} {name}?"


def _number(match: re.Match[str], name: str) -> str:
    helper = "does" if match["verb"].lower() == "has" else "did"
    return f"How many {match['noun']} {helper} {name} have?"


def _time(match: re.Match[str], name: str) -> str:
    return f"When did {name} {_BASE_FORMS[match['verb'].lower()]}?"


def _time_made(match: re.Match[str], name: str) -> str:
    return f"When was {name} {match['verb'].lower()}?"


_FORMS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str], str], str]], ...] = (
    (_ADJECTIVE, _degree),
    (_MORE, _number),
    (_FIRST, _time),
    (_MADE_FIRST, _time_made),
)


def compared(question: str) -> tuple[str, ...]:
    """What has to be known of each of the two: "Which is larger, A or B?" asks how large A is, and
    how large B is. Nothing where the question does not compare."""
    bare = question.rstrip(" ?.!")
    for form, asked in _FORMS:
        match = form.fullmatch(bare)
        if match is not None:
            return asked(match, match["one"]), asked(match, match["other"])
    return ()
