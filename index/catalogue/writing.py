"""Writing the catalogue: one transaction per article, so that it is wholly in or wholly out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, Engine, delete, insert, select, text, update

from index.catalogue import conversations, feedback, slack_answers
from index.catalogue.rows import vector_to_bytes
from index.catalogue.schema import ARTICLES, CHANGES, META, PASSAGES, RUNS, STORY_BANDS, VERSIONS
from index.catalogue.store import IngestRun
from index.records import Article, Passage


@dataclass(frozen=True, slots=True, kw_only=True)
class EmbeddedPassage:
    """A passage with its vector, and the hash of the text that the vector was made from."""

    passage: Passage
    input_hash: str
    vector: NDArray[np.float32]
    """(dim,), L2-normalised."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleWrite:
    """All that is stored of one version of an article."""

    article: Article
    identity_key: str
    signature: bytes
    bands: Sequence[str]
    passages: Sequence[EmbeddedPassage]


class CatalogueWriter:
    """Changes the catalogue; each method is one transaction and one entry of the change log."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def set_meta(self, key: str, value: str) -> None:
        """State a fact about the archive."""
        with self._engine.begin() as connection:
            connection.execute(delete(META).where(META.c.key == key))
            connection.execute(insert(META).values(key=key, value=value))

    def put(self, write: ArticleWrite) -> None:
        """Store a version of an article; it supersedes the one before it."""
        article = write.article
        with self._engine.begin() as connection:
            self._put_article(connection, write)
            connection.execute(insert(VERSIONS).values(_version_values(write)))
            by_article = PASSAGES.c.article_id == article.article_id
            connection.execute(delete(PASSAGES).where(by_article))
            if write.passages:
                connection.execute(insert(PASSAGES), [_passage_values(p) for p in write.passages])
            bands = STORY_BANDS.c.article_id == article.article_id
            connection.execute(delete(STORY_BANDS).where(bands))
            rows = [{"band_key": b, "article_id": article.article_id} for b in set(write.bands)]
            if rows:
                connection.execute(insert(STORY_BANDS), rows)
            _log_change(connection, article.article_id, "put", article.version)

    def _put_article(self, connection: Connection, write: ArticleWrite) -> None:
        article = write.article
        values = {
            "identity_key": write.identity_key,
            "version": article.version,
            "story_id": article.story_id,
        }
        where = ARTICLES.c.article_id == article.article_id
        if connection.execute(update(ARTICLES).where(where).values(values)).rowcount == 0:
            connection.execute(insert(ARTICLES).values(article_id=article.article_id, **values))

    def delete(self, article_id: str) -> bool:
        """Remove an article with all its versions, from rated answers, conversations and answers in
        Slack too; False where there is none."""
        with self._engine.begin() as connection:
            where = ARTICLES.c.article_id == article_id
            version = connection.execute(select(ARTICLES.c.version).where(where)).scalar()
            if version is None:
                return False
            for table in (STORY_BANDS, PASSAGES, VERSIONS, ARTICLES):
                connection.execute(delete(table).where(table.c.article_id == article_id))
            feedback.withdraw(connection, article_id)
            conversations.withdraw(connection, article_id)
            slack_answers.withdraw(connection, article_id)
            _log_change(connection, article_id, "delete", version)
        return True

    def forget_deleted(self) -> None:
        """Clear deleted text from SQLite's write-ahead log; nothing to do elsewhere."""
        if self._engine.dialect.name == "sqlite":
            with self._engine.connect() as connection:
                connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))

    def record_run(self, run: IngestRun) -> None:
        """Keep what an ingest did."""
        values = {
            "started_at": run.started_at,
            "seconds": run.seconds,
            "added": run.added,
            "updated": run.updated,
            "unchanged": run.unchanged,
            "refused": [list(item) for item in run.refused],
        }
        with self._engine.begin() as connection:
            connection.execute(insert(RUNS).values(values))


def _log_change(connection: Connection, article_id: str, kind: str, version: int) -> None:
    now = datetime.now(UTC)
    connection.execute(
        insert(CHANGES).values(article_id=article_id, kind=kind, version=version, at=now)
    )


def _version_values(write: ArticleWrite) -> dict[str, Any]:
    article = write.article
    published = article.published
    return {
        "article_id": article.article_id,
        "version": article.version,
        "origin": article.origin,
        "title": article.title,
        "text": article.text,
        "publisher": article.publisher,
        "authors": list(article.authors),
        "url": article.url,
        "published_at": published.day if published else None,
        "published_source": published.source if published else None,
        "published_confidence": published.confidence.value if published else None,
        "content_hash": article.content_hash,
        "signature": write.signature,
        "ingested_at": article.ingested_at,
    }


def _passage_values(embedded: EmbeddedPassage) -> dict[str, Any]:
    passage = embedded.passage
    return {
        "passage_id": passage.passage_id,
        "article_id": passage.article_id,
        "version": passage.version,
        "ordinal": passage.ordinal,
        "start_offset": passage.start,
        "end_offset": passage.end,
        "sentences": [list(span) for span in passage.sentences],
        "input_hash": embedded.input_hash,
        "vector": vector_to_bytes(embedded.vector),
    }
