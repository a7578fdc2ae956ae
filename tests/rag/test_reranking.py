"""Passages ordered by what reading found in them."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.records import Passage, Span
from rag.reading.base import Reading, SentenceReading
from rag.records import Candidate
from rag.reranking import rerank


def candidate(name: str, score: float) -> Candidate:
    passage = Passage(
        passage_id=name,
        article_id=name,
        version=1,
        ordinal=0,
        start=0,
        end=5,
        text="Words",
        sentences=(Span(0, 5),),
    )
    return Candidate(
        passage=passage,
        title=name,
        publisher=None,
        url=None,
        published_at=None,
        published_at_source=None,
        story_id=name,
        score=score,
    )


def reading(*scores: float) -> Reading:
    sentences = [
        SentenceReading(candidate=i, span=Span(0, 5), score=score) for i, score in enumerate(scores)
    ]
    return Reading(sentences=sorted(sentences, key=lambda s: -s.score), answerability=0.5)


def names(candidates: list[Candidate]) -> list[str]:
    return [c.passage.passage_id for c in candidates]


def test_a_passage_that_answers_overtakes_one_that_only_matches() -> None:
    found = [candidate("matches", 0.9), candidate("answers", 0.6)]
    assert names(rerank(found, reading(0.05, 0.9), 0.2)) == ["answers", "matches"]


def test_weight_zero_and_nothing_read_leave_the_order() -> None:
    found = [candidate("first", 0.9), candidate("second", 0.6)]
    assert rerank(found, reading(0.05, 0.9), 0.0) == [
        replace(found[0], reading=0.05),
        replace(found[1], reading=0.9),
    ]
    assert rerank(found, Reading(sentences=(), answerability=0.0), 0.2) == found


def test_a_passage_that_was_not_read_counts_as_the_worst_that_was() -> None:
    found = [candidate("good", 0.8), candidate("poor", 0.7), candidate("unread", 0.75)]
    assert names(rerank(found, reading(0.9, 0.1), 0.2)) == ["good", "unread", "poor"]


@given(
    st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1)), min_size=1, max_size=8, unique=True),
    st.floats(0.01, 2),
)
def test_scores_fall_and_stay_in_bounds(rows: list[tuple[float, float]], weight: float) -> None:
    found = [candidate(str(i), fused) for i, (fused, _) in enumerate(rows)]
    ranked = rerank(found, reading(*(score for _, score in rows)), weight)
    scores = [c.score for c in ranked]
    assert sorted(names(ranked)) == sorted(names(found))
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= score <= 1 for score in scores)


@pytest.mark.parametrize("probability", [0.0, 1.0])
def test_certainty_is_finite(probability: float) -> None:
    ranked = rerank([candidate("one", 0.5)], reading(probability), 0.2)
    assert 0 < ranked[0].score < 1
    assert ranked[0].reading == probability
    assert replace(ranked[0], score=0.5, reading=None) == candidate("one", 0.5)
