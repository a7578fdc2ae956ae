from __future__ import annotations

import pytest

from eval.metrics.answer import AnswerScore, score_answer
from rag.records import Answer
from tests.eval.fakes import abstained, answered, citation, gold

BURNED = citation(1, "a1", "It burned down in 1901.")
WOOL = citation(2, "a2", "It spins wool.")


@pytest.mark.parametrize(
    ("answer", "score"),
    [
        (answered(BURNED, short_answer="1901"), AnswerScore(correct=True, em=1.0, f1=1.0)),
        (answered(BURNED, short_answer="in 1901"), AnswerScore(correct=True, em=0.0, f1=2 / 3)),
        (answered(WOOL, BURNED), AnswerScore(correct=True, em=0.0, f1=1 / 3)),
        (answered(WOOL, short_answer="wool"), AnswerScore(correct=False, em=0.0, f1=0.0)),
        (answered(), AnswerScore(correct=False, em=0.0, f1=0.0)),
        (abstained(), AnswerScore(correct=False, em=0.0, f1=0.0)),
        (None, AnswerScore(correct=False, em=0.0, f1=0.0)),
    ],
    ids=["exact", "longer", "best-sentence", "wrong", "no-sentences", "unanswered", "failed"],
)
def test_an_answerable_question(answer: Answer | None, score: AnswerScore) -> None:
    found = score_answer(gold(), answer)
    assert (found.correct, found.em) == (score.correct, score.em)
    assert found.f1 == pytest.approx(score.f1)


def test_the_best_of_the_alternatives_counts() -> None:
    found = score_answer(gold(answers=["1950", "1901"]), answered(BURNED, short_answer="1901"))
    assert found == AnswerScore(correct=True, em=1.0, f1=1.0)


@pytest.mark.parametrize(
    ("answer", "correct"), [(abstained(), True), (answered(BURNED), False), (None, False)]
)
def test_an_unanswerable_question_is_right_when_not_found(
    answer: Answer | None, correct: bool
) -> None:
    assert score_answer(gold(answers=()), answer) == AnswerScore(correct=correct, em=None, f1=None)
