"""Backups: the catalogue in one file. `restoring.py` makes an archive from it again.

A backup is a zip of `catalogue.sqlite`, as of one commit, and `manifest.json`, which says what that
is. Vectors are in the catalogue, so that indexes are not: they are rebuilt without embedding
anything. `quoth.toml` is left out, since it may hold passwords, and so are exported models. So are
API keys: an old backup would bring back keys that were revoked since, and one that is restored
elsewhere would open that service to the holders of this one's. Questions asked in Slack are kept
with their answers, but none as one that is still to be answered, nor what it would take to do so.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Literal

from filelock import FileLock, Timeout
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, NonNegativeInt

from index.bootstrap import ARCHIVE_KEY, CATALOGUE_FILE, catalogue_url
from index.catalogue.copying import copy_sqlite
from index.catalogue.database import look_into, sqlite_file
from index.catalogue.schema import API_KEYS, SLACK_QUESTIONS
from index.catalogue.slack_questions import IN_BACKUPS as SLACK_IN_BACKUPS
from index.catalogue.store import Catalogue
from index.errors import ConfigurationError, InputError
from index.ingest import MODEL_KEY
from index.settings import IndexSettings

FORMAT_VERSION = 1
MANIFEST_FILE = "manifest.json"
BLOCK = 1024 * 1024
MAGIC = b"PK\x03\x04"
"""What every backup begins with."""


class Held(BaseModel):
    """What a catalogue holds."""

    model_config = ConfigDict(frozen=True)

    schema_revision: str
    embedding_model: str | None
    articles: NonNegativeInt
    versions: NonNegativeInt
    passages: NonNegativeInt
    stories: NonNegativeInt
    fingerprint: str
    """`Catalogue.fingerprint`: over the content of all current articles."""


class Origin(BaseModel):
    """What wrote a backup: all that is known of one from a newer version."""

    model_config = ConfigDict(frozen=True)

    format: Literal["quoth-backup"]
    format_version: int
    quoth: str
    """The version that wrote it."""


class Manifest(Origin):
    """What a backup says about itself. Later versions may add to it."""

    made_at: AwareDatetime
    holds: Held
    catalogue_bytes: NonNegativeInt
    catalogue_sha256: str = Field(pattern="^[0-9a-f]{64}$")


def make_backup(settings: IndexSettings, target: Path, *, force: bool = False) -> Manifest:
    """Write a backup; `force` replaces one that is there.

    The archive may be in use, also by a server: its catalogue is read beside the lock, in one
    transaction that cannot write. The file appears under its name when it is whole and on the disk.
    Until then it lies in a hidden folder next to it; what a killed backup leaves there, the next
    one of that name clears.

    Raises:
        InputError: there is no archive, or the target is there already or cannot be written.
        ConfigurationError: the catalogue is no SQLite file.
        ArchiveDamaged, ArchiveTooNew, ArchiveError: there is nothing sound that could be copied.
    """
    source = catalogue_file(settings, tool="pg_dump")
    with reading(source):
        found = source.is_file()
    if not found:
        raise InputError(f"there is no archive in {source.parent}", hint="name it with --data-dir")
    target = Path(os.path.realpath(target))
    try:
        _check_target(target, force=force)
        with _workshop(target) as folder:
            check_space(folder, sum(size_of(path) for path in (source, beside(source, "-wal"))))
            copy, packed = folder / CATALOGUE_FILE, folder / "packed"
            alter = {SLACK_QUESTIONS.name: SLACK_IN_BACKUPS}
            copy_sqlite(source, copy, forget=[ARCHIVE_KEY], empty=[API_KEYS.name], alter=alter)
            manifest = _pack(copy, packed)
            _check_target(target, force=force)
            packed.replace(target)
            sync_folder(target.parent)
    except OSError as error:
        raise InputError(
            f"the backup {target} cannot be written: {error.strerror or error}",
            hint="name a file in a folder that this user can write and that has room",
        ) from error
    return manifest


def _check_target(target: Path, *, force: bool) -> None:
    """Refuse to write over what is there; with `force`, over what is no backup."""
    if target.is_dir() or (target.exists() and not target.is_file()):
        raise InputError(f"{target} is not a file", hint="name the file to write")
    if not target.exists():
        return
    if not force:
        raise InputError(f"{target} is there already", hint="name another file, or give --force")
    with reading(target), target.open("rb") as file:
        begins = file.read(len(MAGIC))
    if begins not in {b"", MAGIC}:
        raise InputError(
            f"{target} is no backup, and --force replaces nothing else", hint="name another file"
        )


@contextmanager
def _workshop(target: Path) -> Iterator[Path]:
    """A folder next to the target, for this process only, that is gone afterwards."""
    folder = target.with_name(f".{target.name}.partial")
    folder.mkdir(mode=0o700, exist_ok=True)
    lock = FileLock(folder / "lock")
    try:
        lock.acquire(timeout=0)
    except Timeout:
        raise InputError(
            f"another process is writing {target}", hint="wait for it, or name another file"
        ) from None
    try:
        for path in folder.iterdir():  # what a killed one left there
            if path.name != "lock":
                path.unlink()
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        lock.release()


def _pack(copy: Path, packed: Path) -> Manifest:
    digest = hashlib.sha256()
    with zipfile.ZipFile(packed, "x", zipfile.ZIP_DEFLATED) as zipped:
        with (
            copy.open("rb") as read,
            zipped.open(CATALOGUE_FILE, "w", force_zip64=True) as written,
        ):
            while block := read.read(BLOCK):
                digest.update(block)
                written.write(block)
        manifest = Manifest(
            format="quoth-backup",
            format_version=FORMAT_VERSION,
            quoth=version("quoth"),
            made_at=datetime.now(UTC),
            holds=held_in(copy),
            catalogue_bytes=size_of(copy),
            catalogue_sha256=digest.hexdigest(),
        )
        zipped.writestr(MANIFEST_FILE, manifest.model_dump_json(indent=2))
    with packed.open("rb") as whole:
        os.fsync(whole.fileno())
    return manifest


def catalogue_file(settings: IndexSettings, *, tool: str) -> Path:
    """The SQLite file of the catalogue, which need not be there; `tool` does for Postgres what is
    asked for.

    Raises:
        ConfigurationError: it is no SQLite file.
    """
    path = sqlite_file(catalogue_url(settings))
    if path is None:
        raise ConfigurationError(
            "the catalogue is not a SQLite file, and backups are of nothing else",
            hint=f"use the tool of its database: {tool} for Postgres",
        )
    return path


def held_in(path: Path) -> Held:
    """What the catalogue in this file holds."""
    with look_into(path) as (engine, revision):
        catalogue = Catalogue(engine)
        return Held(
            schema_revision=revision,
            embedding_model=catalogue.meta(MODEL_KEY),
            fingerprint=catalogue.fingerprint(),
            **catalogue.counts(),
        )


def check_space(folder: Path, needed: int) -> None:
    """Refuse what cannot fit, before the disk is full for everyone. Bytes.

    Raises:
        OSError: there is too little room.
    """
    free = shutil.disk_usage(folder).free
    if free < needed:
        raise OSError(0, f"{needed / 1e6:.0f} MB are needed there and {free / 1e6:.0f} MB are free")


def size_of(path: Path) -> int:
    """Bytes; 0 where there is no file."""
    return path.stat().st_size if path.exists() else 0


def beside(path: Path, ending: str) -> Path:
    """The file of the same name with something after it."""
    return path.with_name(path.name + ending)


def sync_folder(folder: Path) -> None:
    """Make a renaming last; nothing where folders cannot be opened."""
    if os.name == "posix":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


@contextmanager
def reading(path: Path) -> Iterator[None]:
    """Say which file cannot be read.

    Raises:
        InputError: it cannot.
    """
    try:
        yield
    except OSError as error:
        raise InputError(
            f"{path} cannot be read: {error.strerror or error}", hint="check path and permissions"
        ) from error
