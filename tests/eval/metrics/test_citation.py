from __future__ import annotations

import pytest

from eval.evidence import locate_evidence
from eval.gold import GoldQuestion
from eval.judging import judge
from eval.metrics.base import value_of
from eval.metrics.citation import citation_metrics
from eval.records import JudgedCitation, QuestionResult
from eval.replies import Reply, ReplyCitation, ReplyPassage, ReplySentence, reply_of
from rag.records import Answer, Outcome
from tests.eval.fakes import TEXTS, FakeTarget, abstained, answered, citation, gold, right_answer

TARGET = FakeTarget(right_answer)


def row(answer: Answer, question: GoldQuestion | None = None) -> QuestionResult:
    question = question or gold()
    items = locate_evidence(question, TARGET)
    return judge(question, reply_of(answer, None), items, TARGET).row


def judged(answer: Answer, question: GoldQuestion | None = None) -> tuple[JudgedCitation, ...]:
    return row(answer, question).citations or ()


def figures(*answers: Answer) -> dict[str, float | None]:
    rows = [row(answer, gold(f"q{number}")) for number, answer in enumerate(answers)]
    return {str(metric): value_of(metric, rows) for metric in citation_metrics()}


def supporting(answer: Answer, question: GoldQuestion | None = None) -> list[bool]:
    return [one.supporting for one in judged(answer, question)]


def test_a_citation_supports_if_it_overlaps_the_evidence() -> None:
    assert supporting(
        answered(
            citation(1, "a1", "It burned down in 1901."),
            citation(2, "a1", "Nobody was hurt."),
            citation(3, "a3", "The harbour froze for nine weeks."),
        )
    ) == [True, False, False]


def test_a_gold_answer_supports_in_an_article_of_the_evidence_only() -> None:
    question = gold(answers=["1842", "1901"])
    assert supporting(answered(citation(1, "a1", "The mill opened in 1842.")), question) == [True]
    elsewhere = citation(1, "a2", "A fire took the mill in 1901.")
    assert supporting(answered(elsewhere), question) == [False]
    copy = citation(1, "a2", "A fire took the mill in 1901.", carried_by=["a1"])
    assert supporting(answered(copy), question) == [True]


def test_exact_means_letter_for_letter_at_the_offsets() -> None:
    quote = "It burned down in 1901."
    answer = answered(
        citation(1, "a1", quote),
        citation(2, "a1", quote, shift=1),
        citation(3, "a1", quote, shift=99),
    )
    assert [one.exact for one in judged(answer)] == [True, False, False]
    gone = judge(gold(), reply_of(answer, None), (), FakeTarget(right_answer, {})).row
    assert [one.exact for one in gone.citations or ()] == [False, False, False]


def test_a_negative_offset_is_not_exact() -> None:
    quote = "hurt."
    answer = answered(citation(1, "a1", quote, shift=-66))
    assert answer.citations[0].start < 0
    assert [one.exact for one in judged(answer)] == [False]


def test_a_sentence_is_supported_by_one_citation_that_supports() -> None:
    answer = answered(
        citation(1, "a1", "It burned down in 1901."), citation(2, "a1", "Nobody was hurt.")
    )
    assert [sentence.supported for sentence in row(answer).sentences] == [True, False]


def test_joint_wants_the_answer_right_and_supported() -> None:
    right = citation(1, "a1", "It burned down in 1901.")
    beside = citation(2, "a1", "Nobody was hurt.")
    assert figures(answered(right))["joint"] == 1.0
    assert figures(answered(right, beside))["joint"] == pytest.approx(0.5)
    assert figures(answered(beside))["joint"] == 0.0
    assert figures(abstained())["joint"] == 0.0


def test_copying_the_top_passage_loses_to_quoting_and_to_silence() -> None:
    """Both have the evidence on top; one quotes it and abstains where there is none."""
    questions = [gold("fire"), gold("price", answers=())]
    quoting = [answered(citation(1, "a1", "It burned down in 1901.")), abstained()]
    copying = [answered(citation(1, "a1", TEXTS["a1"])), answered(citation(1, "a3", TEXTS["a3"]))]
    quoted, copied = (
        {
            str(metric): value_of(metric, list(map(row, answers, questions)))
            for metric in citation_metrics()
        }
        for answers in (quoting, copying)
    )
    assert quoted["precision"] == copied["precision"] == 1.0
    assert quoted["joint"] == 1.0
    assert copied["joint"] is not None
    assert copied["joint"] < 0.4


def test_offsets_that_are_wrong_support_nothing() -> None:
    made_up = ReplyCitation(n=1, quote="q", article="a1", start=0, end=10**9)
    reply = Reply(
        outcome=Outcome.ANSWERED,
        answer="1901",
        sentences=(ReplySentence(text="1901", citations=(1,)),),
        citations=(made_up,),
        retrieved=(ReplyPassage(text="q", article="a1", start=-5, end=10**9),),
    )
    found = judge(gold(), reply, locate_evidence(gold(), TARGET), TARGET).row
    assert [(c.exact, c.supporting) for c in found.citations or ()] == [(False, False)]
    assert found.evidence_rank is None


def test_an_item_of_a_list_supports_in_an_article_of_the_evidence() -> None:
    question = gold().model_copy(update={"items": (("the mill", "1842"),)})
    assert supporting(answered(citation(1, "a1", "The mill opened in 1842.")), question) == [True]


def test_context_is_what_stands_around_the_quote() -> None:
    [one] = judged(answered(citation(1, "a1", "It burned down in 1901.")))
    assert (one.before, one.after) == ("The mill opened in 1842. ", " Nobody was hurt.")
