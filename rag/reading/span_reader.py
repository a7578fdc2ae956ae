"""`SpanReader`: what similarity measures, and the words that a trained network finds in the most
promising windows, weighed by two small logistic models and pooled over sources."""

from __future__ import annotations

from collections.abc import Sequence

from rag.reading.base import Reading, SentenceReading
from rag.reading.features import TermStatistics
from rag.reading.logistic import SIMILARITY, SPAN, ReadingModel, reading_model
from rag.reading.measuring import DEFAULT_PASSAGES, CandidateMeasurer, SentenceEmbedder
from rag.reading.span_features import pooled, span_answer_features, with_span_scores
from rag.reading.spans import SpanScorer, read_spans
from rag.records import Candidate


class SpanReader:
    """Implements `Reader`. Similarity alone chooses what the network is shown."""

    name = SPAN

    def __init__(
        self,
        embedder: SentenceEmbedder,
        spans: SpanScorer,
        statistics: TermStatistics | None = None,
        *,
        model: ReadingModel | None = None,
        passages: int = DEFAULT_PASSAGES,
    ) -> None:
        self.measurer = CandidateMeasurer(embedder, statistics)
        self._spans = spans
        self._screen = reading_model(SIMILARITY).sentence
        self._model = model or reading_model(SPAN)
        self._passages = passages

    @property
    def threshold(self) -> float:
        """Least answerability that counts as an answer, chosen on data."""
        return self._model.threshold

    def read(self, question: str, candidates: Sequence[Candidate]) -> Reading:
        """Read the first `passages` candidates (best first) for the question."""
        read = candidates[: self._passages]
        measured = self.measurer.measure(question, read)
        if measured is None:
            return Reading(sentences=(), answerability=0.0)
        screened = [(found, self._screen.score(found.values)) for found in measured.measures]
        passages = [c.passage for c in read]
        seen = read_spans(measured.question.text, passages, screened, self._spans)
        views = measured.candidates
        measures = with_span_scores(measured.question, views, measured.measures, seen)
        ranked = pooled(views, measures, [self._model.sentence.score(m.values) for m in measures])
        features = span_answer_features(measured.question, views, measured.needs, ranked)
        answer = self._model.answer
        return Reading(
            sentences=tuple(
                SentenceReading(
                    candidate=found.candidate,
                    span=views[found.candidate].sentences[found.position].span,
                    score=self._model.sentence.probability(score),
                    answer=found.words,
                )
                for found, score in ranked
            ),
            answerability=answer.probability(answer.score(features)),
        )
