"""Backups and restores in processes of their own."""

from __future__ import annotations

import encodings.cp437  # noqa: F401 - for zipfile; another user may not be able to read it
import os
import resource
import sys
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from index.backup import make_backup
from index.errors import QuothError
from index.restoring import restore_catalogue
from tests.faults.jobs import settings_of
from tests.faults.process import kill_self, talking

EVENTS = {"open", "os.mkdir", "os.remove", "os.rename", "os.rmdir", "sqlite3.connect"}
"""What is audited before it happens: whatever makes, opens, renames or removes a file."""


def _die_at(nth: int, below: Path, *, never_written: Path) -> None:
    """Kill this process before the n-th time that it touches a file below a folder.

    A file that others may see must appear under its name at once: writing to it is an error.
    """
    left = nth

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        nonlocal left
        if event in {"open", "sqlite3.connect"} and str(arguments[0]) == str(never_written):
            assert event == "open", "it is written in place"
            assert not arguments[2] & os.O_ACCMODE, "it is written in place"
        if event in EVENTS and str(below) in str(arguments[0]):
            left -= 1
            if left == 0:
                kill_self()

    sys.addaudithook(hook)


def back_up_and_die(data: Path, target: Path, nth: int) -> None:
    _die_at(nth, target.parent, never_written=target)
    make_backup(settings_of(data), target, force=True)


def restore_and_die(source: Path, data: Path, nth: int) -> None:
    _die_at(nth, data, never_written=data / "catalogue.sqlite")
    restore_catalogue(settings_of(data), source)


@talking
def back_up_until_killed(data: Path, target: Path, pipe: Connection) -> None:
    pipe.send("begins")
    while True:
        make_backup(settings_of(data), target, force=True)


@talking
def restore_until_killed(source: Path, data: Path, pipe: Connection) -> None:
    pipe.send("begins")
    for number in range(10_000):
        restore_catalogue(settings_of(data / f"{number:04}"), source)


def back_up_with(
    data: Path, target: Path, *, user: int | None = None, file_bytes: int | None = None
) -> tuple[str, str]:
    """Code and message of the error that a backup ends with, as another user or with a limit on
    the size of files."""
    _confine(user, file_bytes)
    try:
        made = make_backup(settings_of(data), target)
    except QuothError as error:
        return error.code, str(error)
    return "none", f"{made.holds.articles} articles"


def restore_with(
    source: Path, data: Path, *, user: int | None = None, file_bytes: int | None = None
) -> tuple[str, str]:
    """The same of a restore."""
    _confine(user, file_bytes)
    try:
        restore_catalogue(settings_of(data), source)
    except QuothError as error:
        return error.code, str(error)
    return "none", "restored"


def _confine(user: int | None, file_bytes: int | None) -> None:
    if file_bytes is not None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (file_bytes, file_bytes))
    if user is not None:
        os.setgroups([])
        os.setgid(user)
        os.setuid(user)
