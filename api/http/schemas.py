"""What requests may say, and the responses that are not records of the core."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from api.service import Limits
from eval.targets.base import Corpus, Provenance
from index.catalogue.store import IngestRun
from index.errors import QuestionInvalid
from index.records import (
    Article,
    Confidence,
    Feedback,
    Filters,
    IngestItem,
    IngestOutcome,
    IngestReport,
    Rating,
)
from rag.records import Query, RetrievedPassage, Turn


def _iso_day(value: object) -> object:
    """Pydantic also reads numbers as days since 1970, which nobody means here."""
    if value is None or (isinstance(value, str) and len(value) == len("2026-01-06")):
        return value
    raise ValueError("a date is written YYYY-MM-DD")


def _without_nul(value: object) -> object:
    """The text without NUL, which Postgres does not store. Before all else: what is left is what
    has a length."""
    return value.replace("\0", "") if isinstance(value, str) else value


WithoutNul = BeforeValidator(_without_nul)
Storable = Annotated[str, WithoutNul]
Day = Annotated[date, BeforeValidator(_iso_day)]
Publisher = Annotated[str, Field(min_length=1, max_length=200)]


class SourceFilters(BaseModel):
    """What questions may be answered from."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)

    top_k: int = Field(10, ge=1, le=100, description="How many passages to list")
    publishers: tuple[Publisher, ...] = Field((), max_length=100, description="Empty: all")
    since: Day | None = Field(None, description="Published on this day or later")
    until: Day | None = Field(None, description="Published on this day or earlier")
    as_of: Day | None = Field(None, description="Only what the archive could know on this day")

    @model_validator(mode="before")
    @classmethod
    def _null_is_absent(cls, given: object) -> object:
        if not isinstance(given, dict):
            return given
        optional = {name for name, field in cls.model_fields.items() if not field.is_required()}
        return {
            name: value
            for name, value in given.items()
            if value is not None or name not in optional
        }

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.since and self.until and self.since > self.until:
            raise ValueError("since is later than until")
        return self

    def asking(
        self,
        question: str,
        limits: Limits,
        *,
        history: Sequence[Turn] = (),
        mode: Literal["extractive"] | None = None,
    ) -> Query:
        """This question for the engine. Raises: QuestionInvalid when it is too long."""
        if len(question) > limits.question_characters:
            raise QuestionInvalid(
                f"The question has {len(question):,} characters",
                hint=f"At most {limits.question_characters:,} are read",
            )
        filters = Filters(
            publishers=self.publishers, since=self.since, until=self.until, as_of=self.as_of
        )
        return Query(
            question=question, history=history, filters=filters, top_k=self.top_k, mode=mode
        )


class SearchRequest(SourceFilters):
    """A question and what it may be answered from."""

    model_config = ConfigDict(
        json_schema_extra={"example": {"question": "When does the ferry to Osk run again?"}}
    )

    question: str = Field(min_length=1, description="At most 2,000 characters, unless configured")

    def query(self, limits: Limits) -> Query:
        """The question for the engine. Raises: QuestionInvalid when it is too long."""
        return self.asking(self.question, limits)


class AskRequest(SearchRequest):
    """A question, and how it is to be answered."""

    mode: Literal["extractive"] | None = Field(
        None,
        description="extractive: in the articles' own words, letter for letter, even where a "
        "language model is set; absent: as the service is set up",
    )
    explain: bool = Field(
        False,
        description="Whether `explanation` says why the answer was given or withheld, with every "
        "score of each passage",
    )

    def query(self, limits: Limits) -> Query:
        """The question for the engine. Raises: QuestionInvalid when it is too long."""
        query = self.asking(self.question, limits, mode=self.mode)
        return replace(query, explain=self.explain)


