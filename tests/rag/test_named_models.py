"""Readers and rerankers that settings name are read by, and named in reports."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from pydantic import ValidationError

from index.archive import Archive
from index.errors import ModelUnavailable
from rag.bootstrap import build_engine, describe_models
from rag.records import Query
from rag.settings import RagSettings
from tests.rag.checking import assert_checked
from tests.rag.tiny_models import tiny_cross_encoder, tiny_reader

QUESTION = Query(question="When does the ferry to Osk run again?", explain=True)


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a reader and a reranker."""
    folder = tmp_path_factory.mktemp("models")
    tiny_reader(folder / "some-reader", "roberta")
    tiny_cross_encoder(folder / "some-judge")
    return folder


def test_a_named_reader_reads(archive: Archive, models: Path) -> None:
    settings = RagSettings(reader=str(models / "some-reader"), answer_threshold=0.0)
    answer = build_engine(archive, settings).ask(QUESTION)
    assert_checked(answer, archive)
    assert answer.citations
    assert answer.explanation is not None
    named = answer.explanation.models
    assert named["reader"].startswith("span@")
    assert named["span reader"].startswith("some-reader@")
    assert named == describe_models(archive, settings)


def test_a_named_reranker_orders_what_is_found(archive: Archive, models: Path) -> None:
    plain = RagSettings(reader="none")
    settings = RagSettings(reader="none", reranker=str(models / "some-judge"))
    before = build_engine(archive, plain).ask(QUESTION).explanation
    after = build_engine(archive, settings).ask(QUESTION).explanation
    assert before is not None
    assert after is not None
    assert {one.cross_encoder for one in before.passages} == {None}
    outputs = [one.cross_encoder for one in after.passages if one.cross_encoder is not None]
    assert outputs
    fused = {one.passage_id: one.fused for one in before.passages}
    for one in after.passages:
        assert fused.get(one.passage_id, one.fused) == one.fused
    assert after.models["reranker"].startswith("some-judge@")
    assert "reranker" not in before.models


def test_search_is_reranked_too(archive: Archive, models: Path) -> None:
    settings = RagSettings(reranker=str(models / "some-judge"))
    found = build_engine(archive, settings).search(replace(QUESTION, explain=False))
    assert [passage.score for passage in found] == sorted(
        (passage.score for passage in found), reverse=True
    )


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        (RagSettings(reader="nobody/no-such-reader"), "no reader 'nobody/no-such-reader'"),
        (RagSettings(reranker="nobody/no-such-judge"), "no reranker 'nobody/no-such-judge'"),
    ],
)
def test_models_that_are_not_here_are_told_when_the_engine_is_built(
    archive: Archive, settings: RagSettings, message: str
) -> None:
    with pytest.raises(ModelUnavailable, match=message):
        build_engine(archive, settings)


def test_none_is_built_in_for_reranking() -> None:
    for value in ("built-in", " "):
        with pytest.raises(ValidationError, match="none is built in"):
            RagSettings(reranker=value)
