"""Candidates for a gold file, as a person gets them to finish."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from eval.gold import UNFINISHED
from index.errors import InputError


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A line that may become a gold question."""

    question: str
    answerable: bool
    answers: tuple[str, ...] = ()
    evidence: tuple[tuple[str, str], ...] = ()
    """What the article is called, and its words."""
    as_of: date | None = None
    tags: tuple[str, ...] = ()
    note: str | None = None
    finished: bool = False
    """Whether it can stand as it is; a person has to write its question otherwise."""


def to_jsonl(drafts: Iterable[Draft], *, prefix: str) -> str:
    """Return the drafts as lines of a gold file, in order.

    An id is the prefix and a hash of what was drafted, so that drafting the same again gives the
    same ids, and the candidates of several rounds can be put into one file.
    """
    lines = []
    for draft in drafts:
        question = draft.question if draft.finished else f"{UNFINISHED} {draft.question}"
        content = {
            "question": question,
            "answerable": draft.answerable,
            "answers": list(draft.answers),
            "evidence": [{"article": name, "quote": quote} for name, quote in draft.evidence],
            "as_of": draft.as_of.isoformat() if draft.as_of else None,
            "tags": list(draft.tags),
            "conversation": [],
        }
        named = json.dumps([content["question"], content["evidence"], content["as_of"]])
        draft_id = f"{prefix}-{hashlib.sha256(named.encode()).hexdigest()[:10]}"
        note = {"note": draft.note} if draft.note else {}
        lines.append(json.dumps({"id": draft_id, **content, **note}, ensure_ascii=False) + "\n")
    return "".join(lines)


def write_new(path: Path, text: str) -> None:
    """Write a file that is not there yet. Raises: InputError where it is, or cannot be written."""
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        raise InputError(
            f"{path} exists and is not overwritten", hint="name another file with --out"
        ) from None
    except OSError as error:
        raise InputError(
            f"{path} cannot be written: {error.strerror}", hint="name another place with --out"
        ) from None
