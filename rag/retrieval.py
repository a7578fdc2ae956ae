"""Hybrid retrieval: dense and lexical candidates, fused, filtered, copies collapsed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from index.catalogue.store import Catalogue, PassageRow
from index.embedding.base import Embedder
from index.followers.base import DenseIndex, LexicalIndex
from index.records import Filters
from rag.collapse import collapse
from rag.fusion import convex, reciprocal_rank
from rag.records import Candidate, Query

EXACT_LIMIT = 5000
"""Eligible passages up to which a filtered question is compared with each of them; Chroma's own
metadata filters scan."""
OVERFETCH = 1.5
"""How many more than the expected number of candidates are fetched when a filter drops some."""
MAX_FETCH = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class RetrievalShape:
    """How retrieval is done."""

    fusion: str
    weight: float
    """Share of the dense score in the fused one."""
    depth: int
    """Passages that each index gives to the fusion."""
    exact_limit: int = EXACT_LIMIT


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """Raw scores by passage id, before fusion."""

    dense: dict[str, float]
    lexical: dict[str, float]


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
    ) -> None:
        self._catalogue = catalogue
        self._embedder = embedder
        self._dense = dense
        self._lexical = lexical
        self._shape = shape

    def retrieve(self, query: Query, *, limit: int) -> list[Candidate]:
        """At most `limit` passages, best first; ties by passage id."""
        vector = self._embedder.embed_query(query.question)
        depth = max(self._shape.depth, limit)
        found = self._find(query, vector, depth, limit)
        self._complete(found, vector)
        fused = self._fuse(found)
        ranked = sorted(fused, key=lambda name: (-fused[name], name))[: max(depth, 2 * limit)]
        rows = self._catalogue.passages(ranked)
        candidates = [_candidate(rows[name], fused[name], found) for name in ranked if name in rows]
        return collapse(candidates)[:limit]

    def _find(self, query: Query, vector: NDArray[np.float32], depth: int, least: int) -> Found:
        question, filters = query.question, query.filters
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

    def _fuse(self, found: Found) -> dict[str, float]:
        if self._shape.fusion == "rrf":
            return reciprocal_rank(found.dense, found.lexical)
        return convex(found.dense, found.lexical, self._shape.weight)


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


def publishers_behind(candidates: Sequence[Candidate]) -> int:
    """How many publishers say so independently: one for each story, and each publisher once."""
    stories = {c.story_id for c in candidates}
    names = {c.publisher or c.passage.article_id for c in candidates}
    return min(len(stories), len(names))
