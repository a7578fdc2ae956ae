"""Candidates measured against a question: what both readers begin with."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from threading import Lock
from typing import Protocol

from index.records import Passage
from rag.reading.features import (
    CandidateView,
    Needs,
    SentenceMeasure,
    SentenceView,
    TermStatistics,
    Vector,
    measure,
    needs_of,
    with_names,
)
from rag.reading.question import Question, analyse
from rag.reading.terms import terms_of
from rag.records import Candidate

DEFAULT_PASSAGES = 8
DEFAULT_CACHE_SIZE = 2048


class SentenceEmbedder(Protocol):
    """Turns questions and sentences into vectors of one space."""

    def embed_queries(self, texts: Sequence[str]) -> Vector:
        """Vectors of questions, float32, (n, dim), L2-normalised."""

    def embed_sentences(self, texts: Sequence[str]) -> Vector:
        """Vectors of sentences, float32, (n, dim), L2-normalised."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """A question and what every sentence of its candidates has to offer it."""

    question: Question
    candidates: Sequence[CandidateView]
    needs: Needs
    measures: Sequence[SentenceMeasure]


class CandidateMeasurer:
    """Measures candidates; remembers the vectors of the passages that it saw last.

    The sentences of a passage are embedded as one batch, in text order: int8 quantisation makes
    a vector depend on its batch, and so the batch may depend on nothing but the passage.
    """

    def __init__(
        self,
        embedder: SentenceEmbedder,
        statistics: TermStatistics | None = None,
        *,
        cache_size: int = DEFAULT_CACHE_SIZE,
    ) -> None:
        self._embedder = embedder
        self._statistics = statistics
        self._views = _PassageCache(embedder, cache_size)

    def measure(self, question: str, candidates: Sequence[Candidate]) -> Measured | None:
        """None where the question has no words, or the candidates no sentence."""
        analysed = analyse(question)
        if not analysed.terms or not any(c.passage.sentences for c in candidates):
            return None
        query = self._embedder.embed_queries([analysed.text])[0]
        views = [_view(candidate, self._views.sentences(candidate.passage), query)
                 for candidate in candidates]  # fmt: skip
        analysed = with_names(analysed, views)
        needs = needs_of(analysed, views, self._statistics)
        return Measured(
            question=analysed,
            candidates=views,
            needs=needs,
            measures=measure(analysed, query, views, needs),
        )


def _view(candidate: Candidate, sentences: Sequence[SentenceView], query: Vector) -> CandidateView:
    title_keys = frozenset(t.key for t in terms_of(candidate.title) if not t.is_stop_word)
    dense = candidate.dense
    if dense is None:  # found by words alone: its nearest sentence stands in
        dense = max((float(sentence.vector @ query) for sentence in sentences), default=0.0)
    return CandidateView(
        article_id=candidate.passage.article_id,
        title_keys=title_keys,
        sentences=sentences,
        dense=dense,
        fused=candidate.score,
        keys=title_keys.union(*(sentence.keys for sentence in sentences)),
    )


class _PassageCache:
    """Sentences of the passages that were read last, analysed and embedded. Safe to share
    between threads; two threads may do the same work at once, with the same result."""

    def __init__(self, embedder: SentenceEmbedder, size: int) -> None:
        self._embedder = embedder
        self._size = size
        self._held: OrderedDict[tuple[str, int], tuple[SentenceView, ...]] = OrderedDict()
        self._lock = Lock()

    def sentences(self, passage: Passage) -> tuple[SentenceView, ...]:
        """The passage's sentences, in text order."""
        key = (passage.passage_id, passage.version)
        with self._lock:
            held = self._held.get(key)
            if held is not None:
                self._held.move_to_end(key)
                return held
        made = self._make(passage)
        with self._lock:
            self._held[key] = made
            while len(self._held) > self._size:
                self._held.popitem(last=False)
        return made

    def _make(self, passage: Passage) -> tuple[SentenceView, ...]:
        shift = passage.start
        texts = [passage.text[s.start - shift : s.end - shift] for s in passage.sentences]
        if not texts:
            return ()
        vectors = self._embedder.embed_sentences(texts)
        return tuple(
            SentenceView.of(text, span, vector)
            for text, span, vector in zip(texts, passage.sentences, vectors, strict=True)
        )
