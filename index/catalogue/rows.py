"""Turning rows of the catalogue into records, and vectors into bytes."""

from __future__ import annotations

from datetime import UTC, date, datetime
from itertools import starmap
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Row

from index.records import Article, ArticleSummary, Confidence, Passage, PublishedDate, Span

VECTOR_DTYPE = np.dtype("<f2")
"""float16, little-endian: half the room, and cosines that differ by less than 0.001."""


def vector_to_bytes(vector: NDArray[Any]) -> bytes:
    """The stored form of one vector."""
    return vector.astype(VECTOR_DTYPE).tobytes()


def vectors_from_bytes(blobs: list[bytes]) -> NDArray[np.float32]:
    """float32 (n, dim), in the order given."""
    if not blobs:
        return np.zeros((0, 0), dtype=np.float32)
    return np.frombuffer(b"".join(blobs), dtype=VECTOR_DTYPE).reshape(len(blobs), -1).astype("f4")


def in_utc(moment: datetime) -> datetime:
    """The same moment with its zone: SQLite gives back naive times."""
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def published_from(row: Row[Any]) -> PublishedDate | None:
    """The publication date that a row of `versions` holds."""
    day: date | None = row.published_at
    if day is None:
        return None
    return PublishedDate(
        day=day, source=row.published_source, confidence=Confidence(row.published_confidence)
    )


def article_from(row: Row[Any]) -> Article:
    """An article from a row of `versions` joined with `articles.story_id`."""
    return Article(
        article_id=row.article_id,
        version=row.version,
        origin=row.origin,
        title=row.title,
        text=row.text,
        publisher=row.publisher,
        authors=tuple(row.authors),
        url=row.url,
        published=published_from(row),
        ingested_at=in_utc(row.ingested_at),
        content_hash=row.content_hash,
        story_id=row.story_id,
    )


def summary_from(row: Row[Any]) -> ArticleSummary:
    """A listing row from `versions`, `articles.story_id` and two counts."""
    return ArticleSummary(
        article_id=row.article_id,
        version=row.version,
        title=row.title,
        publisher=row.publisher,
        url=row.url,
        published_at=row.published_at,
        published_at_source=row.published_source,
        published_at_confidence=row.published_confidence,
        origin=row.origin,
        story_id=row.story_id,
        characters=row.characters,
        passages=row.passage_count,
        ingested_at=in_utc(row.ingested_at),
    )


def passage_from(row: Row[Any]) -> Passage:
    """A passage from a row of `passages` with its `text`."""
    return Passage(
        passage_id=row.passage_id,
        article_id=row.article_id,
        version=row.version,
        ordinal=row.ordinal,
        start=row.start_offset,
        end=row.end_offset,
        text=row.text,
        sentences=tuple(starmap(Span, row.sentences)),
    )
