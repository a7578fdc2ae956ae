"""The records of an explanation: what was found, what was read, and why there is an answer or
none. They are serialised as they stand, as `explanation` of an answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True, kw_only=True)
class Excerpt:
    """A sentence of a passage, as a half-open range of code points of the article's text."""

    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CollapsedCopy:
    """Another article of the same story, whose passage is a copy of the one explained."""

    article_id: str
    publisher: str | None
    title: str
    shared: float | None = None
    """Share of the smaller passage's word 3-grams that the other holds, in [0, 1]."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PassageExplanation:
    """One passage, with every score that it was given on the way."""

    rank: int
    """Its place in `retrieved`, from 1; passages that were read and are not listed follow."""
    passage_id: str
    article_id: str
    title: str
    publisher: str | None
    published_at: date | None
    dense: float | None
    """Cosine of question and passage."""
    lexical: float | None
    """BM25; None where it was not among the candidates of the lexical index."""
    fused: float
    """Both of them together, in [0, 1]; comparable within one question only."""
    cross_encoder: float | None
    """What the cross-encoder makes of it; None where it was not shown to one."""
    read: bool
    """Whether the reader saw it."""
    reading: float | None
    """Probability that its best sentence answers; None where no sentence of it was read."""
    best_sentence: Excerpt | None
    quoted: tuple[int, ...]
    """Numbers of the citations that come from it."""
    collapsed: tuple[CollapsedCopy, ...]
    """Copies that it stands for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """Why an answer was given or withheld."""

    reason: str
    """In one plain sentence."""
    confidence: float
    """What reading came to, before any language model."""
    threshold: float
    """Least confidence that counts as an answer."""
    reader: str
    models: Mapping[str, str]
    """Role → name and checksum of each model that the answer depends on."""
    asked_as: str | None
    """The question as it was understood in its conversation; None where that changed nothing."""
    parts: tuple[str, ...]
    """What the question was split into; empty where it was asked whole."""
    passages: Sequence[PassageExplanation]
    """In the order of `retrieved`."""
