"""`SimilarityReader`: sentence similarity, matching words, the form of the expected answer and,
where it is given one, a trained reader's spans, weighed by two small logistic models."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from threading import Lock
from typing import Protocol

from index.records import Passage, Span
from rag.reading.base import Reading, SentenceReading
from rag.reading.features import (
    CandidateView,
    SentenceMeasure,
    SentenceView,
    TermStatistics,
    Vector,
    answer_features,
    measure,
    needs_of,
    with_names,
    with_span_scores,
)
from rag.reading.logistic import SIMILARITY, SPAN, ReadingModel, reading_model
from rag.reading.question import analyse
from rag.reading.spans import SpanScorer, read_spans
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


class SimilarityReader:
    """Implements `Reader`.

    The sentences of a passage are embedded as one batch, in text order: int8 quantisation makes
    a vector depend on its batch, and so the batch may depend on nothing but the passage.
    """

    def __init__(
        self,
        embedder: SentenceEmbedder,
        statistics: TermStatistics | None = None,
        *,
        spans: SpanScorer | None = None,
        model: ReadingModel | None = None,
        passages: int = DEFAULT_PASSAGES,
        cache_size: int = DEFAULT_CACHE_SIZE,
    ) -> None:
        self._embedder = embedder
        self._statistics = statistics
        self._spans = spans
        self._screen = reading_model(SIMILARITY).sentence
        self._model = model or reading_model(SPAN if spans else SIMILARITY)
        self._passages = passages
        self._views = _PassageCache(embedder, cache_size)

    @property
    def name(self) -> str:
        """What it is called in settings, answers and reports."""
        return "similarity" if self._spans is None else "span"

    @property
    def threshold(self) -> float:
        """Least answerability that counts as an answer, chosen on data."""
        return self._model.threshold

    def read(self, question: str, candidates: Sequence[Candidate]) -> Reading:
        """Read the first `passages` candidates (best first) for the question."""
        read = candidates[: self._passages]
        analysed = analyse(question)
        if not analysed.terms or not any(c.passage.sentences for c in read):
            return Reading(sentences=(), answerability=0.0)
        query = self._embedder.embed_queries([question])[0]
        views = [_view(candidate, self._views.sentences(candidate.passage), query)
                 for candidate in read]  # fmt: skip
        analysed = with_names(analysed, views)
        needs = needs_of(analysed, views, self._statistics)
        measures = measure(analysed, query, views, needs)
        if self._spans is not None:
            screened = [(found, self._screen.score(found.values)) for found in measures]
            passages = [candidate.passage for candidate in read]
            measures = with_span_scores(
                measures, read_spans(question, passages, screened, self._spans)
            )
        scored = [(found, self._model.sentence.score(found.values)) for found in measures]
        # Python's sort is stable: ties stay in candidate order, then text order.
        ranked = sorted(scored, key=lambda pair: -pair[1])
        features = answer_features(analysed, views, needs, ranked)
        answer = self._model.answer
        return Reading(
            sentences=tuple(self._sentence(views, found, score) for found, score in ranked),
            answerability=answer.probability(answer.score(features)),
        )

    def _sentence(
        self, views: Sequence[CandidateView], found: SentenceMeasure, score: float
    ) -> SentenceReading:
        span = views[found.candidate].sentences[found.position].span
        answer = found.words
        if answer is None and found.spans and found.is_short_answer:
            words = found.spans[0]
            answer = Span(span.start + words.start, span.start + words.end)
        return SentenceReading(
            candidate=found.candidate,
            span=span,
            score=self._model.sentence.probability(score),
            answer=answer,
        )


def _view(candidate: Candidate, sentences: Sequence[SentenceView], query: Vector) -> CandidateView:
    title_keys = frozenset(t.key for t in terms_of(candidate.title) if not t.is_stop_word)
    dense = candidate.dense
    if dense is None:  # found by words alone: its nearest sentence stands in
        dense = max((float(sentence.vector @ query) for sentence in sentences), default=0.0)
    return CandidateView(
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
