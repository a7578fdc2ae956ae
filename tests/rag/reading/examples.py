"""Invented articles about an invented coast, as candidates."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence

import numpy as np

from index.passages import PassageShape, split_passages
from index.sentences import split_sentences
from rag.reading.features import Vector
from rag.records import Candidate

HARBOUR = """Port Lune's council approved a new sea wall on Monday after months of argument.
Engineer Maud Tarrant said that the wall would need to stand for at least a century.
The draft contract fixes a 30-year term with one renewal.
The wall will cost 48 million crowns, of which the state pays 60 percent.
"We cannot wait for the next storm," Mayor Ilse Brandt said.
She added that work would begin in March.
Some 14 towns along the coast have asked to join the plan.
Fishermen rejected the first design because it closed the northern channel."""
FERRY = """The Tidewater company will end its night ferry to Saltmarsh in October.
Managing director Otto Quist blamed the price of fuel.
About 2,300 passengers used the ferry each week last summer. Who will carry them now?
The union said that 85 workers may lose their jobs."""
ORCHARD = """Growers in the Vell valley picked their smallest apple crop in twenty years.
Late frost in April killed most of the blossom.
Prices at the Saltmarsh market rose by a third.
Botanist Réka Szőnyi expects the trees to recover by next spring."""


def candidates_of(
    *texts: str, scores: Sequence[float] | None = None, titles: Sequence[str] = ()
) -> list[Candidate]:
    """One candidate for each text, cut from an article with words before it, so that offsets of
    passage and article differ."""
    made = []
    for number, text in enumerate(texts):
        article = f"Header.\n\n{text}"
        shape = PassageShape(max_words=10_000, overlap=0)
        sentences = [span for span in split_sentences(article) if span.start > 0]
        (passage,) = split_passages(
            article_id=f"article-{number}", version=1, text=article, sentences=sentences,
            shape=shape,
        )  # fmt: skip
        made.append(
            Candidate(
                passage=passage,
                title=titles[number] if titles else f"Article {number}",
                publisher=f"Publisher {number}",
                url=None,
                published_at=None,
                published_at_source=None,
                story_id=f"story-{number}",
                score=scores[number] if scores else 1 - number / 10,
                dense=None,
            )
        )
    return made


class WordEmbedder:
    """Vectors from hashed words: equal words make equal directions. Counts its batches."""

    dimension = 64

    def __init__(self) -> None:
        self.batches: list[tuple[str, ...]] = []

    def embed_queries(self, texts: Sequence[str]) -> Vector:
        """Vectors of questions."""
        return self._embed(texts)

    def embed_sentences(self, texts: Sequence[str]) -> Vector:
        """Vectors of sentences."""
        self.batches.append(tuple(texts))
        return self._embed(texts)

    def _embed(self, texts: Sequence[str]) -> Vector:
        rows = np.full((len(texts), self.dimension), 1e-3, dtype=np.float32)
        for row, text in zip(rows, texts, strict=True):
            for word in re.findall(r"\w+", text.lower()):
                digest = hashlib.sha256(word.encode()).digest()
                row[digest[0] % self.dimension] += 1 if digest[1] % 2 else -1
        return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), dtype=np.float32)
