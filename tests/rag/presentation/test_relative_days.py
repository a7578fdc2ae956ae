"""Days in brackets: never a wrong one."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.presentation.glosses import spoken
from rag.presentation.relative_days import in_words, relative_days
from tests.rag.presentation.news import DATED, Dated

DAYS = st.dates(min_value=date(1990, 1, 1), max_value=date(2090, 12, 31))


@pytest.mark.parametrize("case", DATED, ids=lambda case: case.sentence)
def test_which_day_is_meant(case: Dated) -> None:
    found = relative_days(case.sentence, case.published)
    assert tuple(gloss.text for gloss in found) == case.brackets


def test_the_bracket_stands_behind_the_words() -> None:
    sentence = "The pier was closed on Monday night by the council."
    said = spoken(sentence, 0, relative_days(sentence, date(2026, 1, 6)))
    assert said == "The pier was closed on Monday night [5 January 2026] by the council."


@given(DAYS)
def test_a_weekday_in_the_past_is_the_last_one(published: date) -> None:
    for ahead in range(7):
        day = published - timedelta(days=ahead)
        found = relative_days(f"The pier was closed on {day:%A}.", published)
        assert [gloss.text for gloss in found] == ([in_words(day)] if ahead < 6 else [])


@given(DAYS)
def test_a_weekday_in_the_future_is_the_next_one(published: date) -> None:
    for ahead in range(1, 7):
        day = published + timedelta(days=ahead)
        found = relative_days(f"The pier will be closed on {day:%A}.", published)
        assert [gloss.text for gloss in found] == [in_words(day)]


@given(st.text(max_size=200), DAYS)
def test_any_text_is_read(text: str, published: date) -> None:
    found = relative_days(text, published)
    assert [gloss.at for gloss in found] == sorted({gloss.at for gloss in found})
    assert all(0 < gloss.at <= len(text) for gloss in found)
