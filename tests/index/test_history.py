"""Versions, publishers and ingests, as the catalogue remembers them."""

from __future__ import annotations

from pathlib import Path

import pytest

from index.catalogue.history import ArchiveHistory, PublisherCount
from index.errors import ArticleNotFound
from tests.index.building import archive_in, ingest, only_id, record


def test_every_version_stays_readable_until_the_article_is_deleted(tmp_path: Path) -> None:
    with archive_in(tmp_path) as archive:
        history = ArchiveHistory(archive.catalogue)
        first = record("quay", "The quay is open.", publisher="Skerry Post", title="The quay")
        article_id = only_id(ingest(archive, first))
        ingest(archive, first | {"text": "The quay is closed again.", "title": "Quay closed"})
        found = history.versions(article_id)
        assert [(each.version, each.title) for each in found] == [
            (2, "Quay closed"),
            (1, "The quay"),
        ]
        assert found[0].ingested_at >= found[1].ingested_at
        assert found[0].ingested_at.tzinfo is not None
        for each in found:
            text = history.version(article_id, each.version).text
            assert len(text) == each.characters
        assert history.version(article_id, 1).text == "The quay is open."
        assert history.version(article_id, 2) == archive.article(article_id)
        archive.delete([article_id])
        with pytest.raises(ArticleNotFound):
            history.versions(article_id)
        with pytest.raises(ArticleNotFound):
            history.version(article_id, 1)


def test_a_version_that_never_was_is_not_found(tmp_path: Path) -> None:
    with archive_in(tmp_path) as archive:
        article_id = only_id(ingest(archive, record("quay", "The quay is open.")))
        with pytest.raises(ArticleNotFound, match="version 2"):
            ArchiveHistory(archive.catalogue).version(article_id, 2)


def test_publishers_are_those_of_what_is_held_now(tmp_path: Path) -> None:
    with archive_in(tmp_path) as archive:
        history = ArchiveHistory(archive.catalogue)
        assert history.publishers() == []
        report = ingest(
            archive,
            record("a", "One stood here.", publisher="Skerry Post"),
            record("b", "Two stood there.", publisher="Osk Gazette"),
            record("c", "Three stood nowhere."),
            record("d", "Four sat down.", publisher="Skerry Post"),
        )
        ingest(archive, record("d", "Four got up.", publisher="Skerry Post"))
        of_skerry = PublisherCount(publisher="Skerry Post", articles=2)
        of_osk = PublisherCount(publisher="Osk Gazette", articles=1)
        assert history.publishers() == [of_osk, of_skerry]
        gazette = report.items[1].article_id
        assert gazette is not None
        archive.delete([gazette])
        assert history.publishers() == [of_skerry]


def test_ingests_come_newest_first(tmp_path: Path) -> None:
    with archive_in(tmp_path) as archive:
        history = ArchiveHistory(archive.catalogue)
        ingest(archive, record("a", "One stood here."))
        ingest(archive, record("b", "Two stood there."), record("c", ""))
        latest, first = history.ingests(limit=5)
        assert (first.added, len(first.refused)) == (1, 0)
        assert (latest.added, len(latest.refused)) == (1, 1)
        assert history.ingests(limit=1) == [latest]
