"""Which metrics there are."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from eval.metrics.abstention import abstention_metrics
from eval.metrics.answer import answer_metrics
from eval.metrics.base import Metric
from eval.metrics.citation import citation_metrics
from eval.metrics.latency import latency_metrics
from eval.metrics.retrieval import retrieval_metrics
from eval.metrics.usage import usage_metrics
from eval.records import QuestionResult
from eval.statistics.bootstrap import RESAMPLES, Figure, figures_of


@cache
def all_metrics() -> tuple[Metric, ...]:
    """Return every metric, grouped and ordered as reports have them."""
    return (
        *retrieval_metrics(),
        *answer_metrics(),
        *citation_metrics(),
        *abstention_metrics(),
        *latency_metrics(),
        *usage_metrics(),
    )


def summarise(rows: Sequence[QuestionResult], *, resamples: int = RESAMPLES) -> tuple[Figure, ...]:
    """Return every metric of these questions with its interval."""
    return figures_of(all_metrics(), rows, resamples=resamples)


def summarise_by_tag(
    rows: Sequence[QuestionResult], *, resamples: int = RESAMPLES
) -> dict[str, tuple[int, tuple[Figure, ...]]]:
    """Return tag → number of questions and their metrics, by tag in alphabetical order."""
    tags = sorted({tag for row in rows for tag in row.tags})
    tagged = {tag: [row for row in rows if tag in row.tags] for tag in tags}
    return {
        tag: (len(members), summarise(members, resamples=resamples))
        for tag, members in tagged.items()
    }
