"""Followers that break off in the middle of applying, as a crash would."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import Enum
from typing import Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from index.followers.base import DenseIndex, Follower, IndexedPassage, LexicalIndex, Scored

F = TypeVar("F", bound=Follower)


class Interrupted(Exception):
    """Raised where the process is said to die."""


class Moment(Enum):
    """When an apply breaks off."""

    BEFORE = "before anything"
    HALF_WAY = "after half of the passages"
    UNNUMBERED = "after all passages, before the sequence number"
    AFTER = "after everything"


def _raise() -> None:
    raise Interrupted


class _Interruptible(Generic[F]):
    """A follower that does what the real one does, until its moment has come."""

    def __init__(self, real: F, *, end: Callable[[], None] = _raise) -> None:
        self.real = real
        self.moment: Moment | None = None
        self.applies = 0
        """How many applies are let through before the moment counts."""
        self._end = end

    @property
    def name(self) -> str:
        return self.real.name

    def applied(self) -> int:
        return self.real.applied()

    def apply(self, *, remove: Sequence[str], add: Sequence[IndexedPassage], seq: int) -> None:
        moment = self.moment
        if moment is None or self.applies > 0:
            self.applies -= moment is not None
            self.real.apply(remove=remove, add=add, seq=seq)
            return
        self.moment = None
        if moment is Moment.HALF_WAY:
            self.real.apply(remove=remove, add=add[: len(add) // 2], seq=self.real.applied())
        elif moment is Moment.UNNUMBERED:
            self.real.apply(remove=remove, add=add, seq=self.real.applied())
        elif moment is Moment.AFTER:
            self.real.apply(remove=remove, add=add, seq=seq)
        self._end()

    def reset(self) -> None:
        self.real.reset()

    def count(self) -> int:
        return self.real.count()

    def ids(self) -> set[str]:
        return self.real.ids()

    def close(self) -> None:
        self.real.close()


class InterruptibleDense(_Interruptible[DenseIndex]):
    """A dense index that breaks off."""

    def nearest(self, vector: NDArray[np.float32], limit: int) -> list[Scored]:
        return self.real.nearest(vector, limit)


class InterruptibleLexical(_Interruptible[LexicalIndex]):
    """A lexical index that breaks off."""

    @property
    def document_count(self) -> int:
        return self.real.document_count

    def matching(
        self, question: str, limit: int, *, within: Sequence[str] | None = None
    ) -> list[Scored]:
        return self.real.matching(question, limit, within=within)

    def coverage(self, question: str, articles: Sequence[str]) -> dict[str, float]:
        return self.real.coverage(question, articles)

    def document_frequency(self, word: str) -> int:
        return self.real.document_frequency(word)
