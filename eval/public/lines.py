"""Files of public sets: a JSON object a line or one JSON list, plain or gzipped.

Errors name the file and the line, or, in a list, the item.
"""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Callable, Hashable, Iterator, Sequence
from pathlib import Path
from typing import Annotated, Generic, NamedTuple, TypeVar

from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError

from eval.invalid import describe_invalid
from index.errors import GoldInvalid

_GZIP = b"\x1f\x8b"

NonBlank = Annotated[str, StringConstraints(pattern=r"\S")]


class Layout(BaseModel):
    """What an adapter reads of one record; keys that it does not know are left alone."""

    model_config = ConfigDict(frozen=True, extra="ignore", strict=True)


L = TypeVar("L", bound=Layout)


class Placed(NamedTuple, Generic[L]):
    """A record, and where it stands."""

    place: str
    record: L


def read_records(path: Path, layout: type[L]) -> list[Placed[L]]:
    """Return the records of a file, in order; blank lines are skipped.

    Raises: GoldInvalid at the first record that does not have the layout, and where the file is
    missing, unreadable or empty.
    """
    text = read_text(path)
    records = [
        Placed(place, _parse(record, place, layout))
        for place, record in (
            _items(text, path) if text.lstrip().startswith("[") else _lines(text, path)
        )
    ]
    if not records:
        raise GoldInvalid(
            f"{path} holds no records",
            hint="the list in it is empty: fetch the set again"
            if text.strip()
            else "JSON objects are expected, one a line or all in one list",
        )
    return records


def read_text(path: Path) -> str:
    """Return the text of a UTF-8 file, unpacked where it is gzipped. Raises: GoldInvalid."""
    content = _content(path)
    if content.startswith(_GZIP):
        try:
            content = gzip.decompress(content)
        except (OSError, EOFError, zlib.error) as error:
            raise GoldInvalid(f"{path}: not a whole gzip file", hint="fetch it again") from error
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise GoldInvalid(f"{path}:{line}: not UTF-8", hint="save the file as UTF-8") from error


def find_file(folder: Path, name: str) -> Path:
    """Return the file of this name, or its gzipped form, in a set's folder. Raises: GoldInvalid."""
    if not folder.is_dir():
        raise GoldInvalid(f"{folder} is no folder", hint=f"give the folder that holds {name}")
    for candidate in (folder / name, folder / f"{name}.gz"):
        if candidate.is_file():
            return candidate
    raise GoldInvalid(f"{folder} holds no {name}", hint="it may be gzipped, as .gz")


def check_unique(
    records: Sequence[Placed[L]], key: Callable[[L], Hashable], *, called: str
) -> None:
    """Raise GoldInvalid where two records have one key; `called` says what it is."""
    first: dict[Hashable, str] = {}
    for place, record in records:
        value = key(record)
        if value in first:
            raise GoldInvalid(
                f"{place}: it has the {called} of {first[value]}",
                hint="leave one of them out",
            )
        first[value] = place


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError as error:
        raise GoldInvalid(f"{path} does not exist", hint="give the path of the set") from error
    except OSError as error:
        raise GoldInvalid(f"{path} cannot be read: {error.strerror}") from error


def _lines(text: str, path: Path) -> Iterator[tuple[str, str]]:
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            yield f"{path}:{number}", line


def _items(text: str, path: Path) -> Iterator[tuple[str, str]]:
    try:
        items = json.loads(text)
    except json.JSONDecodeError as error:
        raise GoldInvalid(f"{path}:{error.lineno}: not JSON ({error.msg})") from error
    except (ValueError, RecursionError) as error:
        raise GoldInvalid(f"{path}: not JSON that can be read") from error
    for number, item in enumerate(items, start=1):
        yield f"{path}: item {number}", json.dumps(item)


def _parse(record: str, place: str, layout: type[L]) -> L:
    try:
        return layout.model_validate_json(record)
    except ValidationError as error:
        raise GoldInvalid(f"{place}: {describe_invalid(error)}") from error
