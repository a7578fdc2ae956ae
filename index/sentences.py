"""Where sentences begin and end, as exact spans of the text.

The boundaries come from a library chosen by measurement (docs/decisions/0004). What is added
here: paragraphs never share a sentence, a dateline is no part of the first sentence, a title such
as "Gov." ends none, a Roman number may end one, and a piece without a single letter or digit (a
stray closing quote) belongs to its neighbour.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator

from index.records import Span

_PARAGRAPH = re.compile(r"\S[^\n]*(?:\n(?![^\S\n]*\n)[^\n]*)*")

_PLACE = r"[A-ZÀ-ÖØ-Þ][A-ZÀ-ÖØ-Þ.'’\-]+(?:[ /][A-ZÀ-ÖØ-Þ][A-ZÀ-ÖØ-Þ.'’\-]+){0,4}"
_REGION = r"(?:,\s(?:[^\W\d_][\w.'’\-]*\s?){1,3})?"
_DAY = r"(?:,\s[A-Z][a-z]{2,8}\.?\s\d{1,2}(?:,\s\d{4})?)?"
_OUTLET = r"\([A-Z][\w.&'’\-]*(?:[ /][\w.&'’\-]+){0,3}\)"
_AGENCY = (
    r"\((?:AA|AFP|ANI|ANSA|AP|APA|BBC|Bloomberg|CNN|CP|dpa|DPA|EFE|IANS|Interfax|IRNA|KUNA|Kyodo"
    r"|PA|PTI|RFE/RL|Reuters|REUTERS|SANA|SPA|TASS|UPI|WAM|Xinhua|Yonhap)\)"
)
_MIXED_CASE_PLACE = r"(?:[^\W\d_][\w.'’\-]*[, ]+){1,4}"
_DASH = r"\s?(?:—|–|--|-)\s+"
DATELINE = re.compile(
    rf"(?:{_PLACE}{_REGION}{_DAY}(?:\s{_OUTLET})?|(?:{_MIXED_CASE_PLACE})?{_AGENCY})"
    rf"{_DASH}(?=[\"“‘'«]?[A-Z0-9À-Þ$€£])"
)
"""A place in capitals, or a known agency in brackets, then a dash: `PARIS — `, `Rome (ANSA) – `."""

_LONGEST_TITLE = 8
_NEVER_LAST = re.compile(
    r"(?<!\w)(?:Gov|Govs|Rep|Reps|Sens|Lt|Sgt|Cpl|Pvt|Pte|Pfc|Spc|Maj|Gens|Cmdr|Supt|Insp|Det|Cllr"
    r"|Amb|Atty|Rev|Revs|Hon|Messrs|Mme|Mlle|Drs|Profs|Nos|Pp|pp|Wm|Chas|Geo|Thos)\.$"
)
"""Titles and the like, always followed by a name or number, that the library does not know."""
_ORDINAL_LAST = re.compile(
    r"(?<=\w )(?:II|III|IV|VI{1,3}|IX|X[IVX]+)\.[\"”’')]*\s+(?=[\"“‘']?[A-ZÀ-Þ])"
)
"""A Roman number that ends a sentence ("World War II. Delegations …"); the library takes it for
initials. One letter may be an initial."""


def split_sentences(text: str) -> list[Span]:
    """Spans of the sentences of `text`: ascending, disjoint, stripped, never blank.

    A sentence never crosses a blank line. Every character that is not white space lies in exactly
    one span, except those of a dateline (`PARIS — `) at the start of a paragraph, which lie in
    none, so that the sentence after it reads well as a quote.
    """
    return list(iterate_sentences(text))


def iterate_sentences(text: str) -> Iterator[Span]:
    """As `split_sentences`, one after another, for callers who need only the first few."""
    for paragraph in _PARAGRAPH.finditer(text):
        dateline = DATELINE.match(text, paragraph.start(), paragraph.end())
        start = dateline.end() if dateline else paragraph.start()
        yield from _sentences_of(text, start, paragraph.end())


def _sentences_of(text: str, start: int, end: int) -> Iterator[Span]:
    """Spans of one paragraph's sentences, pieces that are none joined to their neighbours."""
    pending: Span | None = None
    for first, last in _boundaries(text[start:end]):
        span = _stripped(text, start + first, start + last)
        if span is None:
            continue
        if pending is None:
            pending = span
        elif _belong_together(text, pending, span):
            pending = Span(pending.start, span.end)
        else:
            yield pending
            pending = span
    if pending is not None:
        yield pending


def _belong_together(text: str, left: Span, right: Span) -> bool:
    """Whether the library cut after a title (`Gov.`) or cut off what is no sentence."""
    if _NEVER_LAST.search(text, max(left.start, left.end - _LONGEST_TITLE), left.end):
        return True
    return not (_has_words(text, left) and _has_words(text, right))


def _has_words(text: str, span: Span) -> bool:
    return any(map(str.isalnum, text[span.start : span.end]))


def _stripped(text: str, start: int, end: int) -> Span | None:
    """The span without the white space at its ends; None when nothing is left."""
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return Span(start, end) if start < end else None


def _boundaries(paragraph: str) -> Iterator[tuple[int, int]]:
    """Half-open ranges that tile the paragraph, one for each sentence."""
    from syntok import segmenter

    starts = [
        sentence[0].offset
        for block in segmenter.process(paragraph)
        for sentence in block
        if sentence
    ]
    starts[1:] += (match.end() for match in _ORDINAL_LAST.finditer(paragraph))
    edges = [0, *sorted(set(starts[1:])), len(paragraph)]
    return itertools.pairwise(edges)
