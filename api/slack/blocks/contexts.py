"""The window that shows quotes where they stand in their articles."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Protocol

from api.slack.blocks.actions import CALLBACK_CONTEXT
from api.slack.blocks.elements import Block, View, paragraph, rich, small, text, words_of
from api.slack.blocks.limits import MOST_VIEW, MOST_VIEW_BLOCKS, measured
from api.slack.blocks.quoting import (
    Run,
    blocks_of,
    link_to,
    named_source,
    passage_runs,
    passage_source,
    runs_of,
)
from api.slack.blocks.words import article_title, carried, day
from rag.records import Answer, Citation, Outcome, RetrievedPassage

AROUND = 350
"""Code points that are shown before and after a quote."""
_GONE = "This article is not in the archive any more."
_CHANGED = "This article has changed since; the quote is from the version before."
_MORE = "There is more than fits into this window; the other quotes are in the answer."
_ROOM = 1_500


class Words(Protocol):
    """An article, as far as the window shows it."""

    @property
    def text(self) -> str:
        """Its stored text."""


def context_modal(
    answer: Answer,
    articles: Mapping[str, Words],
    n: int | None = None,
    *,
    page: str | None = None,
) -> View:
    """The answer's quotes, or its quote `n`, with what stands around them, by article; of an
    answer that was not found the nearest passages in full. `articles` by their ids."""
    found = answer.outcome is Outcome.ANSWERED
    blocks: list[Block] = []
    for whole, bare in _sections(answer, articles, n, page):
        fitting = next((each for each in (whole, bare) if _fits([*blocks, *each])), None)
        if fitting is None:
            blocks.append(small(_MORE))
            break
        blocks += [*([{"type": "divider"}] if blocks else []), *fitting]
    return {
        "type": "modal",
        "callback_id": CALLBACK_CONTEXT,
        "title": words_of("Quotes in context" if found else "Nearest passages"),
        "close": words_of("Close"),
        "blocks": blocks or [small("There is nothing to show.")],
    }


def _sections(
    answer: Answer, articles: Mapping[str, Words], n: int | None, page: str | None
) -> Iterator[tuple[list[Block], list[Block]]]:
    """What is shown of each article: with what stands around the quotes, and without."""
    if answer.outcome is not Outcome.ANSWERED:
        for passage in answer.retrieved:
            section = _passage(passage, page)
            yield section, section
        return
    by_article: dict[str, list[Citation]] = {}
    for citation in answer.citations:
        if n is None or citation.n == n:
            by_article.setdefault(citation.article_id, []).append(citation)
    for article_id, citations in by_article.items():
        ordered = sorted(citations, key=lambda citation: (citation.start, citation.end))
        article = articles.get(article_id)
        head = _head(citations, page)
        bare = [*head, *_bare(ordered)]
        if article is None:
            bare = [*head, small(_GONE), *_bare(ordered)]
            yield bare, bare
        elif any(article.text[c.start : c.end] != c.quote for c in ordered):
            bare = [*head, small(_CHANGED), *_bare(ordered)]
            yield bare, bare
        else:
            yield [*head, *_around(ordered, article.text)], bare


def _head(citations: Sequence[Citation], page: str | None) -> list[Block]:
    first = citations[0]
    link, opens = link_to(first, page)
    title = article_title(first.title) or "Untitled"
    others = [other for citation in citations for other in citation.also_carried_by]
    lines = [named_source(first.publisher, day(first.published_at), ""), carried(others)]
    return [
        rich(paragraph(text(title, bold=True))),
        small("\n".join(filter(None, lines)), link=link, opens=opens),
    ]


def _bare(citations: Iterable[Citation]) -> list[Block]:
    return [block for one in citations for block in blocks_of(runs_of(one), quote=True)]


def _around(citations: Sequence[Citation], text: str) -> list[Block]:
    blocks: list[Block] = []
    shown_to = _begin(text, citations[0].start)
    cut = shown_to > 0
    for citation, follower in zip(citations, [*citations[1:], None], strict=True):
        blocks += _plain(text[shown_to : citation.start], cut_before=cut)
        blocks += blocks_of(runs_of(citation), quote=True)
        end = _end(text, citation.end)
        joins = follower is not None and _begin(text, follower.start) <= end
        if joins:
            shown_to, cut = max(citation.end, shown_to), False
            continue
        blocks += _plain(text[citation.end : end], cut_after=end < len(text))
        if follower is not None:
            shown_to, cut = _begin(text, follower.start), True
    return blocks


def _plain(text: str, *, cut_before: bool = False, cut_after: bool = False) -> list[Block]:
    words = text.strip()
    if not words:
        return []
    shown = f"{'… ' * cut_before}{words}{' …' * cut_after}"
    return blocks_of([Run(words=shown)], quote=False)


def _begin(text: str, start: int) -> int:
    """Where what stands before a quote begins: with a word."""
    begin = max(start - AROUND, 0)
    space = text.find(" ", begin, start)
    return begin if begin == 0 or space < 0 else space + 1


def _end(text: str, end: int) -> int:
    """Where what stands after a quote ends: with a word."""
    last = min(end + AROUND, len(text))
    space = text.rfind(" ", end, last)
    return last if last == len(text) or space < 0 else space


def _passage(passage: RetrievedPassage, page: str | None) -> list[Block]:
    return [
        *blocks_of(passage_runs(passage.text), quote=True),
        passage_source(passage, page),
    ]


def _fits(blocks: Sequence[Block]) -> bool:
    return len(blocks) < MOST_VIEW_BLOCKS - 2 and measured(blocks) <= MOST_VIEW - _ROOM
