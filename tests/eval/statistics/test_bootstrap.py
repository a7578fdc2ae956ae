"""Intervals, held against SciPy's bootstrap and against coverage by construction."""

from __future__ import annotations

import random

import numpy as np
import pytest
from scipy import stats

from eval.metrics.base import Ratio
from eval.records import QuestionResult
from eval.statistics.bootstrap import draw_weights, figures_of, interval_of
from eval.summary import all_metrics, summarise

ACCURACY = Ratio(group="answer", name="accuracy", terms=lambda row: (float(row.correct), 1.0))


def rows(right: int, wrong: int) -> list[QuestionResult]:
    flags = [True] * right + [False] * wrong
    return [
        QuestionResult(id=f"q{place}", question="?", answerable=True, correct=flag)
        for place, flag in enumerate(flags)
    ]


def test_the_interval_is_scipys_within_its_own_noise() -> None:
    [figure] = figures_of([ACCURACY], rows(60, 20), resamples=4000)
    sample = (np.array([1.0] * 60 + [0.0] * 20),)
    theirs = stats.bootstrap(
        sample, np.mean, method="percentile", n_resamples=4000, rng=np.random.default_rng(1)
    ).confidence_interval
    assert figure.value == 0.75
    assert [figure.low, figure.high] == pytest.approx([theirs.low, theirs.high], abs=0.013)


def test_the_interval_is_the_binomials() -> None:
    [figure] = figures_of([ACCURACY], rows(300, 100), resamples=4000)
    low, high = stats.binom(400, 0.75).ppf([0.025, 0.975]) / 400
    assert [figure.low, figure.high] == pytest.approx([low, high], abs=0.006)


def test_the_same_questions_have_the_same_interval_in_any_order() -> None:
    listed = rows(7, 5)
    shuffled = listed.copy()
    random.Random(3).shuffle(shuffled)
    assert figures_of([ACCURACY], listed) == figures_of([ACCURACY], shuffled)


def test_where_all_agree_the_interval_has_no_width() -> None:
    [figure] = figures_of([ACCURACY], rows(9, 0))
    assert (figure.value, figure.low, figure.high) == (1.0, 1.0, 1.0)


def test_every_figure_with_a_value_has_an_interval_around_it() -> None:
    for figure in summarise(rows(5, 4), resamples=50):
        if figure.value is None:
            assert (figure.low, figure.high) == (None, None)
        else:
            assert figure.low is not None
            assert figure.high is not None
            assert figure.low <= figure.value <= figure.high
    assert len(summarise([], resamples=5)) == len(all_metrics())


def test_draws_are_the_same_for_a_seed_and_of_the_right_size() -> None:
    first = draw_weights(6, 20).tolist()
    assert first == draw_weights(6, 20).tolist()
    assert first != draw_weights(6, 20, seed=9).tolist()
    assert {sum(weights) for weights in first} == {6.0}


def test_a_resample_without_data_is_left_out() -> None:
    assert interval_of([None, 1.0, None]) == (1.0, 1.0)
    assert interval_of([None]) == (None, None)
