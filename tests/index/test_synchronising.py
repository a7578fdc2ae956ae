"""Followers catch up, heal, and are caught when they disagree."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import chromadb
import pytest
import tantivy
from sqlalchemy import create_engine, text

from index.archive import Archive
from index.embedding.hashing import HashingEmbedder
from index.followers.base import IndexedPassage
from index.followers.chroma import COLLECTION
from index.followers.memory import MemoryDenseIndex, MemoryLexicalIndex
from index.followers.tantivy_index import ANALYSER
from index.synchronising import CHANGES_PER_STEP, PROBES, catch_up, verify
from tests.index.building import (
    archive_in,
    assert_sound,
    embedder_of,
    ingest,
    record,
    text_of,
)


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data directory of a closed archive with six articles, not to be changed."""
    folder = tmp_path_factory.mktemp("original")
    with archive_in(folder) as archive:
        ingest(archive, *(record(f"n{i}", text_of(i)) for i in range(6)))
        assert_sound(archive)
    return folder


@pytest.fixture
def data(original: Path, tmp_path: Path) -> Path:
    """A copy of it for one test."""
    return Path(shutil.copytree(original, tmp_path / "data"))


@contextmanager
def reopened(data: Path) -> Iterator[Archive]:
    """The archive; opening it must embed nothing."""
    with archive_in(data) as archive:
        yield archive
        assert embedder_of(archive).embedded == 0


def problems(archive: Archive) -> str:
    """What `verify` says, one problem a line."""
    verification = archive.verify()
    assert verification.sound == (not verification.problems)
    return "\n".join(verification.problems)


def in_catalogue(data: Path, statement: str) -> None:
    """Change the catalogue behind Quoth's back."""
    engine = create_engine(f"sqlite:///{data / 'catalogue.sqlite'}")
    with engine.begin() as connection:
        assert connection.execute(text(statement)).rowcount > 0
    engine.dispose()


def add_to_tantivy(data: Path, passage_id: str) -> None:
    """Add a document behind Quoth's back."""
    index = tantivy.Index.open(str(data / "lexical"))
    words = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple()).build()
    index.register_tokenizer(ANALYSER, words)
    writer = index.writer(heap_size=20_000_000, num_threads=1)
    document = tantivy.Document()
    document.add_text("passage_id", passage_id)
    writer.add_document(document)
    writer.commit()
    writer.wait_merging_threads()


def test_a_record_deleted_in_chroma_by_hand_is_reported(data: Path) -> None:
    client = chromadb.PersistentClient(path=str(data / "chroma"))
    collection = client.get_collection(COLLECTION)
    victim = min(collection.get(include=[])["ids"])
    collection.delete(ids=[victim])
    client.close()  # type: ignore[attr-defined]
    with reopened(data) as archive:
        assert f"dense: lacks 1 passages, first {victim}" in problems(archive)
        archive.rebuild("dense")
        assert_sound(archive)


def test_a_vector_changed_in_chroma_by_hand_is_reported(data: Path) -> None:
    with reopened(data) as archive:
        names = sorted(archive.dense.ids())
        vectors = archive.catalogue.vectors(names)
        first, last = names[0], names[-1]
        spoilt = IndexedPassage(
            passage_id=first, article_id=first[:17], title="", text="", vector=vectors[last]
        )
        archive.dense.apply(remove=[], add=[spoilt], seq=archive.dense.applied())
        assert f"dense: passage {first} is not found by its own vector" in problems(archive)
        archive.rebuild("dense")
        assert_sound(archive)


def test_a_foreign_document_in_tantivy_is_reported(data: Path) -> None:
    add_to_tantivy(data, "zz.1.0")
    with reopened(data) as archive:
        said = problems(archive)
        assert "lexical: holds 1 passages that the catalogue lacks, first zz.1.0" in said
        assert "dense" not in said
        archive.rebuild("lexical")
        assert_sound(archive)


def test_a_document_twice_in_tantivy_is_reported(data: Path) -> None:
    with reopened(data) as archive:
        held = sorted(archive.lexical.ids())
    add_to_tantivy(data, held[0])
    with reopened(data) as archive:
        assert f"lexical: counts {len(held) + 1}, lists {len(held)}" in problems(archive)


