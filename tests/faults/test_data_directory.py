"""A data directory that cannot be used says why in one line, and is left as it was."""

from __future__ import annotations

import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from index.bootstrap import open_archive
from index.embedding.hashing import HashingEmbedder
from index.errors import (
    ArchiveDamaged,
    ArchiveLocked,
    ConfigurationError,
    QuothError,
    StoreUnavailable,
)
from index.settings import IndexSettings
from tests.contract.chroma_server import free_port, running_chroma
from tests.faults import jobs
from tests.faults.process import run, started
from tests.index.building import archive_in, assert_sound, bytes_of, ingest, record, text_of

NOBODY = 65534


def refused(error: type[QuothError], settings: IndexSettings) -> str:
    """The one line that opening ends with."""
    with pytest.raises(error) as raised:
        open_archive(settings, embedder=HashingEmbedder())
    assert "\n" not in str(raised.value)
    return str(raised.value)


@pytest.fixture
def public() -> Iterator[Path]:
    """A folder that every user can see into, unlike pytest's own."""
    folder = Path(tempfile.mkdtemp(prefix="quoth-public-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def stranger(public: Path) -> Iterator[int | None]:
    """A user who may read but not write `public`; None is this one, with the bits taken away."""
    if os.geteuid() == 0:
        root = Path(__file__).parents[2]
        others = all(p.stat().st_mode & 0o005 == 0o005 for p in (root, *root.parents))
        if not others:
            pytest.skip("another user cannot read this checkout")
        yield NOBODY
    else:
        public.chmod(0o555)
        yield None
        public.chmod(0o755)


def test_a_directory_that_cannot_be_written_is_named(public: Path, stranger: int | None) -> None:
    code, message, retryable = run(jobs.refusal, public, stranger).result
    assert (code, retryable) == ("archive_read_only", False), message
    assert str(public) in message
    assert "\n" not in message
    assert bytes_of(public) == {}


def test_a_directory_that_cannot_be_made_is_named(public: Path, stranger: int | None) -> None:
    code, message, _ = run(jobs.refusal, public / "var", stranger).result
    assert code == "archive_read_only", message
    assert str(public / "var") in message


def test_an_archive_of_another_user_is_refused_and_not_changed(public: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root can write as one user and read as another")
    with archive_in(public) as archive:
        ingest(archive, record("one", text_of(1)))
    before = bytes_of(public)
    code, message, _ = run(jobs.refusal, public, NOBODY).result
    assert code == "archive_read_only", message
    public.chmod(0o777)  # now new files can be made, but the archive's own cannot be written
    code, message, _ = run(jobs.refusal, public, NOBODY).result
    assert code == "archive_read_only", message
    for path in (public / "lock", public):
        path.chmod(0o777)
    code, message, _ = run(jobs.refusal, public, NOBODY).result
    assert code == "archive_read_only", message
    after = bytes_of(public)
    assert {name: after[name] for name in before if name != "holder"} == before


def test_a_directory_held_by_another_process_names_it_and_the_server_mode(tmp_path: Path) -> None:
    with started(jobs.hold, tmp_path) as (process, pipe):
        assert pipe.poll(60)
        assert pipe.recv() == "held"
        message = refused(ArchiveLocked, IndexSettings(data_dir=tmp_path))
        assert f"process {process.pid}" in message
        assert "QUOTH_CHROMA_URL" in message
        process.kill()
        process.join()
        assert (tmp_path / "holder").exists()  # it had no time to tidy up
        with archive_in(tmp_path) as archive:
            assert_sound(archive)


@pytest.mark.parametrize("content", [b"garbage" * 500, b"SQLite format 3\0" + b"\0" * 4000])
def test_a_catalogue_that_is_garbage_is_reported_and_left_alone(
    tmp_path: Path, content: bytes
) -> None:
    path = tmp_path / "catalogue.sqlite"
    path.write_bytes(content)
    message = refused(ArchiveDamaged, IndexSettings(data_dir=tmp_path))
    assert "backup" in message
    assert path.read_bytes() == content


def test_a_database_of_another_program_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "catalogue.sqlite"
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("CREATE TABLE recipes (name TEXT)")
    connection.close()
    before = path.read_bytes()
    message = refused(ArchiveDamaged, IndexSettings(data_dir=tmp_path))
    assert "tables that are not Quoth's" in message
    assert path.read_bytes() == before


@pytest.mark.parametrize("url", ["nonsense", "oracle+nothing://x/y", "mysql://"])
def test_a_catalogue_url_that_is_none_does_not_show_itself(tmp_path: Path, url: str) -> None:
    settings = IndexSettings(data_dir=tmp_path, catalogue_url=url)
    assert url not in refused(ConfigurationError, settings)


def test_a_chroma_server_that_is_not_there_frees_the_directory(tmp_path: Path) -> None:
    url = f"http://127.0.0.1:{free_port()}"
    message = refused(StoreUnavailable, IndexSettings(data_dir=tmp_path, chroma_url=url))
    assert url in message
    with archive_in(tmp_path) as archive:
        assert_sound(archive)


def test_a_chroma_server_that_stops_during_an_ingest_is_caught_up_later(tmp_path: Path) -> None:
    (tmp_path / "server").mkdir()
    with running_chroma(tmp_path / "server") as server:
        with archive_in(tmp_path / "data", chroma_url=server.url) as archive:
            ingest(archive, record("one", text_of(1)))
            server.stop()
            with pytest.raises(StoreUnavailable):
                ingest(archive, record("two", text_of(2)))
        server.start()
        embedder = HashingEmbedder()
        with archive_in(tmp_path / "data", embedder=embedder, chroma_url=server.url) as archive:
            assert archive.status().articles == 2
            assert_sound(archive)
            assert embedder.embedded == 0
