"""What a metric is: a value that prints as its name, and that can be computed with weights.

Weights are how often each question counts. All ones give the metric itself; resampled weights give
its bootstrap distribution, and two systems' rows with complementary weights a permutation.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from eval.records import QuestionResult

Points = NDArray[np.float64]
"""(n, m): what each question contributes; a row of NaN where it contributes nothing."""
Weights = NDArray[np.float64]
"""(n,): how often each question counts; whole numbers."""

Draws = NDArray[np.float64]
"""(b, n): weights, a row for each resample."""

Better = Literal["higher", "lower"]
Unit = Literal["share", "milliseconds", "tokens", "cost"]


class Metric(Protocol):
    """A figure over questions. None is no data, which is not 0."""

    @property
    def group(self) -> str:
        """The family that it is reported under."""

    @property
    def name(self) -> str:
        """What it is called in reports and gates."""

    @property
    def better(self) -> Better:
        """Which direction is an improvement."""

    @property
    def unit(self) -> Unit:
        """What it counts; shares lie in [0, 1]."""

    def points(self, rows: Sequence[QuestionResult]) -> Points:
        """Return what each row contributes, in order."""

    def weighted(self, points: Points, weights: Weights) -> float | None:
        """Return the value where each question counts as often as its weight says."""

    def resampled(self, points: Points, draws: Draws) -> list[float | None]:
        """Return the value for each row of weights."""


def value_of(metric: Metric, rows: Sequence[QuestionResult]) -> float | None:
    """Return the metric of these rows; their order does not matter."""
    ordered = sorted(rows, key=lambda row: row.id)
    return metric.weighted(metric.points(ordered), np.ones(len(ordered)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Ratio:
    """A sum over questions divided by another: a mean, a share, a precision."""

    group: str
    name: str
    terms: Callable[[QuestionResult], tuple[float, float] | None]
    """Numerator and denominator of a question; None where it has neither."""
    better: Better = "higher"
    unit: Unit = "share"

    def __str__(self) -> str:
        """The metric's name."""
        return self.name

    def points(self, rows: Sequence[QuestionResult]) -> Points:
        """Return (n, 2): numerator and denominator."""
        return as_points([self.terms(row) for row in rows], width=2)

    def weighted(self, points: Points, weights: Weights) -> float | None:
        """Return the weighted quotient, exactly rounded; None where the denominator is 0."""
        held = ~np.isnan(points[:, 0])
        below = math.fsum(points[held, 1] * weights[held])
        return math.fsum(points[held, 0] * weights[held]) / below if below else None

    def resampled(self, points: Points, draws: Draws) -> list[float | None]:
        """Return the weighted quotients; None where a denominator is 0."""
        held = ~np.isnan(points[:, 0])
        above, below = (draws[:, held] @ points[held, column] for column in (0, 1))
        return [a / b if b else None for a, b in zip(above.tolist(), below.tolist(), strict=True)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Statistic:
    """A figure that looks at all questions at once: an area, a percentile."""

    group: str
    name: str
    terms: Callable[[QuestionResult], tuple[float, ...] | None]
    compute: Callable[[Points, Weights], float | None]
    """From the points of the questions that contribute, and how often each counts (at least 1)."""
    width: int
    better: Better = "higher"
    unit: Unit = "share"
    compute_many: Callable[[Points, Draws], NDArray[np.float64]] | None = None
    """The same for many rows of weights at once, which may be 0; NaN where there is no value. Up
    to rounding it agrees with `compute`, which is what it saves calling a thousand times."""

    def __str__(self) -> str:
        """The metric's name."""
        return self.name

    def points(self, rows: Sequence[QuestionResult]) -> Points:
        """Return (n, width)."""
        return as_points([self.terms(row) for row in rows], width=self.width)

    def weighted(self, points: Points, weights: Weights) -> float | None:
        """Return the value over the questions that contribute; None where none does."""
        held = ~np.isnan(points[:, 0]) & (weights > 0)
        return self.compute(points[held], weights[held]) if held.any() else None

    def resampled(self, points: Points, draws: Draws) -> list[float | None]:
        """Return the value for each row of weights."""
        held = ~np.isnan(points[:, 0])
        if self.compute_many is None or not held.any():
            return [self.weighted(points, weights) for weights in draws]
        found = self.compute_many(points[held], draws[:, held]).tolist()
        return [None if math.isnan(value) else value for value in found]


def as_points(terms: Sequence[tuple[float, ...] | None], *, width: int) -> Points:
    """Return the terms as an array (n, width), NaN where there are none."""
    nothing = (math.nan,) * width
    return np.array([nothing if t is None else t for t in terms], dtype=np.float64).reshape(
        len(terms), width
    )
