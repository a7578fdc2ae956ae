"""The people whom a text names, strictly: what is only capitalised is nobody.

A run of capitalised words is a person where its first word is a first name, an office or "Mr"
stands before it, its office or age behind it, or it is the last name of such a person.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from index.records import Span
from rag.presentation.gazetteer import (
    EITHER,
    FAMILY,
    HE,
    HE_TITLES,
    OFFICES,
    PLACE_WORDS,
    PLACES,
    SHE,
    SHE_TITLES,
    TITLES,
)
from rag.reading.gazetteer import CALENDAR, COUNTRIES, ORGANISATION_WORDS
from rag.reading.terms import STOP_WORDS, fold, key_of


class Sex(StrEnum):
    """Which pronoun stands for a person."""

    HE = "he"
    SHE = "she"


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A mention of a person."""

    name: str
    """As fully as the text has it anywhere: "Keir Starmer" for "Starmer"."""
    start: int
    """Where the mention begins, with the office before it."""
    end: int
    sex: Sex | None
    owner: bool
    """Whether it is a genitive: "Macron's"."""
    offices: frozenset[str]
    """Offices that stand beside the name, folded: "prime minister"."""


@dataclass(frozen=True, slots=True, kw_only=True)
class People:
    """Who and what is named in a text, in order."""

    persons: tuple[Person, ...]
    others: tuple[Span, ...]
    """Other capitalised names, which may or may not be persons."""
    places: tuple[Span, ...]
    """Names of places, bodies and peoples."""


OFFICE = rf"(?:{OFFICES})"
_ROLE = re.compile(rf"(?<![\w-])(?:{OFFICES}|{FAMILY})(?![\w-])", re.IGNORECASE)
_SEXED = {
    Sex.HE: re.compile(
        r"\b(?:spokesman|chairman|congressman|king|husband|son(?:-in-law)?|brother|father|man|boy"
        r"|actor|fisherman|widower|uncle|nephew|grandson|grandfather|businessman)\b",
        re.IGNORECASE,
    ),
    Sex.SHE: re.compile(
        r"\b(?:spokeswoman|chairwoman|congresswoman|queen|wife|daughter(?:-in-law)?|sister|mother"
        r"|woman|girl|actress|widow|aunt|niece|granddaughter|grandmother|businesswoman)\b",
        re.IGNORECASE,
    ),
}
_PARTICLE = r"(?:de|van|von|der|den|al|bin|da|del|la|le|di|dos|ter|zu)"
_ABBREVIATION = (
    r"(?:[A-ZÀ-ÖØ-Þ]|Mr|Mrs|Ms|Dr|Prof|Gen|Col|Capt|Lt|Sgt|Gov|Sen|Rep|Rev|St)\.(?= [A-ZÀ-ÖØ-Þ])"
)
_WORD = rf"(?:{_ABBREVIATION}|[A-ZÀ-ÖØ-Þ](?:[\w’'-]*\w)?)"
_RUN = re.compile(rf"(?<![\w.’'-]){_WORD}(?: (?:{_PARTICLE} ){{0,2}}{_WORD})*")
_GENITIVE = re.compile(r"['’]s?$")
_APPOSED = re.compile(
    rf"(?:, | \()(?:(?:who is|now|then|then the)\s)?(?P<description>(?:[\w’'-]+ ){{0,5}}?"
    rf"(?:{OFFICES}|{FAMILY}))\b(?= (?:of|for|at|in|to|with|and)\b|[,.;)])",
    re.IGNORECASE,
)
_AGED = re.compile(r", \d{2}(?=[,.])")
_NOT_OF_A_PERSON = re.compile(
    rf"\b(?:in|at|near|outside|around|across|into|towards?)(?: the)?(?: \w+)? $"
    rf"|\b(?:of|for|from|to|by) the $|“$"
    rf"|\b(?:{OFFICES})s? (?:of|for|at|in) (?:the )?(?-i:[A-Z][\w-]+,? )*(?:and )?$",
    re.IGNORECASE,
)
"""What stands before a name that is no person's: a place, a body, a department, a quotation."""
_OPENER = re.compile(r"(?:ing|ly|ed|wards?|while|ever|though|less)$")
"""Endings of words that open a sentence and are nobody's name."""
_NOT_A_NAME = STOP_WORDS | CALENDAR | {"last", "next"}
_REACH = 60
_LONGEST_NAME = 5


def people_in(text: str) -> People:
    """The persons and other names of `text`, in order."""
    runs = [run for run in _runs(text) if run.words]
    full: dict[str, set[str]] = {}
    sexes: dict[str, Sex] = {}
    offices: dict[str, set[str]] = {}
    told = [(run, run.is_person(text)) for run in runs]
    for run, is_person in told:
        if is_person and len(run.words) > 1:
            full.setdefault(fold(run.words[-1]), set()).add(" ".join(run.words))
    found: list[tuple[_Run, str]] = []
    others: list[Span] = []
    places: list[Span] = []
    for run, is_person in told:
        name = " ".join(run.words)
        known = full.get(fold(run.words[-1]), set())
        if not is_person and len(run.words) == 2 and known and run.opens(text):
            run = run.without_opener()  # "Later Holt left"
        if len(run.words) == 1 and len(known) == 1:
            name, is_person = next(iter(known)), True
        if not is_person:
            kind = places if run.is_a_place(text) else others
            kind.append(Span(run.start, run.end))
            continue
        sex = run.sex(text)
        if sex:
            sexes.setdefault(name, sex)
        offices.setdefault(name, set()).update(run.offices(text))
        found.append((run, name))
    persons = [
        Person(
            name=name,
            start=run.start,
            end=run.end,
            sex=sexes.get(name),
            owner=run.owner,
            offices=frozenset(offices[name]),
        )
        for run, name in found
    ]
    return People(persons=tuple(persons), others=tuple(others), places=tuple(places))


