"""Answers where the sample archive's publishers agree, differ, or update one another."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from index.bootstrap import open_archive
from index.settings import IndexSettings
from rag.bootstrap import build_engine
from rag.engine import AnswerEngine
from rag.generation.base import Message
from rag.generation.engine import LlmAnswerEngine
from rag.records import Answer, Citation, Query
from rag.settings import RagSettings
from rag.support.base import Support

SEEDS = Path(__file__).parents[2] / "seeds"
ON_BOARD = "How many people were on board the Grey Heron?"
RETURN = "When is the Grey Heron expected to return to service?"


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory, model_cache: Path) -> Iterator[AnswerEngine]:
    folder = tmp_path_factory.mktemp("differing")
    with open_archive(IndexSettings(data_dir=folder, model_cache=model_cache)) as archive:
        archive.ingest([str(SEEDS)])
        yield build_engine(archive, RagSettings(reader="span"))


def positions(answer: Answer) -> list[tuple[str, set[str]]]:
    """Each position's words and publishers, by way of its citations."""
    (one,) = answer.disagreements
    cited = {citation.n: citation for citation in answer.citations}
    for position in one.positions:
        assert position.answer in cited[position.citations[0]].quote
        assert {cited[n].publisher for n in position.citations} == set(position.publishers)
    return [(position.answer, set(position.publishers)) for position in one.positions]


def test_sources_differ(engine: AnswerEngine) -> None:
    answer = engine.ask(Query(question=ON_BOARD))
    assert positions(answer) == [
        ("212", {"Harbour Ledger", "The Saltmarsh Dispatch"}),
        ("187", {"Lantern Coast Times"}),
    ]
    assert answer.disagreements[0].kind == "differ"
    assert answer.answer.startswith("Sources differ. ")
    assert answer.agreement.independent_publishers == 2
    assert [s.text for s in answer.sentences] == [c.quote for c in answer.citations]


def test_the_latest_is_told_first(engine: AnswerEngine) -> None:
    answer = engine.ask(Query(question=RETURN))
    assert [words for words, _ in positions(answer)] == ["15 March", "1 March", "19 January"]
    assert answer.disagreements[0].kind == "updated"
    assert "Citadel Courier, 10 February 2026: " in answer.answer
    assert answer.short_answer == "15 March"


@pytest.mark.parametrize("question", [ON_BOARD, RETURN])
def test_the_words_of_every_position_are_marked(engine: AnswerEngine, question: str) -> None:
    answer = engine.ask(Query(question=question))
    marked = {
        citation.n: [citation.quote[m.start - citation.start : m.end - citation.start]]
        for citation in answer.citations
        for m in citation.marks
    }
    for position in answer.disagreements[0].positions:
        (words,) = marked[position.citations[0]]
        assert position.answer in words
    assert set(marked) == {citation.n for citation in answer.citations}


class Offering:
    """Offers the quoted answer's own quotes, or only the first of them."""

    def __init__(self, most: int) -> None:
        self._most = most

    def quotes(self, answer: Answer) -> list[Citation]:
        return list(answer.citations[: self._most])


class OneSided:
    """A model that tells the first quote only."""

    name = "one-sided"

    def write(self, messages: Sequence[Message]) -> Iterator[str]:
        assert "187" in messages[-1].content or "212" in messages[-1].content
        yield "The ferry had 212 people on board. [1]"


class Believer:
    """Supports what has any evidence."""

    def check(self, claim: str, evidence: Sequence[str], sources: Sequence[str] = ()) -> Support:
        assert {*evidence, *sources}
        return Support(score=1.0, supported=bool(claim))


@pytest.mark.parametrize(("most", "kinds"), [(9, ["differ"]), (1, [])])
def test_a_model_cannot_hide_a_disagreement_that_it_was_shown(
    engine: AnswerEngine, most: int, kinds: list[str]
) -> None:
    worded = LlmAnswerEngine(
        engine=engine, evidence=Offering(most), writer=OneSided(), checker=Believer()
    )
    answer = worded.ask(Query(question=ON_BOARD))
    assert answer.mode == "llm"
    assert [one.kind for one in answer.disagreements] == kinds
    assert ("187 people" in answer.answer) == bool(kinds)
    if kinds:
        assert [words for words, _ in positions(answer)] == ["212", "187"]
    used = {n for sentence in answer.sentences for n in sentence.citations}
    assert used == {citation.n for citation in answer.citations}
