"""The keys of an archive, also while it is being served."""

from __future__ import annotations

from contextlib import AbstractContextManager
from datetime import UTC, datetime

from index.beside_the_lock import opened_beside_the_lock
from index.bootstrap import catalogue_url
from index.catalogue.database import sqlite_file
from index.catalogue.keys import KeyTable
from index.settings import IndexSettings


def has_usable_key(settings: IndexSettings) -> bool:
    """Whether some key would be let in. Makes no SQLite file where there is none.

    Raises:
        ArchiveReadOnly, ArchiveTooNew, ArchiveDamaged, StoreUnavailable: it cannot be read.
    """
    file = sqlite_file(catalogue_url(settings))
    if file is not None and not file.is_file():
        return False
    now = datetime.now(UTC)
    with open_keys(settings) as keys:
        return any(key.is_usable(now) for key in keys.each())


def open_keys(settings: IndexSettings) -> AbstractContextManager[KeyTable]:
    """The keys, read and changed beside the archive's lock: a key that is revoked is to be refused
    by the running service at once. Raises: as `opened_beside_the_lock`."""
    return opened_beside_the_lock(settings, KeyTable)
