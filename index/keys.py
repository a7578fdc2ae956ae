"""The keys of an archive, also while it is being served."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from datetime import UTC, datetime

from index.bootstrap import catalogue_url
from index.catalogue.database import connect, sqlite_file
from index.catalogue.keys import KeyTable
from index.lock import DirectoryLock
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


@contextmanager
def open_keys(settings: IndexSettings) -> Iterator[KeyTable]:
    """The keys, read and changed beside the archive's lock: a key that is revoked is to be refused
    by the running service at once. Where there is no archive yet, an empty one is made.

    Raises:
        ArchiveLocked: another process is making the archive at this moment.
        ArchiveReadOnly, ArchiveTooNew, ArchiveDamaged, StoreUnavailable: it cannot be used.
    """
    url = catalogue_url(settings)
    file = sqlite_file(url)
    with ExitStack() as making:
        if file is not None and not file.is_file():
            making.enter_context(DirectoryLock(settings.data_dir))
        table = KeyTable(connect(url))
    with closing(table):
        yield table
