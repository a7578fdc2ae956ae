"""Conversations that somebody asked to keep. What is stored never outlives the articles quoted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    Row,
    Select,
    delete,
    func,
    insert,
    select,
    update,
)

from index.catalogue.feedback import lock_articles
from index.catalogue.rows import in_utc
from index.catalogue.schema import CONVERSATION_ARTICLES, CONVERSATION_TURNS, CONVERSATIONS
from index.withdrawing import articles_in, as_asked, without_articles

LONGEST_TITLE = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class ConversationSummary:
    """One row of a listing."""

    conversation_id: str
    title: str | None
    """None until it is given one, or a question is asked."""
    created_at: datetime
    updated_at: datetime
    turns: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ConversationTurn:
    """A question and its answer."""

    question: str
    answer: Mapping[str, Any]
    """The Answer of the contract, as JSON, less the words of articles that were deleted since."""
    asked_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversation:
    """A conversation with all that was said in it, oldest turn first."""

    conversation_id: str
    title: str | None
    created_at: datetime
    updated_at: datetime
    turns: Sequence[ConversationTurn]


@dataclass(frozen=True, slots=True, kw_only=True)
class ConversationPage:
    """A page of a listing, the conversation that was last added to first."""

    conversations: Sequence[ConversationSummary]
    total: int
    limit: int
    offset: int


class ConversationTable:
    """Stored conversations. Each belongs to an owner, or to nobody (None), and is found under its
    own only. Each change is one transaction."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def create(self, *, title: str | None = None, owner: str | None = None) -> ConversationSummary:
        """A new conversation, with nothing in it."""
        now = datetime.now(UTC)
        conversation_id = f"cnv_{uuid4().hex}"
        values = {"title": title, "owner": owner, "created_at": now, "updated_at": now}
        with self._engine.begin() as connection:
            connection.execute(
                insert(CONVERSATIONS).values(conversation_id=conversation_id, **values)
            )
            return _summary(_listed(connection, conversation_id))

    def page(self, *, limit: int, offset: int, owner: str | None = None) -> ConversationPage:
        """A page of the owner's conversations, the one that was last added to first."""
        where = _owned(owner)
        latest = (CONVERSATIONS.c.updated_at.desc(), CONVERSATIONS.c.conversation_id)
        rows = _listing().where(where).order_by(*latest).limit(limit).offset(offset)
        total = select(func.count()).select_from(CONVERSATIONS).where(where)
        with self._engine.connect() as connection:
            return ConversationPage(
                conversations=[_summary(row) for row in connection.execute(rows)],
                total=connection.execute(total).scalar_one(),
                limit=limit,
                offset=offset,
            )

    def get(self, conversation_id: str, *, owner: str | None = None) -> Conversation | None:
        """The conversation, or None where there is none."""
        with self._engine.connect() as connection:
            row = connection.execute(
                select(CONVERSATIONS).where(_same(conversation_id, owner))
            ).first()
            if row is None:
                return None
            return Conversation(
                conversation_id=row.conversation_id,
                title=row.title,
                created_at=in_utc(row.created_at),
                updated_at=in_utc(row.updated_at),
                turns=_turns(connection, conversation_id),
            )

    def latest(
        self, conversation_id: str, *, turns: int, owner: str | None = None
    ) -> list[ConversationTurn] | None:
        """The last so many turns, oldest first, or None where there is no such conversation."""
        with self._engine.connect() as connection:
            found = select(CONVERSATIONS.c.conversation_id).where(_same(conversation_id, owner))
            if connection.execute(found).first() is None:
                return None
            return _turns(connection, conversation_id, latest=turns)

    def rename(
        self, conversation_id: str, title: str, *, owner: str | None = None
    ) -> ConversationSummary | None:
        """The conversation under another title, or None where there is none."""
        change = update(CONVERSATIONS).where(_same(conversation_id, owner)).values(title=title)
        with self._engine.begin() as connection:
            if not connection.execute(change).rowcount:
                return None
            return _summary(_listed(connection, conversation_id))

    def delete(self, conversation_id: str, *, owner: str | None = None) -> bool:
        """Remove a conversation with all that was said in it; False where there is none."""
        with self._engine.begin() as connection:
            gone = delete(CONVERSATIONS).where(_same(conversation_id, owner))
            return connection.execute(gone).rowcount > 0

    def append(
        self,
        conversation_id: str,
        *,
        question: str,
        answer: Mapping[str, Any],
        owner: str | None = None,
    ) -> bool:
        """Add a question and its answer; False where there is no such conversation (any more).

        The first question becomes the title of a conversation without one. What the answer holds
        of articles that are gone is not kept.
        """
        now = datetime.now(UTC)
        title = func.coalesce(CONVERSATIONS.c.title, question[:LONGEST_TITLE])
        change = update(CONVERSATIONS).where(_same(conversation_id, owner))
        with self._engine.begin() as connection:
            # The first statement writes: nobody deletes or adds in between.
            if not connection.execute(change.values(updated_at=now, title=title)).rowcount:
                return False
            same = CONVERSATION_TURNS.c.conversation_id == conversation_id
            last = connection.execute(select(func.max(CONVERSATION_TURNS.c.ordinal)).where(same))
            key = {"conversation_id": conversation_id, "ordinal": (last.scalar() or 0) + 1}
            named = sorted(articles_in(answer))
            held = lock_articles(connection, named)
            kept = _kept(answer, set(named) - held)
            values = {"question": question, "answer": kept, "asked_at": now}
            connection.execute(insert(CONVERSATION_TURNS).values(key | values))
            rows = [key | {"article_id": name} for name in sorted(held)]
            if rows:
                connection.execute(insert(CONVERSATION_ARTICLES), rows)
        return True


