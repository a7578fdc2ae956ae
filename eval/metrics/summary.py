"""All metrics of a set of questions at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

from eval.metrics.abstention import AbstentionMetrics, abstention_metrics
from eval.metrics.answer import AnswerMetrics, answer_metrics
from eval.metrics.citation import CitationMetrics, citation_metrics
from eval.metrics.latency import LatencyMetrics, latency_metrics
from eval.metrics.retrieval import retrieval_metrics
from eval.records import QuestionResult


@dataclass(frozen=True, slots=True, kw_only=True)
class Metrics:
    """Every metric; None where there is no data for it."""

    retrieval: Mapping[str, float | None]
    answer: AnswerMetrics
    citation: CitationMetrics
    abstention: AbstentionMetrics
    latency_ms: LatencyMetrics

    def groups(self) -> dict[str, dict[str, float | None]]:
        """Return group → metric → value, named and ordered as the report has them."""
        return {
            "retrieval": dict(self.retrieval),
            "answer": asdict(self.answer),
            "citation": asdict(self.citation),
            "abstention": asdict(self.abstention),
            "latency_ms": asdict(self.latency_ms),
        }


def summarise(results: Sequence[QuestionResult]) -> Metrics:
    """Return the metrics of these questions; their order does not matter."""
    return Metrics(
        retrieval=retrieval_metrics(results),
        answer=answer_metrics(results),
        citation=citation_metrics(results),
        abstention=abstention_metrics(results),
        latency_ms=latency_metrics(results),
    )


def summarise_by_tag(results: Sequence[QuestionResult]) -> dict[str, tuple[int, Metrics]]:
    """Return tag → number of questions and their metrics, by tag in alphabetical order."""
    tags = sorted({tag for result in results for tag in result.tags})
    tagged = {tag: [result for result in results if tag in result.tags] for tag in tags}
    return {tag: (len(members), summarise(members)) for tag, members in tagged.items()}
