"""Archives to back up, and backups that are not what they should be."""

from __future__ import annotations

import json
import sqlite3
import zipfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from index.archive import Archive
from index.backup import Manifest, make_backup
from index.catalogue.copying import restoring_file
from index.errors import QuothError
from index.records import Filters, GivenAnswer, Rating
from index.restoring import restore_catalogue
from index.settings import IndexSettings
from tests.index.building import archive_in, ingest, only_id, record, text_of

QUESTION = "harbour council ferry"
PAGE = 4096
"""Bytes in a page of a SQLite file."""


def settings_of(folder: Path, **more: Any) -> IndexSettings:
    return IndexSettings(data_dir=folder, **more)


def restored(backup: Path, folder: Path) -> Manifest:
    return restore_catalogue(settings_of(folder), backup)


def fill(archive: Archive) -> None:
    """Five articles, of which one has two versions, less one; one answer that was rated."""
    ingest(archive, *(record(f"n{i}", text_of(i), publisher="Écho") for i in range(5)))
    ingest(archive, record("n2", text_of("again"), publisher="Écho"))
    archive.delete([only_id(ingest(archive, record("n0", text_of("other"), publisher="Écho")))])
    given = GivenAnswer(answer_id="ans_1", question="Who?", filters=Filters(), document={"a": 1})
    archive.rate(given, Rating.UP, "good")


def told(archive: Archive) -> dict[str, Any]:
    """All that an archive says that does not depend on when or where it was opened."""
    vector = archive.embedder.embed_query(QUESTION)
    status = archive.status()
    page = archive.articles(limit=99, offset=0)
    return {
        "articles": [archive.article(a.article_id) for a in page.articles],
        "counts": archive.catalogue.counts(),
        "dense": archive.dense.nearest(vector, 8),
        "lexical": archive.lexical.matching(QUESTION, 8),
        "feedback": list(archive.feedback()),
        "ingests": status.last_ingests,
        "last_change": status.last_change,
        "model": status.embedding_model,
    }


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A closed archive; not to be changed."""
    folder = tmp_path_factory.mktemp("data")
    with archive_in(folder) as archive:
        fill(archive)
    return folder


@pytest.fixture(scope="module")
def backup(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A backup of it; not to be changed."""
    path = tmp_path_factory.mktemp("backup") / "backup.zip"
    make_backup(settings_of(data), path)
    return path


def repacked(
    backup: Path,
    target: Path,
    *,
    catalogue: Callable[[bytes], bytes] = lambda content: content,
    compression: int = zipfile.ZIP_DEFLATED,
    **manifest: Any,
) -> Path:
    """A backup with another catalogue, or with other words in its manifest (None: without)."""
    with zipfile.ZipFile(backup) as read, zipfile.ZipFile(target, "w", compression) as written:
        written.writestr("catalogue.sqlite", catalogue(read.read("catalogue.sqlite")))
        said = json.loads(read.read("manifest.json")) | manifest
        said = {name: value for name, value in said.items() if value is not None}
        written.writestr("manifest.json", json.dumps(said))
    return target


def refused(error: type[QuothError], backup: Path, folder: Path) -> str:
    """The one line that restoring ends with; nothing was put in place."""
    with pytest.raises(error) as raised:
        restored(backup, folder)
    assert not (folder / "catalogue.sqlite").exists()
    assert not restoring_file(folder / "catalogue.sqlite").exists()
    assert "\n" not in str(raised.value)
    assert raised.value.hint
    return str(raised.value)


def root_page(data: Path, table: str) -> int:
    """The page that a table begins at."""
    with closing(sqlite3.connect(data / "catalogue.sqlite")) as connection:
        query = "SELECT rootpage FROM sqlite_master WHERE name = ?"
        return int(connection.execute(query, (table,)).fetchone()[0])


def without_page(content: bytes, page: int) -> bytes:
    """A database with zeros for one of its pages, which are counted from 1."""
    return content[: (page - 1) * PAGE] + b"\0" * PAGE + content[page * PAGE :]
