"""The text nearest to a quote that is not there, and the names nearest to one that is none."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable
from dataclasses import dataclass

from index.records import Span

_WORD = re.compile(r"\S+")
_EDGE_WORDS = 4
"""How many words the window may grow or shrink at either end."""
_LEAST_LIKENESS = 70.0
"""Below this, on RapidFuzz's scale to 100, a name is no suggestion."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NearestText:
    """The run of whole words of a text that is most like a quote."""

    text: str
    """Verbatim."""
    similarity: float
    """In [0, 1]: 1 less the insertions and deletions that tell the two apart, divided by the sum
    of their lengths; letter case and kind of white space do not count."""


def nearest_text(quote: str, text: str) -> NearestText | None:
    """Return the words of the text that are most like the quote; None where it has no words.

    RapidFuzz finds the window of the quote's length that is most like it (`partial_ratio`); then
    its ends are moved to the word boundaries near by that make it most like the quote.
    """
    from rapidfuzz import fuzz

    words = [Span(*match.span()) for match in _WORD.finditer(text)]
    if not words:
        return None
    wanted, folded = _folded(quote), _folded(text)
    window = Span(0, len(text))
    if len(folded) > len(wanted):
        found = fuzz.partial_ratio_alignment(wanted, folded)
        assert found is not None  # without a cutoff there is always one
        window = Span(found.dest_start, found.dest_end)
    best = max(
        _runs_near(window, words),
        key=lambda span: (fuzz.ratio(wanted, folded[span.start : span.end]), -span.start),
    )
    similarity = fuzz.ratio(wanted, folded[best.start : best.end]) / 100
    return NearestText(text=text[best.start : best.end], similarity=similarity)


def nearest_names(name: str, names: Iterable[str], *, most: int = 3) -> list[str]:
    """Return the names that are much like the name, most alike first."""
    from rapidfuzz import fuzz, process

    found = process.extract(
        name, sorted(set(names)), scorer=fuzz.ratio, limit=most, score_cutoff=_LEAST_LIKENESS
    )
    return [match[0] for match in found]


def _runs_near(window: Span, words: list[Span]) -> Iterable[Span]:
    """Yield runs of whole words that begin and end near the window's ends."""
    inside = [
        n for n, word in enumerate(words) if word.end > window.start and word.start < window.end
    ]
    first, last = (inside[0], inside[-1]) if inside else (0, len(words) - 1)
    starts = range(max(0, first - _EDGE_WORDS), min(len(words), first + _EDGE_WORDS + 1))
    ends = range(max(0, last - _EDGE_WORDS), min(len(words), last + _EDGE_WORDS + 1))
    for start, end in itertools.product(starts, ends):
        if start <= end:
            yield Span(words[start].start, words[end].end)


def _folded(text: str) -> str:
    """Return the text in lower case with plain spaces, code point for code point."""
    return "".join(
        " " if char.isspace() else lower if len(lower := char.lower()) == 1 else char
        for char in text
    )