def withdraw(connection: Connection, article_id: str) -> None:
    """Take an article's words out of every conversation, within the deletion's transaction.

    From the first answer on that shows it, what questions were understood as may hold its words:
    the names that they lean on. They are as they were asked then.
    """
    where = CONVERSATION_ARTICLES.c.article_id == article_id
    first = select(
        CONVERSATION_ARTICLES.c.conversation_id,
        func.min(CONVERSATION_ARTICLES.c.ordinal).label("ordinal"),
    )
    touched = first.where(where).group_by(CONVERSATION_ARTICLES.c.conversation_id)
    for conversation in connection.execute(touched).all():
        turns = select(CONVERSATION_TURNS).where(
            CONVERSATION_TURNS.c.conversation_id == conversation.conversation_id,
            CONVERSATION_TURNS.c.ordinal >= conversation.ordinal,
        )
        for row in connection.execute(turns).all():
            same = (
                CONVERSATION_TURNS.c.conversation_id == row.conversation_id,
                CONVERSATION_TURNS.c.ordinal == row.ordinal,
            )
            kept = as_asked(_kept(row.answer, {article_id}))
            connection.execute(update(CONVERSATION_TURNS).where(*same).values(answer=kept))
    connection.execute(delete(CONVERSATION_ARTICLES).where(where))


def _kept(answer: Mapping[str, Any], gone: set[str]) -> dict[str, Any]:
    kept = without_articles(answer, gone)
    return as_asked(kept) if gone else kept


def _owned(owner: str | None) -> ColumnElement[bool]:
    return CONVERSATIONS.c.owner == owner if owner else CONVERSATIONS.c.owner.is_(None)


def _same(conversation_id: str, owner: str | None) -> ColumnElement[bool]:
    return (CONVERSATIONS.c.conversation_id == conversation_id) & _owned(owner)


def _listing() -> Select[Any]:
    turns = (
        select(func.count())
        .where(CONVERSATION_TURNS.c.conversation_id == CONVERSATIONS.c.conversation_id)
        .scalar_subquery()
    )
    return select(CONVERSATIONS, turns.label("turns"))


def _listed(connection: Connection, conversation_id: str) -> Row[Any]:
    query = _listing().where(CONVERSATIONS.c.conversation_id == conversation_id)
    return connection.execute(query).one()


def _summary(row: Row[Any]) -> ConversationSummary:
    return ConversationSummary(
        conversation_id=row.conversation_id,
        title=row.title,
        created_at=in_utc(row.created_at),
        updated_at=in_utc(row.updated_at),
        turns=row.turns,
    )


def _turns(
    connection: Connection, conversation_id: str, *, latest: int | None = None
) -> list[ConversationTurn]:
    """All turns, or the last so many, oldest first."""
    query = select(CONVERSATION_TURNS).where(
        CONVERSATION_TURNS.c.conversation_id == conversation_id
    )
    rows = connection.execute(query.order_by(CONVERSATION_TURNS.c.ordinal.desc()).limit(latest))
    return [
        ConversationTurn(question=row.question, answer=row.answer, asked_at=in_utc(row.asked_at))
        for row in reversed(rows.all())
    ]
