"""Fitting of linear models by L-BFGS, on standardised features with an L2 penalty."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

Floats = NDArray[np.float64]
Booleans = NDArray[np.bool_]
Bounds = Sequence[tuple[float | None, float | None]]
"""Least and greatest weight of each feature."""


def fit_choice(
    groups: Sequence[NDArray[np.float32]], right: Sequence[Booleans], bounds: Bounds
) -> Floats:
    """Weights of a conditional logit (McFadden 1974): in each group, P(i) = softmax(w · x_i), and
    the loss is the negative log of the probability of the right ones."""
    sizes = [len(group) for group in groups]
    starts = np.concatenate([[0], np.cumsum(sizes)[:-1]])
    group_of = np.repeat(np.arange(len(groups)), sizes)
    rows = np.concatenate(groups).astype(np.float64)
    scale = rows.std(axis=0) + 1e-9
    rows = rows / scale
    chosen = np.concatenate(right)

    def loss(weights: Floats) -> tuple[float, Floats]:
        scores = rows @ weights
        scores = np.exp(scores - np.maximum.reduceat(scores, starts)[group_of])
        total = np.add.reduceat(scores, starts)
        good = np.add.reduceat(np.where(chosen, scores, 0.0), starts)
        every = scores / total[group_of]
        best = np.where(chosen, scores, 0.0) / good[group_of]
        gradient = rows.T @ (every - best) / len(groups) + 2e-3 * weights
        value = float(np.mean(np.log(total) - np.log(good)) + 1e-3 * weights @ weights)
        return value, gradient

    limits = _scaled(bounds, scale)
    start = np.zeros(rows.shape[1])
    result = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=limits)
    return np.asarray(result.x / scale, dtype=np.float64)


def fit_logistic(
    rows: NDArray[np.floating],
    labels: Booleans,
    *,
    weights: Floats | None = None,
    bounds: Bounds | None = None,
    penalty: float = 1e-3,
) -> tuple[Floats, float]:
    """Weights and bias of a logistic regression."""
    mean, scale = rows.mean(axis=0), rows.std(axis=0) + 1e-9
    scaled = np.column_stack([(rows - mean) / scale, np.ones(len(rows))]).astype(np.float64)
    share = np.ones(len(rows)) if weights is None else weights
    share = share / share.sum()
    sign = np.where(labels, 1.0, -1.0)

    def loss(values: Floats) -> tuple[float, Floats]:
        margins = sign * (scaled @ values)
        wrong = 1 / (1 + np.exp(np.clip(margins, -50, 50)))
        gradient = -scaled.T @ (share * sign * wrong)
        gradient[:-1] += 2 * penalty * values[:-1]
        value = float(share @ np.logaddexp(0, -margins) + penalty * values[:-1] @ values[:-1])
        return value, gradient

    limits = None if bounds is None else [*_scaled(bounds, scale), (None, None)]
    start = np.zeros(scaled.shape[1])
    result = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=limits)
    slopes = np.asarray(result.x[:-1] / scale, dtype=np.float64)
    return slopes, float(result.x[-1] - slopes @ mean)


def _scaled(bounds: Bounds, scale: Floats) -> list[tuple[float | None, float | None]]:
    """Bounds of the weights of standardised features."""
    return [
        (None if low is None else low * unit, None if high is None else high * unit)
        for (low, high), unit in zip(bounds, scale.tolist(), strict=True)
    ]
