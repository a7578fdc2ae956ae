"""The records of the read path. `Answer` and what it holds have the names and shapes of the
contract: they are serialised as they stand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Literal

from index.records import Filters, Passage
from rag.explanation import Explanation


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """What one side said earlier in a conversation."""

    role: Literal["user", "assistant"]
    content: str
    titles: tuple[str, ...] = ()
    """Titles of the articles that an answer cites."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """A question and what it may be answered from."""

    question: str
    history: Sequence[Turn] = ()
    """The conversation before the question, oldest turn first; it may lean on it."""
    filters: Filters = field(default_factory=Filters)
    top_k: int = 10
    """How many passages `retrieved` lists, and `search` returns."""
    mode: Literal["extractive"] | None = None
    """`extractive`: in the articles' own words, even where there is a language model."""
    explain: bool = False
    """Whether the answer says how it came about (`Answer.explanation`)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CarriedBy:
    """Another article that carries the same words or the same story."""

    article_id: str
    publisher: str | None
    title: str
    shared: float | None = None
    """Of a passage that copies another: share of the smaller one's word 3-grams that both hold."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A passage found for a question, with the metadata of its article and its scores."""

    passage: Passage
    title: str
    publisher: str | None
    url: str | None
    published_at: date | None
    published_at_source: str | None
    published_at_confidence: str | None = None
    story_id: str
    score: float
    """What it is ranked by: fused, in [0, 1]; comparable within one question only."""
    fused: float | None = None
    """The fused score, where `score` is a cross-encoder's."""
    cross_encoder: float | None = None
    """What a cross-encoder makes of it; None where it was not shown to one."""
    dense: float | None = None
    """Cosine of question and passage."""
    lexical: float | None = None
    """BM25 as the lexical index gives it; None where it was not among its candidates."""
    reading: float | None = None
    """Probability that its best sentence answers; None where it was not read."""
    also_carried_by: tuple[CarriedBy, ...] = ()


class Outcome(StrEnum):
    """Whether the archive answers the question."""

    ANSWERED = "answered"
    NOT_FOUND = "not_found"


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerSentence:
    """One sentence of an answer; in extractive mode a quote, letter for letter."""

    text: str
    citations: tuple[int, ...]
    """Numbers of the citations that support it (`Citation.n`)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """Words of a quote that answer, as a half-open range of code points of the article's text."""

    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Gloss:
    """What words of a quote mean: whom a pronoun stands for, or which day is meant. `Answer.answer`
    has it in square brackets."""

    at: int
    """Where the words that it explains end, in code points of the article's text."""
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Citation:
    """A checked quote: `article.text[start:end] == quote`."""

    n: int
    article_id: str
    passage_id: str
    title: str
    publisher: str | None
    url: str | None
    published_at: date | None
    published_at_source: str | None
    published_at_confidence: str | None = None
    """`high`, `medium` or `low`; None for an undated article."""
    quote: str
    start: int
    end: int
    score: float
    also_carried_by: tuple[CarriedBy, ...] = ()
    marks: tuple[Mark, ...] = ()
    """The words that answer, inside the quote, in order; empty where the reader cannot tell."""
    glosses: tuple[Gloss, ...] = ()
    """What `Answer.answer` says in brackets inside the quote, in order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """How many publishers say so independently; copies of one story count once."""

    independent_publishers: int
    publishers: tuple[str, ...] = ()
    """Those that give the same answer, in the order of the citations."""
    citations: tuple[int, ...] = ()
    """Numbers of the citations that give the same answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """One of several answers that sources give to the same question."""

    answer: str
    """The answering words, letter for letter, of its first citation."""
    citations: tuple[int, ...]
    publishers: tuple[str, ...]
    published_at: date | None
    """The latest day on which one of its citations was published."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Disagreement:
    """Answers that differ: at the same time (`differ`), or the later over the earlier
    (`updated`)."""

    kind: Literal["differ", "updated"]
    positions: tuple[Position, ...]
    """Two or more: the best supported first, or where `updated` the latest first."""
    citations: tuple[int, ...]
    """Numbers of all their citations."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RetrievedPassage:
    """A passage as an answer lists it, nearest first."""

    passage_id: str
    article_id: str
    title: str
    publisher: str | None
    url: str | None
    published_at: date | None
    text: str
    start: int
    end: int
    score: float
    dense: float | None = None
    lexical: float | None = None
    reading: float | None = None
    """Probability that its best sentence answers; None where it was not read."""
    also_carried_by: tuple[CarriedBy, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """Tokens of one request to a language model, as its endpoint counts them."""

    prompt_tokens: int
    completion_tokens: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What `quoth ask --json` prints and `POST /v1/ask` returns."""

    id: str
    question: str
    standalone_question: str
    outcome: Outcome
    answer: str
    short_answer: str | None
    confidence: float
    """Probability in [0, 1] that the evidence answers the question."""
    sentences: Sequence[AnswerSentence]
    citations: Sequence[Citation]
    agreement: Agreement
    disagreements: Sequence[Disagreement]
    retrieved: Sequence[RetrievedPassage]
    mode: str
    timings_ms: Mapping[str, float]
    """Milliseconds: `retrieve`, `read`, `total`; with a language model `write` too."""
    notice: str | None = None
    """What the reader of the answer should know: that the language model failed, and why."""
    usage: Usage | None = None
    """Tokens that the language model counted; None without one, or where it does not say."""
    explanation: Explanation | None = None
    """Why it was given or withheld; None unless the query asks for that."""
