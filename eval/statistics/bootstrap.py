"""Bootstrap confidence intervals: questions are drawn anew, with replacement, many times.

The percentile interval of Efron and Tibshirani, "An Introduction to the Bootstrap" (1993), chapter
13. Questions are the unit, since the citations of one answer are not independent. All metrics of a
run share one set of draws. Where all questions agree (every quote exact) the interval has no
width: the bootstrap cannot see what the sample does not hold.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from eval.metrics.base import Draws, Metric, Points
from eval.records import QuestionResult

RESAMPLES = 1000
LEVEL = 0.95
SEED = 20230


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A metric's value and its 95 % interval; all None where there is no data."""

    metric: Metric
    value: float | None
    low: float | None
    high: float | None


def figures_of(
    metrics: Sequence[Metric], rows: Sequence[QuestionResult], *, resamples: int = RESAMPLES
) -> tuple[Figure, ...]:
    """Return each metric of the rows with its interval; the order of rows does not matter."""
    ordered = sorted(rows, key=lambda row: row.id)
    draws = draw_weights(len(ordered), resamples)
    return tuple(_figure(metric, ordered, draws) for metric in metrics)


def draw_weights(questions: int, resamples: int, *, seed: int = SEED) -> Draws:
    """Return (resamples, questions): how often each is drawn; the same for the same seed."""
    if not questions:
        return np.zeros((0, 0))
    equal = np.full(questions, 1 / questions)
    drawn = np.random.default_rng(seed).multinomial(questions, equal, size=resamples)
    return drawn.astype(np.float64)


def interval_of(values: Sequence[float | None]) -> tuple[float | None, float | None]:
    """Return the 2.5th and the 97.5th percentile of the resampled values that have data."""
    held: NDArray[np.float64] = np.array([v for v in values if v is not None], dtype=np.float64)
    if not held.size:
        return None, None
    low, high = np.quantile(held, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return float(low), float(high)


def _figure(metric: Metric, rows: Sequence[QuestionResult], draws: Draws) -> Figure:
    points: Points = metric.points(rows)
    value = metric.weighted(points, np.ones(len(rows)))
    if value is None:
        return Figure(metric=metric, value=None, low=None, high=None)
    low, high = interval_of(metric.resampled(points, draws))
    return Figure(metric=metric, value=value, low=low, high=high)
