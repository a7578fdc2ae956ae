"""Paired permutation tests: is the difference between two systems more than chance?

Under the null hypothesis it does not matter which system gave which of a question's two answers,
so the two rows of each question are swapped at random, and the difference of the metric computed
anew (Fisher, "The Design of Experiments", 1935; Noreen, "Computer-Intensive Methods for Testing
Hypotheses", 1989, calls it approximate randomisation). Whole rows are swapped, and the metric is
computed over all of them: so the test holds for a mean as for a precision over all citations, an
area or a calibration error. For a mean of rights and wrongs it is McNemar's exact test.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from eval.metrics.base import Metric, Points, Ratio

DRAWS = 10_000
SEED = 20231
EXACT_UP_TO = 14
"""With so many differing questions or fewer, all swaps are tried: 2^13 of them, since swapping the
others instead only turns the sign."""
TOLERANCE = 1e-10
"""Differences that lie this close are equal: they are sums of the same terms, added otherwise."""

_CHUNK = 256

Swaps = NDArray[np.bool_]
"""(draws, differing): which of the questions whose rows differ are swapped."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PermutationTest:
    """What a test found."""

    p: float
    """Two-sided, in (0, 1]."""
    differing: int
    """How many questions contribute differently in the two systems."""
    telling: bool
    """Some swap makes a difference; where none does, no p but 1 could have come out."""
    exact: bool
    """All swaps were tried; else a random sample of them."""


def permutation_test(
    metric: Metric, a: Points, b: Points, *, draws: int = DRAWS, seed: int = SEED
) -> PermutationTest | None:
    """Return the test of metric(b) - metric(a) = 0; None where either has no data.

    `a` and `b` are the metric's points for the same questions, in the same order. Exact: the share
    of all swaps whose difference is at least as large as the observed one. Sampled: the observed
    one is counted as a draw, (1 + hits) / (1 + draws), since a p of 0 would claim too much
    (Phipson and Smyth, "Permutation P-values Should Never Be Zero", Statistical Applications in
    Genetics and Molecular Biology 9(1), 2010). Swaps that leave a side without data are not
    counted; which ones do depends on the rows alone, not on whose they are.
    """
    everyone = np.ones(len(a))
    of_a, of_b = metric.weighted(a, everyone), metric.weighted(b, everyone)
    if of_a is None or of_b is None:
        return None
    differing = np.flatnonzero(~((a == b) | (np.isnan(a) & np.isnan(b))).all(axis=1))
    exact = len(differing) <= EXACT_UP_TO
    swaps = _all_swaps(len(differing)) if exact else _some_swaps(len(differing), draws, seed)
    observed = abs(of_b - of_a)
    hits = counted = 0
    telling = observed > TOLERANCE
    for some in swaps:
        differences = np.abs(_differences(metric, a, b, differing, some))
        counted += int((~np.isnan(differences)).sum())
        hits += int((differences >= observed - TOLERANCE).sum())
        telling = telling or bool((differences > TOLERANCE).any())
    p = hits / counted if exact else (1 + hits) / (1 + counted)
    return PermutationTest(p=p, differing=len(differing), telling=telling, exact=exact)


def _all_swaps(differing: int) -> Iterator[Swaps]:
    """Yield every way to swap, but for the last question, which stays."""
    if not differing:
        yield np.zeros((1, 0), dtype=np.bool_)
        return
    places = np.arange(differing)
    every = 2 ** (differing - 1)
    for start in range(0, every, _CHUNK):
        numbers = np.arange(start, min(start + _CHUNK, every))
        yield (numbers[:, None] >> places & 1).astype(np.bool_)


def _some_swaps(differing: int, draws: int, seed: int) -> Iterator[Swaps]:
    generator = np.random.default_rng(seed)
    for start in range(0, draws, _CHUNK):
        size = (min(_CHUNK, draws - start), differing)
        yield generator.integers(0, 2, size=size, dtype=np.uint8).astype(np.bool_)


def _differences(
    metric: Metric, a: Points, b: Points, differing: NDArray[np.intp], swaps: Swaps
) -> NDArray[np.float64]:
    """Return metric(b) - metric(a) for each swap; NaN where a side is left without data.

    A side is the rows of both systems, of which it is given one for each question.
    """
    if isinstance(metric, Ratio):
        return _ratio_differences(a, b, differing, swaps)
    both = np.vstack([a, b])
    given = np.zeros((len(swaps), len(both)))
    given[:, : len(a)] = 1
    given[:, differing] = ~swaps
    given[:, len(a) + differing] = swaps
    of_a, of_b = metric.resampled(both, given), metric.resampled(both, 1 - given)
    return np.array(
        [np.nan if x is None or y is None else y - x for x, y in zip(of_a, of_b, strict=True)]
    )


def _ratio_differences(
    a: Points, b: Points, differing: NDArray[np.intp], swaps: Swaps
) -> NDArray[np.float64]:
    """Return the same for sums over sums, many times quicker: a swap moves a question's terms."""
    a, b = np.nan_to_num(a), np.nan_to_num(b)
    moved = swaps.astype(np.float64) @ (b - a)[differing]
    sums_a, sums_b = a.sum(axis=0) + moved, b.sum(axis=0) - moved
    with np.errstate(divide="ignore", invalid="ignore"):
        found: NDArray[np.float64] = sums_b[:, 0] / sums_b[:, 1] - sums_a[:, 0] / sums_a[:, 1]
    found[~np.isfinite(found)] = np.nan
    return found
