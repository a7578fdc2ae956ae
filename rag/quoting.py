"""Turning sentences to quote into checked citations."""

from __future__ import annotations

import re
from collections.abc import Sequence

from index.catalogue.store import Catalogue
from index.errors import ArticleNotFound
from index.records import Article, Span
from rag.reading.base import SentenceReading
from rag.records import Candidate, CarriedBy, Citation

WORD = re.compile(r"\w+")


class Quoter:
    """Makes citations, and checks each against the stored article before it leaves."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue

    def texts(self, candidates: Sequence[Candidate]) -> dict[str, str]:
        """The stored texts of the candidates' articles by article id, without those that were
        changed or deleted since they were found."""
        found = {c.passage.article_id: self._current(c) for c in candidates}
        return {article_id: held.text for article_id, held in found.items() if held is not None}

    def cite(
        self, chosen: Sequence[SentenceReading], candidates: Sequence[Candidate]
    ) -> list[Citation]:
        """One citation a sentence, numbered from 1, in order.

        A sentence whose article was changed or deleted since it was found is left out: nothing
        is quoted that the archive does not hold letter for letter.
        """
        citations: list[Citation] = []
        for sentence in chosen:
            candidate = candidates[sentence.candidate]
            article = self._current(candidate)
            if article is None:
                continue
            quote = article.text[sentence.span.start : sentence.span.end]
            if not quote or not _agrees(quote, sentence.span, candidate):
                continue
            citations.append(
                Citation(
                    n=len(citations) + 1,
                    article_id=article.article_id,
                    passage_id=candidate.passage.passage_id,
                    title=article.title,
                    publisher=article.publisher,
                    url=article.url,
                    published_at=candidate.published_at,
                    published_at_source=candidate.published_at_source,
                    published_at_confidence=candidate.published_at_confidence,
                    quote=quote,
                    start=sentence.span.start,
                    end=sentence.span.end,
                    score=round(sentence.score, 6),
                    also_carried_by=self._carriers(article, quote),
                )
            )
        return citations

    def _current(self, candidate: Candidate) -> Article | None:
        try:
            article = self._catalogue.article(candidate.passage.article_id)
        except ArticleNotFound:
            return None
        return article if article.version == candidate.passage.version else None

    def _carriers(self, article: Article, quote: str) -> tuple[CarriedBy, ...]:
        """Other articles of the story that hold the same words."""
        words = _words(quote)
        return tuple(
            CarriedBy(article_id=other.article_id, publisher=other.publisher, title=other.title)
            for other in self._catalogue.story(article.story_id)
            if other.article_id != article.article_id and f" {words} " in f" {_words(other.text)} "
        )


def _agrees(quote: str, span: Span, candidate: Candidate) -> bool:
    """Whether the passage that was found holds the quote, too, where the span lies in it. The
    sentence before a passage's first may be quoted for its sake."""
    passage = candidate.passage
    within = passage.start <= span.start and span.end <= passage.end
    return not within or quote == quoted_words(candidate, span)


def quoted_words(candidate: Candidate, span: Span) -> str:
    """The words of a span of the article that lies in the candidate's passage."""
    shift = candidate.passage.start
    return candidate.passage.text[span.start - shift : span.end - shift]


def _words(text: str) -> str:
    return " ".join(WORD.findall(text.lower()))
