"""Reading the catalogue. Writing is in `writing.py`."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import ColumnElement, Engine, Select, and_, bindparam, func, or_, select

from index.catalogue.rows import (
    article_from,
    in_utc,
    passage_from,
    summary_from,
    vectors_from_bytes,
)
from index.catalogue.schema import ARTICLES, CHANGES, META, PASSAGES, RUNS, STORY_BANDS, VERSIONS
from index.errors import ArticleNotFound
from index.records import Article, ArticlePage, Filters, Passage

T = TypeVar("T")

PARAMETERS = 500
"""Values per IN list: below the limit of every database."""

CURRENT = and_(
    VERSIONS.c.article_id == ARTICLES.c.article_id, VERSIONS.c.version == ARTICLES.c.version
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PassageRow:
    """A passage with what its article says about itself."""

    passage: Passage
    title: str
    publisher: str | None
    url: str | None
    published_at: date | None
    published_at_source: str | None
    published_at_confidence: str | None
    story_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EligiblePassages:
    """Passages that pass a filter, few enough to be searched one by one."""

    passage_ids: Sequence[str]
    article_ids: Sequence[str]
    """Of the articles that they belong to, ascending."""
    vectors: NDArray[np.float32]
    """(n, dim), in the order of `passage_ids`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One entry of the change log."""

    seq: int
    article_id: str
    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownArticle:
    """What the catalogue holds under an identity."""

    article_id: str
    version: int
    content_hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class IngestRun:
    """What one ingest did."""

    started_at: datetime
    seconds: int
    added: int
    updated: int
    unchanged: int
    refused: Sequence[tuple[str, str]]


def chunks(values: Sequence[T]) -> Iterator[Sequence[T]]:
    """The values in runs that fit one IN list."""
    for first in range(0, len(values), PARAMETERS):
        yield values[first : first + PARAMETERS]


class Catalogue:
    """The truth about articles, as of the last commit. Safe to use from several threads."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def close(self) -> None:
        """Give the connections back."""
        self.engine.dispose()

    def meta(self, key: str) -> str | None:
        """A fact about the archive, or None."""
        with self.engine.connect() as connection:
            return connection.execute(select(META.c.value).where(META.c.key == key)).scalar()

    # -- articles ---------------------------------------------------------------------------

    def article(self, article_id: str) -> Article:
        """The current version of an article.

        Raises:
            ArticleNotFound: no article has this id.
        """
        query = select(VERSIONS, ARTICLES.c.story_id).join(ARTICLES, CURRENT)
        with self.engine.connect() as connection:
            row = connection.execute(query.where(ARTICLES.c.article_id == article_id)).first()
        if row is None:
            raise ArticleNotFound(
                f"no article has the id {article_id!r}", hint="GET /v1/articles lists them"
            )
        return article_from(row)

    def story(self, story_id: str) -> list[Article]:
        """The current versions of a story's articles, by article id."""
        query = select(VERSIONS, ARTICLES.c.story_id).join(ARTICLES, CURRENT)
        query = query.where(ARTICLES.c.story_id == story_id).order_by(ARTICLES.c.article_id)
        with self.engine.connect() as connection:
            return [article_from(row) for row in connection.execute(query)]

    def page(
        self, *, limit: int, offset: int, publisher: str | None = None, contains: str | None = None
    ) -> ArticlePage:
        """A page of current articles, newest publication first, undated last."""
        wheres: list[ColumnElement[bool]] = []
        if publisher:
            wheres.append(func.lower(VERSIONS.c.publisher) == publisher.lower())
        if contains:
            wheres.append(VERSIONS.c.title.icontains(contains, autoescape=True))
        passage_count = (
            select(func.count())
            .where(PASSAGES.c.article_id == ARTICLES.c.article_id)
            .scalar_subquery()
        )
        rows = (
            select(
                *[c for c in VERSIONS.c if c.name not in {"text", "signature"}],
                ARTICLES.c.story_id,
                func.length(VERSIONS.c.text).label("characters"),
                passage_count.label("passage_count"),
            )
            .join(ARTICLES, CURRENT)
            .where(*wheres)
            .order_by(VERSIONS.c.published_at.desc().nulls_last(), VERSIONS.c.article_id)
        )
        count = select(func.count()).select_from(VERSIONS).join(ARTICLES, CURRENT).where(*wheres)
        with self.engine.connect() as connection:
            total = connection.execute(count).scalar_one()
            found: Sequence[Any] = connection.execute(rows.limit(limit).offset(offset)).all()
        return ArticlePage(
            articles=[summary_from(row) for row in found], total=total, limit=limit, offset=offset
        )

    def known(self, identity_key: str) -> KnownArticle | None:
        """The article with this identity, if there is one."""
        return self._known(ARTICLES.c.identity_key == identity_key)

    def same_content(self, content_hash: str) -> KnownArticle | None:
        """An article whose current version has this content, whatever its identity."""
        return self._known(VERSIONS.c.content_hash == content_hash)

    def _known(self, where: ColumnElement[bool]) -> KnownArticle | None:
        query = select(ARTICLES.c.article_id, VERSIONS.c.version, VERSIONS.c.content_hash)
        with self.engine.connect() as connection:
            row = connection.execute(
                query.join(VERSIONS, CURRENT).where(where).order_by(ARTICLES.c.article_id)
            ).first()
        return KnownArticle(**row._asdict()) if row else None

    # -- passages ---------------------------------------------------------------------------

    def passages(self, passage_ids: Sequence[str]) -> dict[str, PassageRow]:
        """The passages with these ids; unknown ids are left out."""
        found: dict[str, PassageRow] = {}
        with self.engine.connect() as connection:
            for ids in chunks(passage_ids):
                for row in connection.execute(_passages_by_id(), {"ids": ids}).all():
                    found[row.passage_id] = _passage_row(row)
        return found

    def passages_of(self, article_ids: Sequence[str]) -> list[PassageRow]:
        """All passages of these articles, by article id and then in text order."""
        found = []
        with self.engine.connect() as connection:
            for ids in chunks(article_ids):
                query = _passage_rows().where(PASSAGES.c.article_id.in_(ids))
                query = query.order_by(PASSAGES.c.article_id, PASSAGES.c.ordinal)
                found += [_passage_row(row) for row in connection.execute(query)]
        return found

    def passage_ids(self) -> set[str]:
        """The ids of all passages."""
        with self.engine.connect() as connection:
            return set(connection.execute(select(PASSAGES.c.passage_id)).scalars())

    def vectors(self, passage_ids: Sequence[str]) -> dict[str, NDArray[np.float32]]:
        """The vectors of these passages: float32 (dim,), L2-normalised up to float16."""
        return self._vectors(PASSAGES.c.passage_id, passage_ids)

    def embedded(self, input_hashes: Sequence[str]) -> dict[str, NDArray[np.float32]]:
        """Vectors of inputs that were embedded before, by input hash."""
        return self._vectors(PASSAGES.c.input_hash, input_hashes)

    def input_hashes(self, passage_ids: Sequence[str]) -> dict[str, str]:
        """By passage id, the hash of the text that its vector was made from."""
        found: dict[str, str] = {}
        with self.engine.connect() as connection:
            for ids in chunks(passage_ids):
                query = select(PASSAGES.c.passage_id, PASSAGES.c.input_hash)
                for row in connection.execute(query.where(PASSAGES.c.passage_id.in_(ids))):
                    found[row.passage_id] = row.input_hash
        return found

    def vectors_of(self, article_id: str) -> NDArray[np.float32]:
        """The vectors of an article's passages, in text order: float32 (n, dim)."""
        query = select(PASSAGES.c.vector).where(PASSAGES.c.article_id == article_id)
        with self.engine.connect() as connection:
            rows = connection.execute(query.order_by(PASSAGES.c.ordinal)).scalars().all()
        return vectors_from_bytes(list(rows))

    def _vectors(
        self, key: ColumnElement[str], values: Sequence[str]
    ) -> dict[str, NDArray[np.float32]]:
        names: list[str] = []
        blobs: list[bytes] = []
        with self.engine.connect() as connection:
            for part in chunks(values):
                for name, blob in connection.execute(
                    select(key, PASSAGES.c.vector).where(key.in_(part))
                ):
                    names.append(name)
                    blobs.append(blob)
        return dict(zip(names, vectors_from_bytes(blobs), strict=True))

    # -- filters ----------------------------------------------------------------------------

    def count_eligible(self, filters: Filters) -> int:
        """How many passages belong to articles that pass the filters."""
        query = select(func.count()).select_from(PASSAGES).join(VERSIONS, _PASSAGE_VERSION)
        with self.engine.connect() as connection:
            return connection.execute(query.where(*_conditions(filters))).scalar_one()

    def eligible(self, filters: Filters) -> EligiblePassages:
        """All passages that pass the filters, by id."""
        columns = (PASSAGES.c.passage_id, PASSAGES.c.article_id, PASSAGES.c.vector)
        query = select(*columns).join(VERSIONS, _PASSAGE_VERSION)
        query = query.where(*_conditions(filters)).order_by(PASSAGES.c.passage_id)
        with self.engine.connect() as connection:
            rows = connection.execute(query).all()
        return EligiblePassages(
            passage_ids=[row.passage_id for row in rows],
            article_ids=sorted({row.article_id for row in rows}),
            vectors=vectors_from_bytes([row.vector for row in rows]),
        )

    def pass_filters(self, passage_ids: Sequence[str], filters: Filters) -> set[str]:
        """Those of the passages whose article passes the filters."""
        kept: set[str] = set()
        with self.engine.connect() as connection:
            for ids in chunks(passage_ids):
                query = select(PASSAGES.c.passage_id).join(VERSIONS, _PASSAGE_VERSION)
                query = query.where(PASSAGES.c.passage_id.in_(ids), *_conditions(filters))
                kept.update(connection.execute(query).scalars())
        return kept

    # -- stories ----------------------------------------------------------------------------

    def sharing_bands(self, bands: Sequence[str]) -> list[str]:
        """Ids of articles that share a band, those that share most first, then by id."""
        shared: dict[str, int] = {}
        with self.engine.connect() as connection:
            for part in chunks(bands):
                query = select(STORY_BANDS.c.article_id, func.count())
                query = query.where(STORY_BANDS.c.band_key.in_(part))
                for name, n in connection.execute(query.group_by(STORY_BANDS.c.article_id)):
                    shared[name] = shared.get(name, 0) + n
        return sorted(shared, key=lambda name: (-shared[name], name))

    def signature(self, article_id: str) -> tuple[str, bytes]:
        """The story and the MinHash signature of an article's current version."""
        query = select(ARTICLES.c.story_id, VERSIONS.c.signature).join(VERSIONS, CURRENT)
        with self.engine.connect() as connection:
            row = connection.execute(query.where(ARTICLES.c.article_id == article_id)).one()
        return row.story_id, row.signature

    # -- changes and counts -----------------------------------------------------------------

    def last_seq(self) -> int:
        """The newest sequence number of the change log; 0 when it is empty."""
        with self.engine.connect() as connection:
            return connection.execute(select(func.max(CHANGES.c.seq))).scalar() or 0

    def changes_since(self, seq: int, *, limit: int) -> list[Change]:
        """Changes after `seq`, oldest first."""
        query = select(CHANGES.c.seq, CHANGES.c.article_id, CHANGES.c.kind)
        query = query.where(CHANGES.c.seq > seq).order_by(CHANGES.c.seq).limit(limit)
        with self.engine.connect() as connection:
            return [Change(**row._asdict()) for row in connection.execute(query)]

    def changed_more_than_once(self, article_ids: Sequence[str]) -> set[str]:
        """Those of the articles that the change log names more than once."""
        found: set[str] = set()
        with self.engine.connect() as connection:
            for ids in chunks(article_ids):
                query = select(CHANGES.c.article_id).where(CHANGES.c.article_id.in_(ids))
                query = query.group_by(CHANGES.c.article_id).having(func.count() > 1)
                found.update(connection.execute(query).scalars())
        return found

    def counts(self) -> Mapping[str, int]:
        """Numbers of articles, versions, passages and stories."""
        counts = {
            "articles": select(func.count()).select_from(ARTICLES),
            "versions": select(func.count()).select_from(VERSIONS),
            "passages": select(func.count()).select_from(PASSAGES),
            "stories": select(func.count(func.distinct(ARTICLES.c.story_id))),
        }
        with self.engine.connect() as connection:
            return {name: connection.execute(query).scalar_one() for name, query in counts.items()}

    def fingerprint(self) -> str:
        """SHA-256 over the content of all current articles; it knows no ids and no order."""
        current = select(VERSIONS.c.content_hash).join(ARTICLES, CURRENT)
        digest = hashlib.sha256()
        with self.engine.connect() as connection:
            for content in connection.execute(current.order_by(VERSIONS.c.content_hash)).scalars():
                digest.update(content.encode())
        return digest.hexdigest()

    def runs(self, *, limit: int) -> list[IngestRun]:
        """The latest ingests, newest first."""
        columns = [c for c in RUNS.c if c.name != "run_id"]
        query = select(*columns).order_by(RUNS.c.run_id.desc()).limit(limit)
        with self.engine.connect() as connection:
            rows = [row._asdict() for row in connection.execute(query)]
        return [
            IngestRun(
                **row
                | {
                    "started_at": in_utc(row["started_at"]),
                    "refused": [(origin, reason) for origin, reason in row["refused"]],
                }
            )
            for row in rows
        ]


