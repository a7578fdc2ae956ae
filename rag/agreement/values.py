"""Answering words as values that can be compared: figures with what they count, days and times,
names, yes and no. Pure.

Two values are the same, different or neither. Neither is the common case: words that no rule here
reads, "at least 9" beside 14, a weekday beside a month. Only what is surely different is called so.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from enum import Enum

from rag.reading.gazetteer import CALENDAR
from rag.reading.terms import key_of, same_name, terms_of
from rag.support.counted import counted
from rag.support.figures import Day, Figure, days_of, figures_of

ROUNDED = Decimal("0.1")
"""Share by which a figure that is given as about so much may differ from another one."""
_CLOCK = re.compile(
    r"\b(?P<hour>\d{1,2})(?:[:.](?P<minute>\d{2}))? ?(?P<half>[ap])\.?m\b", re.IGNORECASE
)
_CLOCK_24 = re.compile(r"\b(?P<hour>[01]?\d|2[0-3]):(?P<minute>[0-5]\d)\b")
_YEAR = re.compile(r"\b(?:1[5-9]|20)\d\d\b")
_MONTHS = {
    "january": 1, "february": 2, "march": 3, "april": 4, "may": 5, "june": 6, "july": 7,
    "august": 8, "september": 9, "october": 10, "november": 11, "december": 12,
}  # fmt: skip
_MONTH = re.compile(rf"\b(?:{'|'.join(_MONTHS)})\b", re.IGNORECASE)
_ABOUT = re.compile(
    r"\b(?:about|around|roughly|nearly|almost|approximately|some|an estimated|close to|up to|"
    r"at least|more than|over|fewer than|less than|under|as many as|as much as|between) $",
    re.IGNORECASE,
)
_ONE_SIDED = re.compile(
    r"\b(?:up to|at least|more than|over|fewer than|less than|under|as (?:many|much) as|between) $",
    re.IGNORECASE,
)
_PART = re.compile(r" ?of (?:the|them|these|those|its|his|her|their)\b", re.IGNORECASE)
"""What follows a figure that counts a part of something: "two of the injured"."""
_JOINED = re.compile(r",|;|\b(?:and|or|to|both|of)\b", re.IGNORECASE)
"""What makes a list of names, or another person of one: the brother of Ada Brook."""
_MOST_ROLE_WORDS = 3
_OF_A_PEOPLE = re.compile(
    r"[A-Z][a-z]+(?:an|ish|ese|ard|ch|i|(?:wo)?man)|Dane|Swede|Finn|Pole|Turk|Scot|Czech|Slovak|Serb"
    r"|Croat|Greek|Swiss|Briton|Argentine|Filipino|Slovene|Kurd|Arab"
)
_ARTICLES = frozenset({"the", "a", "an"})
_OFFICES = (
    "mr mrs ms dr sir dame lord lady president minister prime captain general king queen "
    "chancellor ambassador professor judge senator governor mayor secretary chief director"
)
_TITLES = frozenset(key_of(word) for word in _OFFICES.split())


class Relation(Enum):
    """How one value stands to another."""

    SAME = "same"
    DIFFERENT = "different"
    NEITHER = "neither"


@dataclass(frozen=True, slots=True, kw_only=True)
class Amount:
    """A figure and the word that says what it counts or measures."""

    figure: Figure
    measure: str
    """Key of that word, singular; empty where there is none."""
    further: frozenset[str] = frozenset()
    """Keys of the words right after it: of "310 electric cars" the cars."""
    about: bool = False
    """Whether it is given as rounded or as a bound."""
    bound: bool = False
    """Whether it is given as a bound, at least or up to, or as a part of something."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """A day, month, year or time of day, as far as it is given."""

    year: int | None = None
    month: int | None = None
    day: int | None = None
    minutes: int | None = None
    """Since midnight."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Name:
    """A name's words as comparable keys, without titles."""

    keys: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stance:
    """Whether a sentence affirms what the question asks."""

    affirmed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Phrase:
    """Other words, as the keys of those that carry meaning: the same or not, never different."""

    keys: frozenset[str]


Value = Amount | Moment | Name | Stance | Phrase


def amount_of(words: str, before: str = "", after: str = "") -> Amount | None:
    """The one figure of the answering `words`; None where there is none or more than one.
    `before` and `after` are the rest of its sentence."""
    found = figures_of(words)
    if len(found) != 1:
        return None
    (one,) = found
    figure = one.what
    if not isinstance(figure, Figure):
        return None
    lead = before + words[: one.start]
    rest = (words[one.end :] + after).lstrip()
    things = [] if figure.unit else counted(lead, rest)
    return Amount(
        figure=figure,
        measure=things[0] if things else "",
        further=frozenset(things[1:]),
        about=_ABOUT.search(f"{lead.rstrip()} ") is not None,
        bound=_ONE_SIDED.search(f"{lead.rstrip()} ") is not None or _PART.match(rest) is not None,
    )


def whole_figure(words: str) -> Amount | None:
    """The words as a figure with its unit, where they are nothing else: "41 per cent"."""
    found = figures_of(words)
    if len(found) != 1 or (found[0].start, found[0].end) != (0, len(words)):
        return None
    amount = amount_of(words)
    return amount if amount is not None and amount.figure.unit else None


