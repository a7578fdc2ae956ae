"""Invented articles about an invented coast, as candidates."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence

import numpy as np

from index.passages import PassageShape, split_passages
from index.records import Span
from index.sentences import split_sentences
from rag.reading.features import SentenceMeasure, Vector
from rag.reading.span_model import SpanScore, Window
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


class WordFinder:
    """Stands for the network: sure of the sentences that hold a word, and of that word."""

    def __init__(self, word: str) -> None:
        self._word = word
        self.read: list[str] = []

    def scores(self, _question: str, window: Window, /) -> list[SpanScore | None]:
        """+5 with the word, -5 without."""
        self.read.append(window.text)
        base = window.sentences[0].start
        made: list[SpanScore | None] = []
        for start, end in window.sentences:
            text = window.text[start - base : end - base]
            place = text.find(self._word)
            words = (
                Span(start + place, start + place + len(self._word))
                if place >= 0
                else Span(start, end)
            )
            made.append(SpanScore(score=5.0 if place >= 0 else -5.0, words=words))
        return made


def measures_of(*sizes: int) -> list[SentenceMeasure]:
    """As many sentences for each candidate."""
    return [
        SentenceMeasure(candidate=i, position=j, values={}, spans=(), is_short_answer=True)
        for i, size in enumerate(sizes)
        for j in range(size)
    ]
