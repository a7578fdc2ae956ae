"""Figures over the items of a public set, each with its bootstrap interval.

Items (questions, queries, claims) are drawn anew, as `eval.statistics.bootstrap` draws questions.
A figure sees what an item contributes and nothing else of it, so items that contribute the same are
one kind, and how often each kind is drawn is multinomial: the same distribution with far fewer
numbers to draw, and intervals that do not depend on the order of items, or on their names.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from eval.metrics.base import Points, Weights
from eval.statistics.bootstrap import RESAMPLES, SEED, interval_of

Terms = tuple[float, ...]
"""What an item contributes."""
Compute = Callable[[Points, Weights], float | None]
"""A figure of the kinds of items, sorted, and of how often each counts, 0 times too."""

_BLOCK = 100
"""Resamples that are drawn at once; divides their number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """A figure and its 95 % interval; all None where there is no data."""

    value: float | None
    low: float | None
    high: float | None

    @property
    def interval(self) -> list[float] | None:
        """The ends of the interval, as JSON documents give them."""
        return None if self.low is None or self.high is None else [self.low, self.high]


def mean_of(values: Iterable[float | None], *, scale: float = 1.0) -> Estimate:
    """Return the mean, times `scale`, over the items that have a value; flags count as 0 and 1.

    Items without one are drawn too: of how many items a figure is taken is itself left to chance.
    """
    return ratio_of((None if v is None else (v, 1.0) for v in values), scale=scale)


def ratio_of(terms: Iterable[tuple[float, float] | None], *, scale: float = 1.0) -> Estimate:
    """Return the sum of the items' numerators over that of their denominators, times `scale`."""
    return estimate_of(terms, partial(_ratio, scale=scale))


def auroc_of(labels: Sequence[bool], scores: Sequence[float]) -> Estimate:
    """Return the area under the ROC curve; without data where either class is missing."""
    return estimate_of(zip(scores, map(float, labels), strict=True), _auroc)


def estimate_of(items: Iterable[Terms | None], compute: Compute) -> Estimate:
    """Return a figure of the items and its interval; None for an item that contributes nothing.

    Resamples that are left without data are not counted.
    """
    counted = Counter(items)
    nothing = counted.pop(None, 0)
    held = sorted((terms, count) for terms, count in counted.items() if terms is not None)
    if not held:
        return Estimate(value=None, low=None, high=None)
    points: Points = np.array([terms for terms, _ in held], dtype=np.float64)
    counts = np.array([count for _, count in held])
    value = compute(points, counts.astype(np.float64))
    if value is None:
        return Estimate(value=None, low=None, high=None)
    kinds = np.array([*counts, nothing]) if nothing else counts
    low, high = interval_of(_resampled(points, kinds, compute))
    return Estimate(value=value, low=low, high=high)


def _resampled(points: Points, kinds: NDArray[np.int64], compute: Compute) -> list[float | None]:
    """Return the figure of each resample; `kinds` counts those of the points, then all others."""
    generator = np.random.default_rng(SEED)
    items = int(kinds.sum())
    found: list[float | None] = []
    for _ in range(RESAMPLES // _BLOCK):
        drawn = generator.multinomial(items, kinds / items, size=_BLOCK).astype(np.float64)
        found += [compute(points, weights[: len(points)]) for weights in drawn]
    return found


def _ratio(points: Points, weights: Weights, *, scale: float) -> float | None:
    below = _weighted_sum(points[:, 1], weights)
    return scale * _weighted_sum(points[:, 0], weights) / below if below else None


def _auroc(points: Points, weights: Weights) -> float | None:
    """Return what `eval.metrics.abstention.weighted_auroc` does, of (score, label) that are sorted:
    a thousand times over all questions of SQuAD, sorting anew would be most of the work."""
    scores, labels = points[:, 0], points[:, 1]
    levels = np.flatnonzero(np.diff(scores, prepend=-np.inf))
    positives = np.add.reduceat(labels * weights, levels)
    negatives = np.add.reduceat((1 - labels) * weights, levels)
    pairs = float(positives.sum() * negatives.sum())
    below = np.cumsum(negatives) - negatives
    return float((positives * (below + negatives / 2)).sum()) / pairs if pairs else None


def _weighted_sum(values: NDArray[np.float64], weights: Weights) -> float:
    """Return Σ value · weight, exactly rounded, as if each value had been added so many times.

    A value is cut into two parts of half its digits, whose products with a count are exact.
    """
    coarse = values.astype(np.float32).astype(np.float64)
    return math.fsum([*(coarse * weights).tolist(), *((values - coarse) * weights).tolist()])
