"""What questions asked in Slack add up to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from index.catalogue.slack_questions import (
    AskedBy,
    AskedOften,
    DayCount,
    NotFoundQuestion,
    SlackQuestionTable,
)
from index.catalogue.slack_statistics import LISTED, same_question
from index.records import Rating
from index.settings import IndexSettings
from index.slack_questions import open_slack_questions
from tests.index.slack_asking import LEASE, Clock, asked
from tests.index.test_feedback import answer

ENDS = ("answered", "not_found", "failed", "withdrawn", "waiting")
DAY = 86_400


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A question, and what becomes of it."""

    question: str = "Who?"
    end: str = "answered"
    asked_by: AskedBy = AskedBy.MENTION
    rating: Rating | None = None
    after: int = 60
    """Seconds since the one before."""


class Slack:
    """A ledger, and people who ask."""

    def __init__(self, table: SlackQuestionTable, clock: Clock) -> None:
        self.table = table
        self.clock = clock
        self._asked = 0

    def forget(self) -> None:
        """Begin anew."""
        self.table.prune(older_than=self.clock.forward(1), most=0)

    def ask(self, *each: Asked) -> None:
        for one in each:
            self.clock.forward(one.after)
            self._ask(one)

    def _ask(self, one: Asked) -> None:
        self._asked += 1
        key = f"q{self._asked:05}"
        new = asked(key, question=one.question, asked_by=one.asked_by)
        assert self.table.claim(new, owner="a", lease_seconds=LEASE)
        match one.end:
            case "answered" | "not_found":
                given_answer = answer(key, question=one.question)
                assert self.table.answered(
                    key,
                    owner="a",
                    answer=given_answer.document,
                    answer_id=key,
                    outcome=one.end,
                )
                if one.rating is not None:
                    self.table.rate(given_answer, one.rating, None)
            case "failed":
                assert self.table.failed(key, owner="a")
            case "withdrawn":
                assert self.table.withdraw(key)


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Slack]:
    folder = tmp_path_factory.mktemp("ledger")
    with open_slack_questions(IndexSettings(data_dir=folder)) as table:
        clock = Clock()
        yield Slack(SlackQuestionTable(table._engine, clock=clock), clock)


@pytest.fixture
def slack(opened: Slack) -> Slack:
    opened.forget()
    return opened


def test_nothing_was_asked_yet(slack: Slack) -> None:
    found = slack.table.statistics()
    assert found.asked == found.answered == found.waiting == found.rated_up == 0
    assert (found.by_asked_by, found.per_day, found.most_asked, found.lacking) == ({}, [], [], [])
    assert found.answered_share is None


def test_what_became_of_questions_is_counted(slack: Slack) -> None:
    slack.ask(
        Asked(asked_by=AskedBy.DIRECT, rating=Rating.UP),
        Asked(asked_by=AskedBy.DIRECT, rating=Rating.UP),
        Asked(rating=Rating.DOWN),
        Asked(end="not_found", asked_by=AskedBy.COMMAND, rating=Rating.DOWN),
        Asked(end="failed", asked_by=AskedBy.DIRECT),
        Asked(end="withdrawn"),
        Asked(end="waiting", asked_by=AskedBy.THREAD),
    )
    found = slack.table.statistics()
    assert (found.asked, found.answered, found.not_found) == (7, 3, 1)
    assert (found.failed, found.withdrawn, found.waiting) == (1, 1, 1)
    assert found.answered_share == pytest.approx(3 / 5)
    assert (found.rated_up, found.rated_down) == (2, 2)
    assert list(found.by_asked_by.items())[:2] == [(AskedBy.DIRECT, 3), (AskedBy.MENTION, 2)]
    assert found.by_asked_by == {"direct": 3, "mention": 2, "command": 1, "thread": 1}


def test_a_question_is_the_same_however_it_is_spelt(slack: Slack) -> None:
    slack.ask(
        Asked(question="Who runs the mill?"),
        Asked(question="When does the ferry run?"),
        Asked(question="  who runs the MILL "),
        Asked(question="When does the ferry run?", end="withdrawn"),
        Asked(question="Who runs — the mill?!", end="failed"),
        Asked(question="?"),
    )
    assert slack.table.statistics().most_asked == [
        AskedOften(question="Who runs — the mill?!", times=3),
        AskedOften(question="?", times=1),
        AskedOften(question="When does the ferry run?", times=1),
    ]


