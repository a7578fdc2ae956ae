"""The ledger of questions asked in Slack: each is claimed once, and answered by who claimed it.

Slack tells of one message several times over, and several bots may hear of it, so that whoever
stores its key first has the question; its claim is a lease. Who is not heard of any more, because
it was killed, loses the question to the next that looks for such ones.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Engine,
    Row,
    Select,
    and_,
    case,
    delete,
    insert,
    or_,
    select,
    true,
    update,
)
from sqlalchemy.exc import IntegrityError

from index.catalogue.feedback import FeedbackTable
from index.catalogue.rows import in_utc
from index.catalogue.schema import SLACK_EVENTS, SLACK_QUESTIONS
from index.catalogue.slack_answers import drop_words, keep_words
from index.catalogue.slack_records import (
    AskedBy,
    AskedOften,
    DayCount,
    NewQuestion,
    NotFoundQuestion,
    QuestionState,
    SlackQuestion,
    SlackStatistics,
)
from index.catalogue.slack_statistics import statistics_of
from index.catalogue.store import chunks
from index.records import Feedback, GivenAnswer, Rating

__all__ = [
    "MOST_ATTEMPTS",
    "PATIENCE",
    "AskedBy",
    "AskedOften",
    "DayCount",
    "NewQuestion",
    "NotFoundQuestion",
    "QuestionState",
    "SlackQuestion",
    "SlackQuestionTable",
    "SlackStatistics",
]

MOST_ATTEMPTS = 6
"""How often a question is set about before it is given up: it may be what ends the process."""
PATIENCE = timedelta(hours=1)
"""How long a question may wait for Slack before it counts how often that was in vain."""
PRUNED_AT_ONCE = 500
"""Rows that one transaction forgets, so that nobody waits long for it."""
IN_BACKUPS = (
    f"context = '{{}}', state = CASE state WHEN '{QuestionState.CLAIMED}' "
    f"THEN '{QuestionState.FAILED}' ELSE state END"
)
"""What a backup sets rows to. `context` may hold addresses that let anybody answer in the bot's
name; and what was being worked on was answered since, and must not be so again."""

NOBODY = ""
"""Owns what was released."""
_NOT_STORABLE = re.compile("[\0\ud800-\udfff]")
_Q = SLACK_QUESTIONS.c


def _now() -> datetime:
    return datetime.now(UTC)


class SlackQuestionTable:
    """Questions asked in Slack. Each change is one transaction, whatever other processes do.

    An `owner` is a bot; its name must be its own, and not empty. What it does with a question that
    is not its own (any more), or is settled, does nothing and returns False. Leases are in seconds.
    """

    def __init__(self, engine: Engine, *, clock: Callable[[], datetime] = _now) -> None:
        self._engine = engine
        self._clock = clock

    # -- working on questions -------------------------------------------------------------------

    def claim(self, asked: NewQuestion, *, owner: str, lease_seconds: float) -> bool:
        """Whether the question is the owner's to answer: True once for each key, until it is
        pruned."""
        now = self._clock()
        values = {
            "event_key": asked.event_key,
            "team": asked.team,
            "channel": asked.channel,
            "asker": asked.user,
            "thread_ts": asked.thread_ts,
            "asked_by": asked.asked_by.value,
            "question": storable(asked.question),
            "context": dict(asked.context),
            "state": QuestionState.CLAIMED.value,
            "owner": owner,
            "leased_until": now + timedelta(seconds=lease_seconds),
            "attempts": 1,
            "asked_at": now,
        }
        return self._insert_if_new(_Q.event_key, values)

    def renew(self, event_key: str, *, owner: str, lease_seconds: float) -> bool:
        """Go on working: the lease begins anew. A lease that ran out can be renewed until somebody
        takes the question over."""
        until = self._clock() + timedelta(seconds=lease_seconds)
        return self._change(_held(event_key, owner), leased_until=until)

    def renew_all(self, event_keys: Sequence[str], *, owner: str, lease_seconds: float) -> set[str]:
        """As `renew` for many questions, in few transactions; those that are still the owner's."""
        until = self._clock() + timedelta(seconds=lease_seconds)
        kept: set[str] = set()
        for part in chunks(event_keys):
            which = _Q.event_key.in_(part) & _owned(owner)
            change = update(SLACK_QUESTIONS).where(which).values(leased_until=until)
            with self._engine.begin() as connection:
                kept.update(connection.execute(change.returning(_Q.event_key)).scalars())
        return kept

    def release(self, event_key: str, *, owner: str, after_seconds: float = 0.0) -> bool:
        """Leave the question to whoever looks for such ones, now or later; this try is as if it
        had not been, unless the question has waited for `PATIENCE`. For who must stop, or cannot
        reach what it needs."""
        now = self._clock()
        tried = case((_Q.asked_at > now - PATIENCE, _Q.attempts - 1), else_=_Q.attempts)
        until = now + timedelta(seconds=after_seconds)
        held = _held(event_key, owner)
        return self._change(held, owner=NOBODY, leased_until=until, attempts=tried)

    def posted(
        self, event_key: str, *, owner: str, message_ts: str, channel: str | None = None
    ) -> bool:
        """Say which message is the reply; `channel` where that is not the question's."""
        where = _Q.channel if channel is None else channel
        held = _held(event_key, owner)
        return self._change(held, message_ts=message_ts, message_channel=where)

    def keep(self, event_key: str, *, owner: str, answer: Mapping[str, Any]) -> bool:
        """Store an answer that is about to be shown: where that cannot be changed once it is sent,
        whoever takes the question over shows the rest of the same."""
        change = update(SLACK_QUESTIONS).where(_held(event_key, owner))
        with self._engine.begin() as connection:
            if not connection.execute(change.values(answer_id=answer["id"])).rowcount:
                return False
            keep_words(connection, event_key, answer)
        return True

    def answered(
        self,
        event_key: str,
        *,
        owner: str,
        answer: Mapping[str, Any] | None,
        answer_id: str | None,
        outcome: str,
        question: str | None = None,
    ) -> bool:
        """Settle the question: its answer stands in Slack. `outcome` is `answered` or `not_found`.

        What the answer holds of articles that are gone is not kept. With `question`, nothing
        happens where that was put in other words meanwhile.
        """
        held = _held(event_key, owner)
        if question is not None:
            held &= _Q.question == storable(question)
        settled = {"state": QuestionState.ANSWERED.value, "answer_id": answer_id}
        with self._engine.begin() as connection:
            # The first statement writes, so that no deletion comes in between on SQLite.
            change = update(SLACK_QUESTIONS).where(held).values(outcome=outcome, **settled)
            if not connection.execute(change).rowcount:
                return False
            if answer is not None:
                keep_words(connection, event_key, answer)
        return True

    def failed(self, event_key: str, *, owner: str) -> bool:
        """Settle the question: there will be no answer."""
        return self._change(_held(event_key, owner), state=QuestionState.FAILED.value)

    def abandoned(
        self,
        *,
        owner: str,
        lease_seconds: float,
        limit: int = 20,
        most_attempts: int = MOST_ATTEMPTS,
    ) -> list[SlackQuestion]:
        """Questions whose leases ran out, longest ago first; each is the owner's now, and nobody
        else's. Those that were tried so often already stay: see `give_up`."""
        until = self._clock() + timedelta(seconds=lease_seconds)
        taken = {"owner": owner, "leased_until": until, "attempts": _Q.attempts + 1}
        claimed = _Q.state == QuestionState.CLAIMED.value
        return self._each_left(claimed & (_Q.attempts < most_attempts), limit, taken)

    def give_up(
        self, *, limit: int = 20, most_attempts: int = MOST_ATTEMPTS
    ) -> list[SlackQuestion]:
        """Settle as failed what was tried so often and is left again; each is returned once."""
        ended = {"state": QuestionState.FAILED.value}
        claimed = _Q.state == QuestionState.CLAIMED.value
        return self._each_left(claimed & (_Q.attempts >= most_attempts), limit, ended)

    # -- what the asker does --------------------------------------------------------------------

    def withdraw(
        self, event_key: str, *, owner: str = NOBODY, lease_seconds: float = 0.0
    ) -> SlackQuestion | None:
        """The asker deleted the question: its words and its answer go, the rest stays, to take
        back what was said; the owner has a lease for that, as for an answer. Nobody is to where it
        has none. None where it was never asked."""
        gone = {
            "state": QuestionState.WITHDRAWN.value,
            "question": "",
            "owner": owner,
            "leased_until": self._clock() + timedelta(seconds=lease_seconds),
        }
        return self._change_and_get(event_key, true(), **gone)

    def taken_back(self, event_key: str) -> bool:
        """What was said to a question that was withdrawn is gone."""
        withdrawn = _Q.state == QuestionState.WITHDRAWN.value
        return self._change((_Q.event_key == event_key) & withdrawn, owner=NOBODY)

    def not_taken_back(
        self, *, owner: str, lease_seconds: float, limit: int = 20
    ) -> list[SlackQuestion]:
        """Questions that were withdrawn, and whose answers nobody took back in time; that is the
        owner's to do now."""
        until = self._clock() + timedelta(seconds=lease_seconds)
        withdrawn = and_(_Q.state == QuestionState.WITHDRAWN.value, _Q.owner != NOBODY)
        return self._each_left(withdrawn, limit, {"owner": owner, "leased_until": until})

    def restart(
        self, event_key: str, question: str, *, owner: str, lease_seconds: float
    ) -> SlackQuestion | None:
        """The asker put it in other words: it is the owner's to answer anew, and nobody else's any
        more. The reply stays known. None where there is no such question, it was withdrawn, or it
        reads like that already."""
        other = storable(question)
        anew = {
            "state": QuestionState.CLAIMED.value,
            "question": other,
            "owner": owner,
            "leased_until": self._clock() + timedelta(seconds=lease_seconds),
            "attempts": 1,
            "answer_id": None,
            "outcome": None,
        }
        may = (_Q.state != QuestionState.WITHDRAWN.value) & (_Q.question != other)
        return self._change_and_get(event_key, may, **anew)

    def rate(self, given: GivenAnswer, rating: Rating, comment: str | None) -> Feedback:
        """As `FeedbackTable.rate`, for who has nothing else of the archive open."""
        return FeedbackTable(self._engine).rate(given, rating, comment)

    # -- looking up -----------------------------------------------------------------------------

    def get(self, event_key: str) -> SlackQuestion | None:
        """The question with this key."""
        return self._latest(_Q.event_key == event_key)

    def by_message(self, channel: str, message_ts: str) -> SlackQuestion | None:
        """The question whose reply this message is."""
        return self._latest((_Q.message_channel == channel) & (_Q.message_ts == message_ts))

    def by_answer(self, answer_id: str) -> SlackQuestion | None:
        """The question that this answers."""
        return self._latest(_Q.answer_id == answer_id)

    def in_thread(self, channel: str, thread_ts: str) -> bool:
        """Whether a conversation has begun in this thread: something is answered there, or about
        to be, or was replied to."""
        begun = _Q.state.in_([QuestionState.CLAIMED.value, QuestionState.ANSWERED.value])
        replied = (_Q.state == QuestionState.FAILED.value) & _Q.message_ts.is_not(None)
        where = and_(_Q.channel == channel, _Q.thread_ts == thread_ts, or_(begun, replied))
        with self._engine.connect() as connection:
            found = connection.execute(select(_Q.event_key).where(where).limit(1))
            return found.first() is not None

    def statistics(self, *, since: datetime | None = None) -> SlackStatistics:
        """Counts over all questions, or those asked since then."""
        with self._engine.connect() as connection:
            return statistics_of(connection, since)

    # -- events that are no questions, and keeping it all small -----------------------------------

    def first_time(self, event_id: str) -> bool:
        """True once for each event, until it is pruned."""
        seen = {"event_id": event_id, "at": self._clock()}
        return self._insert_if_new(SLACK_EVENTS.c.event_id, seen)

    def seen(self, event_id: str) -> bool:
        """Whether `first_time` was asked of this event."""
        event = SLACK_EVENTS.c.event_id
        with self._engine.connect() as connection:
            return connection.execute(select(event).where(event == event_id)).first() is not None

    def prune(self, *, older_than: datetime, most: int) -> int:
        """Forget questions and events of before then, and the oldest beyond `most` of each; how
        many questions that were. What is being worked on stays, unless it is so old."""
        before = older_than.astimezone(UTC)
        settled = _Q.state != QuestionState.CLAIMED.value
        forgotten = self._forget(select(_Q.event_key).where(_Q.asked_at < before))
        latest_first = (
            select(_Q.event_key).where(settled).order_by(_Q.asked_at.desc(), _Q.event_key)
        )
        forgotten += self._forget(latest_first.offset(most))
        event = SLACK_EVENTS.c
        self._forget(select(event.event_id).where(event.at < before))
        self._forget(select(event.event_id).order_by(event.at.desc(), event.event_id).offset(most))
        return forgotten

    def close(self) -> None:
        """Give the connections back."""
        self._engine.dispose()

    # -- transactions ---------------------------------------------------------------------------

    def _insert_if_new(self, key: Column[Any], values: Mapping[str, Any]) -> bool:
        try:
            with self._engine.begin() as connection:
                connection.execute(insert(key.table).values(values))
        except IntegrityError:
            same = select(key).where(key == values[key.name])
            with self._engine.connect() as connection:
                if connection.execute(same).first() is None:
                    raise  # it is something else that is wrong
            return False
        return True

    def _change(self, which: ColumnElement[bool], **values: Any) -> bool:
        with self._engine.begin() as connection:
            change = update(SLACK_QUESTIONS).where(which).values(values)
            return connection.execute(change).rowcount > 0

    def _change_and_get(
        self, event_key: str, which: ColumnElement[bool], **values: Any
    ) -> SlackQuestion | None:
        """Change a question that loses its answer."""
        same = _Q.event_key == event_key
        with self._engine.begin() as connection:
            change = update(SLACK_QUESTIONS).where(same & which).values(values)
            if not connection.execute(change).rowcount:
                return None
            drop_words(connection, event_key)
            return _question(connection.execute(select(SLACK_QUESTIONS).where(same)).one())

    def _each_left(
        self, which: ColumnElement[bool], limit: int, change: Mapping[str, Any]
    ) -> list[SlackQuestion]:
        ran_out = _Q.leased_until <= self._clock()
        left = and_(which, ran_out)
        keys = select(_Q.event_key).where(left).order_by(_Q.leased_until, _Q.event_key)
        with self._engine.connect() as connection:
            found = connection.execute(keys.limit(limit)).scalars().all()
        taken = []
        with self._engine.begin() as connection:
            for key in sorted(found):  # always in this order, so that nobody waits in a circle
                same = _Q.event_key == key
                # Asked again while it is changed: somebody else may have been quicker.
                take = update(SLACK_QUESTIONS).where(same & left).values(change)
                if connection.execute(take).rowcount:
                    row = connection.execute(select(SLACK_QUESTIONS).where(same)).one()
                    taken.append(_question(row))
        return sorted(taken, key=lambda question: question.asked_at)

    def _latest(self, which: ColumnElement[bool]) -> SlackQuestion | None:
        query = select(SLACK_QUESTIONS).where(which).order_by(_Q.asked_at.desc(), _Q.event_key)
        with self._engine.connect() as connection:
            row = connection.execute(query.limit(1)).first()
            return None if row is None else _question(row)

    def _forget(self, keys: Select[Any]) -> int:
        """Delete the rows with these keys, a few in each transaction; how many those were."""
        (key,) = keys.selected_columns
        table = key.table
        forgotten = 0
        while True:
            with self._engine.begin() as connection:
                few = delete(table).where(key.in_(keys.limit(PRUNED_AT_ONCE)))
                gone = connection.execute(few).rowcount
            forgotten += gone
            if gone < PRUNED_AT_ONCE:
                return forgotten


def storable(text: str) -> str:
    """The text without what a database does not take: NUL and lone surrogates."""
    return _NOT_STORABLE.sub("\ufffd", text)


def _held(event_key: str, owner: str) -> ColumnElement[bool]:
    return and_(_Q.event_key == event_key, _owned(owner))


def _owned(owner: str) -> ColumnElement[bool]:
    return and_(_Q.owner == owner, _Q.state == QuestionState.CLAIMED.value)


def _question(row: Row[Any]) -> SlackQuestion:
    return SlackQuestion(
        event_key=row.event_key,
        team=row.team,
        channel=row.channel,
        user=row.asker,
        thread_ts=row.thread_ts,
        asked_by=AskedBy(row.asked_by),
        question=row.question,
        context=row.context,
        state=QuestionState(row.state),
        message_channel=row.message_channel,
        message_ts=row.message_ts,
        answer_id=row.answer_id,
        outcome=row.outcome,
        answer=row.answer,
        asked_at=in_utc(row.asked_at),
        attempts=row.attempts,
    )
