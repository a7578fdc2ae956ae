"""Figures of a classifier, by hand and against scikit-learn."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eval.public.classification import (
    accuracy_of,
    f1_of,
    macro_f1,
    precision_of,
    recall_of,
)

metrics = pytest.importorskip("sklearn.metrics")

LABELS = [True, True, True, False, False]
PREDICTED = [True, True, False, True, False]
PAIRS = st.lists(st.tuples(st.booleans(), st.booleans()), min_size=1, max_size=30)


def test_figures_are_those_counted_by_hand() -> None:
    assert precision_of(LABELS, PREDICTED) == pytest.approx(2 / 3)
    assert recall_of(LABELS, PREDICTED) == pytest.approx(2 / 3)
    assert f1_of(LABELS, PREDICTED, positive=True) == pytest.approx(2 / 3)
    assert f1_of(LABELS, PREDICTED, positive=False) == pytest.approx(1 / 2)
    assert macro_f1(LABELS, PREDICTED) == pytest.approx(7 / 12)
    assert accuracy_of(LABELS, PREDICTED) == pytest.approx(3 / 5)


def test_no_data_is_none() -> None:
    assert precision_of([True], [False]) is None
    assert recall_of([False], [True]) is None
    assert f1_of([False], [False], positive=True) is None
    assert macro_f1([True], [True]) is None
    assert accuracy_of([], []) is None


@settings(deadline=None)
@given(PAIRS)
def test_they_agree_with_scikit_learn(pairs: list[tuple[bool, bool]]) -> None:
    labels, predicted = [a for a, _ in pairs], [b for _, b in pairs]
    theirs = metrics.precision_recall_fscore_support(
        labels, predicted, labels=[True, False], zero_division=0.0
    )
    for at, positive in enumerate((True, False)):
        ours = f1_of(labels, predicted, positive=positive)
        assert (ours or 0.0) == pytest.approx(theirs[2][at])
        assert (ours is None) == (positive not in labels and positive not in predicted)
    assert (precision_of(labels, predicted) or 0.0) == pytest.approx(theirs[0][0])
    assert (recall_of(labels, predicted) or 0.0) == pytest.approx(theirs[1][0])
    assert accuracy_of(labels, predicted) == pytest.approx(
        metrics.accuracy_score(labels, predicted)
    )