def roles_in(text: str) -> Iterator[re.Match[str]]:
    """Offices and relations in words, in order: "minister", "his wife"."""
    return _ROLE.finditer(text)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Run:
    """Capitalised words side by side, the titles at their head apart."""

    start: int
    end: int
    titles: tuple[str, ...]
    words: tuple[str, ...]
    owner: bool

    def is_person(self, text: str) -> bool:
        folded = [fold(word) for word in self.words]
        if any(word in ORGANISATION_WORDS or word in PLACE_WORDS for word in folded):
            return False
        if any(word in COUNTRIES for word in folded) or key_of(self.words[-1]) in _COUNTRY_KEYS:
            return False
        if len(self.words) > _LONGEST_NAME:
            return False
        if self.titles:
            return True
        if len(self.words) == 1:
            return False
        if folded[0].rstrip(".") in HE | SHE | EITHER:
            return True
        if any(word.isupper() and len(word) > 2 for word in self.words):
            return False
        after = text[self.end : self.end + _REACH]
        return bool(_AGED.match(after) or self._descriptions(text))

    def is_a_place(self, text: str) -> bool:
        """Whether it is, or stands as, what no pronoun for persons means."""
        folded = [fold(word) for word in self.words]
        return (
            any(word in ORGANISATION_WORDS or word in PLACE_WORDS for word in folded)
            or any(word in COUNTRIES or key_of(word) in _COUNTRY_KEYS for word in folded)
            or any(word.endswith(("ian", "ians", "ese", "ish")) for word in folded)
            or any(word.isupper() for word in self.words)
            or folded[0] in PLACES
            or (len(folded) == 1 and self.opens(text) and _OPENER.search(folded[0]) is not None)
            or _NOT_OF_A_PERSON.search(text[max(0, self.start - _REACH) : self.start]) is not None
        )

    def opens(self, text: str) -> bool:
        """Whether a sentence begins with it."""
        return not text[: self.start].strip() or text[: self.start].rstrip(' \n“"')[-1] in ".!?"

    def without_opener(self) -> _Run:
        """The run without its first word."""
        start = self.start + len(self.words[0]) + 1
        return replace(self, start=start, words=self.words[1:])

    def sex(self, text: str) -> Sex | None:
        first = fold(self.words[0]).rstrip(".")
        titles = set(self.titles)
        if titles & HE_TITLES:
            return Sex.HE
        if titles & SHE_TITLES:
            return Sex.SHE
        if len(self.words) > 1 and first in HE:
            return Sex.HE
        if len(self.words) > 1 and first in SHE:
            return Sex.SHE
        described = " ".join(self._descriptions(text))
        found = [sex for sex, pattern in _SEXED.items() if pattern.search(described)]
        return found[0] if len(found) == 1 else None

    def offices(self, text: str) -> set[str]:
        described = [" ".join(self.titles), *self._descriptions(text)]
        return {fold(m.group()) for each in described for m in _ROLE.finditer(each)}

    def _descriptions(self, text: str) -> list[str]:
        """Words that say what this person is, before and behind the name."""
        found = [
            role.group()
            for role in _ROLE.finditer(text, max(0, self.start - _REACH), self.start)
            if text[role.end() : self.start] in {" ", ", "}
        ]
        if not self.owner:
            behind = _APPOSED.match(text, self.end)
            if behind:
                found.append(behind["description"])
        return found


_COUNTRY_KEYS = frozenset(key_of(name) for name in COUNTRIES)


def _runs(text: str) -> Iterator[_Run]:
    for match in _RUN.finditer(text):
        words = match.group().split()
        start = match.start()
        while words and fold(words[0]).rstrip(".") in _NOT_A_NAME:
            start += len(words[0]) + 1
            words = words[1:]
        yield _run(words, min(start, match.end()), match.end())


def _run(words: list[str], start: int, end: int) -> _Run:
    """The run with its titles apart; "US" and "French" before a title belong to it."""
    at = 0
    for place, word in enumerate(words[:-1], start=1):
        folded = fold(word).rstrip(".")
        if folded in TITLES or _ROLE.fullmatch(folded) or folded == "prime":
            at = place
    titles = tuple(fold(word).rstrip(".") for word in words[:at])
    named = words[at:]
    owner = bool(named) and _GENITIVE.search(named[-1]) is not None
    if owner:
        bare = _GENITIVE.sub("", named[-1])
        end -= len(named[-1]) - len(bare)
        named = [*named[:-1], bare]
    if len(named) == 1 and _ROLE.fullmatch(named[0]):
        named = []
    if len(named) == 1 and not all(map(_may_lead_a_title, titles)):
        titles = ()  # "Florida General Contractors"
    return _Run(start=start, end=end, titles=titles, words=tuple(named), owner=owner)


def _may_lead_a_title(folded: str) -> bool:
    """Whether this word may stand before a name as title, or before its title: "us president"."""
    return (
        folded in TITLES
        or folded == "prime"
        or _ROLE.fullmatch(folded) is not None
        or key_of(folded) in _COUNTRY_KEYS
        or folded in {"us", "uk", "eu", "un", "foreign", "interior", "finance", "vice", "deputy"}
        or folded.endswith(("ian", "ish", "ese"))
    )
