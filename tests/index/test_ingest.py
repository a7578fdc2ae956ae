"""What an ingest stores, skips, refuses and embeds."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import select

from index.archive import Archive
from index.catalogue.schema import VERSIONS
from index.ingest import IngestOptions
from index.records import IngestItem, IngestOutcome
from tests.index.building import (
    DRY,
    archive_in,
    assert_sound,
    bytes_of,
    embedder_of,
    ingest,
    only_id,
    outcomes,
    passages_of,
    record,
    sentences_of,
    text_of,
    write_jsonl,
)

ADDED, UPDATED = IngestOutcome.ADDED, IngestOutcome.UPDATED
UNCHANGED, REFUSED = IngestOutcome.UNCHANGED, IngestOutcome.REFUSED


def versions_of(archive: Archive, article_id: str) -> list[tuple[int, str]]:
    """Number and text of each stored version."""
    query = select(VERSIONS.c.version, VERSIONS.c.text).order_by(VERSIONS.c.version)
    with archive.catalogue.engine.connect() as connection:
        rows = connection.execute(query.where(VERSIONS.c.article_id == article_id)).all()
    return [(row.version, row.text) for row in rows]


def test_a_new_article_is_in_all_stores(tmp_path: Path) -> None:
    with archive_in(tmp_path) as archive:
        report = ingest(archive, record("one", text_of(1)))
        assert outcomes(report) == [ADDED]
        held = passages_of(archive, only_id(report))
        assert len(held) == report.items[0].passages > 1
        assert embedder_of(archive).embedded == len(held)
        assert archive.article(only_id(report)).title == "About one"
        assert_sound(archive)


def test_an_unchanged_article_is_skipped_and_not_embedded(tmp_path: Path) -> None:
    with archive_in(tmp_path) as archive:
        first = ingest(archive, record("one", text_of(1)))
        embedded, changes = embedder_of(archive).embedded, archive.catalogue.last_seq()
        second = ingest(archive, record("one", text_of(1)))
        assert outcomes(second) == [UNCHANGED]
        assert only_id(second) == only_id(first)
        assert embedder_of(archive).embedded == embedded
        assert archive.catalogue.last_seq() == changes


def test_a_changed_article_is_a_new_version_and_its_passages_replace_the_old(
    tmp_path: Path,
) -> None:
    with archive_in(tmp_path) as archive:
        first = ingest(archive, record("one", text_of("old") + "\n\nQuetzal birds were seen."))
        article_id = only_id(first)
        before = {p.passage_id for p in passages_of(archive, article_id)}
        report = ingest(archive, record("one", text_of("new")))
        assert outcomes(report) == [UPDATED]
        assert only_id(report) == article_id
        assert archive.article(article_id).version == 2
        assert [number for number, _ in versions_of(archive, article_id)] == [1, 2]
        assert "Quetzal" in versions_of(archive, article_id)[0][1]
        after = {p.passage_id for p in passages_of(archive, article_id)}
        assert not before & after
        assert archive.dense.ids() == archive.lexical.ids() == after
        assert archive.lexical.matching("quetzal", 5) == []
        assert_sound(archive)


def test_a_changed_sentence_embeds_only_the_passages_that_hold_it(tmp_path: Path) -> None:
    told = sentences_of("long", 12)
    with archive_in(tmp_path) as archive:
        ingest(archive, record("one", " ".join(told)))
        before = embedder_of(archive).embedded
        changed = [*told[:-1], "The last sentence is another one now."]
        report = ingest(archive, record("one", " ".join(changed)))
        assert outcomes(report) == [UPDATED]
        assert embedder_of(archive).embedded - before == 1 < before
        assert_sound(archive)


def test_an_article_that_goes_back_to_its_first_text_is_a_third_version(tmp_path: Path) -> None:
    with archive_in(tmp_path) as archive:
        for seed in ("first", "second", "first"):
            report = ingest(archive, record("one", text_of(seed)))
        assert outcomes(report) == [UPDATED]
        assert archive.article(only_id(report)).version == 3
        assert archive.article(only_id(report)).text == text_of("first")
        assert_sound(archive)


@pytest.mark.parametrize(
    "field", [{"authors": ["Ida Holm"]}, {"published_at": "2026-02-03"}, {"url": "https://x.org/2"}]
)
def test_other_metadata_is_a_new_version_that_embeds_nothing_again(
    tmp_path: Path, field: dict[str, object]
) -> None:
    with archive_in(tmp_path) as archive:
        ingest(archive, record("one", text_of(1)))
        embedded = embedder_of(archive).embedded
        report = ingest(archive, record("one", text_of(1), **field))
        assert outcomes(report) == [UPDATED]
        assert embedder_of(archive).embedded == embedded
        assert_sound(archive)


def test_another_title_embeds_every_passage_again(tmp_path: Path) -> None:
    with archive_in(tmp_path) as archive:
        ingest(archive, record("one", text_of(1), title="Harbour reopens"))
        embedded = embedder_of(archive).embedded
        report = ingest(archive, record("one", text_of(1), title="Quetzal season begins"))
        assert outcomes(report) == [UPDATED]
        assert embedder_of(archive).embedded == 2 * embedded
        assert len(archive.lexical.matching("quetzal", 50)) == embedded
        assert archive.lexical.matching("reopens", 50) == []


def test_the_same_content_under_two_paths_is_one_article(tmp_path: Path) -> None:
    with archive_in(tmp_path / "var") as archive:
        for name in ("a.txt", "b.txt"):
            (tmp_path / name).write_text("A headline of sorts\n\n" + text_of(1), encoding="utf-8")
        report = archive.ingest([str(tmp_path / "a.txt"), str(tmp_path / "b.txt")])
        again = archive.ingest([str(tmp_path / "b.txt")])
        assert outcomes(report) == [ADDED, UNCHANGED]
        assert outcomes(again) == [UNCHANGED]
        assert {i.article_id for i in [*report.items, *again.items]} == {report.items[0].article_id}
        assert archive.status().articles == 1


def test_the_same_content_from_two_publishers_is_two_articles_of_one_story(
    tmp_path: Path,
) -> None:
    with archive_in(tmp_path) as archive:
        report = ingest(
            archive,
            record("one", text_of(1), title="Same", publisher="Skerry Post"),
            record("one", text_of(1), title="Same", publisher="Osk Courier"),
        )
        assert outcomes(report) == [ADDED, ADDED]
        status = archive.status()
        assert (status.articles, status.stories) == (2, 1)
        assert embedder_of(archive).embedded == status.passages // 2
        assert_sound(archive)


def test_the_same_identity_twice_in_one_ingest_becomes_two_versions(tmp_path: Path) -> None:
    with archive_in(tmp_path) as archive:
        report = ingest(
            archive,
            record("one", text_of("early")),
            record("two", text_of("other")),
            record("one", text_of("late")),
            record("one", text_of("late")),
        )
        assert outcomes(report) == [ADDED, ADDED, UPDATED, UNCHANGED]
        article = archive.article(report.items[0].article_id or "")
        assert (article.version, article.text) == (2, text_of("late"))
        assert_sound(archive)


def test_a_broken_line_is_refused_by_number_and_the_rest_taken_in(tmp_path: Path) -> None:
    source = write_jsonl(tmp_path / "news.jsonl", [record("one", text_of(1))])
    with source.open("a", encoding="utf-8") as stream:
        stream.write('{"id": "two", "text": \n')
        stream.write('{"id": "three", "title": "No text"}\n')
        stream.write('{"id": "four", "text": "The fourth one is a whole sentence of news."}\n')
    with archive_in(tmp_path / "var") as archive:
        report = archive.ingest([str(source), str(tmp_path / "missing.txt")])
        assert outcomes(report) == [ADDED, REFUSED, REFUSED, ADDED, REFUSED]
        refused = [item for item in report.items if item.outcome is REFUSED]
        assert [i.origin for i in refused[:2]] == [f"{source}:2", f"{source}:3"]
        assert all(item.reason and "\n" not in item.reason for item in refused)
        (run,) = archive.status().last_ingests
        assert (run.added, run.updated, run.unchanged) == (2, 0, 0)
        assert [origin for origin, _ in run.refused] == [i.origin for i in refused]
        assert_sound(archive)


def test_the_report_is_in_input_order_though_outcomes_are_told_as_they_happen(
    tmp_path: Path,
) -> None:
    source = write_jsonl(
        tmp_path / "news.jsonl",
        [record("new", text_of(1)), record("old", text_of(2)), {"id": "bad", "text": "?"}],
    )
    told: list[IngestItem] = []
    with archive_in(tmp_path / "var") as archive:
        ingest_one = write_jsonl(tmp_path / "first.jsonl", [record("old", text_of(2))])
        archive.ingest([str(ingest_one)])
        report = archive.ingest([str(source)], on_item=told.append)
    assert outcomes(report) == [ADDED, UNCHANGED, REFUSED]
    assert [item.origin for item in report.items] == [f"{source}:{n}" for n in (1, 2, 3)]
    assert sorted(told, key=lambda i: i.origin) == list(report.items)


def test_a_dry_run_says_what_would_happen_and_writes_nothing(tmp_path: Path) -> None:
    source = write_jsonl(
        tmp_path / "news.jsonl",
        [record("one", text_of("other")), record("two", text_of(2)), record("kept", text_of(3))],
    )
    data = tmp_path / "var"
    with archive_in(data) as archive:
        ingest(archive, record("one", text_of(1)), record("kept", text_of(3)))
    with archive_in(data) as archive:
        before = bytes_of(data)
        report = archive.ingest([str(source)], options=DRY)
        assert report.dry_run
        assert outcomes(report) == [UPDATED, ADDED, UNCHANGED]
        assert embedder_of(archive).embedded == 0
        assert bytes_of(data) == before


def test_a_publisher_given_with_the_ingest_overrides_the_sources(tmp_path: Path) -> None:
    source = write_jsonl(
        tmp_path / "news.jsonl", [record("one", text_of(1), publisher="Skerry Post")]
    )
    with archive_in(tmp_path / "var") as archive:
        options = IngestOptions(publisher="Osk Courier")
        report = archive.ingest([str(source)], options=options)
        assert archive.article(only_id(report)).publisher == "Osk Courier"


def test_more_passages_than_one_window_are_embedded_once_each(tmp_path: Path) -> None:
    records = [record(f"n{i}", text_of(i, sentences=90)) for i in range(10)]
    with archive_in(tmp_path, passage_words=20, passage_overlap=0) as archive:
        report = ingest(archive, *records)
        assert outcomes(report) == [ADDED] * 10
        assert archive.status().passages > 512
        assert embedder_of(archive).embedded == archive.status().passages
        assert_sound(archive)