class FeedbackRequest(BaseModel):
    """A rating of an answer that this service gave."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        str_strip_whitespace=True,
        json_schema_extra={
            "example": {"answer_id": "ans_20f7", "rating": "up", "comment": "The day is right."}
        },
    )

    answer_id: Annotated[str, Field(min_length=1, max_length=64), WithoutNul] = Field(
        description="`id` of the Answer"
    )
    rating: Rating
    comment: Annotated[str, Field(max_length=2000), WithoutNul] | None = Field(
        None, description="For whoever turns ratings into gold questions"
    )


class ArticleInput(BaseModel):
    """An article to take in: `text` or `html` is needed. Documents the request; the archive
    itself judges each record, so that one bad record refuses only itself."""

    id: str | None = Field(None, description="Your identifier; the same id again is an update")
    url: str | None = None
    title: str | None = None
    text: str | None = None
    html: str | None = None
    publisher: str | None = None
    authors: list[str] | None = None
    published_at: str | None = Field(None, description="ISO 8601 date or date and time")


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchResults:
    """The passages nearest to a question, nearest first."""

    question: str
    passages: Sequence[RetrievedPassage]


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleDocument:
    """An article with its stored text, into which all offsets point (code points)."""

    article_id: str
    version: int
    title: str
    publisher: str | None
    authors: Sequence[str]
    url: str | None
    published_at: date | None
    published_at_source: str | None
    published_at_confidence: Confidence | None
    ingested_at: datetime
    origin: str
    story_id: str
    content_hash: str
    text: str

    @classmethod
    def of(cls, article: Article) -> ArticleDocument:
        """The document for a stored article."""
        published = article.published
        return cls(
            article_id=article.article_id,
            version=article.version,
            title=article.title,
            publisher=article.publisher,
            authors=article.authors,
            url=article.url,
            published_at=published.day if published else None,
            published_at_source=published.source if published else None,
            published_at_confidence=published.confidence if published else None,
            ingested_at=article.ingested_at,
            origin=article.origin,
            story_id=article.story_id,
            content_hash=article.content_hash,
            text=article.text,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class IngestResult:
    """What became of the articles sent, in the order in which they were sent."""

    added: int
    updated: int
    unchanged: int
    refused: int
    seconds: float
    items: Sequence[IngestItem]

    @classmethod
    def of(cls, report: IngestReport) -> IngestResult:
        """The result for a report."""
        return cls(
            added=report.count(IngestOutcome.ADDED),
            updated=report.count(IngestOutcome.UPDATED),
            unchanged=report.count(IngestOutcome.UNCHANGED),
            refused=report.count(IngestOutcome.REFUSED),
            seconds=report.seconds,
            items=report.items,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedbackResult:
    """The rating that is kept."""

    answer_id: str
    rating: Rating
    comment: str | None
    rated_at: datetime

    @classmethod
    def of(cls, feedback: Feedback) -> FeedbackResult:
        """The result for a stored rating."""
        return cls(
            answer_id=feedback.given.answer_id,
            rating=feedback.rating,
            comment=feedback.comment,
            rated_at=feedback.rated_at,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """The process answers."""

    status: Literal["ok"] = "ok"


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """What the service answers from, and with what."""

    version: str
    fingerprint: str
    """SHA-256 over the content of all current articles: equal archives have equal ones."""
    articles: int
    passages: int
    models: Mapping[str, str]
    """Role → name and checksum of the weights."""
    settings: Mapping[str, str | int | float | bool | None]
    """The settings that answers depend on; no addresses, no secrets."""

    @classmethod
    def of(cls, provenance: Provenance) -> Status:
        """The status that a provenance amounts to."""
        corpus = provenance.corpus or Corpus(fingerprint="", articles=0, passages=0)
        return cls(
            version=provenance.version or "",
            fingerprint=corpus.fingerprint,
            articles=corpus.articles,
            passages=corpus.passages,
            models=provenance.models,
            settings=provenance.settings,
        )


def article_request_body() -> dict[str, Any]:
    """The OpenAPI request body of `POST /v1/articles`, which takes two media types."""
    article = ArticleInput.model_json_schema()
    upload = {
        "type": "object",
        "properties": {
            "files": {"type": "array", "items": {"type": "string", "format": "binary"}},
            "publisher": {"type": "string", "description": "Of all these files"},
        },
        "required": ["files"],
    }
    example = {
        "title": "Ferry to Osk runs again",
        "text": "The ferry to Osk runs again from Monday, the harbour office said.",
        "publisher": "Skerry Post",
        "published_at": "2026-03-06",
    }
    one_or_many = {"oneOf": [article, {"type": "array", "items": article, "minItems": 1}]}
    return {
        "required": True,
        "content": {
            "application/json": {"schema": one_or_many, "example": example},
            "multipart/form-data": {
                "schema": upload,
                "example": {"files": ["ferry.html"], "publisher": "Skerry Post"},
            },
        },
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """What an ingest could not use, and why."""

    origin: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Ingest:
    """What one ingest did."""

    started_at: datetime
    seconds: int
    added: int
    updated: int
    unchanged: int
    refused: Sequence[Refused]

    @classmethod
    def of(cls, run: IngestRun) -> Ingest:
        """The document for a stored run."""
        return cls(
            started_at=run.started_at,
            seconds=run.seconds,
            added=run.added,
            updated=run.updated,
            unchanged=run.unchanged,
            refused=[Refused(origin=origin, reason=reason) for origin, reason in run.refused],
        )