def count_the_same(one: Amount, other: Amount) -> bool:
    """Whether both count or measure the same: "electric cars" and "cars" do."""
    if one.measure == other.measure:
        return True
    return bool(one.measure and other.measure) and (
        one.measure in other.further or other.measure in one.further
    )


def names_nobody(words: str) -> bool:
    """Whether the words only say where somebody is from: "The Italian", "A Dane"."""
    article, _, rest = words.strip().partition(" ")
    return article.lower() in _ARTICLES and _OF_A_PEOPLE.fullmatch(rest) is not None


def moment_of(words: str) -> Moment | None:
    """The one day, month, year or time of day that the words name."""
    minutes = _minutes(words)
    if minutes is not None:
        return Moment(minutes=minutes)
    days = [one.what for one in days_of(words) if isinstance(one.what, Day)]
    if len(days) == 1:
        return Moment(year=days[0].year, month=days[0].month, day=days[0].day)
    months = {_MONTHS[match.group().lower()] for match in _MONTH.finditer(words)}
    years = {int(match.group()) for match in _YEAR.finditer(words)}
    if days or len(months) > 1 or len(years) > 1 or not (months or years):
        return None
    return Moment(year=next(iter(years), None), month=next(iter(months), None))


def name_of(words: str) -> Name | None:
    """The one name that the words are, with or without what its bearer is; None for lists and for
    words that hold no name."""
    if _JOINED.search(words) or names_nobody(words):
        return None
    terms = [t for t in terms_of(words) if not t.is_stop_word and t.key not in _TITLES]
    own = [t for t in terms if t.is_capitalised and t.text.lower() not in CALENDAR]
    if not own or any(t.is_number for t in terms) or len(terms) - len(own) > _MOST_ROLE_WORDS:
        return None
    return Name(keys=tuple(t.key for t in own))


def phrase_of(words: str) -> Phrase:
    """Words of any kind."""
    return Phrase(keys=frozenset(t.key for t in terms_of(words) if not t.is_stop_word))


def compare(one: Value, other: Value) -> Relation:
    """How two values stand to each other; symmetric."""
    if isinstance(one, Amount) and isinstance(other, Amount):
        return _amounts(one, other)
    if isinstance(one, Moment) and isinstance(other, Moment):
        return _moments(one, other)
    if isinstance(one, Name) and isinstance(other, Name):
        return _names(one, other)
    if isinstance(one, Stance) and isinstance(other, Stance):
        return Relation.SAME if one.affirmed == other.affirmed else Relation.DIFFERENT
    if isinstance(one, Phrase) and isinstance(other, Phrase):
        smaller, larger = sorted((one.keys, other.keys), key=len)
        return Relation.SAME if smaller and smaller <= larger else Relation.NEITHER
    return Relation.NEITHER


def _amounts(one: Amount, other: Amount) -> Relation:
    if one.figure.unit != other.figure.unit:
        return Relation.NEITHER
    same = count_the_same(one, other)
    if not same and one.measure and other.measure:
        return Relation.NEITHER
    if one.figure.value == other.figure.value:
        return Relation.SAME
    left, right = _number(one.figure.value), _number(other.figure.value)
    if left is None or right is None or one.bound or other.bound:
        return Relation.NEITHER
    apart = abs(left - right) / max(abs(left), abs(right))
    if apart <= ROUNDED and (one.about or other.about):
        return Relation.NEITHER
    return Relation.DIFFERENT if same else Relation.NEITHER


def _number(value: str) -> Decimal | None:
    try:
        return Decimal(value)
    except InvalidOperation:  # a share or a multiple: 1/3, x2
        return None


def _moments(one: Moment, other: Moment) -> Relation:
    parts = [
        (one.year, other.year),
        (one.month, other.month),
        (one.day, other.day),
        (one.minutes, other.minutes),
    ]
    shared = [(a, b) for a, b in parts if a is not None and b is not None]
    if not shared:
        return Relation.NEITHER
    if any(a != b for a, b in shared):
        return Relation.DIFFERENT
    return Relation.SAME


def _names(one: Name, other: Name) -> Relation:
    shorter, longer = sorted((one.keys, other.keys), key=len)
    common = [key for key in shorter if any(same_name(key, each) for each in longer)]
    if len(common) == len(shorter):
        return Relation.SAME
    return Relation.NEITHER if common else Relation.DIFFERENT


def _minutes(words: str) -> int | None:
    found = _CLOCK.search(words)
    if found:
        hour = int(found["hour"]) % 12 + (12 if found["half"].lower() == "p" else 0)
    else:
        found = _CLOCK_24.search(words)
        if found is None:
            return None
        hour = int(found["hour"])
    return hour * 60 + int(found["minute"] or 0)


def amounts_in(text: str) -> list[Amount]:
    """Every figure of a text with what it counts, in text order."""
    found = (
        amount_of(text[one.start : one.end], text[: one.start], text[one.end :])
        for one in figures_of(text)
    )
    return [one for one in found if one is not None]
