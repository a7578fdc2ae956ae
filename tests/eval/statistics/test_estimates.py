"""Figures of items with their intervals, by hand and against SciPy's bootstrap."""

from __future__ import annotations

import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy import stats

from eval.metrics.abstention import auroc
from eval.metrics.aggregate import mean
from eval.statistics.estimates import Estimate, auroc_of, mean_of, ratio_of

NOTHING = Estimate(value=None, low=None, high=None)
SCORES = st.lists(st.floats(min_value=0, max_value=1), min_size=1, max_size=20)
LABELLED = st.lists(
    st.tuples(st.booleans(), st.sampled_from([0.1, 0.2, 0.7, 0.9])), min_size=1, max_size=20
)

Floats = NDArray[np.float64]


def made(seed: int, n: int = 150) -> tuple[Floats, Floats]:
    """Labels, and scores that follow them loosely."""
    generator = np.random.default_rng(seed)
    labels = (generator.random(n) < 0.4).astype(np.float64)
    return labels, np.round(labels * 0.3 + generator.random(n), 1)


def scipys(*columns: Floats, statistic: object) -> tuple[float, float]:
    found = stats.bootstrap(
        columns,
        statistic,
        method="percentile",
        paired=True,
        vectorized=False,
        n_resamples=2000,
        rng=np.random.default_rng(1),
    ).confidence_interval
    return float(found.low), float(found.high)


def test_an_interval_lies_around_its_value_and_stays_the_same() -> None:
    values = [1.0, 0.5, 0.0, 1.0, None, 0.25]
    figure = mean_of(values)
    assert figure.value == 0.55
    assert figure.interval is not None
    low, high = figure.interval
    assert 0.0 <= low < 0.55 < high <= 1.0
    assert mean_of(values) == figure
    doubled = mean_of(values * 8)
    assert doubled.value == 0.55
    assert doubled.interval is not None
    assert low < doubled.interval[0] < doubled.interval[1] < high


def test_two_items_that_differ_say_nothing_and_one_alone_cannot_vary() -> None:
    # both draws are the same item in half of all resamples
    assert mean_of([True, False], scale=100.0) == Estimate(value=50.0, low=0.0, high=100.0)
    assert mean_of([0.3]) == Estimate(value=0.3, low=0.3, high=0.3)


def test_the_interval_of_flags_is_the_binomials() -> None:
    figure = mean_of([True] * 300 + [False] * 100)
    low, high = stats.binom(400, 0.75).ppf([0.025, 0.975]) / 400
    assert figure.interval == pytest.approx([low, high], abs=0.01)


def test_the_interval_of_a_mean_is_scipys_within_its_noise() -> None:
    _, scores = made(5)
    assert mean_of(scores.tolist()).interval == pytest.approx(
        scipys(scores, statistic=np.mean), abs=0.01
    )


def test_the_interval_of_a_ratio_is_scipys_within_its_noise() -> None:
    above, below = made(6)
    theirs = scipys(above, below, statistic=lambda a, b: a.sum() / b.sum())
    ours = ratio_of(zip(above.tolist(), below.tolist(), strict=True))
    assert ours.interval == pytest.approx(theirs, abs=0.015)


def test_the_interval_of_an_area_is_scipys_within_its_noise() -> None:
    labels, scores = made(7)
    theirs = scipys(labels, scores, statistic=lambda a, b: auroc(a.tolist(), b.tolist()))
    ours = auroc_of((labels > 0).tolist(), scores.tolist())
    assert ours.interval == pytest.approx(theirs, abs=0.015)


def test_items_without_a_value_are_drawn_too() -> None:
    # as the ratio of two sums over all items, in which they count 0
    labels, scores = made(8)
    some = [score if label else None for label, score in zip(labels, scores, strict=True)]
    theirs = scipys(labels * scores, labels, statistic=lambda a, b: a.sum() / b.sum())
    assert mean_of(some).interval == pytest.approx(theirs, abs=0.015)


@settings(max_examples=30)
@given(SCORES, st.integers(0, 100))
def test_order_does_not_matter_and_the_mean_is_exact(values: list[float], seed: int) -> None:
    shuffled = random.Random(seed).sample(values, len(values))
    figure = mean_of(values)
    assert mean_of(shuffled) == figure
    assert figure.value == mean(values)


@settings(max_examples=30)
@given(LABELLED)
def test_the_area_is_that_of_the_abstention_metrics(pairs: list[tuple[bool, float]]) -> None:
    labels, scores = [label for label, _ in pairs], [score for _, score in pairs]
    assert auroc_of(labels, scores).value == auroc(labels, scores)


def test_without_data_there_is_neither_figure_nor_interval() -> None:
    assert mean_of([]) == mean_of([None, None]) == NOTHING
    assert ratio_of([(0.0, 0.0), None]) == NOTHING
    assert auroc_of([True, True], [0.1, 0.9]) == auroc_of([], []) == NOTHING
    assert NOTHING.interval is None


def test_resamples_without_data_are_left_out() -> None:
    assert auroc_of([True, False], [0.9, 0.1]) == Estimate(value=1.0, low=1.0, high=1.0)
    assert mean_of([0.5, None, None]) == Estimate(value=0.5, low=0.5, high=0.5)
