"""BEIR folders, in the published layout (Thakur et al., "BEIR: A Heterogeneous Benchmark for
Zero-shot Evaluation of Information Retrieval Models", NeurIPS Datasets and Benchmarks 2021):

- `corpus.jsonl`: one document a line, `{"_id", "title", "text", "metadata"}`;
- `queries.jsonl`: one query a line, `{"_id", "text"}`;
- `qrels/SPLIT.tsv`: a heading, then `query-id`, `corpus-id` and `score` (a whole number, relevant
  from 1), with tabs between them.

Files are read line by line; what is wrong is told with its line. A line that says again what
another one said is left out and counted.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from index.errors import InputError

_LAYOUT = "a BEIR folder holds corpus.jsonl, queries.jsonl and qrels/*.tsv"
_WIDTH = 3
_COLUMNS = "the columns are query-id, corpus-id and score, with tabs between them"


@dataclass(frozen=True, slots=True, kw_only=True)
class BeirDocument:
    """One document of a corpus; title or text may be empty."""

    id: str
    title: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgements:
    """The relevance judgements of one split."""

    split: str
    grades: Mapping[str, Mapping[str, int]]
    """Query id → document id → grade, in file order."""
    repeated: int
    """Lines that say again what another line said."""


def check_folder(folder: Path) -> None:
    """Raises: InputError if it is no folder."""
    if not folder.is_dir():
        what = "is not a folder" if folder.exists() else "does not exist"
        raise InputError(f"{folder} {what}", hint=_LAYOUT)


def read_corpus(folder: Path) -> Iterator[BeirDocument]:
    """Yield the documents of the corpus in file order, each id once.

    Raises: InputError, naming the line, where one is wrong or uses an id for another document.
    """
    seen: dict[str, tuple[int, bytes]] = {}
    for number, place, record in _records(folder / "corpus.jsonl"):
        title, text = _words(record, "title", place), _words(record, "text", place)
        document = BeirDocument(id=_id(record, place), title=title, text=text)
        digest = hashlib.sha256(f"{title}\0{text}".encode()).digest()[:8]
        if document.id not in seen:
            seen[document.id] = (number, digest)
            yield document
        elif seen[document.id][1] != digest:
            raise _used_twice(place, document.id, seen[document.id][0])
    if not seen:
        raise InputError(f"{folder / 'corpus.jsonl'} holds no documents", hint=_LAYOUT)


def read_queries(folder: Path) -> dict[str, str]:
    """Return query id → text, in file order.

    Raises: InputError, naming the line, where one is wrong or uses an id for another query.
    """
    queries: dict[str, str] = {}
    lines: dict[str, int] = {}
    for number, place, record in _records(folder / "queries.jsonl"):
        name, text = _id(record, place), _words(record, "text", place)
        if queries.setdefault(name, text) != text:
            raise _used_twice(place, name, lines[name])
        lines.setdefault(name, number)
    if not queries:
        raise InputError(f"{folder / 'queries.jsonl'} holds no queries", hint=_LAYOUT)
    return queries


def splits(folder: Path) -> Sequence[str]:
    """Return the names of the splits that have judgements, in alphabetical order."""
    return sorted(path.stem for path in (folder / "qrels").glob("*.tsv"))


def read_judgements(folder: Path, split: str) -> Judgements:
    """Return the judgements of a split.

    Raises: InputError where there is no such split, naming those that there are; and naming the
    line where one is wrong, or grades a document differently from another one.
    """
    path = folder / "qrels" / f"{split}.tsv"
    if not path.is_file():
        there = ", ".join(splits(folder))
        hint = f"give --split one of: {there}" if there else _LAYOUT
        raise InputError(f"{folder} has no judgements for the split {split!r}", hint=hint)
    grades: dict[str, dict[str, int]] = {}
    lines = 0
    for number, line in _lines(path):
        place = f"{path}:{number}"
        columns = line.split("\t")
        if number == 1:
            _check_heading(columns, place)
            continue
        query, document, grade = _judgement(columns, place)
        known = grades.setdefault(query, {}).setdefault(document, grade)
        if known != grade:
            raise InputError(f"{place}: {document!r} was already graded {known} for {query!r}")
        lines += 1
    judged = sum(map(len, grades.values()))
    if not judged:
        raise InputError(f"{path} holds no judgements", hint=_COLUMNS)
    return Judgements(split=split, grades=grades, repeated=lines - judged)


def corpus_sha256(folder: Path) -> str:
    """Return the SHA-256 of the corpus file's bytes. Raises: InputError if it is unreadable."""
    path = folder / "corpus.jsonl"
    try:
        with path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        raise _unreadable(path, error) from error


