"""How long answers take, as the asker sees it."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from eval.metrics.base import Metric, Points, Statistic, Weights
from eval.metrics.resampling import percentiles
from eval.records import QuestionResult

PERCENTILES = (50, 95, 99)


def latency_metrics() -> tuple[Metric, ...]:
    """Return percentiles in milliseconds, over the questions that got a reply.

    `p50` and so on are of the first time that each question was asked, which is what users meet;
    `warm_p50` and so on are of its repetitions, where it was repeated.
    """
    first = [_percentile(f"p{p}", p, _first) for p in PERCENTILES]
    warm = [_percentile(f"warm_p{p}", p, _warm) for p in PERCENTILES]
    return (*first, *warm)


def _percentile(
    name: str, percent: int, terms: Callable[[QuestionResult], tuple[float, ...] | None]
) -> Metric:
    def compute(points: Points, weights: Weights) -> float | None:
        times = np.repeat(points[:, 0], weights.astype(np.int64))
        return float(np.percentile(times, percent))

    return Statistic(
        group="latency_ms",
        name=name,
        terms=terms,
        compute=compute,
        compute_many=percentiles(percent),
        width=1,
        better="lower",
        unit="milliseconds",
    )


def _first(row: QuestionResult) -> tuple[float, ...] | None:
    return None if row.milliseconds is None else (row.milliseconds,)


def _warm(row: QuestionResult) -> tuple[float, ...] | None:
    times = row.warm_milliseconds
    return (sum(times) / len(times),) if times else None
