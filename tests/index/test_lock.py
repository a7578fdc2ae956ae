"""One process, one holder."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest

from index.errors import ArchiveLocked, ArchiveReadOnly
from index.lock import DirectoryLock


def test_a_missing_directory_is_made(tmp_path: Path) -> None:
    with DirectoryLock(tmp_path / "a" / "b"):
        assert (tmp_path / "a" / "b").is_dir()


def test_the_second_holder_is_told_who_the_first_is_and_what_to_do(tmp_path: Path) -> None:
    with DirectoryLock(tmp_path), pytest.raises(ArchiveLocked) as raised:
        DirectoryLock(tmp_path).acquire()
    assert f"process {os.getpid()}" in raised.value.message
    assert str(tmp_path) in raised.value.message
    assert "QUOTH_CHROMA_URL" in raised.value.hint
    assert raised.value.retryable


def test_a_released_directory_is_free_and_names_nobody(tmp_path: Path) -> None:
    lock = DirectoryLock(tmp_path)
    lock.acquire()
    lock.release()
    assert not (tmp_path / "holder").exists()
    with DirectoryLock(tmp_path):
        assert (tmp_path / "holder").read_text(encoding="utf-8") == str(os.getpid())


def test_releasing_what_is_not_held_does_not_free_the_holder(tmp_path: Path) -> None:
    with DirectoryLock(tmp_path):
        DirectoryLock(tmp_path).release()
        with pytest.raises(ArchiveLocked):
            DirectoryLock(tmp_path).acquire()


def test_another_thread_may_release_it(tmp_path: Path) -> None:
    lock = DirectoryLock(tmp_path)
    lock.acquire()
    worker = threading.Thread(target=lock.release)
    worker.start()
    worker.join()
    with DirectoryLock(tmp_path):
        pass


def test_what_a_dead_process_left_behind_is_taken_over(tmp_path: Path) -> None:
    (tmp_path / "lock").touch()
    (tmp_path / "holder").write_text("4194304", encoding="utf-8")
    with DirectoryLock(tmp_path):
        assert (tmp_path / "holder").read_text(encoding="utf-8") == str(os.getpid())


def test_a_file_in_its_place_cannot_be_used(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for folder in (tmp_path / "file", tmp_path / "file" / "below"):
        with pytest.raises(ArchiveReadOnly, match="--data-dir"):
            DirectoryLock(folder).acquire()


def test_a_holder_that_cannot_be_written_leaves_the_directory_free(tmp_path: Path) -> None:
    (tmp_path / "holder").mkdir()
    with pytest.raises(ArchiveReadOnly):
        DirectoryLock(tmp_path).acquire()
    (tmp_path / "holder").rmdir()
    with DirectoryLock(tmp_path):
        pass
