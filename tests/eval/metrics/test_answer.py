from __future__ import annotations

from dataclasses import replace

import pytest

from eval.evidence import locate_evidence
from eval.gold import Evidence
from eval.judging import judge, judge_failure
from eval.metrics.abstention import abstention_metrics
from eval.metrics.answer import AnswerScore, answer_metrics, score_answer
from eval.metrics.base import value_of
from eval.records import QuestionResult
from eval.replies import Reply, ReplySentence, reply_of
from rag.records import Answer, Outcome
from tests.eval.fakes import FakeTarget, abstained, answered, citation, gold, right_answer

BURNED = citation(1, "a1", "It burned down in 1901.")
WOOL = citation(2, "a2", "It spins wool.")
ARCHIVE = FakeTarget(right_answer)


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


class TestFalsePremises:
    """Why did the mill burn down in 1950? It burned down in 1901, as two articles say."""

    QUESTION = gold(answers=()).model_copy(
        update={
            "contradicted_by": (
                Evidence(article="a1", quote="It burned down in 1901."),
                Evidence(article="a2", quote="A fire took the mill in 1901."),
            )
        }
    )
    FIRE = citation(2, "a2", "A fire took the mill in 1901.")
    HURT = citation(2, "a1", "Nobody was hurt.")

    def row(self, answer: Answer | None) -> QuestionResult:
        items = locate_evidence(self.QUESTION, ARCHIVE)
        if answer is None:
            return judge_failure(self.QUESTION, "broke", items, ARCHIVE).row
        return judge(self.QUESTION, reply_of(answer, None), items, ARCHIVE).row

    @pytest.mark.parametrize(
        ("answer", "handled"),
        [
            (abstained(), True),
            (answered(BURNED), True),
            (answered(BURNED, FIRE), True),
            (answered(BURNED, HURT), False),
            (answered(HURT), False),
            (answered(), False),
            (None, False),
        ],
        ids=["silence", "quote", "both", "more-besides", "other", "no-citation", "failed"],
    )
    def test_right_is_silence_or_nothing_but_what_contradicts(
        self, answer: Answer | None, handled: bool
    ) -> None:
        row = self.row(answer)
        assert row.correct is handled
        assert (row.stage is None) is handled

    def test_a_sentence_without_a_citation_may_claim_anything(self) -> None:
        claimed = (ReplySentence(text="It was arson.", citations=()),)
        reply = reply_of(answered(BURNED), None)
        mixed = replace(reply, sentences=(*reply.sentences, *claimed))
        items = locate_evidence(self.QUESTION, ARCHIVE)
        assert score_answer(self.QUESTION, reply, items).correct
        assert not score_answer(self.QUESTION, mixed, items).correct

    def test_the_figure_looks_at_no_other_question(self) -> None:
        rows = [self.row(abstained()), self.row(answered(BURNED)), self.row(answered(self.HURT))]
        others = [
            judge(one, reply_of(answer, None), locate_evidence(one, ARCHIVE), ARCHIVE).row
            for one in (gold(), gold(answers=()))
            for answer in (abstained(), answered(BURNED))
        ]
        (handled,) = [one for one in answer_metrics() if one.name == "false_premises_handled"]
        (withheld,) = [one for one in abstention_metrics() if one.name == "recall"]
        assert value_of(handled, [*others, *rows]) == pytest.approx(2 / 3)
        assert value_of(handled, others) is None
        assert value_of(withheld, rows) == pytest.approx(1 / 3)  # quoting is no abstention


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
