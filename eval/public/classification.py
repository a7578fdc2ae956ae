"""Figures of a yes-or-no classifier, with their intervals. A figure without data is None."""

from __future__ import annotations

from collections.abc import Sequence

from eval.metrics.base import Points, Weights
from eval.statistics.estimates import Estimate, estimate_of, mean_of, ratio_of


def f1_of(labels: Sequence[bool], predicted: Sequence[bool], *, positive: bool) -> Estimate:
    """Return F1 of one class, 2TP / (2TP + FP + FN); None where neither side has it."""
    return ratio_of(
        (2.0 * (label is guess is positive), float((label is positive) + (guess is positive)))
        for label, guess in _both(labels, predicted)
    )


def macro_f1(
    labels: Sequence[bool], predicted: Sequence[bool], groups: Sequence[str] | None = None
) -> Estimate:
    """Return the mean of both classes' F1; None where a class is in neither side.

    With the group of each item: the mean of the groups' values; None where a group has none. Items
    are drawn anew from all groups together.
    """
    places = {name: float(place) for place, name in enumerate(sorted(set(groups or ())))}
    at = [0.0] * len(labels) if groups is None else [places[name] for name in groups]
    items = zip(at, map(float, labels), map(float, predicted), strict=True)
    return estimate_of(items, _mean_macro_f1)


def precision_of(labels: Sequence[bool], predicted: Sequence[bool]) -> Estimate:
    """Return the share of positive predictions that are right."""
    return mean_of(label if guess else None for label, guess in _both(labels, predicted))


def recall_of(labels: Sequence[bool], predicted: Sequence[bool]) -> Estimate:
    """Return the share of positive labels that were predicted."""
    return mean_of(guess if label else None for label, guess in _both(labels, predicted))


def accuracy_of(labels: Sequence[bool], predicted: Sequence[bool]) -> Estimate:
    """Return the share of predictions that are right."""
    return mean_of(label is guess for label, guess in _both(labels, predicted))


def _mean_macro_f1(points: Points, weights: Weights) -> float | None:
    """Return the mean of the groups' macro-F1. Points are (group, label, prediction)."""
    total, groups = 0.0, int(points[-1, 0]) + 1  # points are sorted
    for group in range(groups):
        held = points[:, 0] == group
        yes = _f1(points[held, 1:], weights[held])
        no = _f1(1 - points[held, 1:], weights[held])
        if yes is None or no is None:
            return None
        total += (yes + no) / 2
    return total / groups


def _f1(points: Points, weights: Weights) -> float | None:
    counted = float((points.sum(axis=1) * weights).sum())
    hits = float((points.prod(axis=1) * weights).sum())
    return 2 * hits / counted if counted else None


def _both(labels: Sequence[bool], predicted: Sequence[bool]) -> zip[tuple[bool, bool]]:
    return zip(labels, predicted, strict=True)
