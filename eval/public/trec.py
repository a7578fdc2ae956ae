"""Run files as TREC has them: `query Q0 document rank score tag`, one line a document.

trec_eval does not look at the rank: it orders by score, compared as 32-bit floats, and breaks ties
by document id. What is written here has scores in steps of at least 0.000001 that decrease from
rank to rank, so that every program sees the order that was meant.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from index.errors import InputError

MICRO = 1_000_000
"""Scores are written in millionths; below 16 these differ in 32 bits."""
TAG = "quoth"
_COLUMNS = 6

Ranking = Sequence[tuple[str, float]]
"""Document ids with scores, best first."""


def strictly_decreasing(ranking: Ranking) -> dict[str, float]:
    """Return document id → score in whole millionths, each less than the one before it."""
    scores: dict[str, float] = {}
    last: int | None = None
    for document, score in ranking:
        micros = round(score * MICRO)
        last = micros if last is None else min(micros, last - 1)
        scores[document] = last / MICRO
    return scores


def check_ids(ids: Iterable[str]) -> None:
    """Raises: InputError if an id holds white space, which a run file cannot carry."""
    for name in ids:
        if len(name.split()) != 1 or name != name.strip():
            raise InputError(
                f"the id {name!r} holds white space, which a run file cannot carry",
                hint="leave --run-out out, or rename it in the folder",
            )


def write_run(path: Path, run: Mapping[str, Mapping[str, float]], *, tag: str = TAG) -> None:
    """Write a run whose documents stand best first, queries in the order of the mapping.

    Raises: InputError if an id holds white space or the file cannot be written.
    """
    check_ids(name for query, scores in run.items() for name in (query, *scores))
    beside = path.with_name(path.name + ".part")
    try:
        with beside.open("w", encoding="utf-8", newline="\n") as stream:
            stream.writelines(_lines(run, tag))
        beside.replace(path)
    except OSError as error:
        raise InputError(
            f"{path} cannot be written: {error.strerror}", hint="give another file"
        ) from error


def read_run(path: Path) -> dict[str, dict[str, float]]:
    """Return query id → document id → score of a run file, in file order.

    Blank lines are skipped, the second, fourth and sixth column are not looked at. Raises:
    InputError, naming the line, where a line is no line of a run, or names a document twice.
    """
    run: dict[str, dict[str, float]] = {}
    try:
        with path.open("rb") as stream:
            for number, line in enumerate(stream, start=1):
                if line.strip():
                    query, document, score = _parse(line, f"{path}:{number}")
                    scores = run.setdefault(query, {})
                    if document in scores:
                        raise InputError(
                            f"{path}:{number}: {document!r} was already listed for {query!r}"
                        )
                    scores[document] = score
    except FileNotFoundError as error:
        raise InputError(f"{path} does not exist", hint="give the path of a run file") from error
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}") from error
    if not run:
        raise InputError(f"{path} is empty", hint="each line is: query Q0 document rank score tag")
    return run


def _lines(run: Mapping[str, Mapping[str, float]], tag: str) -> Iterator[str]:
    for query, scores in run.items():
        for rank, (document, score) in enumerate(scores.items(), start=1):
            yield f"{query} Q0 {document} {rank} {score:.6f} {tag}\n"


def _parse(line: bytes, place: str) -> tuple[str, str, float]:
    try:
        columns = line.decode("utf-8-sig").split()
    except UnicodeDecodeError as error:
        raise InputError(f"{place}: not UTF-8", hint="save the file as UTF-8") from error
    if len(columns) != _COLUMNS:
        raise InputError(
            f"{place}: {len(columns)} columns, not {_COLUMNS}",
            hint="each line is: query Q0 document rank score tag",
        )
    try:
        score = float(columns[4])
    except ValueError:
        score = math.nan
    if math.isnan(score):
        raise InputError(f"{place}: the score {columns[4]!r} is not a number")
    return columns[0], columns[2], score
