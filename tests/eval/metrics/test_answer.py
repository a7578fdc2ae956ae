from __future__ import annotations

import pytest

from eval.metrics.answer import AnswerScore, score_answer
from eval.replies import Reply, ReplySentence, reply_of
from rag.records import Answer, Outcome
from tests.eval.fakes import abstained, answered, citation, gold

BURNED = citation(1, "a1", "It burned down in 1901.")
WOOL = citation(2, "a2", "It spins wool.")


def said(answer: Answer | None) -> Reply | None:
    return None if answer is None else reply_of(answer, None)


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
    found = score_answer(gold(), said(answer))
    assert (found.correct, found.em) == (score.correct, score.em)
    assert found.f1 == pytest.approx(score.f1)


def test_the_best_of_the_alternatives_counts() -> None:
    answer = said(answered(BURNED, short_answer="1901"))
    found = score_answer(gold(answers=["1950", "1901"]), answer)
    assert found == AnswerScore(correct=True, em=1.0, f1=1.0)


@pytest.mark.parametrize(
    ("answer", "correct"), [(abstained(), True), (answered(BURNED), False), (None, False)]
)
def test_an_unanswerable_question_is_right_when_not_found(
    answer: Answer | None, correct: bool
) -> None:
    assert score_answer(gold(answers=()), said(answer)) == AnswerScore(correct=correct)


def test_an_answer_without_sentences_is_judged_by_its_words() -> None:
    reply = Reply(outcome=Outcome.ANSWERED, answer="In 1901, they say.")
    assert score_answer(gold(), reply).correct


class TestLists:
    ITEMS = ("Ada Brook", ("Great Britain", "UK"), "Denmark")

    def reply(self, *sentences: str) -> Reply:
        return Reply(
            outcome=Outcome.ANSWERED,
            answer=" ".join(sentences),
            sentences=tuple(ReplySentence(text=text) for text in sentences),
        )

    def test_recall_is_the_share_of_items_that_the_sentences_hold(self) -> None:
        question = gold().model_copy(update={"items": self.ITEMS})
        found = score_answer(question, self.reply("Ada Brook came.", "So did the UK."))
        assert found.list_recall == pytest.approx(2 / 3)
        assert score_answer(question, said(abstained())).list_recall == 0.0
        assert score_answer(question, None).list_recall == 0.0

    def test_a_list_without_gold_answers_is_right_when_whole(self) -> None:
        question = gold().model_copy(update={"items": self.ITEMS, "answers": ()})
        partly = score_answer(question, self.reply("Ada Brook, UK"))
        assert (partly.correct, partly.em, partly.f1) == (False, None, None)
        assert score_answer(question, self.reply("Ada Brook, UK, Denmark")).correct
