"""What assistants may pass to the tools, and how an answer to them is shaped."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from index.errors import InputError
from index.records import Article, Filters
from rag.records import Query, RetrievedPassage


def _iso_day(value: object) -> object:
    """Pydantic also reads numbers as days since 1970, which nobody means here."""
    if value is None or (isinstance(value, str) and len(value) == len("2026-01-06")):
        return value
    raise ValueError("a date is written YYYY-MM-DD")


Day = Annotated[date | None, BeforeValidator(_iso_day)]
Publisher = Annotated[str, Field(min_length=1, max_length=200)]


class SearchArguments(BaseModel):
    """A question and what may be searched for it. Assistants send null for what they leave out."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)

    question: str = Field(
        min_length=1, description="In full: it is understood without the conversation before it"
    )
    publishers: list[Publisher] | None = Field(
        None, max_length=100, description="Only articles of these publishers; absent: of all"
    )
    since: Day = Field(None, description="Only articles published on this day or later: YYYY-MM-DD")
    until: Day = Field(
        None, description="Only articles published on this day or earlier: YYYY-MM-DD"
    )
    as_of: Day = Field(None, description="Only what the archive could know on this day: YYYY-MM-DD")
    top_k: Annotated[int, Field(ge=1, le=100)] | None = Field(
        None, description="How many passages to list; absent: 5"
    )

    def query(self) -> Query:
        """The question for the engine. Raises: InputError where nothing could pass."""
        if self.since and self.until and self.since > self.until:
            raise InputError(
                f"nothing is from {self.since} on and until {self.until}", hint="swap the days"
            )
        filters = Filters(
            publishers=tuple(self.publishers or ()),
            since=self.since,
            until=self.until,
            as_of=self.as_of,
        )
        return Query(
            question=self.question, filters=filters, top_k=self.top_k or 5, mode=self._mode()
        )

    def _mode(self) -> Literal["extractive"] | None:
        return None


class AskArguments(SearchArguments):
    """A question, and how it is to be answered."""

    mode: Literal["extractive"] | None = Field(
        None,
        description="extractive: in the articles' own words, letter for letter, even where the "
        "service has a language model; absent: as the service is set up",
    )

    def _mode(self) -> Literal["extractive"] | None:
        return self.mode


class ArticleArguments(BaseModel):
    """Which article."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)

    article_id: str = Field(
        min_length=1, max_length=200, description="As citations and passages name it"
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class PassageList:
    """Passages nearest to a question, nearest first."""

    question: str
    passages: Sequence[RetrievedPassage]


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleText:
    """An article with its stored text. Offsets count Unicode code points of `text`."""

    article_id: str
    version: int
    title: str
    publisher: str | None
    authors: Sequence[str]
    url: str | None
    published_at: date | None
    published_at_source: str | None
    published_at_confidence: str | None
    text: str

    @classmethod
    def of(cls, article: Article) -> ArticleText:
        """What an assistant is told of an article."""
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
            text=article.text,
        )
