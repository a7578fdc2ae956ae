"""The statistics of `abstention` and `latency` for many weightings at once, as the bootstrap asks.

Each does what its namesake does for one row of weights, up to rounding; a test holds them together.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from eval.metrics.base import Draws, Points

Values = NDArray[np.float64]
"""(draws,): a value for each row of weights; NaN where there is none."""


def f1s(points: Points, draws: Draws) -> Values:
    """Return the F1 of (label, decision)."""
    labels, decisions = points[:, 0], points[:, 1]
    wanted, said = draws @ labels, draws @ decisions
    found = _quotients(2 * (draws @ (labels * decisions)), wanted + said)
    found[wanted == 0] = np.nan
    return found


def aurocs(points: Points, draws: Draws) -> Values:
    """Return the area under the ROC curve of (label, score)."""
    labels, scores = points[:, 0], points[:, 1]
    positives, negatives = _by_level(scores, draws, labels, 1 - labels)
    below = np.cumsum(negatives, axis=1) - negatives
    pairs = positives.sum(axis=1) * negatives.sum(axis=1)
    return _quotients((positives * (below + negatives / 2)).sum(axis=1), pairs)


def aurcs(points: Points, draws: Draws) -> Values:
    """Return the area under the risk-coverage curve of (right, confidence).

    Where a level of confidence holds c answers, w of them wrong, after K answers with E wrong, the
    risks (E + j w / c) / (K + j), j = 1 … c, add up to E h + w / c (c - K h), h = H(K + c) - H(K),
    with H(n) the n-th harmonic number.
    """
    right, confidence = points[:, 0], points[:, 1]
    counts, wrong = _by_level(-confidence, draws, np.ones(len(right)), 1 - right)
    before, wrong_before = np.cumsum(counts, axis=1) - counts, np.cumsum(wrong, axis=1) - wrong
    total = counts.sum(axis=1)
    steps = np.arange(1, int(total.max(initial=0)) + 1, dtype=np.float64)
    harmonic = np.concatenate([[0.0], np.cumsum(1 / steps)])
    h = harmonic[(before + counts).astype(np.intp)] - harmonic[before.astype(np.intp)]
    share = np.divide(wrong, counts, out=np.zeros_like(wrong), where=counts != 0)
    return _quotients((wrong_before * h + share * (counts - before * h)).sum(axis=1), total)


def calibration_errors(points: Points, draws: Draws, *, places: NDArray[np.int64]) -> Values:
    """Return the calibration error of (right, confidence); `places` are the points' bins.

    n_b |said_b - were_b| is the absolute sum of confidence - right over the bin.
    """
    right, confidence = points[:, 0], points[:, 1]
    member = np.eye(int(places.max(initial=0)) + 1)[places]
    gaps = np.abs(draws @ (member * (confidence - right)[:, None]))
    return _quotients(gaps.sum(axis=1), draws.sum(axis=1))


def percentiles(percent: int) -> Callable[[Points, Draws], Values]:
    """Return what computes a percentile, linear between its neighbours as `np.percentile` is."""

    def compute(points: Points, draws: Draws) -> Values:
        order = np.argsort(points[:, 0], kind="stable")
        times, upto = points[order, 0], np.cumsum(draws[:, order], axis=1)
        place = np.maximum(upto[:, -1] - 1, 0) * (percent / 100)
        lower = np.floor(place)
        low = times[(upto > lower[:, None]).argmax(axis=1)]
        high = times[(upto > np.ceil(place)[:, None]).argmax(axis=1)]
        found: Values = low + (high - low) * (place - lower)
        found[upto[:, -1] == 0] = np.nan
        return found

    return compute


def _by_level(levels: Values, draws: Draws, *shares: Values) -> tuple[NDArray[np.float64], ...]:
    """Return each share's weighted sums at the levels, ascending: (draws, levels)."""
    order = np.argsort(levels, kind="stable")
    _, starts = np.unique(levels[order], return_index=True)
    drawn = draws[:, order]
    return tuple(np.add.reduceat(drawn * share[order], starts, axis=1) for share in shares)


def _quotients(above: Values, below: Values) -> Values:
    """Return above / below, NaN where there is nothing below."""
    found: Values = np.divide(above, below, out=np.full(len(above), np.nan), where=below != 0)
    return found
