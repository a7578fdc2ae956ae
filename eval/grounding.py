"""Someone else's answer, tied to the archive: article names become ids, words become spans."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

from eval.evidence import find_quote
from eval.replies import Reply, ReplyCitation, ReplyPassage
from eval.targets.base import Articles


class _Place(NamedTuple):
    article: str
    start: int | None
    end: int | None


def ground(reply: Reply, articles: Articles) -> Reply:
    """Return the reply with ids and offsets where the archive tells them.

    Offsets that are given stay if they are right, and go if they are not: then the words have to
    speak for themselves, and the quote is not exact. What the archive does not know stays as it is.
    """
    citations, retrieved = reply.citations, reply.retrieved
    if citations is not None:
        citations = tuple(_ground_citation(citation, articles) for citation in citations)
    if retrieved is not None:
        retrieved = tuple(_ground_passage(passage, articles) for passage in retrieved)
    return replace(reply, citations=citations, retrieved=retrieved)


def _ground_citation(citation: ReplyCitation, articles: Articles) -> ReplyCitation:
    name = citation.article or citation.url
    place = _find(name, (citation.start, citation.end), citation.quote, articles)
    return citation if place is None else replace(citation, **place._asdict())


def _ground_passage(passage: ReplyPassage, articles: Articles) -> ReplyPassage:
    place = _find(passage.article, (passage.start, passage.end), passage.text, articles)
    return passage if place is None else replace(passage, **place._asdict())


def _find(
    name: str | None, given: tuple[int | None, int | None], words: str, articles: Articles
) -> _Place | None:
    """Return where the words are: the first article by id, of those named, that holds them.

    Where none does it is the first, without offsets; None where the name is no article's.
    """
    ids = sorted(articles.resolve(name)) if name is not None else []
    start, end = given
    for article_id in ids:
        text = articles.article_text(article_id) or ""
        if start is not None and end is not None:
            if text[start:end] == words:
                return _Place(article_id, start, end)
        elif spans := find_quote(words, text):
            return _Place(article_id, spans[0].start, spans[0].end)
    return _Place(ids[0], None, None) if ids else None
