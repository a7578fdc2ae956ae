"""What questions asked in Slack add up to: one pass over the ledger, as of one moment."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from datetime import UTC, date, datetime

from sqlalchemy import Connection, select

from index.catalogue.rows import in_utc
from index.catalogue.schema import FEEDBACK, SLACK_QUESTIONS
from index.catalogue.slack_records import (
    AskedBy,
    AskedOften,
    DayCount,
    NotFoundQuestion,
    QuestionState,
    SlackStatistics,
)
from index.records import Rating

LISTED = 10
"""Most questions in each list."""
ANSWERED = "answered"
NOT_FOUND = "not_found"
_LETTERS = re.compile(r"\w+")


def statistics_of(connection: Connection, since: datetime | None) -> SlackStatistics:
    """Counts over all questions, or those that were asked since then."""
    table = SLACK_QUESTIONS.c
    columns = (table.state, table.outcome, table.asked_by, table.asked_at, table.question)
    joined = SLACK_QUESTIONS.outerjoin(FEEDBACK, FEEDBACK.c.answer_id == table.answer_id)
    query = (
        select(*columns, FEEDBACK.c.rating)
        .select_from(joined)
        .order_by(table.asked_at, table.event_key)
    )
    if since is not None:
        query = query.where(table.asked_at >= since.astimezone(UTC))
    count = _Count()
    for row in connection.execute(query.execution_options(yield_per=1_000)):
        count.add(
            outcome=row.outcome if row.state == QuestionState.ANSWERED else row.state,
            asked_by=AskedBy(row.asked_by),
            asked_at=in_utc(row.asked_at),
            question=row.question,
            rating=row.rating,
        )
    return count.told()


class _Count:
    """Adds questions up, oldest first."""

    def __init__(self) -> None:
        self._outcomes: Counter[str] = Counter()
        self._asked_by: Counter[AskedBy] = Counter()
        self._asked: defaultdict[date, int] = defaultdict(int)
        self._answered: defaultdict[date, int] = defaultdict(int)
        self._ratings: Counter[str] = Counter()
        self._times: Counter[str] = Counter()
        self._put: dict[str, str] = {}
        self._lacking: dict[str, NotFoundQuestion] = {}

    def add(
        self,
        *,
        outcome: str,
        asked_by: AskedBy,
        asked_at: datetime,
        question: str,
        rating: str | None,
    ) -> None:
        self._outcomes[outcome] += 1
        self._asked_by[asked_by] += 1
        self._asked[asked_at.date()] += 1
        self._answered[asked_at.date()] += outcome == ANSWERED
        if rating is not None:
            self._ratings[rating] += 1
        if outcome == QuestionState.WITHDRAWN:
            return
        same = same_question(question)
        self._times[same] += 1
        self._put[same] = question
        if outcome in {ANSWERED, NOT_FOUND}:
            self._lacking.pop(same, None)  # the latest answer counts, in the latest place
        if outcome == NOT_FOUND:
            self._lacking[same] = NotFoundQuestion(question=question, asked_at=asked_at)

    def told(self) -> SlackStatistics:
        often = sorted(self._times.items(), key=lambda item: (-item[1], item[0]))[:LISTED]
        return SlackStatistics(
            asked=self._outcomes.total(),
            answered=self._outcomes[ANSWERED],
            not_found=self._outcomes[NOT_FOUND],
            failed=self._outcomes[QuestionState.FAILED],
            withdrawn=self._outcomes[QuestionState.WITHDRAWN],
            waiting=self._outcomes[QuestionState.CLAIMED],
            by_asked_by=dict(self._asked_by.most_common()),
            per_day=[
                DayCount(day=day, asked=asked, answered=self._answered[day])
                for day, asked in sorted(self._asked.items())
            ],
            most_asked=[AskedOften(question=self._put[same], times=times) for same, times in often],
            lacking=list(reversed(self._lacking.values()))[:LISTED],
            rated_up=self._ratings[Rating.UP],
            rated_down=self._ratings[Rating.DOWN],
        )


def same_question(question: str) -> str:
    """What two spellings of one question have in common: its words, whatever their case and what
    stands between them."""
    return " ".join(_LETTERS.findall(question.casefold())) or question.strip()
