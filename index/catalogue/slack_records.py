"""What is known of questions that were asked in Slack, and what they add up to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any


class QuestionState(StrEnum):
    """What has become of a question."""

    CLAIMED = "claimed"
    """Somebody works on it."""
    ANSWERED = "answered"
    """Its answer stands in Slack; also one that says that the archive does not say."""
    WITHDRAWN = "withdrawn"
    """The asker deleted it."""
    FAILED = "failed"
    """There will be no answer."""


class AskedBy(StrEnum):
    """How a question was asked."""

    MENTION = "mention"
    DIRECT = "direct"
    COMMAND = "command"
    SHORTCUT = "shortcut"
    ASSISTANT = "assistant"
    THREAD = "thread"
    MODAL = "modal"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewQuestion:
    """A question as it comes in."""

    event_key: str
    """What makes it one: the same for every delivery of every event that tells of it."""
    team: str
    channel: str
    user: str
    """Who asked."""
    thread_ts: str | None = None
    """The thread that it belongs to; None outside threads."""
    asked_by: AskedBy
    question: str
    context: Mapping[str, Any] = field(default_factory=dict)
    """Small JSON: what it takes to go on after a crash."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SlackQuestion:
    """A question with what became of it."""

    event_key: str
    team: str
    channel: str
    user: str
    thread_ts: str | None
    asked_by: AskedBy
    question: str
    """As it was last put; empty once it is withdrawn."""
    context: Mapping[str, Any]
    """Empty in an archive that was restored from a backup."""
    state: QuestionState
    message_channel: str | None
    """Where the reply is; None until it is posted."""
    message_ts: str | None
    """The reply's own timestamp; None until it is posted."""
    answer_id: str | None
    outcome: str | None
    """`answered` or `not_found`; None until there is an answer."""
    answer: Mapping[str, Any] | None
    """The Answer of the contract, as JSON, less the words of articles that were deleted since."""
    asked_at: datetime
    attempts: int
    """How often somebody set about it, this time included."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DayCount:
    """Questions of one day, in UTC."""

    day: date
    asked: int
    answered: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedOften:
    """A question and how often it was asked, however it was spelt."""

    question: str
    """As it was put last."""
    times: int


@dataclass(frozen=True, slots=True, kw_only=True)
class NotFoundQuestion:
    """A question that the archive does not answer."""

    question: str
    asked_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SlackStatistics:
    """What was asked in Slack and what became of it. `asked` is the sum of the five after it."""

    asked: int
    answered: int
    not_found: int
    """The archive does not say."""
    failed: int
    withdrawn: int
    waiting: int
    """Not settled yet."""
    by_asked_by: Mapping[AskedBy, int]
    """Only ways in which something was asked, the most used first."""
    per_day: Sequence[DayCount]
    """Only days on which something was asked, in order."""
    most_asked: Sequence[AskedOften]
    """The question that was asked most first; less those that were withdrawn."""
    lacking: Sequence[NotFoundQuestion]
    """What the archive does not say, the latest first."""
    rated_up: int
    rated_down: int

    @property
    def answered_share(self) -> float | None:
        """Share in [0, 1] of the questions that were to have an answer and have one; None where
        there are none."""
        settled = self.answered + self.not_found + self.failed
        return self.answered / settled if settled else None
