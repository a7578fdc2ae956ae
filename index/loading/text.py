"""Plain text (`.txt`): one line per block, hard-wrapped lines joined."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO

from index.errors import SourceRefused
from index.loading.base import Loaded
from index.loading.decode import decode
from index.records import Refusal, SourceDocument

_BLANK_LINES = re.compile(r"\n[^\S\n]*\n\s*")
_ENDS_SENTENCE = re.compile(r"[.!?…:;][\"”’'»)\]]*$")
_WRAP_MIN, _WRAP_MAX = 50, 100
_WRAP_SPREAD = 25


class TextLoader:
    """Reads a plain text file as one article."""

    suffixes = frozenset({".txt", ".text"})
    streamed = False

    def load(self, stream: BinaryIO, *, origin: str) -> Iterator[Loaded]:
        """The file as one article, or the reason why not."""
        try:
            text = blocks(decode(stream.read()))
        except SourceRefused as refused:
            yield Refusal(origin=origin, reason=str(refused))
            return
        yield SourceDocument(origin=origin, text=text)


def blocks(text: str) -> str:
    """`text` with one line per block, blank lines kept; lines wrapped at a column are joined."""
    paragraphs = (part.strip("\n") for part in _BLANK_LINES.split(text))
    return "\n\n".join(_unwrapped(part) for part in paragraphs if part.strip())


def _unwrapped(paragraph: str) -> str:
    """The paragraph on one line if it was wrapped at a column, else as it is.

    Wrapped means: three lines or more of much the same length, all but the last broken off in
    mid-sentence more often than not.
    """
    lines = [line.strip() for line in paragraph.split("\n")]
    body = lines[:-1]
    if len(body) < 2 or any(not line for line in lines):
        return paragraph
    lengths = [len(line) for line in body]
    even = _WRAP_MIN <= max(lengths) <= _WRAP_MAX and min(lengths) >= max(lengths) - _WRAP_SPREAD
    open_ended = sum(not _ENDS_SENTENCE.search(line) for line in body)
    return " ".join(lines) if even and open_ended * 2 > len(body) else paragraph
