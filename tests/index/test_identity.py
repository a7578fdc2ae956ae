"""What supersedes what: articles that nothing tells apart but their text stay apart."""

from __future__ import annotations

from pathlib import Path

from index.archive import Archive
from index.bootstrap import open_archive
from index.embedding.hashing import HashingEmbedder
from index.ingest import IngestOptions
from index.records import IngestOutcome, IngestReport
from index.settings import IndexSettings

FERRY = "The ferry to Skerry sails at nine from the north quay. Dogs travel free of charge."
LIBRARY = "The library in Harrowmouth shuts on Monday. Its reading room is being painted."
BAKERY = "The bakery on Gull Street won the county prize. Its owner thanked the night shift."


def archive_in(folder: Path) -> Archive:
    return open_archive(IndexSettings(data_dir=folder), embedder=HashingEmbedder())


def outcomes(report: IngestReport) -> list[IngestOutcome]:
    return [item.outcome for item in report.items]


def test_records_sent_one_after_another_do_not_overwrite_each_other(tmp_path: Path) -> None:
    with archive_in(tmp_path) as archive:
        for text in (FERRY, LIBRARY):
            report = archive.ingest_records([{"text": text}], origin="api")
            assert outcomes(report) == [IngestOutcome.ADDED]
        again = archive.ingest_records([{"text": FERRY}], origin="api")
        assert outcomes(again) == [IngestOutcome.UNCHANGED]
        assert archive.status().articles == 2


def test_uploads_of_one_name_do_not_overwrite_each_other(tmp_path: Path) -> None:
    paths = [tmp_path / "one.txt", tmp_path / "two.txt"]
    for path, text in zip(paths, (FERRY, LIBRARY), strict=True):
        path.write_text(text, encoding="utf-8")
    with archive_in(tmp_path / "data") as archive:
        report = archive.ingest_files(paths, origins=["article.txt", "article.txt"])
        assert outcomes(report) == [IngestOutcome.ADDED] * 2


def test_a_line_put_in_front_of_records_changes_none_of_them(tmp_path: Path) -> None:
    lines = [f'{{"text": "{text}"}}' for text in (FERRY, LIBRARY)]
    path = tmp_path / "articles.jsonl"
    path.write_text("\n".join(lines), encoding="utf-8")
    with archive_in(tmp_path / "data") as archive:
        archive.ingest([str(path)])
        path.write_text("\n".join([f'{{"text": "{BAKERY}"}}', *lines]), encoding="utf-8")
        report = archive.ingest([str(path)])
        unchanged = IngestOutcome.UNCHANGED
        assert outcomes(report) == [IngestOutcome.ADDED, unchanged, unchanged]


def test_naming_the_publisher_later_updates_the_article(tmp_path: Path) -> None:
    path = tmp_path / "ferry.txt"
    path.write_text(FERRY, encoding="utf-8")
    with archive_in(tmp_path / "data") as archive:
        archive.ingest([str(path)])
        report = archive.ingest([str(path)], options=IngestOptions(publisher="Skerry Post"))
        assert outcomes(report) == [IngestOutcome.UPDATED]
        assert archive.status().articles == 1


def test_a_data_directory_may_have_any_name(tmp_path: Path) -> None:
    folder = tmp_path / "q?x=1&y"
    with archive_in(folder) as archive:
        archive.ingest_records([{"text": FERRY}], origin="api")
    assert (folder / "catalogue.sqlite").is_file()
    assert sorted(path.name for path in tmp_path.iterdir()) == [folder.name]