@pytest.mark.parametrize(
    "change",
    [
        "start_offset = start_offset + 1",
        "end_offset = end_offset + 5",
        "end_offset = end_offset - 1",
        "start_offset = 0, end_offset = 100000",
    ],
)
def test_a_passage_offset_changed_in_the_catalogue_is_reported(data: Path, change: str) -> None:
    where = "passage_id = (SELECT min(passage_id) FROM passages)"
    in_catalogue(data, f"UPDATE passages SET {change} WHERE {where}")
    with reopened(data) as archive:
        first = min(archive.catalogue.passage_ids())
        assert f"catalogue: passage {first} is not what its offsets point at" in problems(archive)


def test_an_article_text_changed_in_the_catalogue_is_reported(data: Path) -> None:
    in_catalogue(data, "UPDATE versions SET text = 'X' || text")
    with reopened(data) as archive:
        assert "is not what its offsets point at" in problems(archive)


def test_a_sentence_outside_its_passage_is_reported(data: Path) -> None:
    in_catalogue(data, "UPDATE passages SET sentences = '[[0, 99999]]'")
    with reopened(data) as archive:
        assert "has a sentence outside itself" in problems(archive)


def test_a_passage_without_its_article_is_reported(data: Path) -> None:
    in_catalogue(data, "UPDATE passages SET version = 9 WHERE ordinal = 0")
    with reopened(data) as archive:
        assert "has no article" in problems(archive)


def test_a_follower_that_lags_is_reported_and_caught_up_at_the_next_open(data: Path) -> None:
    with reopened(data) as archive:
        last = archive.catalogue.last_seq()
        archive.lexical.apply(remove=[], add=[], seq=last - 2)
        assert f"lexical: at change {last - 2}, the catalogue at {last}" in problems(archive)
    with reopened(data) as archive:
        assert_sound(archive)


def test_a_follower_ahead_of_the_catalogue_is_rebuilt(data: Path) -> None:
    stray = IndexedPassage(
        passage_id="zz.1.0",
        article_id="zz",
        title="",
        text="stray words",
        vector=HashingEmbedder().embed_query("stray words"),
    )
    with reopened(data) as archive:
        for follower in (archive.dense, archive.lexical):
            follower.apply(remove=[], add=[stray], seq=archive.catalogue.last_seq() + 5)
    with reopened(data) as archive:
        assert archive.lexical.matching("stray", 5) == []
        assert_sound(archive)


DAMAGE = [
    ("chroma/chroma.sqlite3", b"garbage" * 500),
    ("chroma/chroma.sqlite3", b""),
    ("lexical/meta.json", b"garbage"),
    ("lexical/meta.json", b""),
    ("lexical/.managed.json", b"{"),
]


@pytest.mark.parametrize(("name", "content"), DAMAGE)
def test_damaged_follower_files_heal_at_the_next_open(
    data: Path, name: str, content: bytes
) -> None:
    (data / name).write_bytes(content)
    with reopened(data) as archive:
        assert_sound(archive)
        assert archive.status().passages > 0
    with reopened(data) as archive:
        assert_sound(archive)


@pytest.mark.parametrize("folder", ["chroma", "lexical"])
def test_a_follower_whose_folder_is_gone_is_built_anew(data: Path, folder: str) -> None:
    shutil.rmtree(data / folder)
    with reopened(data) as archive:
        assert_sound(archive)


def test_followers_of_another_archive_are_emptied(data: Path) -> None:
    for path in data.glob("catalogue.sqlite*"):
        path.unlink()
    with archive_in(data) as archive:
        assert archive.dense.count() == archive.lexical.count() == 0
        ingest(archive, record("fresh", text_of("fresh")))
        assert_sound(archive)


def test_catching_up_takes_more_changes_than_one_step(tmp_path: Path) -> None:
    with archive_in(tmp_path) as archive:
        ingest(archive, *(record(f"n{i}", text_of(f"n{i}", sentences=3)) for i in range(120)))
        ingest(archive, *(record(f"n{i}", text_of(f"m{i}", sentences=3)) for i in range(90)))
        assert archive.catalogue.last_seq() == 210 > CHANGES_PER_STEP
        for follower in (MemoryDenseIndex(), MemoryLexicalIndex()):
            assert catch_up(archive.catalogue, follower) == 210
            assert catch_up(archive.catalogue, follower) == 0
            assert follower.ids() == archive.catalogue.passage_ids()
        assert_sound(archive)


def test_followers_in_memory_can_be_verified_too(data: Path) -> None:
    dense, lexical = MemoryDenseIndex(), MemoryLexicalIndex()
    with reopened(data) as archive:
        for follower in (dense, lexical):
            catch_up(archive.catalogue, follower)
        verification = verify(archive.catalogue, dense, lexical)
    assert verification.problems == ()
    assert verification.probes == min(verification.passages, PROBES) > 0
