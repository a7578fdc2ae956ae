"""What an evaluation finds out about each question. Written to JSON, and read back, as it stands.

Numbers are rounded where a record is made, so that figures computed from a file are those that
were computed when it was written.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from eval.replies import Usage
from rag.records import Outcome

DIGITS = 6


def rounded(value: float | None, digits: int = DIGITS) -> float | None:
    """Return the value as records hold it."""
    return None if value is None else round(value, digits)


class Stage(StrEnum):
    """Where a wrong answer went wrong: the first step that failed."""

    FAILED = "failed"
    """There was no answer to judge."""
    NOT_RETRIEVED = "not_retrieved"
    """No passage that was retrieved shows any of the evidence."""
    NOT_READ = "retrieved_not_read"
    """The evidence was retrieved, below what was read."""
    NOT_QUOTED = "read_not_quoted"
    """The evidence was read, and something else was said."""
    WRONGLY_WITHHELD = "wrongly_withheld"
    """The evidence was read, and nothing was said."""
    WRONGLY_ANSWERED = "wrongly_answered"
    """The question is unanswerable and was answered, or where retrieval is unknown: the answer is
    wrong."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedCitation:
    """A citation of an answer, and what was found out about it."""

    n: int
    quote: str
    article: str | None
    title: str | None = None
    publisher: str | None = None
    url: str | None = None
    published_at: str | None = None
    before: str = ""
    """The words of the article before the quote."""
    after: str = ""
    exact: bool | None
    """The stored text at the citation's offsets is the quote, letter for letter; None where there
    is no text to hold it against."""
    supporting: bool
    """It shows the gold evidence, or holds a gold answer in an article of the evidence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedSentence:
    """A sentence of an answer."""

    text: str
    citations: tuple[int, ...]
    supported: bool
    """One of its citations supports."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedEvidence:
    """A piece of gold evidence, and where it was found."""

    article: str
    """As the gold set names it."""
    quote: str
    stored: bool | None
    """The archive holds it; None where the archive cannot be looked into."""
    rank: int | None = None
    """Of the first retrieved passage that covers it, from 1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedPassage:
    """A passage that was retrieved."""

    article: str | None
    title: str | None
    publisher: str | None
    published_at: str | None = None
    text: str
    score: float | None = None
    reading: float | None = None
    covers: tuple[int, ...] = ()
    """Positions of the evidence that it covers, from 0."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionResult:
    """One question, its answer, and how good that is: a row of the report."""

    id: str
    question: str
    answerable: bool
    tags: tuple[str, ...] = ()
    gold_answers: tuple[str, ...] = ()
    as_of: str | None = None
    conversation: tuple[str, ...] = ()
    """What was said before, each turn as `role: words`."""
    outcome: Outcome | None = None
    """None where there is no answer; see `error`."""
    answer: str | None = None
    short_answer: str | None = None
    confidence: float | None = None
    correct: bool
    """Answerable: a gold answer is in the answer's sentences. Unanswerable: `not_found`, or only
    what contradicts its premise is quoted."""
    em: float | None = None
    """None where there is nothing to compare with: the question is unanswerable."""
    f1: float | None = None
    list_recall: float | None = None
    """Share of the items of the list that is asked for; None where none is."""
    sentences: tuple[JudgedSentence, ...] = ()
    citations: tuple[JudgedCitation, ...] | None = None
    """None where the target never cites."""
    evidence: tuple[JudgedEvidence, ...] = ()
    """Of an unanswerable question: what contradicts its premise."""
    retrieved: tuple[JudgedPassage, ...] | None = None
    retrieval: Mapping[str, float] | None = None
    """Each ranking metric by quoted evidence; None where the question is unanswerable."""
    article_retrieval: Mapping[str, float] | None = None
    """The same, by the articles of the evidence."""
    milliseconds: float | None = None
    warm_milliseconds: tuple[float, ...] = ()
    usage: Usage | None = None
    stage: Stage | None = None
    """None where the answer is right."""
    error: str | None = None
    judgements: Mapping[str, float] = field(default_factory=dict)
    """What an LLM judge made of it, in [0, 1], by the judge's name; empty where none was asked."""

    @property
    def abstained(self) -> bool:
        """Whether the outcome was `not_found`."""
        return self.outcome is Outcome.NOT_FOUND

    @property
    def answered(self) -> bool:
        """Whether the outcome was `answered`."""
        return self.outcome is Outcome.ANSWERED

    @property
    def evidence_rank(self) -> int | None:
        """Rank of the first retrieved passage that covers any evidence, from 1."""
        return min((e.rank for e in self.evidence if e.rank is not None), default=None)
