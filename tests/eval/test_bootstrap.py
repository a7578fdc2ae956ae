"""Scratch archives."""

from __future__ import annotations

from pathlib import Path

import pytest

from eval.bootstrap import scratch_archive
from index.embedding.hashing import HashingEmbedder
from index.errors import ConfigurationError
from index.settings import IndexSettings
from rag.records import Outcome, Query
from rag.settings import RagSettings

RECORD = {"id": "mill", "title": "The mill", "text": "The old mill burned down in 1901."}


def settings_of(folder: Path) -> IndexSettings:
    return IndexSettings(data_dir=folder / "var", catalogue_url="sqlite:////nowhere/at/all.sqlite")


def test_a_temporary_archive_answers_and_goes(tmp_path: Path) -> None:
    settings, embedder = settings_of(tmp_path), HashingEmbedder()
    with scratch_archive(settings, RagSettings(), embedder=embedder) as (archive, engine):
        folder = Path(archive.status().data_dir)
        archive.ingest_records([RECORD], origin="test")
        found = engine.search(Query(question="When did the mill burn down?"))
        assert [passage.title for passage in found] == ["The mill"]
        assert folder.is_dir()
    assert not folder.exists()
    assert not (tmp_path / "var").exists()


def test_a_temporary_archive_goes_where_the_evaluation_fails(tmp_path: Path) -> None:
    seen: list[Path] = []

    def fail() -> None:
        settings, embedder = settings_of(tmp_path), HashingEmbedder()
        with scratch_archive(settings, RagSettings(), embedder=embedder) as (archive, _):
            seen.append(Path(archive.status().data_dir))
            raise RuntimeError("stop")

    with pytest.raises(RuntimeError, match="stop"):
        fail()
    assert [folder.exists() for folder in seen] == [False]


def test_a_kept_archive_is_used_again(tmp_path: Path) -> None:
    kept, settings, embedder = tmp_path / "kept", settings_of(tmp_path), HashingEmbedder()
    with scratch_archive(settings, RagSettings(), data_dir=kept, embedder=embedder) as (first, _):
        first.ingest_records([RECORD], origin="test")
    with scratch_archive(settings, RagSettings(), data_dir=kept, embedder=embedder) as (again, _):
        assert again.status().articles == 1


def test_settings_of_the_reader_hold(tmp_path: Path) -> None:
    silent, embedder = RagSettings(reader="none"), HashingEmbedder()
    with scratch_archive(settings_of(tmp_path), silent, embedder=embedder) as (archive, engine):
        archive.ingest_records([RECORD], origin="test")
        answer = engine.ask(Query(question="When did the mill burn down?"))
    assert answer.outcome is Outcome.NOT_FOUND


def test_the_archive_of_the_settings_is_refused(tmp_path: Path) -> None:
    own = tmp_path / "var"
    with (
        pytest.raises(ConfigurationError, match="that the settings name"),
        scratch_archive(IndexSettings(data_dir=own), RagSettings(), data_dir=own / "." / ""),
    ):
        pytest.fail("it was opened")
    assert not own.exists()
