"""The seam to whatever words an answer."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from rag.records import Usage


class WritingFailed(Exception):
    """No usable reply came. The message says why in a few words, and never holds a key."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One message to a language model."""

    role: Literal["system", "user"]
    content: str


class Writer(Protocol):
    """Words an answer."""

    @property
    def name(self) -> str:
        """The model, as answers and reports call it."""

    def write(self, messages: Sequence[Message]) -> Iterator[str | Usage]:
        """The reply piece by piece, as it comes, and what it cost where that is said.

        Safe from several threads. Raises: WritingFailed, at any moment.
        """
