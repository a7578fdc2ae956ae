"""Rated answers become candidates for gold questions."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from pydantic import TypeAdapter

from eval.gold_sets.articles import KnownArticles
from eval.gold_sets.candidates import candidates_from
from eval.gold_sets.drafts import Draft, to_jsonl
from eval.gold_sets.validation import check_gold
from index.records import Feedback, Filters, GivenAnswer, Rating
from index.withdrawing import without_articles
from rag.records import Agreement, Answer, AnswerSentence, Citation, Outcome
from tests.eval.gold_sets.fakes import MemoryArticles, write

MILL = "The mill opened in 1842. It burned down in 1901. Nobody was hurt."
BURNED = "It burned down in 1901."
WHEN = "When did the mill burn down?"


@pytest.fixture
def source() -> MemoryArticles:
    held = MemoryArticles()
    held.add("a1", MILL, origin="in/mill.txt")
    return held


def answer(
    *quotes: str, question: str = WHEN, short: str | None = "1901", article_id: str = "a1"
) -> dict[str, Any]:
    """The JSON of an answer with these quotes; of one that found nothing without any."""
    citations = [
        Citation(
            n=n,
            article_id=article_id,
            passage_id="p",
            title="Mill",
            publisher=None,
            url=None,
            published_at=None,
            published_at_source=None,
            quote=quote,
            start=0,
            end=len(quote),
            score=1.0,
        )
        for n, quote in enumerate(quotes, start=1)
    ]
    given = Answer(
        id="ans_1",
        question=question,
        standalone_question=question,
        outcome=Outcome.ANSWERED if quotes else Outcome.NOT_FOUND,
        answer=" ".join(f"{c.quote} [{c.n}]" for c in citations) or "The archive does not say.",
        short_answer=short if quotes else None,
        confidence=0.9,
        sentences=[AnswerSentence(text=c.quote, citations=(c.n,)) for c in citations],
        citations=citations,
        agreement=Agreement(independent_publishers=1),
        disagreements=(),
        retrieved=(),
        mode="extractive",
        timings_ms={},
    )
    document: dict[str, Any] = TypeAdapter(Answer).dump_python(given, mode="json")
    return document


def rated(
    document: dict[str, Any], rating: str, comment: str | None = None, **filters: Any
) -> Feedback:
    """A rating of this answer."""
    given = GivenAnswer(
        answer_id=document["id"],
        question=document["question"],
        filters=Filters(**filters),
        document=document,
    )
    noon = datetime(2026, 3, 7, 12, tzinfo=UTC)
    return Feedback(given=given, rating=Rating(rating), comment=comment, rated_at=noon)


def one(source: MemoryArticles, *feedback: Feedback) -> Draft:
    [draft] = candidates_from(feedback, KnownArticles(source))
    return draft


def test_a_good_answer_becomes_an_answerable_question(source: MemoryArticles) -> None:
    found = one(source, rated(answer(BURNED), "up", "Right.", as_of=date(2026, 1, 6)))
    assert found == Draft(
        question=WHEN,
        answerable=True,
        answers=("1901",),
        evidence=(("mill.txt", BURNED),),
        as_of=date(2026, 1, 6),
        tags=("from-feedback", "up"),
        note="comment: Right.",
        finished=True,
    )


def test_a_good_not_found_becomes_an_unanswerable_question(source: MemoryArticles) -> None:
    found = one(source, rated(answer(question="Who owns it?"), "up"))
    assert (found.answerable, found.finished, found.note) == (False, True, None)
    assert (found.answers, found.evidence) == ((), ())


def test_a_bad_answer_is_left_to_a_person_with_what_was_said(source: MemoryArticles) -> None:
    found = one(source, rated(answer(BURNED), "down", "Which\nmill?"))
    assert (found.answerable, found.finished) == (True, False)
    assert (found.answers, found.evidence) == ((), ())
    assert found.tags == ("from-feedback", "down")
    assert found.note is not None
    assert found.note.startswith("the answer was rated down: give answers and evidence")
    assert f"answered: {BURNED} [1]" in found.note
    assert "comment: Which mill?" in found.note


def test_a_bad_not_found_is_left_to_a_person(source: MemoryArticles) -> None:
    found = one(source, rated(answer(), "down"))
    assert (found.answerable, found.finished) == (True, False)
    assert (found.note or "").startswith("that nothing was found was rated down")


def test_a_question_that_was_rated_often_is_one_candidate(source: MemoryArticles) -> None:
    first = rated(answer(BURNED, question="when did the mill  burn down?"), "up", "One.")
    second = rated(answer(BURNED, "Nobody was hurt.", short="in 1901"), "up", "Two.")
    other = rated(answer(BURNED), "up", as_of=date(2026, 1, 6))
    found = candidates_from([first, second, other], KnownArticles(source))
    assert [draft.as_of for draft in found] == [None, date(2026, 1, 6)]
    assert found[0].evidence == (("mill.txt", BURNED), ("mill.txt", "Nobody was hurt."))
    assert found[0].answers == ("1901", "in 1901")
    assert found[0].note == "comment: One.; comment: Two."
    assert found[0].finished


def test_what_people_disagree_about_is_left_to_a_person(source: MemoryArticles) -> None:
    found = one(source, rated(answer(BURNED), "up"), rated(answer(BURNED), "down"))
    assert not found.finished
    assert found.tags == ("from-feedback", "down", "up")
    assert found.evidence == (("mill.txt", BURNED),)
    assert (found.note or "").startswith("it was rated up and down")


@pytest.mark.parametrize(
    ("feedback", "reason"),
    [
        (rated(answer(BURNED, article_id="gone"), "up"), "its quotes are not in the archive"),
        (rated(answer("It burnt down."), "up"), "its quotes are not in the archive"),
        (rated(answer(BURNED, short=None), "up"), "it has no short answer"),
        (rated(answer(BURNED, short="1842"), "up"), "it has no short answer"),
        (rated(answer(BURNED), "up", publishers=("Post",)), "it was asked of a part of the"),
        (rated(answer(), "up", since=date(2026, 1, 1)), "it was asked of a part of the"),
        (rated({"id": "x", "question": WHEN}, "up"), "it cannot be read"),
    ],
)
def test_what_cannot_stand_as_it_is_says_why(
    source: MemoryArticles, feedback: Feedback, reason: str
) -> None:
    found = one(source, feedback)
    assert not found.finished
    assert (found.note or "").startswith(reason)


def test_the_filters_are_told_to_whoever_finishes_it(source: MemoryArticles) -> None:
    narrowed = rated(answer(BURNED), "up", publishers=("Post", "Echo"), since=date(2026, 1, 1))
    found = one(source, narrowed)
    assert "asked with publishers Post, Echo, since 2026-01-01" in (found.note or "")


def test_it_was_found_and_not_found(source: MemoryArticles) -> None:
    found = one(source, rated(answer(BURNED), "up"), rated(answer(), "up"))
    assert not found.finished
    assert (found.note or "").startswith("it was answered, and it was not found")


def test_deleted_words_do_not_come_back(source: MemoryArticles) -> None:
    feedback = rated(answer(BURNED), "down")
    cleared = without_articles(feedback.given.document, {"a1"})
    found = one(source, replace(feedback, given=replace(feedback.given, document=cleared)))
    assert "burned" not in to_jsonl([found], prefix="x")
    assert "answered: with words that were deleted" in (found.note or "")


def test_check_takes_the_finished_and_names_the_others(
    source: MemoryArticles, tmp_path: Path
) -> None:
    feedback = [
        rated(answer(BURNED), "up"),
        rated(answer(question="Who owns it?"), "up"),
        rated(answer(BURNED, question="Who was hurt?"), "down"),
        rated(answer(question="When did it open?"), "down"),
    ]
    lines = to_jsonl(candidates_from(feedback, KnownArticles(source)), prefix="feedback")
    path = write(tmp_path, *lines.splitlines())
    assert [json.loads(line)["id"].startswith("feedback-") for line in lines.splitlines()]
    found = check_gold(path, source)
    assert [(problem.line, problem.what.split(":")[0]) for problem in found.problems] == [
        (3, "the question is unfinished"),
        (4, "the question is unfinished"),
    ]
    assert found.warnings == ()
