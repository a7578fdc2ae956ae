"""Joining the answers to the parts of a question."""

from __future__ import annotations

import pytest

from rag.agreement.telling import spoken
from rag.decomposition.joining import joined
from rag.records import (
    Agreement,
    Answer,
    AnswerSentence,
    Citation,
    Disagreement,
    Outcome,
    Position,
    RetrievedPassage,
)

BOAT, PIER, FARE = ("The boat sails.", "The pier is shut.", "The fare is two crowns.")


def citation(n: int, quote: str, article: str) -> Citation:
    return Citation(
        n=n, article_id=article, passage_id=f"{article}.1.0", title=article, publisher=None,
        url=None, published_at=None, published_at_source=None, quote=quote, start=0,
        end=len(quote), score=0.9,
    )  # fmt: skip


def passage(name: str) -> RetrievedPassage:
    return RetrievedPassage(
        passage_id=f"{name}.1.0", article_id=name, title=name, publisher=None, url=None,
        published_at=None, text=name, start=0, end=len(name), score=0.5,
    )  # fmt: skip


def answer(
    question: str,
    quotes: dict[str, str],
    *,
    confidence: float = 0.8,
    publishers: int = 1,
    short: str | None = None,
    found: str = "",
    differs: bool = False,
) -> Answer:
    """An answer that quotes `quotes`: quote → article."""
    cited = [citation(n, quote, quotes[quote]) for n, quote in enumerate(quotes, start=1)]
    numbers = tuple(c.n for c in cited)
    positions = tuple(
        Position(answer=c.quote, citations=(c.n,), publishers=(), published_at=None) for c in cited
    )
    differ = Disagreement(kind="differ", positions=positions, citations=numbers)
    disagreements = (differ,) if differs else ()
    said = spoken(disagreements, cited, lambda citation: citation.quote)
    return Answer(
        id=f"ans_{question}", question=question, standalone_question=question,
        outcome=Outcome.ANSWERED if cited else Outcome.NOT_FOUND,
        answer=said or "The archive does not say.", short_answer=short, confidence=confidence,
        sentences=[AnswerSentence(text=c.quote, citations=(c.n,)) for c in cited],
        citations=cited,
        agreement=Agreement(independent_publishers=publishers, citations=numbers[:1]),
        disagreements=disagreements,
        retrieved=[passage(name) for name in found], mode="extractive", timings_ms={"total": 1.0},
    )  # fmt: skip


def test_the_answer_to_one_part_is_the_answer() -> None:
    only = answer("Does it sail?", {BOAT: "a"}, found="abc")
    assert joined([only], top_k=2) is only


def test_quotes_of_all_parts_come_in_order_with_numbers_of_their_own() -> None:
    whole = joined([answer("Boat?", {BOAT: "a"}), answer("Pier?", {PIER: "b", FARE: "b"})], top_k=5)
    assert [(c.n, c.quote) for c in whole.citations] == [(1, BOAT), (2, PIER), (3, FARE)]
    assert [(s.text, s.citations) for s in whole.sentences] == [
        (BOAT, (1,)),
        (PIER, (2,)),
        (FARE, (3,)),
    ]
    assert whole.answer == f"{BOAT} [1] {PIER} [2] {FARE} [3]"
    assert whole.notice is None


def test_a_quote_that_answers_two_parts_is_cited_once() -> None:
    whole = joined([answer("Boat?", {BOAT: "a"}), answer("When?", {BOAT: "a"})], top_k=5)
    assert [c.n for c in whole.citations] == [1]
    assert [s.citations for s in whole.sentences] == [(1,)]
    assert whole.answer == f"{BOAT} [1]"


def test_a_part_that_the_archive_does_not_answer_is_named() -> None:
    whole = joined(
        [answer("Boat?", {BOAT: "a"}), answer("Who built it?", {}, confidence=0.1)], top_k=5
    )
    assert whole.outcome is Outcome.ANSWERED
    assert whole.notice == "The archive does not say: Who built it?"
    assert whole.answer == f"{BOAT} [1] {whole.notice}"
    assert [s.text for s in whole.sentences] == [BOAT]
    assert whole.confidence == 0.8


def test_nothing_is_found_where_no_part_is_answered() -> None:
    whole = joined(
        [answer("A?", {}, confidence=0.1, found="a"), answer("B?", {}, confidence=0.2, found="b")],
        top_k=5,
    )
    assert (whole.outcome, whole.answer) == (Outcome.NOT_FOUND, "The archive does not say.")
    assert (whole.confidence, whole.citations, whole.notice) == (0.2, [], None)
    assert [p.article_id for p in whole.retrieved] == ["a", "b"]


def test_confidence_and_agreement_are_the_weakest_parts() -> None:
    whole = joined(
        [
            answer("Boat?", {BOAT: "a"}, confidence=0.9, publishers=3),
            answer("Pier?", {PIER: "b"}, confidence=0.6, publishers=1),
        ],
        top_k=5,
    )
    assert whole.confidence == 0.6
    assert whole.agreement == Agreement(independent_publishers=1, citations=(2,))


def test_disagreements_point_at_the_new_numbers() -> None:
    pier = answer("Pier?", {PIER: "b", FARE: "c"}, differs=True)
    whole = joined([answer("Boat?", {BOAT: "a"}), pier], top_k=5)
    assert whole.answer == (
        f"{BOAT} [1] Sources differ. An unnamed publisher: {PIER} [2] An unnamed publisher: "
        f"{FARE} [3]"
    )
    (differ,) = whole.disagreements
    assert differ.citations == (2, 3)
    assert [position.citations for position in differ.positions] == [(2,), (3,)]


@pytest.mark.parametrize(
    ("first", "second", "expected"), [("two", "May", "two; May"), ("two", None, None)]
)
def test_a_short_answer_needs_one_for_each_part(
    first: str, second: str | None, expected: str | None
) -> None:
    parts = [answer("A?", {BOAT: "a"}, short=first), answer("B?", {PIER: "b"}, short=second)]
    assert joined(parts, top_k=5).short_answer == expected


def test_there_is_no_short_answer_to_half_a_question() -> None:
    parts = [answer("A?", {BOAT: "a"}, short="two"), answer("B?", {}, confidence=0.1)]
    assert joined(parts, top_k=5).short_answer is None


def test_a_number_in_brackets_of_a_quote_is_left_alone() -> None:
    drains = "The drains were blocked [1], as the report [2] has it."
    whole = joined([answer("Boat?", {BOAT: "a"}), answer("Why?", {drains: "b"})], top_k=5)
    assert whole.answer == f"{BOAT} [1] {drains} [2]"


def test_passages_of_the_parts_take_turns_and_come_once() -> None:
    parts = [answer("A?", {BOAT: "a"}, found="abcd"), answer("B?", {PIER: "b"}, found="bx")]
    assert [p.article_id for p in joined(parts, top_k=4).retrieved] == ["a", "b", "x", "c"]
