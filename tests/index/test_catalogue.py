"""Reading and writing the catalogue."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import inspect, text
from sqlalchemy.exc import IntegrityError

from index.catalogue.database import connect
from index.catalogue.rows import vector_to_bytes, vectors_from_bytes
from index.catalogue.schema import METADATA
from index.catalogue.store import PARAMETERS, Catalogue, IngestRun
from index.catalogue.writing import ArticleWrite, CatalogueWriter, EmbeddedPassage
from index.embedding.hashing import HashingEmbedder
from index.errors import ArticleNotFound
from index.passages import PassageShape, embedding_input, input_hash, split_passages
from index.records import Article, Confidence, Filters, PublishedDate
from index.sentences import split_sentences

NOON = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)
EMBEDDER = HashingEmbedder()


def writing(name: str, body: str, *, day: date | None = None, **fields: object) -> ArticleWrite:
    """All that is stored of an article."""
    published = (
        PublishedDate(day=day, source="dateline", confidence=Confidence.HIGH) if day else None
    )
    values: dict[str, object] = {
        "article_id": name,
        "version": 1,
        "origin": f"{name}.txt",
        "title": f"About {name}",
        "text": body,
        "publisher": "Skerry Post",
        "authors": ("Ida Holm",),
        "url": None,
        "published": published,
        "ingested_at": NOON,
        "content_hash": input_hash(name + body),
        "story_id": f"s{name}",
    }
    article = Article(**(values | fields))  # type: ignore[arg-type]
    passages = split_passages(
        article_id=name,
        version=article.version,
        text=body,
        sentences=split_sentences(body),
        shape=PassageShape(max_words=8, overlap=0),
    )
    embedded = [
        EmbeddedPassage(
            passage=p,
            input_hash=input_hash(embedding_input(article.title, p)),
            vector=EMBEDDER.embed_query(p.text),
        )
        for p in passages
    ]
    return ArticleWrite(
        article=article,
        identity_key=f"id::{name}",
        signature=b"\0" * 512,
        bands=[f"0:{name}"],
        passages=embedded,
    )


FERRY = "The ferry runs again from Monday, they said. 渡𠮷 🎉 was shouted in the harbour."


@pytest.fixture
def store(tmp_path: Path) -> Iterator[tuple[Catalogue, CatalogueWriter]]:
    catalogue = Catalogue(connect(f"sqlite:///{tmp_path / 'catalogue.sqlite'}"))
    yield catalogue, CatalogueWriter(catalogue.engine)
    catalogue.close()


Store = tuple[Catalogue, CatalogueWriter]


def test_migrations_make_the_tables_that_queries_are_written_against(store: Store) -> None:
    inspector = inspect(store[0].engine)
    made = {name for name in inspector.get_table_names() if name != "alembic_version"}
    assert made == set(METADATA.tables)
    for name, table in METADATA.tables.items():
        columns = {c["name"]: c for c in inspector.get_columns(name)}
        assert set(columns) == {c.name for c in table.columns}
        for column in table.columns:
            assert columns[column.name]["nullable"] == column.nullable, (name, column.name)
        assert {i["name"] for i in inspector.get_indexes(name)} == {i.name for i in table.indexes}
        assert inspector.get_pk_constraint(name)["constrained_columns"] == [
            c.name for c in table.primary_key
        ]


def test_sqlite_survives_power_cuts_and_overwrites_what_is_deleted(store: Store) -> None:
    with store[0].engine.connect() as connection:
        found = {
            name: connection.execute(text(f"PRAGMA {name}")).scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys", "secure_delete")
        }
    assert found == {
        "journal_mode": "wal",
        "synchronous": 2,
        "foreign_keys": 1,
        "secure_delete": 1,
    }


def test_an_error_of_the_database_tells_nothing_of_what_was_written(store: Store) -> None:
    catalogue, writer = store
    writer.set_meta("asked", "nothing")
    insert = text("INSERT INTO meta (key, value) VALUES ('asked', :value)")
    with catalogue.engine.connect() as connection, pytest.raises(IntegrityError) as raised:
        connection.execute(insert, {"value": "who knows my secret?"})
    assert "secret" not in str(raised.value)


def test_an_article_comes_back_as_it_was_written(store: Store) -> None:
    catalogue, writer = store
    write = writing("ferry", FERRY, day=date(2026, 3, 2))
    writer.put(write)
    assert catalogue.article("ferry") == write.article
    rows = catalogue.passages_of(["ferry"])
    assert [row.passage for row in rows] == [e.passage for e in write.passages]
    assert {(r.title, r.publisher, r.published_at) for r in rows} == {
        ("About ferry", "Skerry Post", date(2026, 3, 2))
    }
    assert catalogue.passages([rows[0].passage.passage_id, "nobody.1.0"]) == {
        rows[0].passage.passage_id: rows[0]
    }


def test_vectors_come_back_up_to_half_precision(store: Store) -> None:
    catalogue, writer = store
    write = writing("ferry", FERRY)
    writer.put(write)
    stored = catalogue.vectors([e.passage.passage_id for e in write.passages])
    for embedded in write.passages:
        vector = stored[embedded.passage.passage_id]
        assert vector.dtype == np.float32
        assert vector == pytest.approx(embedded.vector, abs=1e-3)
    by_input = catalogue.embedded([e.input_hash for e in write.passages] + ["unknown"])
    assert set(by_input) == {e.input_hash for e in write.passages}
    assert catalogue.vectors_of("ferry").shape == (len(write.passages), EMBEDDER.dimension)
    assert catalogue.vectors_of("nobody").shape[0] == 0


def test_vectors_are_little_endian_half_floats() -> None:
    blob = vector_to_bytes(np.array([1.0, -2.0], dtype=np.float32))
    assert blob == b"\x00\x3c\x00\xc0"
    assert vectors_from_bytes([blob, blob]).tolist() == [[1.0, -2.0]] * 2


def test_a_write_that_fails_leaves_nothing_of_the_article(store: Store) -> None:
    catalogue, writer = store
    writer.put(writing("ferry", FERRY))
    broken = writing("bridge", "Rust was found in six cables.")
    twice = [*broken.passages, *broken.passages]
    with pytest.raises(Exception, match="UNIQUE"):
        writer.put(
            ArticleWrite(
                article=broken.article, identity_key="x", signature=b"", bands=[], passages=twice
            )
        )
    assert catalogue.counts() == {"articles": 1, "versions": 1, "passages": 2, "stories": 1}
    assert catalogue.last_seq() == 1
    with pytest.raises(ArticleNotFound, match="bridge"):
        catalogue.article("bridge")


def test_sequence_numbers_are_never_given_twice(store: Store) -> None:
    catalogue, writer = store
    writer.put(writing("ferry", FERRY))
    assert writer.delete("ferry")
    assert not writer.delete("ferry")
    writer.put(writing("ferry", FERRY))
    changes = catalogue.changes_since(0, limit=10)
    assert [(c.seq, c.kind) for c in changes] == [(1, "put"), (2, "delete"), (3, "put")]
    assert [c.seq for c in catalogue.changes_since(1, limit=1)] == [2]
    assert catalogue.changes_since(3, limit=10) == []
    assert catalogue.changed_more_than_once(["ferry", "nobody"]) == {"ferry"}


@pytest.mark.parametrize("name", ["Écho du Nord", "écho du nord", "ÉCHO DU NORD"])
def test_publishers_are_compared_without_regard_to_case_in_any_script(
    store: Store, name: str
) -> None:
    catalogue, writer = store
    writer.put(writing("ferry", FERRY, publisher="Écho du Nord"))
    writer.put(writing("bridge", "Rust was found in six cables."))
    filters = Filters(publishers=(name,))
    assert catalogue.count_eligible(filters) == 2
    assert catalogue.eligible(filters).article_ids == ["ferry"]
    assert catalogue.page(limit=5, offset=0, publisher=name).total == 1


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        (Filters(), {"early", "late", "undated"}),
        (Filters(since=date(2026, 2, 1)), {"late"}),
        (Filters(until=date(2026, 1, 31)), {"early"}),
        (Filters(since=date(2026, 1, 10), until=date(2026, 1, 10)), {"early"}),
        (Filters(as_of=date(2026, 2, 10)), {"early", "late"}),
        (Filters(as_of=date(2026, 2, 9)), {"early"}),
        (Filters(as_of=date(2026, 3, 4)), {"early", "late", "undated"}),
        (Filters(as_of=date(2026, 3, 3)), {"early", "late"}),
        (Filters(publishers=("osk courier",)), {"undated"}),
        (Filters(publishers=("nobody",)), set()),
    ],
)
def test_filters_choose_by_publisher_and_day(
    store: Store, filters: Filters, expected: set[str]
) -> None:
    catalogue, writer = store
    writer.put(writing("early", "Early words were said.", day=date(2026, 1, 10)))
    writer.put(writing("late", "Late words were said.", day=date(2026, 2, 10)))
    writer.put(writing("undated", "Undated words were said.", publisher="Osk Courier"))
    every = sorted(catalogue.passage_ids())
    chosen = {f"{name}.1.0" for name in expected}
    assert catalogue.pass_filters(every, filters) == chosen
    assert catalogue.count_eligible(filters) == len(chosen)
    eligible = catalogue.eligible(filters)
    assert eligible.passage_ids == sorted(chosen)
    assert eligible.article_ids == sorted(expected)
    assert len(eligible.vectors) == len(chosen)


def test_pages_are_newest_first_undated_last_and_complete(store: Store) -> None:
    catalogue, writer = store
    for number, day in enumerate([None, date(2026, 1, 1), date(2026, 3, 1), date(2026, 2, 1)]):
        writer.put(writing(f"n{number}", FERRY, day=day, title=f"Round {number}_%"))
    pages = [catalogue.page(limit=3, offset=offset) for offset in (0, 3, 6)]
    names = [s.article_id for page in pages for s in page.articles]
    assert names == ["n2", "n3", "n1", "n0"]
    assert {page.total for page in pages} == {4}
    assert {(s.passages, s.characters) for s in pages[0].articles} == {(2, len(FERRY))}
    assert catalogue.page(limit=9, offset=0, contains="round 2_%").total == 1
    assert catalogue.page(limit=9, offset=0, contains="round__").total == 0


def test_more_ids_than_one_statement_takes(store: Store) -> None:
    catalogue, writer = store
    writer.put(writing("ferry", FERRY))
    names = [f"nobody.1.{n}" for n in range(PARAMETERS * 2 + 1)] + ["ferry.1.0"]
    assert set(catalogue.passages(names)) == {"ferry.1.0"}
    assert set(catalogue.input_hashes(names)) == {"ferry.1.0"}
    assert catalogue.pass_filters(names, Filters()) == {"ferry.1.0"}


def test_articles_that_share_bands_come_closest_first(store: Store) -> None:
    catalogue, writer = store
    for name, bands in (("a", ["0:x"]), ("b", ["0:x", "1:y"]), ("c", ["9:z"])):
        write = writing(name, FERRY)
        writer.put(
            ArticleWrite(
                article=write.article,
                identity_key=name,
                signature=b"sig",
                bands=bands,
                passages=write.passages,
            )
        )
    assert catalogue.sharing_bands(["0:x", "1:y", "2:w"]) == ["b", "a"]
    assert catalogue.signature("b") == ("sb", b"sig")


def test_runs_come_newest_first_with_what_was_refused(store: Store) -> None:
    catalogue, writer = store
    for added in (1, 2):
        writer.record_run(
            IngestRun(
                started_at=NOON,
                seconds=3,
                added=added,
                updated=0,
                unchanged=0,
                refused=[("a", "b")],
            )
        )
    assert [run.added for run in catalogue.runs(limit=5)] == [2, 1]
    assert [run.added for run in catalogue.runs(limit=1)] == [2]
    (run,) = catalogue.runs(limit=1)
    assert (run.started_at, run.refused) == (NOON, [("a", "b")])


def test_facts_are_kept_and_replaced(store: Store) -> None:
    catalogue, writer = store
    assert catalogue.meta("model") is None
    writer.set_meta("model", "one")
    writer.set_meta("model", "two")
    assert catalogue.meta("model") == "two"
