"""Answers wait in memory for a rating; only so many."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from pydantic import TypeAdapter

from api.given_answers import GivenAnswers
from index.records import Filters
from rag.records import Answer, Query
from tests.api.http.conftest import QUESTION, QUOTE
from tests.api.http.in_memory import MemoryArchive, MemoryEngine, two_articles

QUERY = Query(question=QUESTION, filters=Filters(as_of=date(2026, 5, 1)))
ARCHIVE = MemoryArchive.of(two_articles())
ANSWER = MemoryEngine(archive=ARCHIVE, quotes={QUESTION: [("art-ferry", QUOTE)]}).ask(QUERY)


def answer(name: str) -> Answer:
    return replace(ANSWER, id=name)


def test_an_answer_comes_back_whole_with_what_it_was_asked_for() -> None:
    given = GivenAnswers()
    given.remember(QUERY, ANSWER)
    found = given.get(ANSWER.id)
    assert found is not None
    assert (found.answer_id, found.question, found.filters) == (
        ANSWER.id,
        QUESTION,
        QUERY.filters,
    )
    assert found.document == TypeAdapter(Answer).dump_python(ANSWER, mode="json")
    assert TypeAdapter(Answer).validate_python(found.document).citations[0].quote == QUOTE
    assert given.get("ans_other") is None


def test_those_longest_not_asked_for_are_forgotten_first() -> None:
    given = GivenAnswers(most=2)
    given.remember(QUERY, answer("one"))
    given.remember(QUERY, answer("two"))
    assert given.get("one") is not None
    given.remember(QUERY, answer("three"))
    assert len(given) == 2
    assert given.get("two") is None
    assert given.get("one") is not None
    assert given.get("three") is not None


def test_the_same_answer_twice_is_one() -> None:
    given = GivenAnswers(most=2)
    for _ in range(3):
        given.remember(QUERY, answer("one"))
    given.remember(QUERY, answer("two"))
    assert len(given) == 2
    assert given.get("one") is not None
