"""Article records: `.jsonl` and `.ndjson` (one object a line, streamed), `.json` (one or a list).

The fields of a record, and the other names they go by, are listed in `index.loading.fields`.
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, BinaryIO

from index.errors import SourceRefused
from index.loading.base import MEBIBYTE, Loaded, LoadLimits
from index.loading.decode import decode, normalise, refuse_binary
from index.loading.fields import document_from, field
from index.loading.html import read_page
from index.loading.text import blocks
from index.records import Refusal, SourceDocument

_GOLD = "looks like gold questions, not articles: hand it to `quoth eval run`, not to ingest"
_TELL_APART = 3
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


class _GoldQuestion(SourceRefused):
    """The record is a question of a gold file."""


class _NotAnObject(SourceRefused):
    """The line is not a JSON object."""


_Outcome = SourceDocument | SourceRefused


class JsonLinesLoader:
    """Reads one article a line, holding only one line at a time."""

    suffixes = frozenset({".jsonl", ".ndjson"})
    streamed = True

    def __init__(self, limits: LoadLimits) -> None:
        self._limits = limits

    def load(self, stream: BinaryIO, *, origin: str) -> Iterator[Loaded]:
        """Every record in order. A file of nothing but gold questions is refused once."""
        places = ((f"{origin}:{at}", line) for at, line in _lines(stream, self._limits))
        outcomes = ((place, _attempt_line(line, place, self._limits)) for place, line in places)
        return _summarised(outcomes, origin)


class JsonLoader:
    """Reads a file that holds one article object, or a list of them."""

    suffixes = frozenset({".json"})
    streamed = False

    def __init__(self, limits: LoadLimits) -> None:
        self._limits = limits

    def load(self, stream: BinaryIO, *, origin: str) -> Iterator[Loaded]:
        """Every record in order. JSON lines under the wrong name are read as such."""
        try:
            text = decode(stream.read())
        except SourceRefused as refused:
            yield Refusal(origin=origin, reason=str(refused))
            return
        try:
            content = json.loads(text)
        except (ValueError, RecursionError) as error:
            if text.count("\n{"):
                again = io.BytesIO(text.encode())
                yield from JsonLinesLoader(self._limits).load(again, origin=origin)
            else:
                yield Refusal(origin=origin, reason=f"it is not valid JSON: {_one_line(error)}")
            return
        if isinstance(content, list):
            places = ((f"{origin}:{at}", entry) for at, entry in enumerate(content, 1))
            outcomes = ((place, _attempt(entry, place)) for place, entry in places)
            yield from _summarised(outcomes, origin)
        else:
            yield _loaded(origin, _attempt(content, origin))


def holds_only_gold(stream: BinaryIO) -> bool:
    """Whether every record of a JSON lines file is a gold question, none an article."""
    limits = LoadLimits()
    outcomes = (_attempt_line(line, "", limits) for _, line in _lines(stream, limits))
    first = next(outcomes, None)
    return isinstance(first, _GoldQuestion) and all(
        isinstance(outcome, _GoldQuestion) for outcome in outcomes
    )


def read_record(record: Mapping[str, Any], *, origin: str) -> SourceDocument:
    """The article of one record.

    Raises:
        SourceRefused: it has no text, or a field holds what it cannot hold.
    """
    text, html = field(record, "text"), field(record, "html")
    if text is None and html is None:
        if "question" in record:
            raise _GoldQuestion(_GOLD)
        raise SourceRefused('it has neither "text" nor "html"', hint="give the article one of them")
    if text is not None:
        if not isinstance(text, str):
            raise SourceRefused('its "text" is not text', hint="make it one string")
        return document_from(record, text=blocks(normalise(text)), origin=origin)
    if not isinstance(html, str):
        raise SourceRefused('its "html" is not text', hint="make it one string")
    stated = document_from(record, text="", origin=origin)
    page = read_page(normalise(html), origin=origin, url=stated.url)
    return SourceDocument(
        origin=origin,
        text=page.text,
        identity=stated.identity,
        url=page.url,
        title=stated.title or page.title,
        publisher=stated.publisher or page.publisher,
        authors=stated.authors or page.authors,
        published=stated.published or page.published,
    )


def _summarised(outcomes: Iterable[tuple[str, _Outcome]], origin: str) -> Iterator[Loaded]:
    """The outcomes, but one refusal for the whole where all were refused for the same reason."""
    held: list[tuple[str, SourceRefused]] = []
    remaining = iter(outcomes)
    for place, outcome in remaining:
        if isinstance(outcome, _GoldQuestion | _NotAnObject) and (
            not held or type(held[0][1]) is type(outcome)
        ):
            held.append((place, outcome))
            continue
        yield from (_loaded(*entry) for entry in held)
        yield _loaded(place, outcome)
        yield from (_loaded(*entry) for entry in remaining)
        return
    if not held:
        yield Refusal(origin=origin, reason="it holds no articles: put one object on each line")
    elif isinstance(held[0][1], _GoldQuestion):
        yield Refusal(origin=origin, reason=_GOLD)
    elif len(held) > _TELL_APART:
        reason = f"none of its {len(held)} lines is a JSON object (the first: {held[0][1].message})"
        yield Refusal(origin=origin, reason=f"{reason}: a .jsonl file holds one article a line")
    else:
        yield from (_loaded(*entry) for entry in held)


def _loaded(place: str, outcome: _Outcome) -> Loaded:
    if isinstance(outcome, SourceRefused):
        return Refusal(origin=place, reason=str(outcome))
    return outcome


def _lines(stream: BinaryIO, limits: LoadLimits) -> Iterator[tuple[int, bytes]]:
    """Numbers, from 1, and contents of the lines that are not blank; one too long is cut."""
    number = 0
    while line := stream.readline(limits.max_line_bytes + 1):
        number += 1
        rest = line
        while rest and not rest.endswith(b"\n") and len(line) > limits.max_line_bytes:
            rest = stream.readline(MEBIBYTE)
        line = line.removeprefix(_BYTE_ORDER_MARK) if number == 1 else line
        if line.strip():
            yield number, line


def _attempt_line(line: bytes, place: str, limits: LoadLimits) -> _Outcome:
    if len(line) > limits.max_line_bytes:
        most = limits.max_line_bytes // MEBIBYTE
        return SourceRefused(f"the line is longer than {most} MiB", hint="split the article")
    try:
        refuse_binary(line)
        record = json.loads(decode(line))
    except SourceRefused as refused:
        return _NotAnObject(refused.message, hint=refused.hint)
    except (ValueError, RecursionError) as error:
        return _NotAnObject(f"the line is not valid JSON: {_one_line(error)}")
    return _attempt(record, place)


def _attempt(record: object, place: str) -> _Outcome:
    if not isinstance(record, Mapping):
        return _NotAnObject("it is not a JSON object", hint='write {"title": …, "text": …}')
    try:
        return read_record(record, origin=place)
    except SourceRefused as refused:
        return refused


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())
