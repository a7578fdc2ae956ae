"""Answers from the seed archive, as Slack is shown them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from api.slack.blocks.messages import answer_message
from api.slack.blocks.modals import context_modal
from index.archive import Archive
from index.bootstrap import open_archive
from index.settings import IndexSettings
from rag.bootstrap import build_engine
from rag.engine import AnswerEngine
from rag.records import Answer, Outcome, Query
from rag.settings import RagSettings
from tests.api.slack.blocks.answering import PAGE, context_of, rich_texts, small_in, words_in
from tests.slack_limits import check_payload, check_view

SEEDS = Path(__file__).parents[4] / "seeds"
GOLD = [json.loads(line) for line in (SEEDS / "gold.jsonl").read_text("utf-8").splitlines()]
QUESTIONS = [entry["question"] for entry in GOLD if not entry["conversation"]][::4]


@pytest.fixture(scope="module")
def held(
    tmp_path_factory: pytest.TempPathFactory, model_cache: Path
) -> Iterator[tuple[Archive, AnswerEngine]]:
    folder = tmp_path_factory.mktemp("slack-blocks")
    with open_archive(IndexSettings(data_dir=folder, model_cache=model_cache)) as archive:
        archive.ingest([str(SEEDS)])
        yield archive, build_engine(archive, RagSettings())


def test_gold_questions(held: tuple[Archive, AnswerEngine]) -> None:
    archive, engine = held
    outcomes = set()
    for question in QUESTIONS:
        answer = engine.ask(Query(question=question))
        outcomes.add(answer.outcome)
        messages = answer_message(answer, context=context_of(answer, archive_url=PAGE))
        assert len(messages) == 1, question
        assert check_payload("chat.update", {"channel": "C1", "ts": "1.1", **messages[0]}) == []
        if answer.outcome is Outcome.ANSWERED:
            assert_shown(answer, archive, messages)
    assert outcomes == set(Outcome)


def assert_shown(answer: Answer, archive: Archive, messages: list[dict[str, object]]) -> None:
    """Quotes, sources and the window are all there."""
    shown, small = words_in(messages), small_in(messages)
    articles = {each.article_id: archive.article(each.article_id) for each in answer.citations}
    view = context_modal(answer, articles, page=PAGE)
    assert check_view(view) == []
    for citation in answer.citations:
        assert citation.quote in shown
        assert citation.title in small
        assert str(citation.publisher) in small
        assert citation.quote in words_in([view])
    marked = [e["text"] for m in messages for e in rich_texts(m) if e.get("style", {}).get("bold")]
    assert all(marked)


def test_sources_that_differ(held: tuple[Archive, AnswerEngine]) -> None:
    _, engine = held
    answer = engine.ask(Query(question="How many people were on board the Grey Heron?"))
    (message,) = answer_message(answer, context=context_of(answer))
    shown = words_in([message])
    assert shown.startswith("Sources differ")
    assert "212 — Harbour Ledger and The Saltmarsh Dispatch" in shown
    assert "187 — Lantern Coast Times" in shown


def test_a_silence(held: tuple[Archive, AnswerEngine]) -> None:
    _, engine = held
    answer = engine.ask(Query(question="Who wrote Pride and Prejudice?"))
    (message,) = answer_message(answer, context=context_of(answer))
    assert words_in([message]).startswith("The archive does not say.")
    assert message["text"].startswith("The archive does not say")
