"""The seam between kinds of source and the rest of the write path.

A loader turns the bytes of one file into the articles in it. It never raises for bad content:
what cannot be taken in comes out as a `Refusal`, and the rest of the file is still read.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO, Protocol

from index.records import Refusal, SourceDocument

MEBIBYTE = 1024 * 1024

Loaded = SourceDocument | Refusal


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadLimits:
    """How much a loader reads before it refuses, in bytes."""

    max_file_bytes: int = 64 * MEBIBYTE
    """For files that are read whole. Files that are streamed may be of any size."""
    max_line_bytes: int = 16 * MEBIBYTE
    """For one line (one article) of a streamed file."""


class Loader(Protocol):
    """Reads one kind of file."""

    @property
    def suffixes(self) -> frozenset[str]:
        """Endings of the file names it reads, lower case, with the dot."""
        ...

    @property
    def streamed(self) -> bool:
        """Whether it reads piece by piece, so that the size of the file does not matter."""
        ...

    def load(self, stream: BinaryIO, *, origin: str) -> Iterator[Loaded]:
        """Every article of the stream, in order; a `Refusal` for each that cannot be taken in."""
        ...
