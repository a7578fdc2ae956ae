"""Quotes as they are shown: the words beside a bar, what answers in bold, the source below."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from urllib.parse import urlencode

from api.slack.blocks import words
from api.slack.blocks.elements import Block, Element, paragraph, quotation, rich, small, text
from api.slack.blocks.limits import MOST_BLOCK, measured, pieces
from api.slack.escaping import WebLink, closing, web_link
from rag.records import Citation, RetrievedPassage

MOST_RUN = 1_800
"""Of JSON in one text element."""
IN_ARCHIVE = "Open in the archive"


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """Words in one style."""

    words: str
    bold: bool = False
    italic: bool = False


def runs_of(citation: Citation) -> list[Run]:
    """The quote with its answering words bold and its glosses in brackets, italic; then its number.

    Without the italic runs and the number, it is the quote letter for letter.
    """
    bold = _inside(citation)
    glosses: dict[int, list[str]] = {}
    for gloss in citation.glosses:
        place = min(max(gloss.at - citation.start, 0), len(citation.quote))
        glosses.setdefault(place, []).append(gloss.text)
    cuts = sorted({0, len(citation.quote), *glosses, *(end for span in bold for end in span)})
    runs: list[Run] = []
    for start, end in zip(cuts, [*cuts[1:], None], strict=True):
        runs += [Run(words=f" [{gloss}]", italic=True) for gloss in glosses.get(start, ())]
        if end is not None and end > start:
            is_bold = any(low <= start and end <= high for low, high in bold)
            runs.append(Run(words=citation.quote[start:end], bold=is_bold))
    said = "".join(run.words for run in runs)
    return [*runs, Run(words=f"{closing(said)} [{citation.n}]", italic=True)]


def passage_runs(passage: str, bold: Sequence[tuple[int, int]] = ()) -> list[Run]:
    """Words with some of them bold; half-open ranges of code points, in order."""
    cuts = sorted({0, len(passage), *(end for span in bold for end in span)})
    return [
        Run(words=passage[low:high], bold=any(a <= low and high <= b for a, b in bold))
        for low, high in pairwise(cuts)
    ]


def quoted(citations: Iterable[Citation], page: str | None) -> list[list[Block]]:
    """The quotes, those of one article together with its source below, as long as they fit into
    one block: each list of blocks belongs together. `page` is the address of Quoth's page, for
    articles that have none of their own."""
    groups: list[list[Block]] = []
    for _, same in groupby(citations, key=lambda citation: citation.article_id):
        of_one = list(same)
        together = _together(of_one)
        if len(together) == 1:
            groups.append([*together, source(of_one, page)])
            continue
        groups += [[*_together([each]), source([each], page)] for each in of_one]
    return groups


def _together(citations: Iterable[Citation]) -> list[Block]:
    runs: list[Run] = []
    for citation in citations:
        runs += [Run(words="\n")] if runs else []
        runs += runs_of(citation)
    return blocks_of(runs, quote=True)


def blocks_of(runs: Iterable[Run], *, quote: bool) -> list[Block]:
    """The runs in blocks that are each small enough, beside a bar or not; nothing is lost."""
    wrap = quotation if quote else lambda elements: paragraph(*elements)
    blocks: list[Block] = []
    elements: list[Element] = []
    for element in _elements(runs):
        if elements and measured([*elements, element]) > MOST_BLOCK:
            blocks.append(rich(wrap(elements)))
            elements = []
        elements.append(element)
    return [*blocks, rich(wrap(elements))] if elements else blocks


def source(citations: Sequence[Citation], page: str | None) -> Block:
    """Whose words these are: publisher, day, title, who else carries them, and a link."""
    first = citations[0]
    others = [other for citation in citations for other in citation.also_carried_by]
    named = named_source(first.publisher, words.day(first.published_at), first.title)
    lines = [named, words.carried(others)]
    link, opens = link_to(first, page)
    return small("\n".join(filter(None, lines)), link=link, opens=opens)


def passage_source(passage: RetrievedPassage, page: str | None) -> Block:
    """Whose passage this is."""
    named = named_source(passage.publisher, words.day(passage.published_at), passage.title)
    link, opens = link_to(passage, page)
    return small(named, link=link, opens=opens)


def named_source(publisher: str | None, day: str, title: str) -> str:
    """`Harbour Ledger · 6 January 2026 · Allies Near an Accord`."""
    facts = (words.publisher(publisher), day, words.article_title(title))
    return " · ".join(filter(None, facts))


def link_to(
    found: Citation | RetrievedPassage, page: str | None
) -> tuple[WebLink | None, str | None]:
    """Where the words can be read in full, and what the link says; None: its host's name."""
    own = web_link(found.url)
    if own is not None or page is None:
        return own, None
    span = f"{found.start}-{found.end}"
    query = urlencode({"article": found.article_id, "at": span})
    return web_link(f"{page.rstrip('/')}/?{query}"), IN_ARCHIVE


def _inside(citation: Citation) -> list[tuple[int, int]]:
    """The answering words, as places in the quote."""
    places = [
        (max(mark.start - citation.start, 0), min(mark.end - citation.start, len(citation.quote)))
        for mark in citation.marks
    ]
    return [(start, end) for start, end in places if start < end]


def _elements(runs: Iterable[Run]) -> Iterator[Element]:
    for run in runs:
        for piece in pieces(run.words, MOST_RUN):
            yield text(piece, bold=run.bold, italic=run.italic)