def _check_heading(columns: Sequence[str], place: str) -> None:
    if len(columns) == _WIDTH and not _is_whole(columns[2]):
        return
    what = "a judgement" if len(columns) == _WIDTH else "something else"
    raise InputError(f"{place}: the heading is missing, there is {what}", hint=_COLUMNS)


def _judgement(columns: Sequence[str], place: str) -> tuple[str, str, int]:
    if len(columns) != _WIDTH:
        raise InputError(f"{place}: {len(columns)} columns, not {_WIDTH}", hint=_COLUMNS)
    query, document, grade = (column.strip() for column in columns)
    if not query or not document:
        raise InputError(f"{place}: an id is empty", hint=_COLUMNS)
    if not _is_whole(grade):
        raise InputError(f"{place}: the score {grade!r} is not a whole number", hint=_COLUMNS)
    return query, document, int(grade)


def _is_whole(text: str) -> bool:
    return text.strip().removeprefix("-").isascii() and text.strip().removeprefix("-").isdigit()


def _records(path: Path) -> Iterator[tuple[int, str, Mapping[str, Any]]]:
    """Yield line number, place and JSON object of each line that is not blank."""
    for number, line in _lines(path):
        place = f"{path}:{number}"
        try:
            record = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise InputError(
                f"{place}: not JSON ({' '.join(str(error).split())})", hint=_LAYOUT
            ) from error
        if not isinstance(record, dict):
            raise InputError(f"{place}: not a JSON object", hint=_LAYOUT)
        yield number, place, record


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    """Yield number, from 1, and text of each line that is not blank."""
    try:
        with path.open("rb") as stream:
            for number, line in enumerate(stream, start=1):
                if line.strip():
                    yield (
                        number,
                        line.decode("utf-8-sig" if number == 1 else "utf-8").rstrip("\r\n"),
                    )
    except UnicodeDecodeError as error:
        raise InputError(f"{path}:{number}: not UTF-8", hint="save the file as UTF-8") from error
    except OSError as error:
        raise _unreadable(path, error) from error


def _id(record: Mapping[str, Any], place: str) -> str:
    value = record.get("_id")
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    name = _words(record, "_id", place).strip()
    if not name:
        raise InputError(f"{place}: '_id' is missing or empty", hint=_LAYOUT)
    return name


def _words(record: Mapping[str, Any], key: str, place: str) -> str:
    """Return a string of the record, empty where it is missing or null."""
    value = record.get(key)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise InputError(f"{place}: {key!r} is not a string", hint=_LAYOUT)
    if any("\ud800" <= character <= "\udfff" for character in value):
        raise InputError(f"{place}: {key!r} holds half a character", hint="escape it in full")
    return value


def _used_twice(place: str, name: str, line: int) -> InputError:
    return InputError(
        f"{place}: the id {name!r} is already used in line {line}", hint="make every id unique"
    )


def _unreadable(path: Path, error: OSError) -> InputError:
    if isinstance(error, FileNotFoundError):
        return InputError(f"{path} does not exist", hint=_LAYOUT)
    return InputError(f"{path} cannot be read: {error.strerror}", hint="check its permissions")
