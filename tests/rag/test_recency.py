"""When the newest article counts more, and when it must not."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.recency import HALF_LIFE_DAYS, asks_for_the_latest, recencies

LATEST = (
    "What is the latest on the ferry strike?",
    "Who is now the mayor of Osk?",
    "Who is the current harbour master?",
    "Who currently leads the council?",
    "What has the court ruled most recently?",
    "Which bridge was closed this week?",
    "How many cables have been replaced so far?",
    "Latest on the bridge",
    "what is the fare today",
)
ANY_TIME = (
    "Who is the mayor of Osk?",
    "When did the bridge open?",
    "Who was the mayor now forgotten in 1987?",
    "Who directed Apocalypse Now?",
    "What does USA Today say about the ferry?",
    'Who said "we need it now"?',
    "What is “The Latest” about?",
    "Who led the council at the time?",
    "How strong is an electric current?",
    "What drives the ocean current?",
    "How fast is the current of the river Tarn?",
    "Who knows the captain?",
    "What was the weather like last week?",
    "Which team won last?",
    "How late does the ferry sail?",
    "What is the recentest thing?",
    "",
)


@pytest.mark.parametrize("question", LATEST)
def test_questions_about_the_present_ask_for_the_latest(question: str) -> None:
    assert asks_for_the_latest(question)


@pytest.mark.parametrize("question", ANY_TIME)
def test_other_questions_never_do(question: str) -> None:
    assert not asks_for_the_latest(question)


def test_the_newest_counts_one_and_half_as_much_for_each_half_life() -> None:
    newest = date(2026, 3, 31)
    then = {
        "new": newest,
        "older": newest - timedelta(days=HALF_LIFE_DAYS),
        "oldest": newest - timedelta(days=3 * HALF_LIFE_DAYS),
        "undated": None,
    }
    assert recencies(then) == {"new": 1.0, "older": 0.5, "oldest": 0.125}
    assert recencies({"undated": None}) == recencies({}) == {}


@given(st.dictionaries(st.text(max_size=3), st.none() | st.dates(), max_size=8))
def test_later_is_never_less(published: dict[str, date | None]) -> None:
    found = recencies(published)
    dated = {name: day for name, day in published.items() if day is not None}
    assert found.keys() == dated.keys()
    assert all(0 <= value <= 1 for value in found.values())
    by_age = [found[name] for name in sorted(dated, key=lambda name: dated[name])]
    assert by_age == sorted(by_age)
