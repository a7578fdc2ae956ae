"""Rated answers. What is stored of one never outlives the articles that it quotes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import Connection, Engine, Row, delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from index.catalogue.rows import in_utc
from index.catalogue.schema import ARTICLES, FEEDBACK, FEEDBACK_ARTICLES
from index.catalogue.store import chunks
from index.errors import AnswerNotFound
from index.records import Feedback, Filters, GivenAnswer, Rating
from index.withdrawing import articles_in, without_articles


class FeedbackTable:
    """What people thought of answers. Each change is one transaction."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def rate(self, given: GivenAnswer, rating: Rating, comment: str | None) -> Feedback:
        """Store the answer with its rating, or replace the rating that it has.

        None as a comment keeps the one that was made before; an empty one takes it away.
        """
        try:
            with self._engine.begin() as connection:
                # The first statement writes, so that no deletion comes in between on SQLite.
                if not _change_rating(connection, given.answer_id, rating, comment):
                    _insert(connection, given, rating, comment)
                return _feedback(_row(connection, given.answer_id))
        except IntegrityError:  # on Postgres, somebody rated it at the same moment
            return self.rate_again(given.answer_id, rating, comment)

    def rate_again(self, answer_id: str, rating: Rating, comment: str | None) -> Feedback:
        """Replace the rating of an answer that was rated before.

        Raises:
            AnswerNotFound: it was not.
        """
        with self._engine.begin() as connection:
            if not _change_rating(connection, answer_id, rating, comment):
                raise AnswerNotFound(
                    f"no answer that can be rated has the id {answer_id!r}",
                    hint="rate an answer soon after it was given, or ask the question again",
                )
            return _feedback(_row(connection, answer_id))

    def count(self) -> int:
        """How many answers are rated."""
        with self._engine.connect() as connection:
            return connection.execute(select(func.count()).select_from(FEEDBACK)).scalar_one()

    def each(self, rating: Rating | None = None) -> Iterator[Feedback]:
        """All rated answers, or those with this rating, oldest rating first."""
        query = select(FEEDBACK.c.answer_id).order_by(FEEDBACK.c.rated_at, FEEDBACK.c.answer_id)
        if rating is not None:
            query = query.where(FEEDBACK.c.rating == rating.value)
        with self._engine.connect() as connection:
            answer_ids = connection.execute(query).scalars().all()
        for part in chunks(answer_ids):
            with self._engine.connect() as connection:
                rows = connection.execute(select(FEEDBACK).where(FEEDBACK.c.answer_id.in_(part)))
                found = {row.answer_id: _feedback(row) for row in rows}
            yield from (found[answer_id] for answer_id in part)


def withdraw(connection: Connection, article_id: str) -> None:
    """Take an article's words out of every rated answer, within the deletion's transaction."""
    where = FEEDBACK_ARTICLES.c.article_id == article_id
    query = (
        select(FEEDBACK_ARTICLES.c.answer_id).where(where).order_by(FEEDBACK_ARTICLES.c.answer_id)
    )
    for part in chunks(connection.execute(query).scalars().all()):
        rows = select(FEEDBACK.c.answer_id, FEEDBACK.c.answer)
        for row in connection.execute(rows.where(FEEDBACK.c.answer_id.in_(part))).all():
            kept = without_articles(row.answer, {article_id})
            same = FEEDBACK.c.answer_id == row.answer_id
            connection.execute(update(FEEDBACK).where(same).values(answer=kept))
    connection.execute(delete(FEEDBACK_ARTICLES).where(where))


def _change_rating(
    connection: Connection, answer_id: str, rating: Rating, comment: str | None
) -> bool:
    """Return whether there was a rating to replace."""
    values: dict[str, Any] = {"rating": rating.value, "rated_at": datetime.now(UTC)}
    if comment is not None:
        values["comment"] = comment or None
    where = FEEDBACK.c.answer_id == answer_id
    return connection.execute(update(FEEDBACK).where(where).values(values)).rowcount > 0


def _insert(
    connection: Connection, given: GivenAnswer, rating: Rating, comment: str | None
) -> None:
    named = sorted(articles_in(given.document))
    held = lock_articles(connection, named)
    kept = replace(given, document=without_articles(given.document, set(named) - held))
    values = {
        "answer_id": given.answer_id,
        "rating": rating.value,
        "comment": comment or None,
        "question": given.question,
        "filters": _filters_document(given.filters),
        "answer": kept.document,
        "rated_at": datetime.now(UTC),
    }
    connection.execute(insert(FEEDBACK).values(values))
    rows = [{"answer_id": given.answer_id, "article_id": name} for name in sorted(held)]
    if rows:
        connection.execute(insert(FEEDBACK_ARTICLES), rows)


def lock_articles(connection: Connection, article_ids: Sequence[str]) -> set[str]:
    """Those of the articles that are held; on Postgres they stay until this transaction ends."""
    held: set[str] = set()
    for part in chunks(article_ids):
        query = select(ARTICLES.c.article_id).where(ARTICLES.c.article_id.in_(part))
        held.update(connection.execute(query.with_for_update(read=True)).scalars())
    return held


def _row(connection: Connection, answer_id: str) -> Row[Any]:
    return connection.execute(select(FEEDBACK).where(FEEDBACK.c.answer_id == answer_id)).one()


def _feedback(row: Row[Any]) -> Feedback:
    return Feedback(
        given=GivenAnswer(
            answer_id=row.answer_id,
            question=row.question,
            filters=_filters(row.filters),
            document=row.answer,
        ),
        rating=Rating(row.rating),
        comment=row.comment,
        rated_at=in_utc(row.rated_at),
    )


def _filters_document(filters: Filters) -> dict[str, Any]:
    days = {"since": filters.since, "until": filters.until, "as_of": filters.as_of}
    return {"publishers": list(filters.publishers)} | {
        name: day.isoformat() if day else None for name, day in days.items()
    }


def _filters(document: Mapping[str, Any]) -> Filters:
    days = {
        name: date.fromisoformat(document[name]) if document.get(name) else None
        for name in ("since", "until", "as_of")
    }
    return Filters(publishers=tuple(document.get("publishers", ())), **days)
