from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from sklearn.metrics import precision_recall_fscore_support, roc_auc_score

from eval.metrics.abstention import (
    abstention_metrics,
    aurc,
    auroc,
    calibration_error,
    risk_coverage,
)
from eval.metrics.base import value_of
from eval.records import QuestionResult
from rag.records import Outcome


def result(
    answerable: bool,
    abstained: bool | None,
    confidence: float | None = 0.5,
    *,
    correct: bool = False,
) -> QuestionResult:
    outcome = Outcome.NOT_FOUND if abstained else Outcome.ANSWERED
    return QuestionResult(
        id="q",
        question="?",
        answerable=answerable,
        correct=correct,
        outcome=None if abstained is None else outcome,
        confidence=confidence,
    )


def figures(rows: Sequence[QuestionResult]) -> dict[str, float | None]:
    return {str(metric): value_of(metric, rows) for metric in abstention_metrics()}


@given(
    st.lists(
        st.tuples(st.booleans(), st.sampled_from([0.0, 0.25, 0.5, 0.75, 1.0]) | st.floats(0, 1)),
        max_size=40,
    )
)
def test_auroc_is_scikit_learns_ties_included(pairs: list[tuple[bool, float]]) -> None:
    labels = [label for label, _ in pairs]
    scores = [score for _, score in pairs]
    if len(set(labels)) < 2:
        assert auroc(labels, scores) is None
    else:
        assert auroc(labels, scores) == pytest.approx(float(roc_auc_score(labels, scores)))


@pytest.mark.parametrize(
    ("labels", "scores", "area"),
    [
        ([True, False], [1.0, 0.0], 1.0),
        ([True, False], [0.0, 1.0], 0.0),
        ([True, False, False], [0.5, 0.5, 0.5], 0.5),
        ([True, True], [0.5, 0.5], None),
        ([], [], None),
    ],
)
def test_auroc_by_hand(labels: Sequence[bool], scores: Sequence[float], area: float | None) -> None:
    assert auroc(labels, scores) == area


@given(st.lists(st.tuples(st.booleans(), st.booleans()), min_size=1, max_size=30))
def test_precision_recall_and_f1_are_scikit_learns(pairs: list[tuple[bool, bool]]) -> None:
    truth = [not answerable for answerable, _ in pairs]
    guess = [abstained for _, abstained in pairs]
    assume(any(truth) and any(guess))
    precision, recall, f1, _ = precision_recall_fscore_support(
        truth, guess, average="binary", zero_division=0.0
    )
    metrics = figures([result(*pair) for pair in pairs])
    assert (metrics["precision"], metrics["recall"], metrics["f1"]) == pytest.approx(
        (float(precision), float(recall), float(f1))
    )


def test_where_there_is_no_data_there_is_no_number() -> None:
    assert set(figures([]).values()) == {None}
    no_unanswerable = figures([result(True, True), result(True, False)])
    assert (no_unanswerable["precision"], no_unanswerable["recall"]) == (0.0, None)
    assert (no_unanswerable["f1"], no_unanswerable["auroc"]) == (None, None)
    never = figures([result(False, False), result(True, False)])
    assert (never["precision"], never["recall"], never["f1"]) == (None, 0.0, 0.0)
    assert figures([result(True, True)])["aurc"] is None


def test_low_confidence_on_unanswerable_questions_is_right() -> None:
    assert figures([result(False, True, 0.1), result(True, False, 0.8)])["auroc"] == 1.0


def test_a_failed_question_is_no_abstention_and_has_no_confidence() -> None:
    metrics = figures(
        [result(False, None, None), result(False, True, 0.1), result(True, False, 0.9)]
    )
    assert (metrics["precision"], metrics["recall"], metrics["auroc"]) == (1.0, 0.5, 1.0)


ONE = np.ones
RIGHT_THEN_WRONG = np.array([[1.0, 0.9], [1.0, 0.8], [0.0, 0.6], [1.0, 0.3]])


class TestRiskCoverage:
    def test_by_hand(self) -> None:
        coverage, risk = risk_coverage(RIGHT_THEN_WRONG, ONE(4))
        assert coverage.tolist() == [0.25, 0.5, 0.75, 1.0]
        assert risk.tolist() == pytest.approx([0, 0, 1 / 3, 1 / 4])
        assert aurc(RIGHT_THEN_WRONG, ONE(4)) == pytest.approx((1 / 3 + 1 / 4) / 4)

    def test_answers_of_one_confidence_share_their_risk(self) -> None:
        tied = np.array([[1.0, 0.5], [0.0, 0.5], [1.0, 0.1]])
        _, risk = risk_coverage(tied, ONE(3))
        assert risk.tolist() == pytest.approx([0.5, 0.5, 1 / 3])

    def test_a_weight_of_two_is_two_questions(self) -> None:
        twice = np.vstack([RIGHT_THEN_WRONG, RIGHT_THEN_WRONG[2:3]])
        assert aurc(RIGHT_THEN_WRONG, np.array([1.0, 1.0, 2.0, 1.0])) == aurc(twice, ONE(5))

    @given(st.lists(st.tuples(st.booleans(), st.floats(0, 1)), min_size=1, max_size=30))
    def test_it_ends_at_the_share_wrong(self, pairs: list[tuple[bool, float]]) -> None:
        points = np.array(pairs, dtype=np.float64)
        _, risk = risk_coverage(points, ONE(len(points)))
        assert risk[-1] == pytest.approx(1 - points[:, 0].mean())
        area = aurc(points, ONE(len(points)))
        assert area is not None
        assert 0.0 <= area <= 1.0 + 1e-9


class TestCalibration:
    def test_by_hand(self) -> None:
        points = np.array([[1.0, 0.95], [0.0, 0.95], [1.0, 0.25]])
        expected = 2 / 3 * abs(0.95 - 0.5) + 1 / 3 * abs(0.25 - 1)
        assert calibration_error(points, ONE(3)) == pytest.approx(expected)

    def test_confidence_that_keeps_its_word_has_no_error(self) -> None:
        points = np.array([[1.0, 0.5], [0.0, 0.5], [0.0, 0.0], [1.0, 1.0]])
        assert calibration_error(points, ONE(4)) == 0.0

    def test_what_was_withheld_does_not_count(self) -> None:
        rows = [result(True, False, 1.0, correct=True), result(True, True, 0.2)]
        assert (figures(rows)["calibration_error"], figures(rows)["aurc"]) == (0.0, 0.0)
