from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from sklearn.metrics import precision_recall_fscore_support, roc_auc_score

from eval.metrics.abstention import abstention_metrics, auroc
from eval.records import QuestionResult
from rag.records import Outcome


def result(
    answerable: bool, abstained: bool | None, confidence: float | None = 0.5
) -> QuestionResult:
    outcome = Outcome.NOT_FOUND if abstained else Outcome.ANSWERED
    return QuestionResult(
        id="q",
        question="?",
        answerable=answerable,
        tags=(),
        correct=False,
        em=None,
        f1=None,
        outcome=None if abstained is None else outcome,
        confidence=confidence,
    )


@settings(deadline=None)
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


@settings(deadline=None)
@given(st.lists(st.tuples(st.booleans(), st.booleans()), min_size=1, max_size=30))
def test_precision_recall_and_f1_are_scikit_learns(pairs: list[tuple[bool, bool]]) -> None:
    truth = [not answerable for answerable, _ in pairs]
    guess = [abstained for _, abstained in pairs]
    assume(any(truth) and any(guess))
    precision, recall, f1, _ = precision_recall_fscore_support(
        truth, guess, average="binary", zero_division=0.0
    )
    metrics = abstention_metrics([result(*pair) for pair in pairs])
    assert (metrics.precision, metrics.recall, metrics.f1) == pytest.approx(
        (float(precision), float(recall), float(f1))
    )


def test_where_there_is_no_data_there_is_no_number() -> None:
    assert abstention_metrics([]).auroc is None
    no_unanswerable = abstention_metrics([result(True, True), result(True, False)])
    assert (no_unanswerable.precision, no_unanswerable.recall) == (0.0, None)
    assert (no_unanswerable.f1, no_unanswerable.auroc) == (None, None)
    never_abstains = abstention_metrics([result(False, False), result(True, False)])
    assert (never_abstains.precision, never_abstains.recall, never_abstains.f1) == (None, 0.0, 0.0)


def test_low_confidence_on_unanswerable_questions_is_right() -> None:
    metrics = abstention_metrics([result(False, True, 0.1), result(True, False, 0.8)])
    assert metrics.auroc == 1.0


def test_a_failed_question_is_no_abstention_and_has_no_confidence() -> None:
    metrics = abstention_metrics(
        [result(False, None, None), result(False, True, 0.1), result(True, False, 0.9)]
    )
    assert (metrics.precision, metrics.recall, metrics.auroc) == (1.0, 0.5, 1.0)
