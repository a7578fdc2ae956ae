"""Copies of a SQLite catalogue, taken while it is in use."""

from __future__ import annotations

import errno
import os
import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path

from index.errors import ArchiveDamaged, ArchiveError

SIDE_FILES = ("-wal", "-shm", "-journal")
"""Endings of the files that SQLite keeps beside a database."""

BUSY_SECONDS = 10.0


def restoring_file(catalogue: Path) -> Path:
    """Where a catalogue lies until it is whole and known to be sound."""
    return catalogue.with_name(f"{catalogue.name}.restoring")


def copy_sqlite(
    source: Path,
    target: Path,
    *,
    forget: Sequence[str],
    empty: Sequence[str],
    alter: Mapping[str, str],
) -> None:
    """Write the catalogue as of its last commit into a new file that needs no other beside it.

    The source may be in use: it is read in one transaction, beside the archive's lock, which in WAL
    mode holds up no commit. Facts of the archive named in `forget` are not in the copy, nor is what
    the tables named in `empty` hold. `alter` says for a table what its rows are set to, in SQL.

    Raises:
        ArchiveDamaged: the catalogue is not whole. ArchiveError: it cannot be read.
        OSError: the copy cannot be written.
    """
    try:
        with closing(_open_to_read(source)) as original, closing(sqlite3.connect(target)) as copy:
            copy.execute("PRAGMA synchronous=OFF")  # a copy that is cut short is thrown away
            original.backup(copy)
            # Left in WAL mode, the copy would be two files whenever it is looked at.
            copy.execute("PRAGMA journal_mode=DELETE")
            copy.execute("PRAGMA secure_delete=ON")
            with copy:
                copy.executemany("DELETE FROM meta WHERE key = ?", [(key,) for key in forget])
                tables = _tables_of(copy)
                for table in tables.intersection(empty):
                    copy.execute(f"DELETE FROM {table}")  # noqa: S608 - a name of ours
                for table in tables.intersection(alter):
                    copy.execute(f"UPDATE {table} SET {alter[table]}")  # noqa: S608 - ours too
            check_sqlite(copy)
    except sqlite3.DatabaseError as error:
        raise _failure(error) from None


def check_sqlite(connection: sqlite3.Connection) -> None:
    """Read every page.

    Raises:
        ArchiveDamaged: the pages are no sound database.
    """
    (verdict,) = connection.execute("PRAGMA quick_check(1)").fetchone()
    if verdict != "ok":
        raise _damaged(verdict)


def _tables_of(connection: sqlite3.Connection) -> set[str]:
    """Names of the tables that there are: an older catalogue lacks some."""
    names = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
    return {name for (name,) in names}


def _open_to_read(path: Path) -> sqlite3.Connection:
    """A connection that cannot change the database."""
    address = f"{path.resolve().as_uri()}?mode=ro"
    connection = sqlite3.connect(address, uri=True, timeout=BUSY_SECONDS)
    try:
        connection.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchall()
    except sqlite3.OperationalError:
        connection.close()
        if os.access(path.parent, os.W_OK) or path.with_name(f"{path.name}-wal").exists():
            raise
        # On a disk that cannot be written SQLite cannot make the files that WAL mode needs, but
        # nobody can change the database either.
        return sqlite3.connect(f"{address}&immutable=1", uri=True)
    except sqlite3.DatabaseError:
        connection.close()
        raise
    return connection


def _failure(error: sqlite3.DatabaseError) -> Exception:
    code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_CORRUPT) & 0xFF
    if code == sqlite3.SQLITE_FULL:
        return OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    if isinstance(error, sqlite3.OperationalError) and code != sqlite3.SQLITE_ERROR:
        return ArchiveError(
            f"the catalogue cannot be copied ({error})",
            hint="check the disks, and that this user may read the archive",
        )
    return _damaged(str(error))


def _damaged(reason: str) -> ArchiveDamaged:
    line = " ".join(reason.split())
    return ArchiveDamaged(
        f"the catalogue is damaged ({line[:200]})", hint="restore it from an earlier backup"
    )
