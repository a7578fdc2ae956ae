"""Replies kept on disk while a run is under way, so that it can be interrupted and go on."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any, Self

from eval.gold import GoldSource
from eval.replies import Reply
from eval.targets.base import Provenance
from eval.transcripts import header_line, read_transcript, transcript_line
from index.errors import InputError

PARTIAL_NAME = "replies.partial.jsonl"
REPLIES_NAME = "replies.jsonl"
"""A finished run's replies: they can be scored again without asking anything."""


class ReplyJournal:
    """Appends each reply as a line, and knows those of an interrupted run of the same conditions.

    Hold it in a `with` block. `finish` gives the file its final name; without it the next run in
    the same directory goes on where this one stopped.
    """

    def __init__(self, directory: Path, conditions: Mapping[str, Any], *, fresh: bool) -> None:
        self._partial = directory / PARTIAL_NAME
        self._final = directory / REPLIES_NAME
        self._header = header_line(conditions)
        try:
            directory.mkdir(parents=True, exist_ok=True)
            self._known = {} if fresh else self._read()
            self._stream = self._partial.open("w", encoding="utf-8", newline="\n")
            self._stream.write(self._header)
            for question_id, reply in self._known.items():
                self._stream.write(transcript_line(question_id, reply))
            self._flush()
        except OSError as error:
            raise InputError(
                f"answers cannot be kept in {directory}: {error.strerror}",
                hint="name another directory with --out",
            ) from error

    def known(self) -> Mapping[str, Reply]:
        """Return the replies of the interrupted run; empty where there is none."""
        return self._known

    def keep(self, question_id: str, reply: Reply) -> None:
        """Append a reply; it is on its way to the disk before the next question is asked."""
        self._stream.write(transcript_line(question_id, reply))
        self._stream.flush()

    def finish(self) -> Path:
        """Give the file its final name, in the place of an earlier run's, and return that."""
        self._flush()
        self._stream.close()
        self._partial.replace(self._final)
        return self._final

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self._stream.close()

    def _flush(self) -> None:
        self._stream.flush()
        os.fsync(self._stream.fileno())

    def _read(self) -> dict[str, Reply]:
        """Return what an interrupted run has kept, without a last line that was cut off."""
        if not self._partial.exists():
            return {}
        text = self._partial.read_text(encoding="utf-8", errors="replace")
        whole = text[: text.rfind("\n") + 1]
        if not whole.startswith(self._header):
            raise InputError(
                f"{self._partial} is of an interrupted run under other conditions"
                f" ({_difference(whole, self._header)})",
                hint="use --fresh to start over, or name another directory with --out",
            )
        if whole == self._header:
            return {}
        if whole != text:
            self._partial.write_text(whole, encoding="utf-8", newline="\n")
        replies = read_transcript(self._partial)
        return {key: reply for key, reply in replies.items() if isinstance(reply, Reply)}


def conditions_of(
    gold: GoldSource, target: str, provenance: Provenance, *, repeat: int
) -> dict[str, Any]:
    """Return what must be the same for an interrupted run to go on."""
    return {
        "gold": asdict(gold),
        "target": target,
        "provenance": asdict(provenance),
        "repeat": repeat,
    }


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