_PASSAGE_VERSION = and_(
    VERSIONS.c.article_id == PASSAGES.c.article_id, VERSIONS.c.version == PASSAGES.c.version
)


def _passage_rows() -> Select[Any]:
    length = PASSAGES.c.end_offset - PASSAGES.c.start_offset
    return (
        select(
            *[c for c in PASSAGES.c if c.name not in {"vector", "input_hash"}],
            func.substr(VERSIONS.c.text, PASSAGES.c.start_offset + 1, length).label("text"),
            VERSIONS.c.title,
            VERSIONS.c.publisher,
            VERSIONS.c.url,
            VERSIONS.c.published_at,
            VERSIONS.c.published_source,
            VERSIONS.c.published_confidence,
            ARTICLES.c.story_id,
        )
        .join(VERSIONS, _PASSAGE_VERSION)
        .join(ARTICLES, ARTICLES.c.article_id == PASSAGES.c.article_id)
    )


@cache
def _passages_by_id() -> Select[Any]:
    """Built once: every search runs it."""
    return _passage_rows().where(PASSAGES.c.passage_id.in_(bindparam("ids", expanding=True)))


def _passage_row(row: Any) -> PassageRow:
    return PassageRow(
        passage=passage_from(row),
        title=row.title,
        publisher=row.publisher,
        url=row.url,
        published_at=row.published_at,
        published_at_source=row.published_source,
        published_at_confidence=row.published_confidence,
        story_id=row.story_id,
    )


def _conditions(filters: Filters) -> list[ColumnElement[bool]]:
    wheres: list[ColumnElement[bool]] = []
    if filters.publishers:
        names = [name.lower() for name in filters.publishers]
        wheres.append(func.lower(VERSIONS.c.publisher).in_(names))
    if filters.since:
        wheres.append(VERSIONS.c.published_at >= filters.since)
    if filters.until:
        wheres.append(VERSIONS.c.published_at <= filters.until)
    if filters.as_of:
        taken_in = func.date(VERSIONS.c.ingested_at) <= filters.as_of.isoformat()
        undated = and_(VERSIONS.c.published_at.is_(None), taken_in)
        wheres.append(or_(VERSIONS.c.published_at <= filters.as_of, undated))
    return wheres
