"""Pooling: answers given in several places rise together, and nothing else moves."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.reading.pooling import pool

MACRON = frozenset({"macron"})
EMMANUEL = frozenset({"emmanuel", "macron"})
STARMER = frozenset({"starmer"})
NOTHING: frozenset[str] = frozenset()

SCORES = st.lists(st.floats(min_value=-20, max_value=20), min_size=1, max_size=12)


@given(SCORES)
def test_without_company_every_score_stays(scores: list[float]) -> None:
    answers = [frozenset({f"word{i}"}) for i in range(len(scores))]
    assert pool(scores, answers, range(len(scores))).tolist() == pytest.approx(scores)
    assert pool(scores, [NOTHING] * len(scores), range(len(scores))).tolist() == pytest.approx(
        scores
    )


@given(SCORES, st.data())
def test_no_score_falls(scores: list[float], data: st.DataObject) -> None:
    pick = st.sampled_from([MACRON, EMMANUEL, STARMER, NOTHING])
    answers = [data.draw(pick) for _ in scores]
    places = [data.draw(st.integers(0, 3)) for _ in scores]
    pooled = pool(scores, answers, places).tolist()
    assert all(new >= old - 1e-9 for new, old in zip(pooled, scores, strict=True))


def test_two_of_one_mind_beat_one_that_is_surer() -> None:
    pooled = pool([3.0, 2.5, 2.5], [STARMER, MACRON, MACRON], [0, 1, 2])
    assert pooled[1] == pooled[2] > pooled[0]


def test_a_part_of_the_name_counts_half() -> None:
    alone, whole, part = (
        pool([1.0, 1.0], [MACRON, other], [0, 1])[0] for other in (STARMER, MACRON, EMMANUEL)
    )
    assert alone < part < whole


def test_one_place_counts_once() -> None:
    """An overlap puts a sentence into two passages."""
    assert pool([1.0, 1.0], [MACRON, MACRON], [7, 7]).tolist() == pytest.approx([1.0, 1.0])


def test_nothing_in_nothing_out() -> None:
    assert pool([], [], []).tolist() == []
