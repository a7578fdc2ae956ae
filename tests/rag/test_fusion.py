"""Fusion is arithmetic: its laws hold for any scores."""

from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.fusion import convex, min_max, mixed, reciprocal_rank

NAMES = st.sampled_from([f"p{n}" for n in range(12)])
SCORES = st.dictionaries(NAMES, st.floats(-50, 50, allow_nan=False), max_size=12)
WEIGHTS = st.floats(0, 1)


def shuffled(scores: dict[str, float], order: list[str]) -> dict[str, float]:
    """The same scores, put in in another order."""
    return {name: scores[name] for name in [*order, *scores] if name in scores}


def ranking(scores: dict[str, float]) -> list[str]:
    return sorted(scores, key=lambda name: (-scores[name], name))


@given(SCORES)
def test_min_max_keeps_the_order_and_spans_the_unit_interval(scores: dict[str, float]) -> None:
    stretched = min_max(scores)
    assert stretched.keys() == scores.keys()
    assert all(0 <= value <= 1 for value in stretched.values())
    if scores:
        assert max(stretched.values()) == 1
    for left, right in combinations(sorted(scores, key=lambda name: scores[name]), 2):
        assert stretched[left] <= stretched[right]


def test_min_max_of_one_score_or_equal_ones_is_all_ones() -> None:
    assert min_max({"a": -3.0}) == {"a": 1.0}
    assert min_max({"a": 0.2, "b": 0.2}) == {"a": 1.0, "b": 1.0}
    assert min_max({}) == {}


@given(SCORES, SCORES, WEIGHTS, st.permutations([f"p{n}" for n in range(12)]))
def test_convex_does_not_depend_on_the_order_of_its_inputs(
    dense: dict[str, float], lexical: dict[str, float], weight: float, order: list[str]
) -> None:
    again = convex(shuffled(dense, order), shuffled(lexical, order[::-1]), weight)
    assert again == convex(dense, lexical, weight)


@given(SCORES, SCORES, st.permutations([f"p{n}" for n in range(12)]))
def test_reciprocal_rank_does_not_depend_on_the_order_of_its_inputs(
    dense: dict[str, float], lexical: dict[str, float], order: list[str]
) -> None:
    again = reciprocal_rank(shuffled(dense, order), shuffled(lexical, order[::-1]))
    assert again == reciprocal_rank(dense, lexical)


@given(SCORES, SCORES, WEIGHTS)
def test_fused_scores_lie_in_the_unit_interval(
    dense: dict[str, float], lexical: dict[str, float], weight: float
) -> None:
    for fused in (convex(dense, lexical, weight), reciprocal_rank(dense, lexical)):
        assert fused.keys() == dense.keys() | lexical.keys()
        assert all(-1e-12 <= score <= 1 + 1e-12 for score in fused.values())


@given(SCORES, SCORES, WEIGHTS)
def test_first_on_both_sides_scores_one(
    dense: dict[str, float], lexical: dict[str, float], weight: float
) -> None:
    dense["best"] = max(dense.values(), default=0.0) + 1
    lexical["best"] = max(lexical.values(), default=0.0) + 1
    assert convex(dense, lexical, weight)["best"] == pytest.approx(1)
    assert reciprocal_rank(dense, lexical)["best"] == pytest.approx(1)
    assert ranking(reciprocal_rank(dense, lexical))[0] == "best"


@given(SCORES, SCORES)
def test_a_weight_of_one_is_the_dense_side_and_of_zero_the_lexical(
    dense: dict[str, float], lexical: dict[str, float]
) -> None:
    near, alike = min_max(dense), min_max(lexical)
    assert convex(dense, lexical, 1.0) == {n: near.get(n, 0.0) for n in dense | lexical}
    assert convex(dense, lexical, 0.0) == {n: alike.get(n, 0.0) for n in dense | lexical}


@given(SCORES)
def test_two_equal_sides_rank_as_either(scores: dict[str, float]) -> None:
    assert ranking(reciprocal_rank(scores, scores)) == ranking(scores)
    fused = convex(scores, scores, 0.3)
    assert all(fused[name] == pytest.approx(score) for name, score in min_max(scores).items())


def test_reciprocal_rank_counts_ranks_not_scores() -> None:
    near = reciprocal_rank({"a": 0.9, "b": 0.8}, {"a": 12.0, "b": 11.9})
    far = reciprocal_rank({"a": 0.9, "b": 0.1}, {"a": 90.0, "b": 0.2})
    assert near == far
    assert near == {"a": 1.0, "b": pytest.approx(61 / 62)}


def test_what_one_side_lacks_scores_only_on_the_other() -> None:
    fused = convex({"a": 0.8, "b": 0.2}, {"b": 7.0, "c": 3.0}, 0.25)
    assert fused == {"a": 0.25, "b": 0.75, "c": 0.0}
    assert reciprocal_rank({"a": 1.0}, {}) == {"a": 0.5}


UNIT = st.dictionaries(NAMES, st.floats(0, 1), max_size=12)


@given(UNIT, UNIT, st.floats(0, 3))
def test_mixing_stays_in_the_unit_interval_and_adds_no_passage(
    scores: dict[str, float], others: dict[str, float], weight: float
) -> None:
    made = mixed(scores, others, weight)
    assert made.keys() == scores.keys()
    assert all(-1e-12 <= score <= 1 + 1e-12 for score in made.values())


def test_mixing_weighs_one_part_of_the_scores_with_some_of_the_others() -> None:
    assert mixed({"a": 0.5, "b": 0.8}, {"a": 1.0, "c": 1.0}, 1.0) == {"a": 0.75, "b": 0.4}
    assert mixed({"a": 0.5}, {"a": 1.0}, 0.0) == {"a": 0.5}
