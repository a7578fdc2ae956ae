"""Figures of English text as values with units, and days of the calendar. Pure.

Strict on purpose: two figures are equal where value and unit are, so that 4.2 million is not
4.2 billion, and 60 % is not 60.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal, InvalidOperation
from typing import NamedTuple

from rag.reading.terms import NUMBER_WORDS

_SCALES = {
    "hundred": 100, "thousand": 10**3, "k": 10**3, "million": 10**6, "m": 10**6, "mn": 10**6,
    "billion": 10**9, "bn": 10**9, "b": 10**9, "trillion": 10**12, "tn": 10**12,
}  # fmt: skip
_WORDS = {word: int(figure) for word, figure in NUMBER_WORDS.items()} | {"zero": 0, "dozen": 12}
_ORDINALS = {
    "second": 2, "third": 3, "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7, "eighth": 8,
    "ninth": 9, "tenth": 10,
}  # fmt: skip
_FRACTIONS = {
    "half": "1/2", "halved": "1/2", "third": "1/3", "thirds": "1/3", "quarter": "1/4",
    "quarters": "1/4", "double": "x2", "doubled": "x2", "twice": "x2", "triple": "x3",
    "tripled": "x3",
}  # fmt: skip
_CURRENCIES = {
    "$": "$", "us$": "$", "dollar": "$", "dollars": "$", "usd": "$", "€": "€", "euro": "€",
    "euros": "€", "eur": "€", "£": "£", "pound": "£", "pounds": "£", "gbp": "£", "¥": "¥",
    "yen": "¥",
}  # fmt: skip
_MONTHS = {
    "jan": 1, "feb": 2, "mar": 3, "apr": 4, "may": 5, "jun": 6,
    "jul": 7, "aug": 8, "sep": 9, "oct": 10, "nov": 11, "dec": 12,
}  # fmt: skip
_MONTH = (
    r"(?P<month>Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?"
    r"|Sept?(?:ember)?|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)\b\.?"
)
_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?(?!\d)"
_YEAR = r"(?:,?\s+(?P<year>\d{4})\b)?"
_DATES = tuple(
    re.compile(pattern)
    for pattern in (
        rf"\b{_DAY}\s+(?:of\s+)?{_MONTH}{_YEAR}",
        rf"\b{_MONTH}\s+{_DAY}{_YEAR}",
        r"\b(?P<year>\d{4})-(?P<month>\d{2})-(?P<day>\d{2})\b",
    )
)
_UNIT_WORD = "|".join(sorted((word for word in _CURRENCIES if word.isalpha()), key=len)[::-1])
_SCALE_WORD = "|".join(word for word in _SCALES if len(word) > 2)
_NUMBER_WORD = "|".join(sorted(_WORDS, key=len, reverse=True))
_SPELLED = rf"(?:{_NUMBER_WORD})(?:[ -](?:and )?(?:{_NUMBER_WORD}|hundred))*"
_FIGURE = re.compile(
    r"(?P<sign>(?:US)?\$|[€£¥])?\s?"
    rf"(?:(?P<digits>\d+(?:[.,]\d+)*)(?P<ending>st|nd|rd|th|s|(?:k|mn?|bn?|tn)\b)?"
    rf"|(?<!\w)(?P<spelled>{_SPELLED})(?!\w))"
    rf"(?P<scale>(?:[\s-](?:{_SCALE_WORD}|bn|mn|tn|m)\b)*)"
    rf"(?:\s?(?P<share>%|per\s?cent\b|percent(?:age)?\b)|[\s-](?P<currency>{_UNIT_WORD})\b)?",
    re.IGNORECASE,
)
_RANGE = re.compile(r"\s?(?:to|and|or|-|–|—)\s?[$€£¥]?\s?$", re.IGNORECASE)
_SPAN_OF_YEARS = re.compile(r"(?<!\d)(\d\d)\d\d[-–/]$")
_ONE_OF = re.compile(r"\s+(?:of|another|such|who|that|which)\b|[.,;:!?”\"']|$", re.IGNORECASE)
_OTHER_WORD = re.compile(
    r"(?<!\w)(?:" + "|".join(sorted({*_ORDINALS, *_FRACTIONS}, key=len, reverse=True)) + r")(?!\w)",
    re.IGNORECASE,
)


class Figure(NamedTuple):
    """A number with what it counts, as far as a unit tells."""

    value: str
    """In plain digits; `1/3` and `x2` for what is spelled as a share or a multiple."""
    unit: str
    """`%`, a currency's sign, `s` for a decade, or nothing."""


