"""`SimilarityReader`: sentence similarity, matching words and the form of the expected answer,
weighed by two small logistic models. No trained reader, and none needed."""

from __future__ import annotations

from collections.abc import Sequence

from index.records import Span
from rag.reading.base import Reading, SentenceReading
from rag.reading.features import CandidateView, SentenceMeasure, TermStatistics, answer_features
from rag.reading.logistic import SIMILARITY, ReadingModel, reading_model
from rag.reading.measuring import (
    DEFAULT_CACHE_SIZE,
    DEFAULT_PASSAGES,
    CandidateMeasurer,
    SentenceEmbedder,
)
from rag.records import Candidate


class SimilarityReader:
    """Implements `Reader`."""

    name = SIMILARITY

    def __init__(
        self,
        embedder: SentenceEmbedder,
        statistics: TermStatistics | None = None,
        *,
        model: ReadingModel | None = None,
        passages: int = DEFAULT_PASSAGES,
        cache_size: int = DEFAULT_CACHE_SIZE,
    ) -> None:
        self.measurer = CandidateMeasurer(embedder, statistics, cache_size=cache_size)
        self._model = model or reading_model(SIMILARITY)
        self._passages = passages

    @property
    def threshold(self) -> float:
        """Least answerability that counts as an answer, chosen on data."""
        return self._model.threshold

    def read(self, question: str, candidates: Sequence[Candidate]) -> Reading:
        """Read the first `passages` candidates (best first) for the question."""
        measured = self.measurer.measure(question, candidates[: self._passages])
        if measured is None:
            return Reading(sentences=(), answerability=0.0)
        views = measured.candidates
        scored = [(m, self._model.sentence.score(m.values)) for m in measured.measures]
        # Python's sort is stable: ties stay in candidate order, then text order.
        ranked = sorted(scored, key=lambda pair: -pair[1])
        features = answer_features(measured.question, views, measured.needs, ranked)
        answer = self._model.answer
        return Reading(
            sentences=tuple(self._sentence(views, found, score) for found, score in ranked),
            answerability=answer.probability(answer.score(features)),
        )

    def _sentence(
        self, views: Sequence[CandidateView], found: SentenceMeasure, score: float
    ) -> SentenceReading:
        span = views[found.candidate].sentences[found.position].span
        answer = None
        if found.spans and found.is_short_answer:
            words = found.spans[0]
            answer = Span(span.start + words.start, span.start + words.end)
        return SentenceReading(
            candidate=found.candidate,
            span=span,
            score=self._model.sentence.probability(score),
            answer=answer,
        )
