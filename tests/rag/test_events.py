"""What an engine tells on the way to an answer, and that it stops when nobody waits."""

from __future__ import annotations

import threading
from collections.abc import Sequence

import pytest

from index.archive import Archive
from index.errors import QuestionInvalid
from rag.answering import AnswerShape
from rag.bootstrap import build_retriever
from rag.engine import AnswerEngine
from rag.events import AnswerGiven, PassagesFound
from rag.quoting import Quoter
from rag.reading.base import Reading
from rag.records import Candidate, Query, Turn
from rag.settings import RagSettings
from tests.rag.test_quoting import FERRY, FirstSentences

SHAPE = AnswerShape(
    threshold=0.5, read_passages=8, reading_weight=0.2, max_sentences=3, max_question_chars=2000
)


class CountingReader(FirstSentences):
    """Counts how often it is asked to read."""

    def __init__(self) -> None:
        self.asked = 0

    def read(self, question: str, candidates: Sequence[Candidate]) -> Reading:
        self.asked += 1
        return super().read(question, candidates)


@pytest.fixture
def reader() -> CountingReader:
    return CountingReader()


@pytest.fixture
def counted(archive: Archive, reader: CountingReader) -> AnswerEngine:
    return AnswerEngine(
        retriever=build_retriever(archive, RagSettings()),
        reader=reader,
        quoter=Quoter(archive.catalogue),
        shape=SHAPE,
    )


def test_passages_are_found_before_anything_is_read(
    counted: AnswerEngine, reader: CountingReader
) -> None:
    events = counted.ask_stream(Query(question=FERRY))
    found = next(events)
    assert isinstance(found, PassagesFound)
    assert found.standalone_question == FERRY
    assert found.passages >= SHAPE.read_passages
    assert reader.asked == 0
    (given,) = events
    assert isinstance(given, AnswerGiven)
    assert reader.asked == 1
    asked = counted.ask(Query(question=FERRY))
    assert given.answer.citations == asked.citations


def test_nothing_is_read_when_nobody_waits_any_more(
    counted: AnswerEngine, reader: CountingReader
) -> None:
    gone = threading.Event()
    events = counted.ask_stream(Query(question=FERRY), gone.is_set)
    assert isinstance(next(events), PassagesFound)
    gone.set()
    assert list(events) == []
    assert reader.asked == 0


def test_a_follow_up_tells_what_it_is_understood_as(counted: AnswerEngine) -> None:
    history = (Turn(role="user", content=FERRY), Turn(role="assistant", content="From Monday."))
    found = next(counted.ask_stream(Query(question="And to Harrowmouth?", history=history)))
    assert isinstance(found, PassagesFound)
    assert found.standalone_question != "And to Harrowmouth?"
    assert "Harrowmouth" in found.standalone_question


def test_an_unusable_question_is_refused_at_the_first_step(counted: AnswerEngine) -> None:
    with pytest.raises(QuestionInvalid):
        next(counted.ask_stream(Query(question=" ")))
