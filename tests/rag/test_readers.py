"""Which reader the settings choose, by what they do with the sample archive's questions."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from index.bootstrap import open_archive
from index.settings import IndexSettings
from rag.bootstrap import build_engine, describe_models
from rag.records import Answer, Outcome, Query
from rag.settings import RagSettings

SEEDS = Path(__file__).parents[2] / "seeds"
QUESTION = "how long would the guarantees last?"
LATEST = "What is the latest on the Grey Heron?"
NOTHING = "What is the latest on the price of coffee?"


@pytest.fixture(scope="module")
def answers(
    tmp_path_factory: pytest.TempPathFactory, model_cache: Path
) -> dict[str, tuple[Answer, dict[str, str]]]:
    """Each reader's answer and what it says of its models; the default one's to other questions."""
    folder = tmp_path_factory.mktemp("readers")
    found = {}
    with open_archive(IndexSettings(data_dir=folder, model_cache=model_cache)) as archive:
        archive.ingest([str(SEEDS)])
        for reader in ("built-in", "similarity", "span", "none"):
            settings = RagSettings(reader=reader)
            answer = build_engine(archive, settings).ask(Query(question=QUESTION))
            found[reader] = answer, describe_models(archive, settings)
        engine = build_engine(archive, RagSettings())
        for question in (LATEST, NOTHING):
            found[question] = engine.ask(Query(question=question)), {}
    return found


def test_every_reader_that_reads_quotes_letter_for_letter(
    answers: dict[str, tuple[Answer, dict[str, str]]],
) -> None:
    for reader in ("built-in", "similarity", "span"):
        answer, _ = answers[reader]
        assert answer.outcome is Outcome.ANSWERED
        assert any("15-year" in citation.quote for citation in answer.citations), reader


def test_the_trained_one_says_which_words_answer(
    answers: dict[str, tuple[Answer, dict[str, str]]],
) -> None:
    answer, models = answers["span"]
    assert answer.short_answer is not None
    assert answer.short_answer in answer.answer
    assert models["span reader"]
    assert models["reader"].startswith("span@")


def test_the_latest_on_a_topic_is_told_newest_first(
    answers: dict[str, tuple[Answer, dict[str, str]]],
) -> None:
    answer, _ = answers[LATEST]
    days = [citation.published_at for citation in answer.citations]
    assert len(days) > 1
    assert days == sorted(days, key=str, reverse=True)
    assert str(days[0]) == "2026-02-10"
    assert all("Grey Heron" in citation.quote for citation in answer.citations)
    assert answer.short_answer is None
    assert answers[NOTHING][0].outcome is Outcome.NOT_FOUND


def test_none_answers_nothing(answers: dict[str, tuple[Answer, dict[str, str]]]) -> None:
    answer, models = answers["none"]
    assert (answer.outcome, models["reader"]) == (Outcome.NOT_FOUND, "none")
    assert answer.retrieved


def test_built_in_is_the_trained_one(answers: dict[str, tuple[Answer, dict[str, str]]]) -> None:
    assert answers["built-in"][1] == answers["span"][1]
    assert answers["built-in"][0].short_answer == answers["span"][0].short_answer
    assert answers["similarity"][1]["reader"].startswith("similarity@")
    assert "span reader" not in answers["similarity"][1]


def test_another_name_is_refused() -> None:
    with pytest.raises(ValidationError, match="give one of built-in, none, similarity, span"):
        RagSettings(reader="sapn")