def test_what_the_archive_lacks_is_told_until_it_is_there(slack: Slack) -> None:
    slack.ask(
        Asked(question="Who built it?", end="not_found"),
        Asked(question="Why?", end="not_found"),
        Asked(question="Where is it?", end="not_found"),
        Asked(question="Who built it?", end="not_found"),
        Asked(question="where is it"),
        Asked(question="Why?", end="failed"),
    )
    lacking = slack.table.statistics().lacking
    assert [one.question for one in lacking] == ["Who built it?", "Why?"]
    now = slack.clock.now
    assert lacking == [
        NotFoundQuestion(question="Who built it?", asked_at=now - timedelta(seconds=120)),
        NotFoundQuestion(question="Why?", asked_at=now - timedelta(seconds=240)),
    ]


def test_lists_are_short(slack: Slack) -> None:
    slack.ask(*(Asked(question=f"Question {n:02}?", end="not_found") for n in range(LISTED + 5)))
    found = slack.table.statistics()
    assert [one.question for one in found.most_asked] == [
        f"Question {n:02}?" for n in range(LISTED)
    ]
    assert [one.question for one in found.lacking] == [
        f"Question {n:02}?" for n in range(LISTED + 4, 4, -1)
    ]


def test_days_are_those_of_utc_and_a_time_of_any_zone_can_be_asked_for(slack: Slack) -> None:
    slack.clock.now = datetime(2027, 3, 6, 23, 58, tzinfo=UTC)
    slack.ask(Asked(), Asked(end="failed"), Asked(after=2 * DAY))
    assert slack.table.statistics().per_day == [
        DayCount(day=date(2027, 3, 6), asked=1, answered=1),
        DayCount(day=date(2027, 3, 7), asked=1, answered=0),
        DayCount(day=date(2027, 3, 9), asked=1, answered=1),
    ]
    in_osk = timezone(timedelta(hours=5))
    since = datetime(2027, 3, 7, 5, 0, tzinfo=in_osk)  # midnight in UTC, when the second was asked
    assert slack.table.statistics(since=since).asked == 2
    assert slack.table.statistics(since=since + timedelta(microseconds=1)).asked == 1


EACH = st.builds(
    Asked,
    question=st.sampled_from(["Who?", "who", "Why is it so?", "Why, is it so", "Where?"]),
    end=st.sampled_from(ENDS),
    asked_by=st.sampled_from(AskedBy),
    rating=st.sampled_from([None, *Rating]),
    after=st.sampled_from([0, 1, DAY // 2, DAY]),
)


@settings(
    max_examples=25,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(each=st.lists(EACH, max_size=12))
def test_sums_agree(opened: Slack, each: list[Asked]) -> None:
    opened.forget()
    opened.ask(*each)
    found = opened.table.statistics()
    ends = {end: getattr(found, end) for end in ENDS}
    assert ends == {end: sum(one.end == end for one in each) for end in ENDS}
    assert found.asked == len(each) == sum(ends.values()) == sum(found.by_asked_by.values())
    assert sum(day.asked for day in found.per_day) == found.asked
    assert sum(day.answered for day in found.per_day) == found.answered
    assert [day.day for day in found.per_day] == sorted({day.day for day in found.per_day})
    times = Counter(same_question(one.question) for one in each if one.end != "withdrawn")
    assert {same_question(one.question): one.times for one in found.most_asked} == times
    rated = [one.rating for one in each if one.end in {"answered", "not_found"}]
    assert (found.rated_up, found.rated_down) == (rated.count(Rating.UP), rated.count(Rating.DOWN))
    latest = {same_question(one.question): one.end for one in each if one.end in ENDS[:2]}
    lacking = {same_question(one.question) for one in found.lacking}
    assert lacking == {question for question, end in latest.items() if end == "not_found"}
