"""The numbered quotes that a language model may use: checked letter for letter, like any other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from index.catalogue.store import Catalogue
from index.errors import ArticleNotFound
from rag.generation.injection import speaks_to_a_model
from rag.quoting import Quoter
from rag.reading.base import SentenceReading
from rag.records import Answer, Candidate, Citation, RetrievedPassage

PASSAGES = 6
"""Best passages whose sentences are offered beside the quotes of the extractive answer."""
MAX_QUOTES = 40
MAX_CHARACTERS = 12_000
"""Of all quotes together: about 3,000 tokens."""


class EvidenceSource:
    """Makes quotes of an extractive answer and of the passages around it."""

    def __init__(self, *, catalogue: Catalogue, quoter: Quoter, passages: int = PASSAGES) -> None:
        self._catalogue = catalogue
        self._quoter = quoter
        self._passages = passages

    def quotes(self, answer: Answer) -> list[Citation]:
        """Numbered from 1: the answer's own quotes first, then the sentences of its best passages
        in order, each once. Where there are too many, the last ones are left out; and so is what
        stands in an article that gives orders to models."""
        found = [*answer.citations, *self._sentences(answer.retrieved[: self._passages])]
        articles = dict.fromkeys(quote.article_id for quote in found)
        shown = {article_id for article_id in articles if self._may_be_shown(article_id)}
        kept: dict[str, Citation] = {}
        characters = 0
        for quote in found:
            if quote.article_id not in shown:
                continue
            characters += len(quote.quote)
            if len(kept) >= MAX_QUOTES or characters > MAX_CHARACTERS:
                break
            kept.setdefault(" ".join(quote.quote.split()).casefold(), quote)
        return [replace(quote, n=n) for n, quote in enumerate(kept.values(), start=1)]

    def _may_be_shown(self, article_id: str) -> bool:
        try:
            article = self._catalogue.article(article_id)
        except ArticleNotFound:  # deleted a moment ago
            return False
        return not speaks_to_a_model(f"{article.title}\n{article.text}")

    def _sentences(self, passages: Sequence[RetrievedPassage]) -> list[Citation]:
        rows = self._catalogue.passages([passage.passage_id for passage in passages])
        candidates = [
            Candidate(
                passage=rows[one.passage_id].passage,
                title=one.title,
                publisher=one.publisher,
                url=one.url,
                published_at=one.published_at,
                published_at_source=rows[one.passage_id].published_at_source,
                published_at_confidence=rows[one.passage_id].published_at_confidence,
                story_id=rows[one.passage_id].story_id,
                score=one.score,
            )
            for one in passages
            if one.passage_id in rows
        ]
        sentences = [
            SentenceReading(candidate=place, span=span, score=candidate.score)
            for place, candidate in enumerate(candidates)
            for span in candidate.passage.sentences
        ]
        return self._quoter.cite(sentences, candidates)
