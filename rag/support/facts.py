"""What must be in the evidence as it is in a sentence: figures, days, names, quoted words. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.reading.terms import fold
from rag.support.counted import counted
from rag.support.figures import Day, Figure, Found, days_of, figures_of
from rag.support.names import known_names, unknown_names

_QUOTED = re.compile(
    r"[“\"«„]([^“”\"«»„]+)[”\"»]|(?<!\w)['‘]([^'‘’]+(?:’(?=\w)[^'‘’]+)*)['’](?!\w)"
)
_MARKUP = re.compile(r"\w+://\S*|\bwww\.\S*|\]\(\S*|</?[a-zA-Z!][^>]*>?")
_WORDS = re.compile(r"\w+")


def lacking(claim: str, evidence: Sequence[str], sources: Sequence[str] = ()) -> tuple[str, ...]:
    """The figures, days, names, quoted words, links and markup of the claim that the evidence
    lacks, as the claim writes them, in its order. Names may also come from `sources`: who
    published the evidence."""
    days = days_of(claim)
    held_days = [days_of(text) for text in evidence]
    held_figures = {
        one.what
        for text, known in zip(evidence, held_days, strict=True)
        for one in (*figures_of(text, apart_from=known), *_parts_of(known))
    }
    known = {one.what for found in held_days for one in found}
    missing = [
        (one.start, claim[one.start : one.end].strip())
        for one in figures_of(claim, apart_from=days)
        if one.what not in held_figures
    ]
    missing += [
        (one.start, claim[one.start : one.end].rstrip("."))
        for one in days
        if isinstance(one.what, Day) and not any(_is_same_day(one.what, d) for d in known)
    ]
    names = known_names([*evidence, *sources])
    missing += [(term.start, term.text) for term in unknown_names(_without(claim, days), names)]
    missing += _lacking_quotes(claim, evidence)
    missing += [
        (match.start(), match.group())
        for match in _MARKUP.finditer(claim)
        if not any(match.group() in text for text in evidence)
    ]
    missing += _lacking_numerals(claim, evidence)
    missing += _miscounted(claim, evidence)
    return tuple(dict.fromkeys(text for _, text in sorted(missing)))


def _parts_of(days: Sequence[Found]) -> list[Found]:
    """The years and numbers of the month of the days, as figures by themselves."""
    return [
        Found(Figure(str(number), ""), one.start, one.end)
        for one in days
        if isinstance(one.what, Day)
        for number in (one.what.day, one.what.year)
        if number is not None
    ]


def _is_same_day(wanted: Day, held: object) -> bool:
    """Whether a day of the evidence is the one; a year that the claim gives must be there."""
    return (
        isinstance(held, Day)
        and (wanted.month, wanted.day) == (held.month, held.day)
        and wanted.year in {None, held.year}
    )


def _without(claim: str, days: Sequence[Found]) -> str:
    """The claim with its days blanked, so that offsets stay."""
    for one in days:
        claim = claim[: one.start] + " " * (one.end - one.start) + claim[one.end :]
    return claim


def _lacking_quotes(claim: str, evidence: Sequence[str]) -> list[tuple[int, str]]:
    """Words in quotation marks that are not in the evidence one after another."""
    held = [f" {_plain(text)} " for text in evidence]
    return [
        (match.start(), match.group())
        for match in _QUOTED.finditer(claim)
        if not any(f" {_plain(match[1] or match[2])} " in text for text in held)
    ]


def _lacking_numerals(claim: str, evidence: Sequence[str]) -> list[tuple[int, str]]:
    """Numerals that are no ASCII digits (½, ², Ⅳ, ٣), which no pattern here reads."""
    held = set("".join(evidence))
    return [
        (place, character)
        for place, character in enumerate(claim)
        if character.isnumeric() and not character.isascii() and character not in held
    ]


def _miscounted(claim: str, evidence: Sequence[str]) -> list[tuple[int, str]]:
    """Figures that count in the claim what only other figures count in the evidence: "900 shops"
    of "63 shops, and 900 jobs"."""
    held = [one for text in evidence for one in _counts(text)]
    missing = []
    for figure, things, start, end in _counts(claim):
        same = [others for value, others, _, _ in held if value == figure]
        if not same or not things or any(not others or things & others for others in same):
            continue
        if any(things & others for value, others, _, _ in held if value != figure):
            missing.append((start, claim[start:end].strip()))
    return missing


def _counts(text: str) -> list[tuple[Figure, frozenset[str], int, int]]:
    """Each figure without a unit, with what it counts and where it stands."""
    return [
        (
            one.what,
            frozenset(counted(text[: one.start], text[one.end :].lstrip())),
            one.start,
            one.end,
        )
        for one in figures_of(text, apart_from=days_of(text))
        if isinstance(one.what, Figure) and not one.what.unit
    ]


def _plain(text: str) -> str:
    return " ".join(_WORDS.findall(fold(text)))
