"""Figures of a classifier, by hand and against scikit-learn."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy import stats

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
    assert precision_of(LABELS, PREDICTED).value == pytest.approx(2 / 3)
    assert recall_of(LABELS, PREDICTED).value == pytest.approx(2 / 3)
    assert f1_of(LABELS, PREDICTED, positive=True).value == pytest.approx(2 / 3)
    assert f1_of(LABELS, PREDICTED, positive=False).value == pytest.approx(1 / 2)
    assert macro_f1(LABELS, PREDICTED).value == pytest.approx(7 / 12)
    assert accuracy_of(LABELS, PREDICTED).value == pytest.approx(3 / 5)


def test_no_data_is_none() -> None:
    assert precision_of([True], [False]).value is None
    assert recall_of([False], [True]).value is None
    assert f1_of([False], [False], positive=True).value is None
    assert macro_f1([True], [True]).value is None
    assert accuracy_of([], []).value is None


@settings(max_examples=30)
@given(PAIRS)
def test_they_agree_with_scikit_learn(pairs: list[tuple[bool, bool]]) -> None:
    labels, predicted = [a for a, _ in pairs], [b for _, b in pairs]
    theirs = metrics.precision_recall_fscore_support(
        labels, predicted, labels=[True, False], zero_division=0.0
    )
    for at, positive in enumerate((True, False)):
        ours = f1_of(labels, predicted, positive=positive).value
        assert (ours or 0.0) == pytest.approx(theirs[2][at])
        assert (ours is None) == (positive not in labels and positive not in predicted)
    assert (precision_of(labels, predicted).value or 0.0) == pytest.approx(theirs[0][0])
    assert (recall_of(labels, predicted).value or 0.0) == pytest.approx(theirs[1][0])
    assert accuracy_of(labels, predicted).value == pytest.approx(
        metrics.accuracy_score(labels, predicted)
    )


def test_groups_weigh_the_same_whatever_their_size() -> None:
    groups = ["b", "a", "a", "a", "b"]
    of_a = macro_f1(LABELS[1:4], PREDICTED[1:4]).value
    of_b = macro_f1([True, False], [True, False]).value
    assert of_a is not None
    assert of_b == 1.0
    assert macro_f1(LABELS, PREDICTED, groups).value == pytest.approx((of_a + of_b) / 2)
    assert macro_f1([*LABELS, True], [*PREDICTED, True], [*groups, "c"]).value is None


def test_claims_are_drawn_anew_for_macro_f1() -> None:
    generator = np.random.default_rng(4)
    labels = generator.random(200) < 0.4
    predicted = labels ^ (generator.random(200) < 0.2)
    theirs = stats.bootstrap(
        (labels, predicted),
        by_hand,
        method="percentile",
        paired=True,
        vectorized=False,
        n_resamples=2000,
        rng=np.random.default_rng(1),
    ).confidence_interval
    ours = macro_f1(labels.tolist(), predicted.tolist())
    assert ours.value == pytest.approx(by_hand(labels, predicted))
    assert ours.interval == pytest.approx([theirs.low, theirs.high], abs=0.01)


def by_hand(labels: NDArray[np.bool_], predicted: NDArray[np.bool_]) -> float:
    yes = 2 * (labels & predicted).sum() / (labels.sum() + predicted.sum())
    no = 2 * (~labels & ~predicted).sum() / ((~labels).sum() + (~predicted).sum())
    return float((yes + no) / 2)
