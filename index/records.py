"""The records that travel through the write path. Frozen; offsets are code points, half-open."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any, NamedTuple


class Span(NamedTuple):
    """A half-open range of code points: `text[start:end]`."""

    start: int
    end: int


class Confidence(StrEnum):
    """How sure a piece of metadata is."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedDate:
    """The day on which an article was published, where that was found, and how sure it is."""

    day: date
    source: str
    """Where it was found: `metadata`, `dateline`, `caption`, `page_date`, `age_label`, `url` …"""
    confidence: Confidence


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceDocument:
    """One article as a loader found it, before cleaning.

    `text` is plain text with one line per block (paragraph, heading, caption, list item) and
    may still hold furniture. Fields that the source states explicitly are set; the rest is None.
    """

    origin: str
    """For people and for gold files: the file as given, or `file.jsonl:12`."""
    text: str
    identity: str | None = None
    """An identifier that the source itself states (`id` of a JSONL record)."""
    place: str | None = None
    """Absolute path of the file that it is, where somebody named that file; None for a record
    among others and for an upload, whose names say nothing of what they are."""
    url: str | None = None
    title: str | None = None
    publisher: str | None = None
    authors: tuple[str, ...] = ()
    published: PublishedDate | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """A file or record that was not taken in, and why, in one line."""

    origin: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """An article as stored: one version of it, cleaned, with its metadata."""

    article_id: str
    version: int
    """1 for the first version; a changed article supersedes its predecessor."""
    origin: str
    title: str
    text: str
    """The stored text; every offset in Quoth points into it."""
    publisher: str | None
    authors: tuple[str, ...]
    url: str | None
    published: PublishedDate | None
    ingested_at: datetime
    """UTC."""
    content_hash: str
    story_id: str
    """Articles that copy or update one another share it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """A run of whole sentences of one article: `article.text[start:end] == text`."""

    passage_id: str
    article_id: str
    version: int
    ordinal: int
    start: int
    end: int
    text: str
    sentences: tuple[Span, ...]
    """Spans of the passage's sentences in the article's text, ascending, disjoint."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """Which articles may be searched. Empty means all."""

    publishers: tuple[str, ...] = ()
    """Compared without regard to case."""
    since: date | None = None
    """Published on this day or later; undated articles are left out."""
    until: date | None = None
    """Published on this day or earlier; undated articles are left out."""
    as_of: date | None = None
    """What the archive could have known on this day: published by then, or, where an article is
    undated, taken in by then."""

    def __bool__(self) -> bool:
        return bool(self.publishers or self.since or self.until or self.as_of)


class IngestOutcome(StrEnum):
    """What an ingest did with one document."""

    ADDED = "added"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class IngestItem:
    """What happened to one document."""

    origin: str
    outcome: IngestOutcome
    article_id: str | None = None
    title: str | None = None
    passages: int = 0
    reason: str | None = None
    """Why it was refused; None otherwise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IngestReport:
    """What an ingest did, item by item, in input order."""

    items: Sequence[IngestItem]
    seconds: float
    dry_run: bool = False

    def count(self, outcome: IngestOutcome) -> int:
        """Number of items with this outcome."""
        return sum(item.outcome is outcome for item in self.items)


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleSummary:
    """One row of an archive listing."""

    article_id: str
    version: int
    title: str
    publisher: str | None
    url: str | None
    published_at: date | None
    published_at_source: str | None
    published_at_confidence: str | None = None
    origin: str
    story_id: str
    characters: int
    passages: int
    ingested_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticlePage:
    """A page of an archive listing, newest publication first, undated last."""

    articles: Sequence[ArticleSummary]
    total: int
    limit: int
    offset: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Readiness:
    """Whether questions can be answered now, and what is held."""

    ready: bool
    reasons: tuple[str, ...]
    """Why not, one line each; empty when ready."""
    articles: int
    passages: int


class Rating(StrEnum):
    """What somebody thought of an answer."""

    UP = "up"
    DOWN = "down"


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenAnswer:
    """An answer as it was given, with what it was asked for."""

    answer_id: str
    question: str
    filters: Filters
    document: Mapping[str, Any]
    """The Answer of the contract, as JSON."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Feedback:
    """A rated answer. Nothing says who rated it."""

    given: GivenAnswer
    rating: Rating
    comment: str | None
    rated_at: datetime
    """UTC; of the latest rating."""
