"""Reference followers held in memory: what the others must agree with, and quick in tests."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from index.followers.base import IndexedPassage, Scored, rarity


class _MemoryFollower:
    name = "memory"

    def __init__(self) -> None:
        self._seq = 0
        self._held: dict[str, IndexedPassage] = {}

    def applied(self) -> int:
        return self._seq

    def apply(self, *, remove: Sequence[str], add: Sequence[IndexedPassage], seq: int) -> None:
        gone = set(remove)
        self._held = {k: p for k, p in self._held.items() if p.article_id not in gone}
        self._held |= {p.passage_id: p for p in add}
        self._seq = seq

    def reset(self) -> None:
        self._seq = 0
        self._held = {}

    def count(self) -> int:
        return len(self._held)

    def ids(self) -> set[str]:
        return set(self._held)

    def close(self) -> None:
        """Nothing is held open."""


class MemoryDenseIndex(_MemoryFollower):
    """Exact cosine search."""

    name = "dense"

    def nearest(self, vector: NDArray[np.float32], limit: int) -> list[Scored]:
        """The passages nearest by cosine, best first, ties by id."""
        scores = [Scored(k, float(p.vector @ vector)) for k, p in self._held.items()]
        return sorted(scores, key=lambda s: (-s.score, s.passage_id))[: max(limit, 0)]


class MemoryLexicalIndex(_MemoryFollower):
    """BM25 (Robertson and Zaragoza 2009) with k1 = 1.2 and b = 0.75, over lower-cased words."""

    name = "lexical"

    @property
    def document_count(self) -> int:
        """How many passages its word statistics are taken over."""
        return len(self._held)

    def matching(
        self, question: str, limit: int, *, within: Sequence[str] | None = None
    ) -> list[Scored]:
        """The passages that share words with the question, by BM25, best first, ties by id."""
        bags = {k: Counter(_words(f"{p.title} {p.text}")) for k, p in self._held.items()}
        mean = sum(sum(bag.values()) for bag in bags.values()) / max(len(bags), 1) or 1.0
        wanted = set(_words(question))
        frequency = {w: sum(w in bag for bag in bags.values()) for w in wanted}
        scores = []
        for name, bag in bags.items():
            if within is not None and self._held[name].article_id not in within:
                continue
            length = sum(bag.values()) / mean
            score = sum(
                rarity(frequency[w], len(bags))
                * bag[w]
                * 2.2
                / (bag[w] + 1.2 * (0.25 + 0.75 * length))
                for w in wanted & bag.keys()
            )
            if score > 0:
                scores.append(Scored(name, score))
        return sorted(scores, key=lambda s: (-s.score, s.passage_id))[: max(limit, 0)]

    def coverage(self, question: str, articles: Sequence[str]) -> dict[str, float]:
        """Share of the question's words, each weighed by how rare it is, that an article holds."""
        weights = {
            word: rarity(self.document_frequency(word), len(self._held))
            for word in sorted(set(_words(question)))
        }
        held: dict[str, set[str]] = {}
        for passage in self._held.values():
            words = held.setdefault(passage.article_id, set())
            words.update(_words(f"{passage.title} {passage.text}"))
        whole = math.fsum(weights.values())
        return {
            name: math.fsum(weights[word] for word in weights if word in held[name]) / whole
            for name in dict.fromkeys(articles)
            if name in held and not held[name].isdisjoint(weights)
        }

    def document_frequency(self, word: str) -> int:
        """In how many passages a word occurs."""
        wanted = _words(word)
        return sum(bool(wanted) and wanted[0] in _words(p.text) for p in self._held.values())


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.lower())
