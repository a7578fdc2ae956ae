"""Deleting, rebuilding, opening and closing an archive."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from index.archive import Archive
from index.bootstrap import open_archive
from index.embedding.hashing import HashingEmbedder
from index.errors import ArchiveLocked, ArticleNotFound, ConfigurationError, ModelMismatch
from index.records import IngestOutcome
from index.settings import IndexSettings
from tests.index.building import (
    archive_in,
    assert_sound,
    embedder_of,
    ingest,
    only_id,
    outcomes,
    passages_of,
    record,
    text_of,
)

SECRET = "Zyzzogeton"
SENTENCE = f"The {SECRET} papers were never meant to be seen."


def assert_no_trace(folder: Path) -> None:
    """No byte of the secret word in the catalogue or in its write-ahead log."""
    files = [folder / f"catalogue.sqlite{end}" for end in ("", "-wal", "-shm")]
    for path in files:
        if path.exists():
            assert SECRET.encode() not in path.read_bytes(), path
    assert files[0].exists()


def test_a_deleted_article_leaves_no_row_no_vector_no_hit_and_no_bytes(tmp_path: Path) -> None:
    with archive_in(tmp_path) as archive:
        ingest(archive, record("kept", text_of(1)))
        ingest(archive, record("gone", f"{text_of(4)}\n\n{SENTENCE}"))
        article_id = only_id(
            ingest(archive, record("gone", f"{text_of(5)}\n\n{SENTENCE}", title=SECRET))
        )
        vector = archive.embedder.embed_query(SENTENCE)
        held = {p.passage_id for p in passages_of(archive, article_id)}
        assert held & {s.passage_id for s in archive.dense.nearest(vector, 100)}
        assert archive.lexical.matching(SECRET, 5)
        assert SECRET.encode() in (tmp_path / "catalogue.sqlite-wal").read_bytes()

        assert archive.delete([article_id, "nobody"]) == 1

        with pytest.raises(ArticleNotFound):
            archive.article(article_id)
        assert archive.lexical.matching(SECRET, 5) == []
        assert archive.lexical.document_frequency(SECRET) == 0
        assert not held & {s.passage_id for s in archive.dense.nearest(vector, 100)}
        assert_no_trace(tmp_path)  # while it is open, with its write-ahead log
        assert (archive.status().articles, archive.status().versions) == (1, 1)
        assert_sound(archive)
    assert_no_trace(tmp_path)
    with archive_in(tmp_path) as archive:
        assert archive.lexical.matching(SECRET, 5) == []
        assert_sound(archive)


def test_deleting_what_is_not_there_changes_nothing(tmp_path: Path) -> None:
    with archive_in(tmp_path) as archive:
        ingest(archive, record("kept", text_of(1)))
        before = archive.catalogue.last_seq()
        assert archive.delete(["nobody"]) == 0
        assert archive.catalogue.last_seq() == before


def test_a_deleted_article_can_come_back_as_version_one(tmp_path: Path) -> None:
    with archive_in(tmp_path) as archive:
        first = only_id(ingest(archive, record("one", text_of(1))))
        archive.delete([first])
        report = ingest(archive, record("one", text_of(2)))
        assert outcomes(report) == [IngestOutcome.ADDED]
        assert only_id(report) == first
        assert archive.article(first).version == 1
        assert_sound(archive)


def test_deleting_the_first_of_two_copies_lets_the_other_in(tmp_path: Path) -> None:
    same = text_of(1)
    with archive_in(tmp_path) as archive:
        first = only_id(ingest(archive, record("one", same, title="Same")))
        assert only_id(ingest(archive, record("two", same, title="Same"))) == first
        archive.delete([first])
        report = ingest(archive, record("two", same, title="Same"))
        assert outcomes(report) == [IngestOutcome.ADDED]
        assert only_id(report) != first


@pytest.mark.parametrize("name", ["dense", "lexical", "all"])
def test_a_rebuild_embeds_nothing_and_finds_the_same(tmp_path: Path, name: str) -> None:
    with archive_in(tmp_path) as archive:
        ingest(archive, *(record(f"n{i}", text_of(i)) for i in range(6)))
        archive.delete([only_id(ingest(archive, record("gone", text_of("gone"))))])
        embedded = embedder_of(archive).embedded
        question = archive.embedder.embed_query("the harbour and the council")
        dense = archive.dense.nearest(question, 5)
        lexical = archive.lexical.matching("harbour council ferry", 5)
        built = archive.rebuild(name)
        expected = archive.status().passages
        assert built == dict.fromkeys(["dense", "lexical"] if name == "all" else [name], expected)
        assert embedder_of(archive).embedded == embedded
        assert [s.passage_id for s in archive.dense.nearest(question, 5)] == [
            s.passage_id for s in dense
        ]
        assert {s.passage_id for s in archive.lexical.matching("harbour council ferry", 5)} == {
            s.passage_id for s in lexical
        }
        assert_sound(archive)


def test_a_follower_that_nobody_knows_cannot_be_rebuilt(tmp_path: Path) -> None:
    with (
        archive_in(tmp_path) as archive,
        pytest.raises(ConfigurationError, match="dense, lexical or all"),
    ):
        archive.rebuild("graph")


def test_another_embedding_model_is_refused_before_anything_is_embedded(tmp_path: Path) -> None:
    with archive_in(tmp_path) as archive:
        ingest(archive, record("one", text_of(1)))
    other = HashingEmbedder(32)
    with archive_in(tmp_path, embedder=other) as archive:
        with pytest.raises(ModelMismatch, match=r"hashing-64.*hashing-32"):
            ingest(archive, record("two", text_of(2)))
        assert other.embedded == 0
        assert archive.status().articles == 1
        assert_sound(archive)


def test_an_archive_is_held_until_it_is_closed(tmp_path: Path) -> None:
    settings = IndexSettings(data_dir=tmp_path)
    first = open_archive(settings, embedder=HashingEmbedder())
    with pytest.raises(ArchiveLocked):
        open_archive(settings, embedder=HashingEmbedder())
    first.close()
    first.close()
    open_archive(settings, embedder=HashingEmbedder()).close()


def test_an_archive_can_be_closed_by_another_thread_than_opened_it(tmp_path: Path) -> None:
    settings = IndexSettings(data_dir=tmp_path)
    opened: list[Archive] = []
    worker = threading.Thread(
        target=lambda: opened.append(open_archive(settings, embedder=HashingEmbedder()))
    )
    worker.start()
    worker.join()
    opened[0].close()
    open_archive(settings, embedder=HashingEmbedder()).close()


def test_an_archive_that_cannot_be_opened_is_left_free(tmp_path: Path) -> None:
    (tmp_path / "catalogue.sqlite").write_bytes(b"no database" * 100)
    for _ in range(2):
        with pytest.raises(Exception, match="the catalogue cannot be read"):
            open_archive(IndexSettings(data_dir=tmp_path), embedder=HashingEmbedder())


def test_status_counts_what_is_held_and_how_far_followers_are(tmp_path: Path) -> None:
    with archive_in(tmp_path) as archive:
        assert archive.status().lagging == ()
        ingest(archive, record("one", text_of(1)), record("two", text_of(2)))
        ingest(archive, record("one", text_of(3)))
        status = archive.status()
        assert (status.articles, status.versions) == (2, 3)
        assert (status.last_change, status.embedding_model) == (3, "hashing-64")
        assert [(f.name, f.applied, f.passages) for f in status.followers] == [
            ("dense", 3, status.passages),
            ("lexical", 3, status.passages),
        ]
        assert status.lagging == ()
        archive.dense.reset()
        assert archive.status().lagging == ("dense",)
        archive.catch_up()
        assert archive.status().lagging == ()


def test_reading_goes_on_in_threads_while_articles_are_taken_in(tmp_path: Path) -> None:
    failures: list[BaseException] = []
    stop = threading.Event()
    with archive_in(tmp_path) as archive:
        ingest(archive, record("one", text_of(1)))

        def read() -> None:
            question = archive.embedder.embed_query("the harbour")
            try:
                while not stop.is_set():
                    found = archive.dense.nearest(question, 5) + archive.lexical.matching("bay", 5)
                    archive.catalogue.passages([s.passage_id for s in found])
                    archive.articles(limit=5, offset=0)
            except BaseException as error:  # noqa: BLE001 - told by the main thread
                failures.append(error)

        readers = [threading.Thread(target=read) for _ in range(2)]
        for reader in readers:
            reader.start()
        for n in range(4):
            ingest(archive, record("one", text_of(f"v{n}")), record(f"n{n}", text_of(n)))
        stop.set()
        for reader in readers:
            reader.join()
        assert_sound(archive)
    assert failures == []
