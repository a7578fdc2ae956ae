"""Figures of a yes-or-no classifier. Where there is no data the result is None, never 0."""

from __future__ import annotations

from collections.abc import Sequence

from eval.metrics.aggregate import share


def f1_of(labels: Sequence[bool], predicted: Sequence[bool], *, positive: bool) -> float | None:
    """Return F1 of one class, 2TP / (2TP + FP + FN); None where neither side has it."""
    counted = sum(
        (label is positive) + (guess is positive) for label, guess in _both(labels, predicted)
    )
    hits = sum(label is guess is positive for label, guess in _both(labels, predicted))
    return 2 * hits / counted if counted else None


def macro_f1(labels: Sequence[bool], predicted: Sequence[bool]) -> float | None:
    """Return the mean of both classes' F1; None where a class is in neither side."""
    yes = f1_of(labels, predicted, positive=True)
    no = f1_of(labels, predicted, positive=False)
    return None if yes is None or no is None else (yes + no) / 2


def precision_of(labels: Sequence[bool], predicted: Sequence[bool]) -> float | None:
    """Return the share of positive predictions that are right."""
    return share(label for label, guess in _both(labels, predicted) if guess)


def recall_of(labels: Sequence[bool], predicted: Sequence[bool]) -> float | None:
    """Return the share of positive labels that were predicted."""
    return share(guess for label, guess in _both(labels, predicted) if label)


def accuracy_of(labels: Sequence[bool], predicted: Sequence[bool]) -> float | None:
    """Return the share of predictions that are right."""
    return share(label is guess for label, guess in _both(labels, predicted))


def _both(labels: Sequence[bool], predicted: Sequence[bool]) -> zip[tuple[bool, bool]]:
    return zip(labels, predicted, strict=True)
