"""Our test against SciPy's, and against what a test must be."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from eval.metrics.base import Metric, Points, Ratio, Statistic, Weights
from eval.statistics.permutation import EXACT_UP_TO, permutation_test

Array = NDArray[np.float64]


def nothing(_: object) -> None:
    """The tests make their points themselves."""


def area(labels: Array, scores: Array) -> float:
    """The share of pairs in which the positive scores higher, a tie counting half."""
    above = scores[labels == 1][:, None] - scores[labels == 0]
    return float(np.mean((above > 0) + 0.5 * (above == 0)))


def weighted_sum(points: Points, weights: Weights) -> float | None:
    below = float(points[:, 1] @ weights)
    return float(points[:, 0] @ weights) / below if below else None


MEAN = Ratio(group="t", name="mean", terms=nothing)
AREA = Statistic(
    group="t", name="area", terms=nothing, compute=lambda p, _: area(p[:, 0], p[:, 1]), width=2
)
SLOW_RATIO = Statistic(group="t", name="ratio", terms=nothing, compute=weighted_sum, width=2)


def terms(above: Array, below: Array | None = None) -> Points:
    return np.column_stack([above, np.ones(len(above)) if below is None else below])


def p_of(metric: Metric, a: Points, b: Points) -> float:
    found = permutation_test(metric, a, b)
    assert found is not None
    return found.p


def scipy_p(statistic: Callable[..., object], a: Array, b: Array, resamples: float) -> float:
    stats = pytest.importorskip("scipy.stats")
    found = stats.permutation_test(
        (a, b),
        statistic,
        permutation_type="samples",
        n_resamples=resamples,
        rng=np.random.default_rng(5),
    )
    return float(found.pvalue)


def difference_of_means(x: Array, y: Array, axis: int) -> object:
    return np.mean(y, axis=axis) - np.mean(x, axis=axis)


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("n", [2, 7, 11])
def test_few_questions_give_the_exact_p_of_scipy(n: int, seed: int) -> None:
    generator = np.random.default_rng(seed)
    a, b = generator.random((2, n))
    found = permutation_test(MEAN, terms(a), terms(b))
    assert found is not None
    assert found.exact
    assert found.p == pytest.approx(scipy_p(difference_of_means, a, b, np.inf), abs=1e-12)


@pytest.mark.parametrize("seed", range(5))
def test_ties_are_counted_as_scipy_counts_them(seed: int) -> None:
    generator = np.random.default_rng(seed)
    a, b = generator.integers(0, 4, size=(2, 12)) / 3  # thirds do not add up exactly
    expected = scipy_p(difference_of_means, a, b, np.inf)
    assert p_of(MEAN, terms(a), terms(b)) == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize(("seed", "shift"), [(1, 0.0), (2, 0.06), (3, 0.1)])
def test_many_questions_give_the_p_of_scipy_within_sampling_error(seed: int, shift: float) -> None:
    generator = np.random.default_rng(seed)
    a = generator.random(60)
    b = a + shift + generator.normal(0, 0.3, 60)
    found = permutation_test(MEAN, terms(a), terms(b))
    assert found is not None
    assert not found.exact
    expected = scipy_p(difference_of_means, a, b, 20_000)
    error = 4 * np.sqrt(max(expected, 1e-3) * (1 / 10_000 + 1 / 20_000))
    assert found.p == pytest.approx(expected, abs=error)


def test_an_area_gives_the_exact_p_of_scipy() -> None:
    generator = np.random.default_rng(9)
    labels = np.array([1.0, 1, 1, 0, 0, 0, 0, 1, 0])
    a, b = generator.integers(0, 6, size=(2, 9)).astype(np.float64)

    def statistic(x: Array, y: Array, axis: int) -> object:
        both = [np.moveaxis(side, axis, -1) for side in np.broadcast_arrays(x, y)]
        of_x, of_y = (np.apply_along_axis(lambda s: area(labels, s), -1, side) for side in both)
        return of_y - of_x

    found = p_of(AREA, np.column_stack([labels, a]), np.column_stack([labels, b]))
    assert found == pytest.approx(scipy_p(statistic, a, b, np.inf), abs=1e-12)


@pytest.mark.parametrize(("fixed", "broken"), [(0, 1), (6, 0), (5, 2), (9, 4), (3, 3)])
def test_rights_and_wrongs_give_the_exact_test_of_mcnemar(fixed: int, broken: int) -> None:
    stats = pytest.importorskip("scipy.stats")
    a = np.array([0.0] * fixed + [1.0] * broken + [1.0] * 20 + [0.0] * 5)
    b = np.array([1.0] * fixed + [0.0] * broken + [1.0] * 20 + [0.0] * 5)
    expected = stats.binomtest(fixed, fixed + broken, 0.5).pvalue
    assert p_of(MEAN, terms(a), terms(b)) == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("n", [8, 60])
def test_sums_over_sums_are_tested_alike_on_the_quick_way_and_the_general_one(n: int) -> None:
    generator = np.random.default_rng(n)
    below = generator.integers(0, 4, size=(2, n)).astype(np.float64)
    above = np.minimum(below, generator.integers(0, 4, size=(2, n)))
    a, b = (terms(x, y) for x, y in zip(above, below, strict=True))
    a[2] = np.nan
    quick, general = permutation_test(MEAN, a, b), permutation_test(SLOW_RATIO, a, b)
    assert quick == general
    assert quick is not None
    assert 0 < quick.p < 1


def test_a_ratio_by_hand() -> None:
    # A 0/1 and 1/1, B 2/2 and 0/3: 2/5 - 1/2 = -.1; with the first one swapped 0/4 - 3/3 = -1
    a = terms(np.array([0.0, 1.0]), np.array([1.0, 1.0]))
    b = terms(np.array([2.0, 0.0]), np.array([2.0, 3.0]))
    found = permutation_test(MEAN, a, b)
    assert found is not None
    assert (found.p, found.differing, found.telling, found.exact) == (1.0, 2, True, True)


def test_swaps_that_leave_a_side_without_data_do_not_count() -> None:
    # swapping the first question alone would take A's only row away; so would the second alone
    none = [np.nan, np.nan]
    a, b = np.array([[1.0, 1.0], none]), np.array([none, [0.0, 1.0]])
    assert permutation_test(MEAN, a, b) == permutation_test(SLOW_RATIO, a, b)
    assert p_of(MEAN, a, b) == 1.0
    assert permutation_test(MEAN, np.array([none]), np.array([[1.0, 1.0]])) is None


def test_nothing_to_swap_is_p_one_and_tells_nothing() -> None:
    a = terms(np.array([0.0, 1.0, np.nan]))
    found = permutation_test(MEAN, a, a)
    assert found is not None
    assert (found.p, found.differing, found.telling) == (1.0, 0, False)


def test_rows_that_differ_and_never_matter_tell_nothing() -> None:
    a, b = terms(np.array([1.0, 2.0]), np.array([1.0, 2.0])), terms(np.array([3.0, 1.0]))
    b[:, 1] = b[:, 0]
    found = permutation_test(MEAN, a, b)
    assert found is not None
    assert (found.p, found.differing, found.telling) == (1.0, 2, False)


def test_the_sampled_p_is_never_zero_and_close_to_the_exact_one() -> None:
    a, b = np.zeros(EXACT_UP_TO + 1), np.ones(EXACT_UP_TO + 1)
    assert p_of(MEAN, terms(a), terms(b)) == pytest.approx(2**-EXACT_UP_TO, abs=4e-4)
    assert p_of(MEAN, terms(np.zeros(99)), terms(np.ones(99))) == 1 / 10_001


def test_under_the_null_hypothesis_p_is_below_five_percent_as_often_as_it_says() -> None:
    generator = np.random.default_rng(4)
    hits = 0
    for _ in range(300):
        a, b = generator.random((2, 12))
        hits += p_of(MEAN, terms(a), terms(b)) <= 0.05
    assert 4 <= hits <= 27  # 15 expected; four standard deviations
