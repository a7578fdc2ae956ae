"""Replies kept on disk while a run is under way, so that it can be interrupted and go on."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any, Self

from filelock import FileLock, Timeout

from eval.gold import GoldSource
from eval.replies import Reply
from eval.targets.base import Provenance
from eval.transcripts import failure_line, header_line, read_transcript, transcript_line
from index.errors import InputError

PARTIAL_NAME = "replies.partial.jsonl"
LOCK_NAME = ".replies.lock"
REPLIES_NAME = "replies.jsonl"
"""A finished run's replies: they can be scored again without asking anything."""


class ReplyJournal:
    """Appends each reply as a line, and knows those of an interrupted run of the same conditions.

    Hold it in a `with` block; one run at a time may write into a directory. `finish` gives the file
    its final name; without it the next run in the same directory goes on where this one stopped,
    and after it the next run asks again only what failed.
    """

    def __init__(self, directory: Path, conditions: Mapping[str, Any], *, fresh: bool) -> None:
        self._partial = directory / PARTIAL_NAME
        self._final = directory / REPLIES_NAME
        self._header = header_line(conditions)
        try:
            directory.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise _unkept(directory, error) from error
        self._lock = _locked(directory)
        try:
            self._open(fresh=fresh)
        except BaseException:
            self._lock.release()
            raise

    def _open(self, *, fresh: bool) -> None:
        try:
            self._known = {} if fresh else self._read()
            self._stream = self._partial.open("w", encoding="utf-8", newline="\n")
            self._stream.write(self._header)
            for question_id, reply in self._known.items():
                self._stream.write(transcript_line(question_id, reply))
            self._flush()
        except OSError as error:
            raise _unkept(self._partial.parent, error) from error

    def known(self) -> Mapping[str, Reply]:
        """Return the replies of the interrupted run; empty where there is none."""
        return self._known

    def keep(self, question_id: str, reply: Reply) -> None:
        """Append a reply; it is on its way to the disk before the next question is asked.

        Raises: InputError where it cannot be kept.
        """
        with _kept(self._partial):
            self._stream.write(transcript_line(question_id, reply))
            self._stream.flush()

    def finish(self, failures: Mapping[str, str]) -> Path:
        """Append question id → reason for what failed, give the file its final name, in the place
        of an earlier run's, and return that. Raises: InputError where it cannot be kept."""
        with _kept(self._partial):
            for question_id, reason in failures.items():
                self._stream.write(failure_line(question_id, reason))
            self._flush()
            self._stream.close()
            self._partial.replace(self._final)
        return self._final

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self._stream.close()
        self._lock.release()

    def _flush(self) -> None:
        self._stream.flush()
        os.fsync(self._stream.fileno())

    def _read(self) -> dict[str, Reply]:
        """Return what an interrupted run has kept, without a last line that was cut off; or what a
        run of the same conditions has, if some of its questions failed."""
        if not self._partial.exists():
            return self._finished()
        text = self._partial.read_text(encoding="utf-8", errors="replace")
        whole = text[: text.rfind("\n") + 1]
        if whole.count("\n") <= 1:  # nobody had answered yet
            return {}
        if not whole.startswith(self._header):
            raise InputError(
                f"{self._partial} is of an interrupted run under other conditions"
                f" ({_difference(whole, self._header)})",
                hint="use --fresh to start over, or name another directory with --out",
            )
        if whole != text:
            self._partial.write_text(whole, encoding="utf-8", newline="\n")
        replies = read_transcript(self._partial)
        return {key: reply for key, reply in replies.items() if isinstance(reply, Reply)}

    def _finished(self) -> dict[str, Reply]:
        if not self._final.exists():
            return {}
        with self._final.open(encoding="utf-8", errors="replace", newline="\n") as stream:
            if stream.readline() != self._header:
                return {}
        found = read_transcript(self._final)
        replies = {key: reply for key, reply in found.items() if isinstance(reply, Reply)}
        return replies if len(replies) < len(found) else {}


def _unkept(directory: Path, error: OSError) -> InputError:
    return InputError(
        f"answers cannot be kept in {directory}: {error.strerror}",
        hint="name another directory with --out",
    )


def _locked(directory: Path) -> FileLock:
    """Return a lock on the directory that is held. Raises: InputError where another run has it."""
    lock = FileLock(directory / LOCK_NAME)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        raise InputError(
            f"another run writes into {directory}", hint="wait for it, or name another with --out"
        ) from None
    except OSError as error:
        raise _unkept(directory, error) from error
    return lock


@contextmanager
def _kept(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise InputError(
            f"answers cannot be kept in {path}: {error.strerror}",
            hint="make room; the same command goes on where this one stopped",
        ) from error


def conditions_of(
    gold: GoldSource, target: str, provenance: Provenance, **more: Any
) -> dict[str, Any]:
    """Return what must be the same for an interrupted run to go on, as JSON gives it back."""
    conditions = {
        "gold": asdict(gold),
        "target": target,
        "provenance": asdict(provenance),
        **more,
    }
    found: dict[str, Any] = json.loads(json.dumps(conditions))
    return found


def _difference(kept: str, wanted: str) -> str:
    """Return which condition differs, for a message."""
    try:
        before = json.loads(kept.split("\n", 1)[0])
    except ValueError:
        return "its first line cannot be read"
    now = json.loads(wanted)
    if not isinstance(before, dict):
        return "its first line cannot be read"
    return ", ".join(sorted(key for key in now if before.get(key) != now[key])) or "its format"
