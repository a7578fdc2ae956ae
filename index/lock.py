"""One process per data directory: embedded stores are not safe to share."""

from __future__ import annotations

import os
from pathlib import Path
from types import TracebackType
from typing import Self

from filelock import FileLock, Timeout

from index.errors import ArchiveLocked, ArchiveReadOnly


class DirectoryLock:
    """Holds a data directory for this process; the system frees it when the process dies."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._holder = directory / "holder"
        self._lock = FileLock(directory / "lock", thread_local=False)

    def acquire(self) -> None:
        """Take the directory, making it where it is missing.

        Raises:
            ArchiveLocked: another process holds it. ArchiveReadOnly: it cannot be written.
        """
        try:
            self._directory.mkdir(parents=True, exist_ok=True)
            if not os.access(self._directory, os.W_OK):
                raise PermissionError
            self._lock.acquire(timeout=0)
            self._write_holder()
        except Timeout:
            raise ArchiveLocked(
                f"the archive {self._directory} is in use by another process{self._holder_name()}",
                hint="ask it over HTTP if it is `quoth serve`, or stop it; several processes can "
                "share a Chroma server (QUOTH_CHROMA_URL) with a data directory each",
            ) from None
        except (PermissionError, FileExistsError, NotADirectoryError):
            raise _unwritable(self._directory) from None
        except OSError as error:
            if self._directory.is_dir() and not _can_write(self._directory):
                raise _unwritable(self._directory) from None
            raise ArchiveReadOnly(
                f"the data directory {self._directory} cannot be used ({error.strerror})",
                hint="name another with --data-dir",
            ) from None

    def release(self) -> None:
        """Let others have it."""
        if self._lock.is_locked:
            self._holder.unlink(missing_ok=True)
            self._lock.release()

    def _write_holder(self) -> None:
        try:
            self._holder.write_text(f"{os.getpid()}", encoding="utf-8")
        except OSError:
            self._lock.release()
            raise

    def _holder_name(self) -> str:
        try:
            return f" (process {self._holder.read_text(encoding='utf-8').strip()})"
        except OSError:
            return ""

    def __enter__(self) -> Self:
        self.acquire()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.release()


def _unwritable(directory: Path) -> ArchiveReadOnly:
    return ArchiveReadOnly(
        f"the data directory {directory} cannot be written",
        hint="make it writable for this user, or name another with --data-dir",
    )


def _can_write(directory: Path) -> bool:
    probe = directory / f".writable-{os.getpid()}"
    try:
        probe.touch()
        probe.unlink()
    except OSError:
        return False
    return True
