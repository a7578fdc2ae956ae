"""Articles that change between being found and being quoted."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

from index.archive import Archive
from rag.answering import AnswerShape
from rag.bootstrap import build_retriever
from rag.engine import AnswerEngine
from rag.quoting import Quoter
from rag.reading.base import Reading, SentenceReading
from rag.records import Candidate, Outcome, Query
from rag.settings import RagSettings
from tests.rag.articles import RECORDS, WIRE
from tests.rag.checking import ask, assert_checked
from tests.rag.conftest import fill

FERRY = "When does the ferry to Osk run again?"


class Meddling:
    """A retriever after whose work something happens to the archive."""

    def __init__(self, archive: Archive, then: Callable[[], object]) -> None:
        self._retriever = build_retriever(archive, RagSettings())
        self._then = then

    def retrieve(self, query: Query, *, limit: int) -> list[Candidate]:
        found = self._retriever.retrieve(query, limit=limit)
        self._then()
        return found


class FirstSentences:
    """A reader that finds every passage's first sentence good, in order."""

    name = "first-sentences"

    def read(self, question: str, candidates: Sequence[Candidate]) -> Reading:  # noqa: ARG002
        sentences = tuple(
            SentenceReading(
                candidate=number,
                span=found.passage.sentences[0],
                score=0.9 - 0.001 * number,
                answer=found.passage.sentences[0],
            )
            for number, found in enumerate(candidates)
        )
        return Reading(sentences=sentences, answerability=0.9 if sentences else 0.0)


def meddled(archive: Archive, then: Callable[[], object]) -> AnswerEngine:
    shape = AnswerShape(
        threshold=0.5,
        read_passages=8,
        reading_weight=0.2,
        max_sentences=3,
        max_question_chars=2000,
    )
    return AnswerEngine(
        retriever=Meddling(archive, then),
        reader=FirstSentences(),
        quoter=Quoter(archive.catalogue),
        shape=shape,
    )


def test_a_deleted_article_is_not_quoted(opened: Archive) -> None:
    again = {
        "id": "petition",
        "title": "A petition is handed over",
        "publisher": "Granmoor Herald",
        "text": "The signatures for the old library were collected by Una Brae and her sister.",
    }
    held = fill(opened, *RECORDS[4:7], again)
    question = "Who collected signatures for the library?"
    before = ask(meddled(opened, lambda: None), question)
    best = before.citations[0].article_id
    engine = meddled(opened, lambda: opened.delete([best]))
    answer = ask(engine, question)
    assert {best, *(c.article_id for c in answer.citations)} == {held["library"], held["petition"]}
    assert answer.outcome is Outcome.ANSWERED
    assert best not in {c.article_id for c in answer.citations}
    assert [c.n for c in answer.citations] == list(range(1, len(answer.citations) + 1))
    assert answer.short_answer is None, "the best sentence is no longer quoted"


@pytest.mark.parametrize(
    "text", [WIRE.replace("from Monday", "from Thursday"), f"{WIRE}\n\nThe pier is being mended."]
)
def test_a_new_version_is_not_quoted_by_the_old_ones_offsets(opened: Archive, text: str) -> None:
    fill(opened, RECORDS[0])
    engine = meddled(opened, lambda: fill(opened, RECORDS[0] | {"text": text}))
    answer = ask(engine, FERRY)
    assert answer.outcome is Outcome.NOT_FOUND
    assert (answer.confidence, list(answer.citations)) == (0.0, [])


def test_what_did_not_change_is_quoted(opened: Archive) -> None:
    fill(opened, *RECORDS[4:7])
    answer = ask(meddled(opened, lambda: None), "Who collected signatures?")
    assert answer.short_answer == answer.citations[0].quote
    assert_checked(answer, opened)
