"""What an evaluation finds out about each question."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from rag.records import Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedCitation:
    """A citation of an answer, and what was found out about it."""

    n: int
    article_id: str
    quote: str
    exact: bool
    """The stored text at the citation's offsets is the quote, letter for letter."""
    supporting: bool
    """It shows the gold evidence, or holds a gold answer in an article of the evidence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionResult:
    """One question, its answer, and how good that is: a row of the report."""

    id: str
    question: str
    answerable: bool
    tags: tuple[str, ...]
    correct: bool
    """Answerable: a gold answer is in the answer's sentences. Unanswerable: `not_found`."""
    em: float | None
    """None where there is nothing to compare with: the question is unanswerable."""
    f1: float | None
    outcome: Outcome | None = None
    """None where there is no answer; see `error`."""
    answer: str | None = None
    short_answer: str | None = None
    confidence: float | None = None
    citations: tuple[JudgedCitation, ...] = ()
    sentences: int = 0
    supported_sentences: int = 0
    """How many of the answer's sentences have a citation that supports."""
    evidence_rank: int | None = None
    """Rank of the first retrieved passage that covers evidence, from 1; None where none does."""
    retrieval: Mapping[str, float] | None = None
    """Each ranking metric for this question; None where it is unanswerable."""
    milliseconds: float | None = None
    error: str | None = None

    @property
    def abstained(self) -> bool:
        """Whether the outcome was `not_found`."""
        return self.outcome is Outcome.NOT_FOUND

    @property
    def answered(self) -> bool:
        """Whether the outcome was `answered`."""
        return self.outcome is Outcome.ANSWERED
