"""Backups and restores that are killed, have no room, or belong to someone else."""

from __future__ import annotations

import os
import random
import shutil
import signal
import tempfile
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from index.backup import make_backup
from index.catalogue.copying import restoring_file
from index.restoring import restore_catalogue
from tests.faults import backup_jobs as jobs
from tests.faults.jobs import settings_of
from tests.faults.process import run, started
from tests.index.building import archive_in, assert_sound, bytes_of, ingest, record, text_of

NOBODY = 65534
SMALL = 40 * 1024
"""Bytes: less than the catalogue and more than a lock."""


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A closed archive of three articles."""
    folder = tmp_path_factory.mktemp("data")
    with archive_in(folder) as archive:
        ingest(archive, *(record(f"n{i}", text_of(i)) for i in range(3)))
    return folder


@pytest.fixture(scope="module")
def old(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A backup of before."""
    path = tmp_path_factory.mktemp("old") / "backup.zip"
    make_backup(settings_of(data), path)
    return path


def articles_of(backup: Path, into: Path) -> int:
    """How many articles a backup holds, which is whole."""
    shutil.rmtree(into, ignore_errors=True)
    held = restore_catalogue(settings_of(into), backup).holds.articles
    assert (into / "catalogue.sqlite").is_file()
    return held


def test_a_backup_that_is_killed_anywhere_leaves_the_old_one_or_the_new(
    data: Path, old: Path, tmp_path: Path
) -> None:
    with archive_in(tmp_path / "data") as archive:
        ingest(archive, record("one", text_of(1)))
    target = tmp_path / "kept" / "backup.zip"
    target.parent.mkdir()
    before, found = bytes_of(tmp_path / "data")["catalogue.sqlite"], []
    for nth in range(1, 100):
        shutil.copy(old, target)
        ended = run(jobs.back_up_and_die, tmp_path / "data", target, nth)
        found.append(articles_of(target, tmp_path / "restored"))
        assert bytes_of(tmp_path / "data")["catalogue.sqlite"] == before
        if ended.exit_code == 0:
            break
        assert ended.exit_code == -signal.SIGKILL
    assert len(found) > 6
    assert found == sorted(found, reverse=True)
    assert set(found) == {3, 1}, "the old one until it is renamed, the new one from then on"
    assert [path.name for path in target.parent.iterdir()] == ["backup.zip"], "no leftovers"


def test_a_restore_that_is_killed_anywhere_leaves_no_archive_or_all_of_it(
    old: Path, tmp_path: Path
) -> None:
    whole = []
    for nth in range(1, 100):
        folder = tmp_path / f"{nth}"
        ended = run(jobs.restore_and_die, old, folder, nth)
        place = folder / "catalogue.sqlite"
        whole.append(place.exists())
        if not place.exists() and nth % 2:
            restore_catalogue(settings_of(folder), old)
        expected = 3 if place.exists() else 0  # a new archive, where nobody restored again
        with archive_in(folder) as archive:
            assert archive.status().articles == expected
            assert_sound(archive)
        assert not restoring_file(place).exists()
        if ended.exit_code == 0:
            break
        assert ended.exit_code == -signal.SIGKILL
    assert len(whole) > 4
    assert whole == sorted(whole)
    assert set(whole) == {False, True}


def test_killed_at_any_time_again_and_again(data: Path, old: Path, tmp_path: Path) -> None:
    chance = random.Random(20261120)
    target = Path(shutil.copy(old, tmp_path / "backup.zip"))
    for _ in range(3):
        with started(jobs.back_up_until_killed, data, target) as (process, pipe):
            assert pipe.poll(60)
            time.sleep(chance.uniform(0.01, 0.3))
            process.kill()
            process.join()
        assert articles_of(target, tmp_path / "restored") == 3
    with started(jobs.restore_until_killed, target, tmp_path / "many") as (process, pipe):
        assert pipe.poll(60)
        time.sleep(chance.uniform(0.2, 0.5))
        process.kill()
        process.join()
    *done, last = sorted((tmp_path / "many").iterdir())
    for folder in done[:3]:
        assert (folder / "catalogue.sqlite").is_file()
    if not (last / "catalogue.sqlite").exists():
        assert restore_catalogue(settings_of(last), target).holds.articles == 3


def test_a_backup_without_room_leaves_nothing(data: Path, tmp_path: Path) -> None:
    target = tmp_path / "backup.zip"
    code, message = run(partial(jobs.back_up_with, file_bytes=SMALL), data, target).result
    assert code != "none"
    assert "\n" not in message
    assert list(tmp_path.iterdir()) == []


def test_a_restore_without_room_leaves_no_archive(old: Path, tmp_path: Path) -> None:
    folder = tmp_path / "data"
    code, message = run(partial(jobs.restore_with, file_bytes=SMALL), old, folder).result
    assert code == "archive", message
    assert str(folder) in message
    assert {path.name for path in folder.iterdir()} <= {"lock"}


@pytest.fixture
def public() -> Iterator[Path]:
    """A folder that every user can see into, unlike pytest's own."""
    if os.geteuid() != 0:
        pytest.skip("only root can write as one user and read as another")
    root = Path(__file__).parents[2]
    if not all(path.stat().st_mode & 0o005 == 0o005 for path in (root, *root.parents)):
        pytest.skip("another user cannot read this checkout")
    folder = Path(tempfile.mkdtemp(prefix="quoth-public-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


def opened_to_all(data: Path, public: Path) -> Path:
    """A copy of an archive that every user can read."""
    folder = Path(shutil.copytree(data, public / "data"))
    folder.chmod(0o755)
    return folder


def test_who_may_only_read_an_archive_can_back_it_up(data: Path, public: Path) -> None:
    """So can the owner, once the disk has become read-only."""
    folder = opened_to_all(data, public)
    free = public / "free"
    free.mkdir()
    free.chmod(0o777)
    before = bytes_of(folder)
    target = free / "backup.zip"
    assert run(partial(jobs.back_up_with, user=NOBODY), folder, target).result == (
        "none",
        "3 articles",
    )
    assert bytes_of(folder) == before
    assert articles_of(target, public / "restored") == 3


def test_a_folder_that_cannot_be_written_is_named(data: Path, old: Path, public: Path) -> None:
    folder = opened_to_all(data, public)
    code, message = run(
        partial(jobs.back_up_with, user=NOBODY), folder, public / "backup.zip"
    ).result
    assert (code, "Permission denied" in message) == ("invalid_input", True), message
    backup = Path(shutil.copy(old, public / "old.zip"))
    backup.chmod(0o644)
    code, message = run(partial(jobs.restore_with, user=NOBODY), backup, public / "new").result
    assert code == "archive_read_only", message
    backup.chmod(0o600)
    code, message = run(partial(jobs.restore_with, user=NOBODY), backup, public / "new").result
    assert (code, "Permission denied" in message) == ("invalid_input", True), message
    public.chmod(0o777)
    (folder / "catalogue.sqlite").chmod(0o600)
    code, message = run(
        partial(jobs.back_up_with, user=NOBODY), folder, public / "backup.zip"
    ).result
    assert (code, "may read the archive" in message) == ("archive", True), message
    folder.chmod(0o700)
    code, message = run(
        partial(jobs.back_up_with, user=NOBODY), folder, public / "backup.zip"
    ).result
    assert (code, "Permission denied" in message) == ("invalid_input", True), message
    assert {path.name for path in public.iterdir()} == {"data", "old.zip"}
