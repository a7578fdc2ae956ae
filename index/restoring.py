"""An archive made from a backup: the file is checked, and its catalogue put in place whole."""

from __future__ import annotations

import hashlib
import os
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO

from pydantic import ValidationError

from index.backup import (
    BLOCK,
    FORMAT_VERSION,
    MAGIC,
    MANIFEST_FILE,
    Manifest,
    Origin,
    beside,
    catalogue_file,
    check_space,
    held_in,
    reading,
    sync_folder,
)
from index.bootstrap import CATALOGUE_FILE
from index.catalogue.copying import SIDE_FILES, restoring_file
from index.errors import ArchiveDamaged, ArchiveError, ArchiveTooNew, InputError
from index.lock import DirectoryLock
from index.settings import IndexSettings

MANIFEST_BYTES = 64 * 1024
"""Largest manifest that is read."""
FIRST_BYTES = 64
"""How far the name of a zip's first member reaches."""


def restore_catalogue(settings: IndexSettings, source: Path) -> Manifest:
    """Put the catalogue of a backup into a data directory that has none; opening it does the rest.

    It has a new archive id, so that indexes which lie there are built anew. Killed at any moment,
    there is no archive, or all of it.

    Raises:
        InputError: there is an archive already, or the file is no backup.
        ArchiveDamaged: the backup is not what was written. ArchiveTooNew: a newer Quoth wrote it.
        ArchiveError: the data directory cannot be used. ConfigurationError: it is not SQLite.
    """
    place = catalogue_file(settings, tool="pg_restore")
    _check_place(place)
    with ExitStack() as opened:
        with _damage_named(source):
            zipped = opened.enter_context(_open_zip(source))
            manifest = _read_manifest(zipped, source)
        opened.enter_context(DirectoryLock(settings.data_dir))
        _check_place(place)
        aside = restoring_file(place)
        opened.callback(aside.unlink, missing_ok=True)
        try:
            check_space(place.parent, manifest.catalogue_bytes)
            with aside.open("wb") as written:
                with _damage_named(source):
                    _unpack(zipped, manifest, written)
                os.fsync(written.fileno())
            with _damage_named(source):
                if held_in(aside) != manifest.holds:
                    raise ArchiveDamaged("the catalogue is not what the manifest says")
            for ending in SIDE_FILES:  # of a catalogue that is gone; SQLite would apply them
                beside(place, ending).unlink(missing_ok=True)
            aside.replace(place)
            sync_folder(place.parent)
        except OSError as error:
            raise ArchiveError(
                f"the catalogue {place} cannot be written: {error.strerror or error}",
                hint="make room, or name another data directory with --data-dir",
            ) from error
    return manifest


def _check_place(place: Path) -> None:
    if os.path.lexists(place):
        raise InputError(
            f"there is an archive in {place.parent}",
            hint="restore into another directory, with --data-dir",
        )


@contextmanager
def _damage_named(source: Path) -> Iterator[None]:
    """Name the backup in what is wrong with it."""
    try:
        yield
    except ArchiveDamaged as damage:
        raise _damaged(source, damage.message) from None
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, KeyError, ValueError) as error:
        raise _damaged(source, str(error)) from None


def _damaged(source: Path, reason: str) -> ArchiveDamaged:
    line = " ".join(reason.split()) or "cut short"
    return ArchiveDamaged(
        f"the backup {source} is damaged ({line[:200]})", hint="restore from another one"
    )


def _open_zip(source: Path) -> zipfile.ZipFile:
    with reading(source):
        begins = _first_bytes(source)
        try:
            return zipfile.ZipFile(source)
        except zipfile.BadZipFile:
            if begins.startswith(MAGIC):
                raise
            raise _no_backup(source) from None


def _first_bytes(source: Path) -> bytes:
    with source.open("rb") as file:
        return file.read(FIRST_BYTES)


def _read_manifest(zipped: zipfile.ZipFile, source: Path) -> Manifest:
    if MANIFEST_FILE not in zipped.namelist():
        if CATALOGUE_FILE.encode() in _first_bytes(source):  # the name of its first member
            raise ArchiveDamaged(f"{MANIFEST_FILE} is missing")
        raise _no_backup(source)
    content = b"".join(_blocks(zipped, MANIFEST_FILE, MANIFEST_BYTES))
    try:
        origin = Origin.model_validate_json(content)
        if origin.format_version > FORMAT_VERSION:
            raise ArchiveTooNew(
                f"the backup {source} was written by a newer version of Quoth ({origin.quoth})",
                hint="upgrade Quoth",
            )
        return Manifest.model_validate_json(content)
    except ValidationError as error:
        first = error.errors()[0]
        if first["loc"] == ("format",):
            raise _no_backup(source) from None
        place = ".".join(map(str, first["loc"]))
        raise ArchiveDamaged(f"{MANIFEST_FILE}: {place} {first['msg']}") from None


def _no_backup(source: Path) -> InputError:
    return InputError(f"{source} is no backup of Quoth", hint="name a file that quoth backup wrote")


def _unpack(zipped: zipfile.ZipFile, manifest: Manifest, written: IO[bytes]) -> None:
    digest = hashlib.sha256()
    for block in _blocks(zipped, CATALOGUE_FILE, manifest.catalogue_bytes):
        digest.update(block)
        written.write(block)
    if digest.hexdigest() != manifest.catalogue_sha256:
        raise ArchiveDamaged(f"{CATALOGUE_FILE} is not the one that was written")


def _blocks(zipped: zipfile.ZipFile, name: str, limit: int) -> Iterator[bytes]:
    """The content of a member, at most `limit` bytes of it.

    Raises:
        ArchiveDamaged: there is more, or it cannot be read.
    """
    try:
        info = zipped.getinfo(name)
        if info.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
            raise ArchiveDamaged(f"{name} is packed in another way")
        member = zipped.open(info)
    except OSError as error:
        raise ArchiveDamaged(f"{name} cannot be read: {error.strerror or error}") from None
    with member:
        while True:
            try:
                block = member.read(BLOCK)
            except OSError as error:
                reason = error.strerror or error
                raise ArchiveDamaged(f"{name} cannot be read: {reason}") from None
            limit -= len(block)
            if limit < 0:
                raise ArchiveDamaged(f"{name} is longer than it should be")
            if not block:
                return
            yield block
