"""A backup holds the catalogue as of one commit, and an archive can be made from it again."""

from __future__ import annotations

import json
import sqlite3
import stat
import threading
import zipfile
from contextlib import closing
from pathlib import Path

import pytest
from filelock import FileLock

from index.backup import Manifest, make_backup
from index.catalogue.database import sqlite_url
from index.errors import (
    ArchiveDamaged,
    ConfigurationError,
    InputError,
)
from index.lock import DirectoryLock
from index.restoring import restore_catalogue
from tests.index.backing_up import (
    backup,
    data,
    fill,
    restored,
    root_page,
    settings_of,
    told,
    without_page,
)
from tests.index.building import (
    archive_in,
    assert_sound,
    bytes_of,
    embedder_of,
    ingest,
    record,
    text_of,
)

__all__ = ["backup", "data"]  # fixtures


class TestRoundTrip:
    def test_everything_comes_back_and_nothing_is_embedded(self, tmp_path: Path) -> None:
        with archive_in(tmp_path / "data") as archive:
            fill(archive)
            before = told(archive)
            made = make_backup(settings_of(tmp_path / "data"), tmp_path / "backup.zip")
        assert restored(tmp_path / "backup.zip", tmp_path / "new") == made
        with archive_in(tmp_path / "new") as archive:
            assert told(archive) == before
            assert_sound(archive)
            assert embedder_of(archive).embedded == 0
            assert archive.catalogue.fingerprint() == made.holds.fingerprint
            assert dict(archive.catalogue.counts()).items() <= made.holds.model_dump().items()
            ingest(archive, record("more", text_of("more")))
            assert_sound(archive)

    def test_an_empty_archive_can_be_backed_up(self, tmp_path: Path) -> None:
        with archive_in(tmp_path / "data"):
            pass
        made = make_backup(settings_of(tmp_path / "data"), tmp_path / "backup.zip")
        assert (made.holds.articles, made.holds.embedding_model) == (0, None)
        restored(tmp_path / "backup.zip", tmp_path / "new")
        with archive_in(tmp_path / "new") as archive:
            assert_sound(archive)

    def test_what_is_in_the_write_ahead_log_is_in_the_backup(self, tmp_path: Path) -> None:
        with archive_in(tmp_path / "data") as archive:
            ingest(archive, record("one", text_of(1)))
            assert (tmp_path / "data" / "catalogue.sqlite-wal").stat().st_size > 0
            with DirectoryLock(tmp_path / "other"):  # a lock is no matter
                made = make_backup(settings_of(tmp_path / "data"), tmp_path / "backup.zip")
        assert made.holds.articles == 1
        restored(tmp_path / "backup.zip", tmp_path / "new")
        assert bytes_of(tmp_path / "new").keys() == {"catalogue.sqlite", "lock"}

    def test_a_catalogue_elsewhere(self, tmp_path: Path) -> None:
        (tmp_path / "50% & #1?").mkdir()
        place = tmp_path / "50% & #1?" / "kept.db"
        with archive_in(tmp_path / "data", catalogue_url=sqlite_url(place)) as archive:
            fill(archive)
            before = told(archive)
        settings = settings_of(tmp_path / "data", catalogue_url=sqlite_url(place))
        make_backup(settings, tmp_path / "backup.zip")
        other = sqlite_url(place.with_name("other.db"))
        restore_catalogue(
            settings_of(tmp_path / "new", catalogue_url=other), tmp_path / "backup.zip"
        )
        with archive_in(tmp_path / "new", catalogue_url=other) as archive:
            assert told(archive) == before
        assert not (tmp_path / "new" / "catalogue.sqlite").exists()

    def test_backups_while_articles_are_taken_in_are_each_of_one_commit(
        self, tmp_path: Path
    ) -> None:
        with archive_in(tmp_path / "data") as archive:
            ingest(archive, record("first", text_of("first")))
            records = [record(f"n{i}", text_of(i)) for i in range(120)]
            taking_in = threading.Thread(target=lambda: ingest(archive, *records))
            taking_in.start()
            made: list[Manifest] = []
            while taking_in.is_alive() or len(made) < 2:
                path = tmp_path / f"{len(made)}.zip"
                made.append(make_backup(settings_of(tmp_path / "data"), path))
            taking_in.join()
        held = [one.holds.articles for one in made]
        assert held == sorted(held)
        for number in {0, len(made) // 2, len(made) - 1}:
            restored(tmp_path / f"{number}.zip", tmp_path / f"new{number}")
            with archive_in(tmp_path / f"new{number}") as archive:
                assert archive.status().articles == archive.status().last_change == held[number]
                assert_sound(archive)


class TestMaking:
    def test_it_is_a_zip_of_two_members(self, data: Path, backup: Path) -> None:
        with zipfile.ZipFile(backup) as zipped:
            assert sorted(zipped.namelist()) == ["catalogue.sqlite", "manifest.json"]
            said = json.loads(zipped.read("manifest.json"))
        assert said["format"] == "quoth-backup"
        assert said["holds"]["embedding_model"] == "hashing-64"
        assert said["holds"]["articles"] == 4
        with archive_in(data) as archive:
            archive_id = archive.catalogue.meta("archive_id")
        assert archive_id is not None
        with zipfile.ZipFile(backup) as zipped:
            assert archive_id.encode() not in zipped.read("catalogue.sqlite")

    def test_settings_with_their_passwords_stay_out(self, data: Path, tmp_path: Path) -> None:
        (data / "quoth.toml").write_text('chroma_url = "http://me:hunter2@host"\n')
        make_backup(settings_of(data), tmp_path / "backup.zip")
        (data / "quoth.toml").unlink()
        with zipfile.ZipFile(tmp_path / "backup.zip") as zipped:
            assert all(b"hunter2" not in zipped.read(name) for name in zipped.namelist())

    def test_one_that_is_there_is_kept_unless_forced(self, data: Path, tmp_path: Path) -> None:
        target = tmp_path / "backup.zip"
        make_backup(settings_of(data), target)
        first = target.read_bytes()
        with pytest.raises(InputError, match=r"there already.*--force"):
            make_backup(settings_of(data), target)
        assert target.read_bytes() == first
        make_backup(settings_of(data), target, force=True)
        target.write_bytes(first[: len(first) // 2])  # a damaged one is one all the same
        make_backup(settings_of(data), target, force=True)
        assert restored(target, tmp_path / "new").holds.articles == 4
        assert {path.name for path in tmp_path.iterdir()} == {"backup.zip", "new"}

    @pytest.mark.parametrize("name", ["catalogue.sqlite", "notes.txt"])
    def test_force_replaces_only_backups(self, data: Path, tmp_path: Path, name: str) -> None:
        target = tmp_path / name
        target.write_bytes((data / "catalogue.sqlite").read_bytes() if "sql" in name else b"Mine.")
        before = target.read_bytes()
        with pytest.raises(InputError, match="is no backup"):
            make_backup(settings_of(data), target, force=True)
        assert target.read_bytes() == before

    def test_a_link_stays_a_link(self, data: Path, tmp_path: Path) -> None:
        (tmp_path / "disk").mkdir()
        (tmp_path / "latest.zip").symlink_to(tmp_path / "disk" / "real.zip")
        make_backup(settings_of(data), tmp_path / "latest.zip")
        assert (tmp_path / "latest.zip").is_symlink()
        assert [path.name for path in (tmp_path / "disk").iterdir()] == ["real.zip"]

    @pytest.mark.parametrize(
        ("name", "reason"),
        [
            (".", "is not a file"),
            ("missing/backup.zip", "No such file"),
            ("file.txt/backup.zip", "Not a directory"),
            (f"{'x' * 250}.zip", "too long"),
        ],
    )
    def test_a_target_that_cannot_be_written(
        self, data: Path, tmp_path: Path, name: str, reason: str
    ) -> None:
        (tmp_path / "file.txt").write_text("Mine.")
        with pytest.raises(InputError, match=reason) as raised:
            make_backup(settings_of(data), tmp_path / name)
        assert "\n" not in str(raised.value)
        assert [path.name for path in tmp_path.iterdir()] == ["file.txt"]

    def test_a_device_is_not_replaced(self, data: Path) -> None:
        with pytest.raises(InputError, match="not a file"):
            make_backup(settings_of(data), Path("/dev/null"), force=True)
        assert stat.S_ISCHR(Path("/dev/null").stat().st_mode)

    def test_two_at_once_do_not_mix(self, data: Path, tmp_path: Path) -> None:
        folder = tmp_path / ".backup.zip.partial"
        folder.mkdir()
        with (
            FileLock(folder / "lock"),
            pytest.raises(InputError, match="another process is writing"),
        ):
            make_backup(settings_of(data), tmp_path / "backup.zip")
        make_backup(settings_of(data), tmp_path / "backup.zip")

    def test_without_an_archive(self, tmp_path: Path) -> None:
        with pytest.raises(InputError, match="there is no archive"):
            make_backup(settings_of(tmp_path / "data"), tmp_path / "backup.zip")
        assert list(tmp_path.iterdir()) == []

    def test_a_damaged_catalogue_does_not_replace_a_good_backup(
        self, data: Path, tmp_path: Path
    ) -> None:
        whole = (data / "catalogue.sqlite").read_bytes()
        target = tmp_path / "backup.zip"
        make_backup(settings_of(data), target)
        before = target.read_bytes()
        folder = tmp_path / "data"
        folder.mkdir()
        for content in (
            b"garbage" * 500,
            without_page(whole, 2),
            without_page(whole, root_page(data, "passages")),
            whole[: len(whole) // 2],
        ):
            (folder / "catalogue.sqlite").write_bytes(content)
            with pytest.raises(ArchiveDamaged) as raised:
                make_backup(settings_of(folder), target, force=True)
            assert "\n" not in str(raised.value)
            assert target.read_bytes() == before
        assert {path.name for path in tmp_path.iterdir()} == {"backup.zip", "data"}

    def test_a_database_of_another_program(self, tmp_path: Path) -> None:
        with closing(sqlite3.connect(tmp_path / "catalogue.sqlite")) as connection:
            connection.execute("CREATE TABLE meta (key TEXT)")
        with pytest.raises(ArchiveDamaged, match="no catalogue"):
            make_backup(settings_of(tmp_path), tmp_path / "backup.zip")


@pytest.mark.parametrize(
    "url", ["postgresql+psycopg://me:hunter2@host/quoth", "sqlite://", "sqlite:///:memory:"]
)
def test_another_database_has_tools_of_its_own(backup: Path, tmp_path: Path, url: str) -> None:
    settings = settings_of(tmp_path / "data", catalogue_url=url)
    with pytest.raises(ConfigurationError, match="pg_dump") as raised:
        make_backup(settings, tmp_path / "backup.zip")
    assert "hunter2" not in str(raised.value)
    with pytest.raises(ConfigurationError, match="pg_restore"):
        restore_catalogue(settings, backup)
    assert list(tmp_path.iterdir()) == []
