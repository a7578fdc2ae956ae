"""Metrics as values: their names, and what a weight means."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.metrics.base import value_of
from eval.records import JudgedCitation, JudgedSentence, QuestionResult
from eval.replies import Usage
from eval.summary import all_metrics
from rag.records import Outcome


@st.composite
def rows(draw: st.DrawFn) -> QuestionResult:
    answerable = draw(st.booleans())
    outcome = draw(st.sampled_from([None, *Outcome]))
    share = st.sampled_from([0.0, 0.25, 0.5, 1.0])
    supporting = draw(st.lists(st.booleans(), max_size=3))
    cites = draw(st.booleans())
    return QuestionResult(
        id="",
        question="?",
        answerable=answerable,
        outcome=outcome,
        correct=draw(st.booleans()),
        f1=draw(share) if answerable else None,
        confidence=None if outcome is None else draw(share),
        citations=tuple(
            JudgedCitation(n=n, quote="x", article="a", exact=good, supporting=good)
            for n, good in enumerate(supporting)
        )
        if cites
        else None,
        sentences=tuple(JudgedSentence(text="x", citations=(), supported=s) for s in supporting),
        milliseconds=draw(st.none() | st.floats(0, 100)),
        usage=draw(st.none() | st.builds(Usage, prompt_tokens=st.integers(0, 99))),
    )


def test_a_metric_prints_as_its_name() -> None:
    names = [(metric.group, str(metric)) for metric in all_metrics()]
    assert all(name == metric.name for (_, name), metric in zip(names, all_metrics(), strict=True))
    assert max(Counter(names).values()) == 1
    assert ("retrieval", "nDCG@10") in names


@given(st.lists(st.tuples(rows(), st.integers(0, 3)), min_size=1, max_size=8))
def test_a_question_of_weight_n_is_n_questions(
    drawn: list[tuple[QuestionResult, int]],
) -> None:
    weighted = [replace(row, id=f"q{place}") for place, (row, _) in enumerate(drawn)]
    repeated = [
        replace(row, id=f"{row.id}-{copy}")
        for row, (_, times) in zip(weighted, drawn, strict=True)
        for copy in range(times)
    ]
    weights = np.array([float(times) for _, times in drawn])
    for metric in all_metrics():
        if not repeated:
            assert metric.weighted(metric.points(weighted), weights) is None
            continue
        once = metric.weighted(metric.points(weighted), weights)
        assert once == pytest.approx(value_of(metric, repeated)), str(metric)
        [drawn_once] = metric.resampled(metric.points(weighted), weights.reshape(1, -1))
        assert drawn_once == pytest.approx(once), str(metric)


@given(st.lists(rows(), max_size=10))
def test_shares_lie_between_0_and_1(drawn: list[QuestionResult]) -> None:
    numbered = [replace(row, id=f"q{place}") for place, row in enumerate(drawn)]
    for metric in all_metrics():
        value = value_of(metric, numbered)
        if metric.unit == "share":
            assert value is None or 0.0 <= value <= 1.0 + 1e-9, str(metric)


def test_no_questions_are_no_data() -> None:
    assert {value_of(metric, []) for metric in all_metrics()} == {None}
