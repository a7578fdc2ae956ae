"""Hybrid retrieval: dense and lexical candidates, fused, filtered, copies collapsed.

Each weight here is a row of decision 0011, with what it changes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from index.catalogue.store import Catalogue, PassageRow
from index.embedding.base import Embedder
from index.followers.base import DenseIndex, LexicalIndex
from index.passages import article_of
from index.records import Filters
from rag.collapse import collapse
from rag.fusion import convex, mixed, reciprocal_rank
from rag.reading.question import analyse
from rag.recency import asks_for_the_latest, recencies
from rag.records import Candidate, Query

EXACT_LIMIT = 5000
"""Eligible passages up to which a filtered question is compared with each of them; Chroma's own
metadata filters scan."""
OVERFETCH = 1.5
"""How many more than the expected number of candidates are fetched when a filter drops some."""
MAX_FETCH = 10_000
COVERAGE_WEIGHT = 0.7
"""Of the share of the question's words that a passage's whole article holds, beside the fused
score: an article that speaks of all that is asked is a likelier place for its answer."""
MANY_ARTICLES = 50
"""Articles among the candidates from which coverage has its whole weight. Where a few articles make
up all candidates, each speaks of most that is asked, and the longest would win."""
RECENCY_WEIGHT = 0.1
"""Of the age of an article beside that score, where the question asks for the latest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RetrievalShape:
    """How retrieval is done."""

    fusion: str
    weight: float
    """Share of the dense score in the fused one."""
    depth: int
    """Passages that each index gives to the fusion."""
    exact_limit: int = EXACT_LIMIT
    coverage_weight: float = COVERAGE_WEIGHT
    recency_weight: float = RECENCY_WEIGHT


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """Raw scores by passage id, before fusion."""

    dense: dict[str, float]
    lexical: dict[str, float]


class Reranker(Protocol):
    """Orders passages anew."""

    def rerank(self, question: str, candidates: Sequence[Candidate]) -> list[Candidate]:
        """All of the candidates (best first), in another order."""


class HybridRetriever:
    """Finds passages for a question. Deterministic; safe to use from several threads."""

    def __init__(
        self,
        *,
        catalogue: Catalogue,
        embedder: Embedder,
        dense: DenseIndex,
        lexical: LexicalIndex,
        shape: RetrievalShape,
        reranker: Reranker | None = None,
    ) -> None:
        self._catalogue = catalogue
        self._embedder = embedder
        self._dense = dense
        self._lexical = lexical
        self._shape = shape
        self._reranker = reranker

    def retrieve(self, query: Query, *, limit: int) -> list[Candidate]:
        """At most `limit` passages, best first; ties by passage id."""
        vector = self._embedder.embed_query(query.question)
        depth = max(self._shape.depth, limit)
        found = self._find(query, vector, depth, limit)
        self._complete(found, vector)
        fused = self._fuse(found, query.question)
        rows = self._catalogue.passages(_ranked(fused)[: max(depth, 2 * limit)])
        scores = {name: fused[name] for name in rows}
        if asks_for_the_latest(query.question):
            ages = recencies({name: row.published_at for name, row in rows.items()})
            scores = mixed(scores, ages, self._shape.recency_weight)
        candidates = [_candidate(rows[n], scores[n], found) for n in _ranked(scores)]
        if self._reranker is not None:
            candidates = self._reranker.rerank(query.question, candidates)
        return collapse(candidates)[:limit]

    def _find(self, query: Query, vector: NDArray[np.float32], depth: int, least: int) -> Found:
        question, filters = _content_words(query.question), query.filters
        if not filters:
            return Found(
                dense=dict(self._dense.nearest(vector, depth)),
                lexical=dict(self._lexical.matching(question, depth)),
            )
        eligible = self._catalogue.count_eligible(filters)
        if eligible <= self._shape.exact_limit:
            return self._find_exactly(question, filters, vector, depth)
        share = eligible / max(self._dense.count(), 1)
        fetch = min(int(depth / share * OVERFETCH) + depth, MAX_FETCH)
        dense = dict(self._dense.nearest(vector, fetch))
        lexical = dict(self._lexical.matching(question, fetch))
        allowed = self._catalogue.pass_filters(sorted(dense.keys() | lexical.keys()), filters)
        if len(allowed & dense.keys()) < min(least, eligible):
            # What passes the filter lies far from the question.
            return self._find_exactly(question, filters, vector, depth)
        return Found(dense=_first(dense, allowed, depth), lexical=_first(lexical, allowed, depth))

    def _find_exactly(
        self, question: str, filters: Filters, vector: NDArray[np.float32], depth: int
    ) -> Found:
        eligible = self._catalogue.eligible(filters)
        if not eligible.passage_ids:
            return Found(dense={}, lexical={})
        cosines = eligible.vectors @ vector
        best = np.argsort(-cosines, kind="stable")[:depth]
        articles = list(eligible.article_ids)
        return Found(
            dense={eligible.passage_ids[i]: float(cosines[i]) for i in best},
            lexical=dict(self._lexical.matching(question, depth, within=articles)),
        )

    def _complete(self, found: Found, vector: NDArray[np.float32]) -> None:
        """Give passages that were found by words alone their cosine too."""
        missing = sorted(found.lexical.keys() - found.dense.keys())
        for name, stored in self._catalogue.vectors(missing).items():
            found.dense[name] = float(stored @ vector)

    def _fuse(self, found: Found, question: str) -> dict[str, float]:
        if self._shape.fusion == "rrf":
            return reciprocal_rank(found.dense, found.lexical)
        fused = convex(found.dense, found.lexical, self._shape.weight)
        articles = {name: article_of(name) for name in fused}
        held = self._lexical.coverage(question, sorted(set(articles.values())))
        coverage = {name: held.get(article, 0.0) for name, article in articles.items()}
        weight = coverage_weight(self._shape.coverage_weight, len(set(articles.values())))
        return mixed(fused, coverage, weight)


def coverage_weight(whole: float, articles: int) -> float:
    """Weight of coverage where the candidates are of so many articles."""
    return whole * min(1.0, articles / MANY_ARTICLES)


def _content_words(question: str) -> str:
    """What the lexical index is asked: without words that only name the kind of answer, such as
    "country" in "which country", which an answer need not repeat."""
    return " ".join(term.text for term in analyse(question).terms)


def _ranked(scores: dict[str, float]) -> list[str]:
    """The names, best score first; ties by name."""
    return sorted(scores, key=lambda name: (-scores[name], name))


def _first(scores: dict[str, float], allowed: set[str], depth: int) -> dict[str, float]:
    kept = [name for name in scores if name in allowed][:depth]
    return {name: scores[name] for name in kept}


def _candidate(row: PassageRow, score: float, found: Found) -> Candidate:
    name = row.passage.passage_id
    return Candidate(
        passage=row.passage,
        title=row.title,
        publisher=row.publisher,
        url=row.url,
        published_at=row.published_at,
        published_at_source=row.published_at_source,
        published_at_confidence=row.published_at_confidence,
        story_id=row.story_id,
        score=min(max(score, 0.0), 1.0),
        dense=found.dense.get(name),
        lexical=found.lexical.get(name),
    )
