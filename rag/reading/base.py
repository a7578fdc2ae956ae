"""The seam between retrieval and answering: a `Reader` looks at passages and says what answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from index.records import Span
from rag.records import Candidate


@dataclass(frozen=True, slots=True, kw_only=True)
class SentenceReading:
    """How well one sentence of one candidate answers the question."""

    candidate: int
    """Position of its passage in the sequence that was read."""
    span: Span
    """The sentence, in the article's text."""
    score: float
    """Probability in [0, 1] that this sentence answers the question."""
    answer: Span | None = None
    """The words that answer, in the article's text, where the reader can tell."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What a reader made of the candidates."""

    sentences: Sequence[SentenceReading]
    """Best first; ties in candidate order, then text order."""
    answerability: float
    """Probability in [0, 1] that the candidates answer the question at all."""


class Reader(Protocol):
    """Finds the sentences that answer, or says that none does."""

    @property
    def name(self) -> str:
        """What it is called in settings, answers and reports."""

    def read(self, question: str, candidates: Sequence[Candidate]) -> Reading:
        """Read the candidates (best first) for the question. Deterministic, and independent of
        what was read before."""
