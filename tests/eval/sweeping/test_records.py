"""Which runs are on the Pareto front."""

from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from eval.sweeping.records import pareto_front

POINTS = st.lists(
    st.tuples(st.integers(0, 5).map(float), st.integers(0, 5).map(float)), min_size=1, max_size=12
)


def test_a_run_that_another_beats_is_not_on_the_front() -> None:
    points = [(10.0, 0.5), (20.0, 0.9), (30.0, 0.8), (5.0, 0.5), (20.0, 0.7)]
    assert pareto_front(points, better="higher") == {1, 3}


def test_equal_runs_are_on_the_front_together() -> None:
    points = [(10.0, 0.5), (10.0, 0.5), (10.0, 0.4), (9.0, 0.2)]
    assert pareto_front(points, better="higher") == {0, 1, 3}


def test_quality_may_be_better_when_lower() -> None:
    points = [(10.0, 0.5), (20.0, 0.9), (20.0, 0.1)]
    assert pareto_front(points, better="lower") == {0, 2}


@given(points=POINTS)
def test_the_front_is_what_nothing_dominates(points: list[tuple[float, float]]) -> None:
    front = pareto_front(points, better="higher")
    assert front
    for position, (cost, quality) in enumerate(points):
        beaten = any(c <= cost and q >= quality and (c < cost or q > quality) for c, q in points)
        assert (position in front) is not beaten


@given(points=POINTS, seed=st.integers(0, 99))
def test_the_order_of_runs_does_not_matter(points: list[tuple[float, float]], seed: int) -> None:
    shuffled = list(points)
    random.Random(seed).shuffle(shuffled)
    on_front = {points[n] for n in pareto_front(points, better="higher")}
    assert {shuffled[n] for n in pareto_front(shuffled, better="higher")} == on_front
