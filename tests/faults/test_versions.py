"""Archives that an older or a newer version wrote."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine

from index.backup import make_backup
from index.bootstrap import open_archive
from index.catalogue.database import MIGRATIONS
from index.catalogue.slack_questions import SlackQuestionTable
from index.embedding.hashing import HashingEmbedder
from index.errors import ArchiveTooNew
from index.records import Filters, GivenAnswer, Rating
from index.settings import IndexSettings
from index.slack_questions import open_slack_questions
from tests.faults import jobs
from tests.faults.process import run
from tests.index.building import archive_in, assert_sound, bytes_of, ingest, record, text_of
from tests.index.slack_asking import LEASE, asked

FIRST = "0001"
WITHOUT_FEEDBACK = "0002"
WITHOUT_SLACK = "0005"
TABLES = ("meta", "articles", "versions", "passages", "story_bands", "changes")


def made_by_first_version(folder: Path, revision: str = FIRST) -> None:
    """A catalogue with two articles, at the first revision of its tables or another."""
    with archive_in(folder, passage_words=jobs.WORDS) as archive:
        ingest(archive, *jobs.articles()[:2])
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("path_separator", "os")
    old = folder / "old.sqlite"
    engine = create_engine(f"sqlite:///{old}")
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
    engine.dispose()
    new = folder / "catalogue.sqlite"
    with sqlite3.connect(old) as copy:
        copy.execute("ATTACH ? AS new", (str(new),))
        for table in (*TABLES, *(() if revision == FIRST else ("ingest_runs",))):
            copy.execute(f"INSERT INTO {table} SELECT * FROM new.{table}")
        copy.commit()
        copy.execute("DETACH new")
    copy.close()
    old.replace(new)


def revision_of(path: Path) -> str:
    connection = sqlite3.connect(path)
    try:
        return str(connection.execute("SELECT version_num FROM alembic_version").fetchone()[0])
    finally:
        connection.close()


def test_an_archive_of_an_older_version_is_upgraded_with_one_log_line(tmp_path: Path) -> None:
    made_by_first_version(tmp_path)
    assert revision_of(tmp_path / "catalogue.sqlite") == FIRST
    found, lines = run(jobs.log_lines_of, jobs.look, tmp_path).result
    assert (found.articles, found.half, found.problems) == (2, (), ())
    assert [line["event"] for line in lines] == ["catalogue_upgraded"]
    assert lines[0]["from_revision"] == FIRST
    assert revision_of(tmp_path / "catalogue.sqlite") == lines[0]["to_revision"] > FIRST
    found, lines = run(jobs.log_lines_of, jobs.look, tmp_path).result
    assert (found.articles, lines) == (2, [])


def test_an_upgraded_archive_takes_articles_in(tmp_path: Path) -> None:
    made_by_first_version(tmp_path)
    with archive_in(tmp_path, passage_words=jobs.WORDS) as archive:
        ingest(archive, record("fresh", text_of("fresh")))
        assert archive.status().articles == 3
        assert len(archive.status().last_ingests) == 1
        assert_sound(archive)


@pytest.mark.parametrize("revision", [FIRST, WITHOUT_FEEDBACK])
def test_an_upgraded_archive_takes_ratings(tmp_path: Path, revision: str) -> None:
    made_by_first_version(tmp_path, revision)
    with archive_in(tmp_path, passage_words=jobs.WORDS) as archive:
        assert archive.status().rated_answers == 0
        [article, _] = archive.articles(limit=2, offset=0).articles
        quote = {"n": 1, "article_id": article.article_id, "quote": "Words.", "also_carried_by": []}
        document = {"question": "Who?", "answer": "Words. [1]", "citations": [quote]}
        given = GivenAnswer(
            answer_id="ans_1", question="Who?", filters=Filters(), document=document
        )
        archive.rate(given, Rating.UP)
        assert archive.delete([article.article_id]) == 1
        [kept] = archive.feedback()
        assert "Words." not in str(kept)
        assert_sound(archive)


@pytest.mark.parametrize("revision", [FIRST, WITHOUT_SLACK])
def test_an_upgraded_archive_takes_questions_from_slack(tmp_path: Path, revision: str) -> None:
    made_by_first_version(tmp_path, revision)
    with open_slack_questions(IndexSettings(data_dir=tmp_path)) as ledger:
        assert ledger.claim(asked(), owner="a", lease_seconds=LEASE)
    with archive_in(tmp_path, passage_words=jobs.WORDS) as archive:
        assert archive.status().articles == 2
        assert not SlackQuestionTable(archive.catalogue.engine).claim(
            asked(), owner="b", lease_seconds=LEASE
        )
        assert_sound(archive)


@pytest.mark.parametrize("revision", [FIRST, WITHOUT_SLACK])
def test_an_archive_of_an_older_version_is_backed_up_as_it_is(
    tmp_path: Path, revision: str
) -> None:
    made_by_first_version(tmp_path, revision)
    made = make_backup(IndexSettings(data_dir=tmp_path), tmp_path / "backup.zip")
    assert (made.holds.schema_revision, made.holds.articles) == (revision, 2)


def test_an_archive_of_a_newer_version_is_refused_and_not_changed(tmp_path: Path) -> None:
    with archive_in(tmp_path) as archive:
        ingest(archive, record("one", text_of(1)))
    with sqlite3.connect(tmp_path / "catalogue.sqlite") as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()
    before = bytes_of(tmp_path)
    for _ in range(2):
        with pytest.raises(ArchiveTooNew, match=r"newer version of Quoth.*9999") as raised:
            open_archive(IndexSettings(data_dir=tmp_path), embedder=HashingEmbedder())
        assert "\n" not in str(raised.value)
    assert bytes_of(tmp_path) == before