class Day(NamedTuple):
    """A day of the calendar; `year` is None where it is not given."""

    month: int
    day: int
    year: int | None


class Found(NamedTuple):
    """A figure or a day where it stands."""

    what: Figure | Day
    start: int
    end: int


def days_of(text: str) -> list[Found]:
    """The days that `text` names with month and day, in text order."""
    found: list[Found] = []
    for pattern in _DATES:
        for match in pattern.finditer(text):
            written = match["month"]
            month = int(written) if written.isdigit() else _MONTHS[written[:3].lower()]
            year = None if match["year"] is None else int(match["year"])
            if not any(one.start < match.end() and match.start() < one.end for one in found):
                day = Day(month, int(match["day"]), year)
                found.append(Found(day, match.start(), match.end()))
    return sorted(found, key=lambda one: one.start)


def figures_of(text: str, *, apart_from: Sequence[Found] = ()) -> list[Found]:
    """The figures of `text` in text order, without those inside the days `apart_from`."""
    found = [
        one
        for one in _figures(text)
        if not any(one.start < day.end and day.start < one.end for day in apart_from)
    ]
    return sorted(found, key=lambda one: one.start)


def _figures(text: str) -> Iterator[Found]:
    counted = [match for match in _FIGURE.finditer(text) if not _is_a_pronoun(match, text)]
    units = [_unit_of(match) for match in counted]
    for place, match in enumerate(counted):
        unit = units[place]
        if not unit and place + 1 < len(counted):  # 10 to 15 percent
            between = text[match.end() : counted[place + 1].start()]
            unit = units[place + 1] if _RANGE.fullmatch(between) else ""
        yield Found(Figure(_value_of(match), unit), match.start(), match.end())
    for word in _OTHER_WORD.finditer(text):
        written = word.group().lower()
        if written in _ORDINALS:
            yield Found(Figure(str(_ORDINALS[written]), ""), word.start(), word.end())
        else:
            yield Found(Figure(_FRACTIONS[written], ""), word.start(), word.end())


def _is_a_pronoun(match: re.Match[str], text: str) -> bool:
    """Whether "one" counts nothing: one of them, this one."""
    spelled = match["spelled"]
    if spelled is None or spelled.lower() != "one" or match["scale"]:
        return False
    return _ONE_OF.match(text, match.end()) is not None


def _unit_of(match: re.Match[str]) -> str:
    if match["share"]:
        return "%"
    if match["ending"] == "s":
        return "s"
    sign = match["sign"] or match["currency"]
    return _CURRENCIES[sign.lower()] if sign else ""


def _value_of(match: re.Match[str]) -> str:
    if match["digits"]:
        value = _decimal(match["digits"])
        years = _SPAN_OF_YEARS.search(match.string, 0, match.start("digits"))
        if years is not None and len(match["digits"]) == 2:  # 2018–19
            value += 100 * int(years[1])
        ending = (match["ending"] or "").lower()
        value *= _SCALES.get(ending, 1)
    else:
        value = Decimal(_spelled_value(match["spelled"]))
    for scale in re.findall(r"[a-z]+", (match["scale"] or "").lower()):
        value *= _SCALES[scale]
    return format(value.normalize(), "f")


def _decimal(digits: str) -> Decimal:
    plain = re.sub(r",(?=\d{3}(?!\d))", "", digits).replace(",", ".")
    try:
        return Decimal(plain)
    except InvalidOperation:  # 10.30.15: a time or a version, its digits in a row
        return Decimal(re.sub(r"\D", "", plain))


def _spelled_value(words: str) -> int:
    total = 0
    for word in re.findall(r"[a-z]+", words.lower()):
        if word == "hundred":
            total = max(total, 1) * 100
        elif word != "and":
            total += _WORDS[word]
    return total
