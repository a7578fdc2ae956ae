"""Names of English text as runs of capitalised words. Pure."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rag.reading.gazetteer import CALENDAR, COUNTRIES
from rag.reading.terms import Term, key_of, same_name, terms_of

_HONORIFICS = frozenset({"mr", "mrs", "ms", "mx", "dr", "prof", "sir", "dame", "lord", "lady"})
_OFFICES = (
    "ambassador archbishop bishop captain chancellor chairman chief colonel commander "
    "commissioner congressman councillor deputy director emperor envoy foreign general governor "
    "imam judge justice king leader lieutenant mayor minister officer pope president premier "
    "prime prince princess professor queen rabbi representative secretary senator sergeant "
    "speaker spokesman spokeswoman vice"
)
_TITLES = frozenset(key_of(word) for word in _OFFICES.split())
_OPENERS = frozenset(
    {
        "accord", "additional", "afterward", "although", "alongside", "amid", "anyone", "apart",
        "because", "besid", "despit", "earlier", "everyon", "final", "follow", "furthermor",
        "howev", "includ", "initi", "instead", "later", "like", "mani", "meanwhil", "moreov",
        "most", "nevertheless", "none", "nonetheless", "once", "origin", "previous", "rather",
        "recent", "sever", "similar", "sinc", "some", "someon", "still", "subsequ", "therefor",
        "though", "thus", "today", "togeth", "toward", "unlik", "upon", "whenev", "wherea",
        "whether", "whi", "yet",
    }
)  # fmt: skip
"""Stems of words that open sentences and are nobody's name."""
_UNIONS = (
    (re.compile(r"\bUnited\s+States(?:\s+of\s+America)?\b|\bU\.\s?S(?!\w)(?!\.)"), "America"),
    (re.compile(r"\bUnited\s+Kingdom\b|\bU\.\s?K(?!\w)(?!\.)"), "Britain"),
    (re.compile(r"\bEuropean\s+Union\b"), "EU"),
)
"""Names of several words that the aliases of terms know by one."""
_BETWEEN = re.compile(r"[ \u00a0-]|(?<=\.) |’s |'s |, (?=Jr|Sr)")
_MONTHS = {
    "jan": "january", "feb": "february", "mar": "march", "apr": "april", "jun": "june",
    "jul": "july", "aug": "august", "sep": "september", "sept": "september", "oct": "october",
    "nov": "november", "dec": "december", "mon": "monday", "tue": "tuesday", "wed": "wednesday",
    "thu": "thursday", "fri": "friday", "sat": "saturday", "sun": "sunday",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownNames:
    """The words of evidence that a name can be matched with."""

    keys: frozenset[str]
    """Of all words, in any case."""
    capitalised: frozenset[str]
    pairs: frozenset[tuple[str, str]]
    """Keys of words that stand side by side."""
    initials: frozenset[str]
    """Of the runs of capitalised words."""


def known_names(texts: Sequence[str]) -> KnownNames:
    """What evidence offers, each text for itself."""
    keys: set[str] = set()
    capitalised: set[str] = set()
    pairs: set[tuple[str, str]] = set()
    initials: set[str] = set()
    for text in texts:
        text = _in_one_word(text)
        terms = terms_of(text)
        keys |= {_key(term) for term in terms}
        capitalised |= {_key(term) for term in terms if term.is_capitalised}
        held = [term for term in terms if term.is_capitalised or not term.is_stop_word]
        pairs |= {(_key(a), _key(b)) for a, b in itertools.pairwise(held)}
        initials |= {
            "".join(term.text[0] for term in run[first:last]).lower()
            for run in _runs(terms, text)
            for first in range(len(run))
            for last in range(first + 2, len(run) + 1)
        }
    return KnownNames(
        keys=frozenset(keys),
        capitalised=frozenset(capitalised),
        pairs=frozenset(pairs),
        initials=frozenset(initials),
    )


def unknown_names(claim: str, known: KnownNames) -> list[Term]:
    """The words of the claim's names that the evidence lacks, and those that it joins to other
    words: from Ada Brook and Ilse Varn, no Ada Varn."""
    unknown: list[Term] = []
    claim = _in_one_word(claim)
    terms = terms_of(claim)
    for run in _runs(terms, claim):
        named = [term for term in run if not _is_plain_opening(term, terms, run)]
        named = [term for term in named if not term.is_number]  # figures are not names
        lacking = [term for term in named if not _is_known(term, known)]
        unknown += lacking
        if not lacking:
            unknown += [
                second
                for first, second in itertools.pairwise(named)
                if _belong_together(first, second) and not _are_together(first, second, known)
            ]
    return unknown


def _runs(terms: Sequence[Term], text: str) -> Iterator[list[Term]]:
    """Capitalised words that nothing but a space or hyphen parts."""
    run: list[Term] = []
    for term in terms:
        if run and not (term.is_capitalised and _BETWEEN.fullmatch(text[run[-1].end : term.start])):
            yield run
            run = []
        if term.is_capitalised and (run or term.text == "I" or not term.is_stop_word):
            run.append(term)
    if run:
        yield run


def _is_plain_opening(term: Term, terms: Sequence[Term], run: Sequence[Term]) -> bool:
    """Whether a sentence's first word is capitalised for its place alone, as its ending tells."""
    if term is not terms[0] or term.text.isupper():
        return False
    if len(run) > 1 and not run[1].is_stop_word:
        return False
    if term.key in _OPENERS:
        return True
    return re.search(r"(?:ing|ly|tion|tions|ment|ments|ities|ness|als)$", term.text) is not None


def _is_known(term: Term, known: KnownNames) -> bool:
    key = _key(term)
    if key in known.keys or key in _HONORIFICS:
        return True
    if term.text.isupper() and len(key) > 1 and key in known.initials:
        return True
    return any(same_name(key, other) for other in known.capitalised)


def _belong_together(first: Term, second: Term) -> bool:
    """Whether two words side by side make one name, and are no title, country or day."""
    return not any(
        _key(term) in _TITLES
        or _key(term) in _HONORIFICS
        or _key(term) in COUNTRIES
        or _key(term) in CALENDAR
        or term.is_stop_word
        or term.text.isupper()
        for term in (first, second)
    )


def _are_together(first: Term, second: Term, known: KnownNames) -> bool:
    pair = (_key(first), _key(second))
    if pair in known.pairs or pair[::-1] in known.pairs:
        return True
    return any(same_name(pair[0], a) and same_name(pair[1], b) for a, b in known.pairs)


def _in_one_word(text: str) -> str:
    """The text with those unions named in one word; offsets move."""
    for pattern, word in _UNIONS:
        text = pattern.sub(word, text)
    return text


def _key(term: Term) -> str:
    return _MONTHS.get(term.key, term.key)
