"""The seam to derived indexes."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexedPassage:
    """What a follower is given of a passage."""

    passage_id: str
    article_id: str
    title: str
    text: str
    vector: NDArray[np.float32]
    """(dim,), L2-normalised."""


class Scored(NamedTuple):
    """A passage id with the score that an index gave it; higher is nearer."""

    passage_id: str
    score: float


class Follower(Protocol):
    """A derived index that applies changes idempotently and remembers how far it came."""

    @property
    def name(self) -> str:
        """`dense` or `lexical`."""

    def applied(self) -> int:
        """The last sequence number applied; 0 for an empty index or one of another archive."""

    def apply(self, *, remove: Sequence[str], add: Sequence[IndexedPassage], seq: int) -> None:
        """Remove all passages of the articles `remove`, then add passages, then remember `seq`.

        Doing it again changes nothing; after a crash in between, doing it again completes it.
        """

    def reset(self) -> None:
        """Empty the index, also where its files are damaged."""

    def count(self) -> int:
        """How many passages it holds."""

    def ids(self) -> set[str]:
        """The ids of all passages it holds."""

    def close(self) -> None:
        """Give files and connections back."""


class DenseIndex(Follower, Protocol):
    """A follower that finds passages by vector."""

    def nearest(self, vector: NDArray[np.float32], limit: int) -> list[Scored]:
        """The passages nearest by cosine, best first, ties by id."""


class LexicalIndex(Follower, Protocol):
    """A follower that finds passages by words."""

    @property
    def document_count(self) -> int:
        """How many passages its word statistics are taken over."""

    def matching(
        self, question: str, limit: int, *, within: Sequence[str] | None = None
    ) -> list[Scored]:
        """The passages that share words with the question, by BM25, best first, ties by id.

        `within` names the articles that may be found; None is all.
        """

    def coverage(self, question: str, articles: Sequence[str]) -> dict[str, float]:
        """Share in (0, 1] of the question's words, each weighed by how rare it is, that an article
        holds anywhere in its title or text; articles that hold none are left out."""

    def document_frequency(self, word: str) -> int:
        """In how many passages a word occurs, after the index's own analysis of it."""


def rarity(frequency: int, documents: int) -> float:
    """Weight of a word that `frequency` of `documents` passages hold: the inverse document
    frequency of BM25 (Robertson and Zaragoza 2009), above 0."""
    return math.log(1 + (documents - frequency + 0.5) / (frequency + 0.5))
