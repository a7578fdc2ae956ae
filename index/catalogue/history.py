"""What the archive came to be: versions of articles, what ingests did, who published what."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select

from index.catalogue.rows import article_from, in_utc
from index.catalogue.schema import ARTICLES, VERSIONS
from index.catalogue.store import CURRENT, Catalogue, IngestRun
from index.errors import ArticleNotFound
from index.records import Article


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleVersion:
    """One version of an article, without its text."""

    version: int
    title: str
    publisher: str | None
    published_at: date | None
    origin: str
    characters: int
    content_hash: str
    ingested_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PublisherCount:
    """A publisher, and how many current articles are its."""

    publisher: str
    articles: int


class ArchiveHistory:
    """Reads what went before. Safe to use from several threads."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue

    def versions(self, article_id: str) -> Sequence[ArticleVersion]:
        """All versions of an article, newest first.

        Raises:
            ArticleNotFound: no article has this id.
        """
        names = [each for each in ArticleVersion.__slots__ if each != "characters"]
        query = (
            select(*[VERSIONS.c[name] for name in names], func.length(VERSIONS.c.text))
            .where(VERSIONS.c.article_id == article_id)
            .order_by(VERSIONS.c.version.desc())
        )
        with self._catalogue.engine.connect() as connection:
            rows = connection.execute(query).all()
        if not rows:
            raise ArticleNotFound(
                f"no article has the id {article_id!r}", hint="GET /v1/articles lists them"
            )
        found = []
        for *values, characters in rows:
            fields = dict(zip(names, values, strict=True))
            fields["ingested_at"] = in_utc(fields["ingested_at"])
            found.append(ArticleVersion(**fields, characters=characters))
        return found

    def version(self, article_id: str, number: int) -> Article:
        """An article as it was in one version.

        Raises:
            ArticleNotFound: there is no such article, or no such version of it.
        """
        query = select(VERSIONS, ARTICLES.c.story_id).join(
            ARTICLES, VERSIONS.c.article_id == ARTICLES.c.article_id
        )
        query = query.where(VERSIONS.c.article_id == article_id, VERSIONS.c.version == number)
        with self._catalogue.engine.connect() as connection:
            row = connection.execute(query).first()
        if row is None:
            raise ArticleNotFound(
                f"no article {article_id!r} has a version {number}",
                hint=f"GET /v1/articles/{article_id}/versions lists them",
            )
        return article_from(row)

    def publishers(self) -> Sequence[PublisherCount]:
        """Publishers of current articles, by name; articles without one are not counted."""
        query = (
            select(VERSIONS.c.publisher, func.count().label("articles"))
            .join(ARTICLES, CURRENT)
            .where(VERSIONS.c.publisher.is_not(None))
            .group_by(VERSIONS.c.publisher)
            .order_by(VERSIONS.c.publisher)
        )
        with self._catalogue.engine.connect() as connection:
            return [PublisherCount(**row._asdict()) for row in connection.execute(query)]

    def ingests(self, *, limit: int) -> Sequence[IngestRun]:
        """The latest ingests, newest first."""
        return self._catalogue.runs(limit=limit)
