from __future__ import annotations

from datetime import date

from eval.gold import Turn as GoldTurn
from eval.replies import reply_of
from eval.targets.base import TOP_K, Target
from eval.targets.engine import EngineTarget
from index.records import Filters
from rag.records import Answer, Query, Turn
from tests.eval.fakes import TEXTS, MemoryArchive, abstained, gold


class Recorder:
    def __init__(self) -> None:
        self.queries: list[Query] = []

    def ask(self, query: Query) -> Answer:
        self.queries.append(query)
        return abstained()


def test_the_question_is_asked_as_of_its_day() -> None:
    engine = Recorder()
    target: Target = EngineTarget(engine, MemoryArchive())
    reply = target.ask(gold().model_copy(update={"as_of": date(2026, 1, 6)}))
    assert engine.queries == [
        Query(question="What about q1?", filters=Filters(as_of=date(2026, 1, 6)), top_k=TOP_K)
    ]
    assert reply == reply_of(abstained(), reply.milliseconds)
    assert reply.milliseconds is not None
    assert reply.milliseconds >= 0


def test_the_conversation_goes_with_the_question() -> None:
    engine = Recorder()
    target = EngineTarget(engine, MemoryArchive())
    turns = (
        GoldTurn(role="system", content="Be brief."),
        GoldTurn(role="user", content="Who runs the ferry?"),
        GoldTurn(role="assistant", content="Ilse Varn."),
    )
    target.ask(gold().model_copy(update={"conversation": turns}))
    assert target.conversational
    assert engine.queries[0].history == (
        Turn(role="user", content="Who runs the ferry?"),
        Turn(role="assistant", content="Ilse Varn."),
    )


def test_the_listing_is_read_once_page_by_page() -> None:
    archive = MemoryArchive()
    target = EngineTarget(Recorder(), archive)
    assert target.resolve("a3.txt") == {"a3"}
    assert target.resolve("https://news.example/a1") == {"a1"}
    assert target.resolve("a9") == frozenset()
    assert archive.offsets == [0, 2]


def test_an_empty_archive_resolves_nothing() -> None:
    assert EngineTarget(Recorder(), MemoryArchive({})).resolve("a1") == frozenset()


def test_texts_are_those_stored() -> None:
    target = EngineTarget(Recorder(), MemoryArchive())
    assert target.article_text("a1") == TEXTS["a1"]
    assert target.article_text("a9") is None
