from __future__ import annotations

from eval.evidence import locate_evidence
from eval.gold import GoldQuestion
from eval.metrics.citation import count_supported, judge_citations
from eval.records import JudgedCitation
from rag.records import Answer
from tests.eval.fakes import FakeTarget, answered, citation, gold, right_answer

TARGET = FakeTarget(right_answer)


def judged(answer: Answer, question: GoldQuestion | None = None) -> tuple[JudgedCitation, ...]:
    question = question or gold()
    items = locate_evidence(question, TARGET)
    return judge_citations(answer, question, items, TARGET.article_text)


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
    gone = judge_citations(answer, gold(), (), lambda _: None)
    assert [one.exact for one in gone] == [False, False, False]


def test_a_negative_offset_is_not_exact() -> None:
    quote = "hurt."
    answer = answered(citation(1, "a1", quote, shift=-66))
    assert answer.citations[0].start < 0
    assert [one.exact for one in judged(answer)] == [False]


def test_a_sentence_is_supported_by_one_citation_that_supports() -> None:
    answer = answered(
        citation(1, "a1", "It burned down in 1901."), citation(2, "a1", "Nobody was hurt.")
    )
    assert count_supported(answer, judged(answer)) == 1
    assert count_supported(answer, ()) == 0
