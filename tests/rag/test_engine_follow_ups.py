"""The engine in a conversation: a follow-up is found and read as it is meant."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from index.archive import Archive
from index.bootstrap import open_archive
from index.embedding.huggingface import OnnxEmbedder
from index.settings import IndexSettings
from rag.bootstrap import build_engine
from rag.conversation.turns import turns_of
from rag.engine import AnswerEngine
from rag.records import Answer, Outcome, Query, Turn
from rag.settings import RagSettings
from tests.rag.checking import ask, assert_checked
from tests.rag.conversation.dialogues import FERRY

SEEDS = Path(__file__).parents[2] / "seeds"


@pytest.fixture(scope="module")
def seeds(
    tmp_path_factory: pytest.TempPathFactory, embedder: OnnxEmbedder
) -> Iterator[tuple[AnswerEngine, Archive]]:
    settings = IndexSettings(data_dir=tmp_path_factory.mktemp("seeds"))
    with open_archive(settings, embedder=embedder) as archive:
        archive.ingest([str(SEEDS)])
        yield build_engine(archive, RagSettings()), archive


def converse(engine: AnswerEngine, *questions: str) -> list[Answer]:
    """The answers to questions of one conversation."""
    history: list[Turn] = []
    answers = []
    for question in questions:
        answers.append(ask(engine, question, history=tuple(history)))
        history += turns_of(answers[-1])
    return answers


def test_a_follow_up_is_answered_as_it_is_meant(engine: AnswerEngine, archive: Archive) -> None:
    first, second = converse(
        engine, "Who collected signatures for the old library?", "How many did she collect?"
    )
    assert "Una Brae" in first.citations[0].quote
    assert second.question == "How many did she collect?"
    assert second.standalone_question == "How many did Una Brae collect?"
    assert "2,300" in second.citations[0].quote
    assert_checked(second, archive)


def test_the_same_words_without_history_are_another_question(engine: AnswerEngine) -> None:
    alone = ask(engine, "why?")
    assert alone.standalone_question == alone.question == "why?"
    meant = ask(engine, "why?", history=FERRY.history)
    assert (meant.question, meant.standalone_question) == (
        "why?",
        "Why does the ferry to Osk run again?",
    )
    assert [p.passage_id for p in meant.retrieved] != [p.passage_id for p in alone.retrieved]


def test_a_change_of_topic_is_asked_as_it_is(engine: AnswerEngine) -> None:
    question = "How long does rye dough stand?"
    after = ask(engine, question, history=FERRY.history)
    plain = ask(engine, question)
    assert after.standalone_question == question
    assert after.citations == plain.citations
    assert after.retrieved == plain.retrieved


def test_passages_are_found_for_what_is_meant(engine: AnswerEngine) -> None:
    meant = engine.search(Query(question="And to Brae?", history=FERRY.history))
    spelled_out = engine.search(Query(question="When does the ferry to Brae run again?"))
    assert meant == spelled_out


def test_an_unanswered_question_is_remembered_too(engine: AnswerEngine) -> None:
    first, second = converse(engine, "Who is the king of Atlantis?", "and of Osk?")
    assert first.outcome is Outcome.NOT_FOUND
    assert second.standalone_question == "Who is the king of Osk?"


def test_a_conversation_about_the_seeds(seeds: tuple[AnswerEngine, Archive]) -> None:
    engine, archive = seeds
    answers = converse(
        engine,
        "how long would the guarantees last?",
        "who proposed them?",
        "What did Witkoff say?",
        "and Macron?",
        "How many countries were represented at the Paris talks?",
    )
    assert [answer.standalone_question for answer in answers] == [
        "how long would the guarantees last?",
        "who proposed the guarantees?",
        "What did Witkoff say?",
        "What did Macron say?",
        "How many countries were represented at the Paris talks?",
    ]
    assert any("15-year" in citation.quote for citation in answers[0].citations)
    assert any("Macron" in citation.quote for citation in answers[3].citations)
    assert any("35 countries" in citation.quote for citation in answers[4].citations)
    for answer in answers:
        assert_checked(answer, archive)


@pytest.mark.parametrize("odd", ["\udcff", "a\x00b", "\u2028"])
def test_odd_text_in_a_conversation_does_no_harm(
    engine: AnswerEngine, archive: Archive, odd: str
) -> None:
    history = (
        Turn(role="user", content=f"Who is {odd} Una {odd} Brae?"),
        Turn(role="assistant", content=f"{odd}Una Brae{odd}", titles=(f"Una {odd} Brae",)),
    )
    answer = ask(engine, "how old is she?", history=history)
    assert answer.standalone_question.isprintable()
    assert_checked(answer, archive)


def test_a_question_that_would_become_too_long_is_asked_as_it_is(engine: AnswerEngine) -> None:
    history = (Turn(role="user", content="Did the council close the pool " + "again " * 320),)
    answer = ask(
        engine, "who, by the way, decided to do " + "just " * 20 + "that?", history=history
    )
    assert answer.standalone_question == answer.question


def test_an_endless_conversation_is_no_burden(engine: AnswerEngine) -> None:
    history = FERRY.history * 500
    answer = ask(engine, "Why?", history=history)
    assert answer.standalone_question == "Why does the ferry to Osk run again?"
    assert answer.timings_ms["retrieve"] < 5_000
