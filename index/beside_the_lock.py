"""A table of the catalogue, also while the archive is being served."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from typing import Any, Protocol, TypeVar

from index.bootstrap import catalogue_url
from index.catalogue.database import connect, sqlite_file
from index.lock import DirectoryLock
from index.settings import IndexSettings


class Closable(Protocol):
    """A table, with connections of its own."""

    def close(self) -> None:
        """Close them."""


T = TypeVar("T", bound=Closable)


@contextmanager
def opened_beside_the_lock(settings: IndexSettings, table: Callable[[Any], T]) -> Iterator[T]:
    """The table, made of a database engine, read and changed beside the archive's lock. Where there
    is no archive yet, an empty one is made.

    Raises:
        ArchiveLocked: another process is making the archive at this moment.
        ArchiveReadOnly, ArchiveTooNew, ArchiveDamaged, StoreUnavailable: it cannot be used.
    """
    url = catalogue_url(settings)
    file = sqlite_file(url)
    with ExitStack() as making:
        if file is not None and not file.is_file():
            making.enter_context(DirectoryLock(settings.data_dir))
        opened = table(connect(url))
    with closing(opened):
        yield opened
