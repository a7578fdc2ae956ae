"""The real model, loaded once, and a small archive that tests may read but not change."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from index.archive import Archive
from index.bootstrap import open_archive
from index.embedding.huggingface import OnnxEmbedder
from index.records import IngestOutcome
from index.settings import BUILT_IN, IndexSettings
from rag.bootstrap import build_engine
from rag.engine import AnswerEngine
from rag.settings import RagSettings
from tests.rag.articles import RECORDS

OpenArchive = Callable[..., Archive]


@pytest.fixture(scope="session")
def embedder(model_cache: Path) -> OnnxEmbedder:
    """The built-in model."""
    return OnnxEmbedder(BUILT_IN, cache=model_cache, batch_size=32)


def fill(archive: Archive, *records: dict[str, Any]) -> dict[str, str]:
    """Take the records in; article ids by their names."""
    report = archive.ingest_records(records, origin="test")
    assert all(item.outcome is not IngestOutcome.REFUSED for item in report.items), report
    named = zip(records, report.items, strict=True)
    return {record["id"]: str(item.article_id) for record, item in named}


@pytest.fixture
def opened(tmp_path: Path, embedder: OnnxEmbedder) -> Iterator[Archive]:
    """An empty archive of one test's own."""
    settings = IndexSettings(data_dir=tmp_path, passage_words=40)
    with open_archive(settings, embedder=embedder) as archive:
        yield archive


@pytest.fixture(scope="session")
def archive(tmp_path_factory: pytest.TempPathFactory, embedder: OnnxEmbedder) -> Iterator[Archive]:
    """The articles of `articles.py`, in passages of at most 40 words."""
    settings = IndexSettings(data_dir=tmp_path_factory.mktemp("rag"), passage_words=40)
    with open_archive(settings, embedder=embedder) as archive:
        fill(archive, *RECORDS)
        yield archive


@pytest.fixture(scope="session")
def ids(archive: Archive) -> dict[str, str]:
    """Article ids by the names of `articles.py`."""
    titles = {row.title: row.article_id for row in archive.articles(limit=50, offset=0).articles}
    return {record["id"]: titles[record["title"]] for record in RECORDS}


@pytest.fixture(scope="session")
def engine(archive: Archive) -> AnswerEngine:
    """The engine over `archive`, with default settings."""
    return build_engine(archive, RagSettings())
