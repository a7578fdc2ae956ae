"""Where the words of gold evidence are inside a passage, for a report to mark them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from difflib import SequenceMatcher

from eval.evidence import find_quote
from index.records import Span

_WORD = re.compile(r"\S+")


def evidence_spans(text: str, quotes: Iterable[str]) -> list[Span]:
    """Return where the text holds the quotes, ascending and without overlaps (code points).

    Of a quote that is not there whole, the longest run of its words is marked.
    """
    found: list[Span] = []
    for quote in quotes:
        found += find_quote(quote, text) or _longest_run(text, quote)
    return _merged(found)


def _longest_run(text: str, quote: str) -> list[Span]:
    """Return the span of the longest run of words that both have, case aside; of none, nothing."""
    places = [match.span() for match in _WORD.finditer(text)]
    words = [text[start:end].casefold() for start, end in places]
    matcher = SequenceMatcher(None, words, quote.casefold().split(), autojunk=False)
    run = matcher.find_longest_match()
    if not run.size:
        return []
    return [Span(places[run.a][0], places[run.a + run.size - 1][1])]


def _merged(spans: Iterable[Span]) -> list[Span]:
    merged: list[Span] = []
    for span in sorted(spans):
        if merged and span.start <= merged[-1].end:
            merged[-1] = Span(merged[-1].start, max(merged[-1].end, span.end))
        else:
            merged.append(span)
    return merged
