"""Questions asked in Slack for tests, and processes that claim and answer them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, event

from index.catalogue.slack_questions import AskedBy, NewQuestion, SlackQuestionTable
from index.settings import IndexSettings
from index.slack_questions import open_slack_questions
from tests.faults.process import kill_self, talking

LEASE = 30.0
"""Seconds."""
KEY = "T1:C1:1700000000.000100"
THREAD = "1700000000.000100"


class Clock:
    """Time that passes when it is told to."""

    def __init__(self) -> None:
        self.now = datetime(2026, 3, 6, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def forward(self, seconds: float) -> datetime:
        """Later by so many seconds."""
        self.now += timedelta(seconds=seconds)
        return self.now


def asked(event_key: str = KEY, **more: Any) -> NewQuestion:
    """A question by mention, in a thread."""
    fields = {
        "team": "T1",
        "channel": "C1",
        "user": "U1",
        "thread_ts": THREAD,
        "asked_by": AskedBy.MENTION,
        "question": "When did the mill open?",
    }
    return NewQuestion(event_key=event_key, **{**fields, **more})


def an_hour_later() -> datetime:
    """A clock by which every lease has run out."""
    return datetime.now(UTC) + timedelta(hours=1)


# -- jobs -----------------------------------------------------------------------------------


@talking
def claim_each(folder: Path, owner: str, pipe: Connection) -> None:
    """Claim what it is told of, and say each time whether that succeeded, until told of nothing."""
    with open_slack_questions(IndexSettings(data_dir=folder)) as table:
        pipe.send("ready")
        while key := pipe.recv():
            pipe.send(table.claim(asked(key), owner=owner, lease_seconds=LEASE))


@talking
def take_over_all(folder: Path, owner: str, pipe: Connection) -> list[str]:
    """The keys that this process has taken over, once it is told to begin."""
    with open_slack_questions(IndexSettings(data_dir=folder)) as opened:
        table = SlackQuestionTable(opened._engine, clock=an_hour_later)
        pipe.send("ready")
        pipe.recv()
        taken: list[str] = []
        for _ in range(10):
            # Their leases begin an hour from now, so that nobody takes them over again.
            found = table.abandoned(owner=owner, lease_seconds=LEASE * 1_000, limit=3)
            taken += [question.event_key for question in found]
        return taken


@talking
def work_until_killed(folder: Path, owner: str, keys: Sequence[str], pipe: Connection) -> None:
    """Claim and answer whatever it can, and say each time what it has done to what."""
    with open_slack_questions(IndexSettings(data_dir=folder)) as table:
        for key in keys:
            if table.claim(asked(key), owner=owner, lease_seconds=LEASE):
                pipe.send(("claimed", key))
                if table.answered(key, owner=owner, answer=None, answer_id=key, outcome="answered"):
                    pipe.send(("answered", key))


def die_at(folder: Path, statement: str, answer: dict[str, Any]) -> None:
    """Claim a question and answer it, and die before a statement, or before the commit after it."""
    armed = False

    def before_statement(_c: Any, _k: Any, running: str, *_rest: Any) -> None:
        nonlocal armed
        if statement.removeprefix("commit after ") in " ".join(running.split()):
            if not statement.startswith("commit after "):
                kill_self()
            armed = True

    def before_commit(_connection: Any) -> None:
        if armed:
            kill_self()

    event.listen(Engine, "before_cursor_execute", before_statement)
    event.listen(Engine, "commit", before_commit)
    with open_slack_questions(IndexSettings(data_dir=folder)) as table:
        table.claim(asked(), owner="killed", lease_seconds=LEASE)
        table.posted(KEY, owner="killed", message_ts="2.0")
        table.answered(KEY, owner="killed", answer=answer, answer_id="ans_1", outcome="answered")
