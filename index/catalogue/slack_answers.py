"""Answers that stand in Slack. What is stored of one never outlives the articles that it quotes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from index.catalogue.feedback import lock_articles
from index.catalogue.schema import SLACK_QUESTION_ARTICLES, SLACK_QUESTIONS
from index.withdrawing import articles_in, as_asked, without_articles

_Q = SLACK_QUESTIONS.c


def keep_words(connection: Connection, event_key: str, answer: Mapping[str, Any]) -> None:
    """Store the answer to a question, less what it holds of articles that are gone, in place of
    what is stored."""
    drop_words(connection, event_key)
    named = articles_in(answer)
    held = lock_articles(connection, sorted(named))
    kept = without_articles(answer, named - held)
    if named - held:
        kept = as_asked(kept)
    same = _Q.event_key == event_key
    connection.execute(update(SLACK_QUESTIONS).where(same).values(answer=kept))
    rows = [{"event_key": event_key, "article_id": name} for name in sorted(held)]
    if rows:
        connection.execute(insert(SLACK_QUESTION_ARTICLES), rows)


def drop_words(connection: Connection, event_key: str) -> None:
    """Remove what is stored of the answer to a question."""
    same = _Q.event_key == event_key
    connection.execute(update(SLACK_QUESTIONS).where(same).values(answer=None))
    of_it = SLACK_QUESTION_ARTICLES.c.event_key == event_key
    connection.execute(delete(SLACK_QUESTION_ARTICLES).where(of_it))


def withdraw(connection: Connection, article_id: str) -> None:
    """Take an article's words out of every answer, within the deletion's transaction.

    From the first answer on that shows it, what the questions of that thread were understood as
    may hold its words: the names that they lean on. They are as they were asked then.
    """
    where = SLACK_QUESTION_ARTICLES.c.article_id == article_id
    shown = select(_Q.channel, _Q.thread_ts, _Q.asker, _Q.asked_at).where(
        _Q.event_key.in_(select(SLACK_QUESTION_ARTICLES.c.event_key).where(where))
    )
    first: dict[tuple[str, str | None, str | None], datetime] = {}
    for each in connection.execute(shown.order_by(_Q.asked_at)).all():
        # Outside threads, what one person asks in one place is a conversation.
        asker = each.asker if each.thread_ts is None else None
        first.setdefault((each.channel, each.thread_ts, asker), each.asked_at)
    for (channel, thread_ts, asker), asked_at in first.items():
        there = (_Q.channel == channel) & (_Q.thread_ts == thread_ts)
        if asker is not None:
            there &= _Q.asker == asker
        later = there & (_Q.asked_at >= asked_at) & _Q.answer.is_not(None)
        rows = select(_Q.event_key, _Q.answer).where(later).order_by(_Q.event_key)
        # Locked on Postgres, where the asker may withdraw the question meanwhile.
        for row in connection.execute(rows.with_for_update()).all():
            kept = as_asked(without_articles(row.answer, {article_id}))
            same = _Q.event_key == row.event_key
            connection.execute(update(SLACK_QUESTIONS).where(same).values(answer=kept))
    connection.execute(delete(SLACK_QUESTION_ARTICLES).where(where))
