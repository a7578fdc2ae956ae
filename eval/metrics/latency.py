"""How long answers take, as the asker sees it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from eval.metrics.aggregate import percentile
from eval.records import QuestionResult


@dataclass(frozen=True, slots=True, kw_only=True)
class LatencyMetrics:
    """Milliseconds, over the questions that got an answer or an abstention."""

    p50: float | None
    p95: float | None


def latency_metrics(results: Sequence[QuestionResult]) -> LatencyMetrics:
    """Return the median and the 95th percentile."""
    times = [result.milliseconds for result in results if result.milliseconds is not None]
    return LatencyMetrics(p50=percentile(times, 50), p95=percentile(times, 95))
