"""Answering words as values, and how two stand to each other."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.agreement.values import (
    Moment,
    Relation,
    Value,
    amount_of,
    compare,
    moment_of,
    name_of,
    phrase_of,
    whole_figure,
)

SAME, DIFFERENT, NEITHER = Relation.SAME, Relation.DIFFERENT, Relation.NEITHER
WORDS = st.sampled_from(
    ["15-year", "fifteen years", "12 killed", "at least 12", "5,000", "4.2 million euros", "$4",
     "7 May", "May 2026", "6:40 p.m.", "18:40", "Mayor Ada Brook", "Brook", "Osk and Lune", "",
     "about 210 people", "212 people", "a third", "his son-in-law"]
)  # fmt: skip


@pytest.mark.parametrize(
    ("one", "other", "relation"),
    [
        ("15-year", "fifteen years", SAME),
        ("5,000 tonnes", "5000 tonnes", SAME),
        ("five thousand tonnes", "5,000 tonnes", SAME),
        ("4.2 million euros", "€4.2m", SAME),
        ("4.2 million euros", "4.2 billion euros", DIFFERENT),
        ("60 percent", "60%", SAME),
        ("60 percent", "60", NEITHER),
        ("12 people", "14 people", DIFFERENT),
        ("12 killed", "30 injured", NEITHER),
        ("3 years", "30 months", NEITHER),
        ("at least 12 people", "14 people", NEITHER),
        ("about 210 people", "212 people", NEITHER),
        ("about 210 people", "340 people", DIFFERENT),
        ("10 to 15 days", "12 days", NEITHER),
        ("a third", "a half", NEITHER),
        ("310,000 electric cars", "345,000 cars", DIFFERENT),
        ("310,000 electric cars", "310,000 cars", SAME),
        ("310,000 electric cars", "345,000 buses", NEITHER),
    ],
)
def test_figures(one: str, other: str, relation: Relation) -> None:
    left, right = amount_of(one), amount_of(other)
    held = NEITHER if left is None or right is None else compare(left, right)
    assert held is relation


def test_what_is_counted_may_stand_behind_the_answering_words() -> None:
    counted = amount_of("forty", "carried ", " cars and seven lorries")
    again = amount_of("40", "", " cars had to stay")
    lorries = amount_of("seven", "carried forty cars and ", " lorries")
    assert counted
    assert again
    assert lorries
    assert (compare(counted, again), compare(counted, lorries)) == (SAME, NEITHER)
    bound = amount_of("12", "At least ", " people")
    assert bound is not None
    assert bound.bound


@pytest.mark.parametrize("words", ["The Italian", "a Dane"])
def test_what_only_describes_somebody_is_no_name(words: str) -> None:
    assert name_of(words) is None


def test_a_figure_alone_with_its_unit_is_one_and_nothing_else_is() -> None:
    assert whole_figure("41 per cent") == amount_of("41 per cent")
    assert whole_figure("41 per cent, the highest") is None
    assert whole_figure("41") is None


@pytest.mark.parametrize(
    ("one", "other", "relation"),
    [
        ("7 May", "May 7, 2026", SAME),
        ("7 May", "8 May", DIFFERENT),
        ("in May", "7 May 2026", SAME),
        ("in May", "in June", DIFFERENT),
        ("2024", "7 May", NEITHER),
        ("2024", "2025", DIFFERENT),
        ("6:40 p.m.", "18:40", SAME),
        ("6:40 p.m.", "6:40 a.m.", DIFFERENT),
        ("12 a.m.", "00:00", SAME),
        ("6:40 p.m.", "7 May", NEITHER),
    ],
)
def test_days_and_times(one: str, other: str, relation: Relation) -> None:
    left, right = moment_of(one), moment_of(other)
    assert left
    assert right
    assert compare(left, right) is relation


def test_words_that_name_no_one_day_are_no_moment() -> None:
    assert [moment_of(words) for words in ("Monday", "soon", "May or June", "")] == [None] * 4
    assert moment_of("early 2024") == Moment(year=2024)


@pytest.mark.parametrize(
    ("one", "other", "relation"),
    [
        ("Ada Brook", "Mayor Ada Brook", SAME),
        ("Brook", "Ada Brook", SAME),
        ("the first officer Ada Brook", "Ada Brook", SAME),
        ("Volodymyr Zelensky", "Zelenskiy", SAME),
        ("Ada Brook", "Ilse Varn", DIFFERENT),
        ("Ada Brook", "Ilse Brook", NEITHER),
    ],
)
def test_names(one: str, other: str, relation: Relation) -> None:
    left, right = name_of(one), name_of(other)
    assert left
    assert right
    assert compare(left, right) is relation


@pytest.mark.parametrize(
    "words", ["Ada Brook and Ilse Varn", "the brother of Ada Brook", "the mayor", "Monday", "12"]
)
def test_lists_relations_and_common_words_are_no_one_name(words: str) -> None:
    assert name_of(words) is None


def test_other_words_agree_or_nothing() -> None:
    son = phrase_of("his son-in-law")
    assert compare(son, phrase_of("son-in-law")) is SAME
    assert compare(son, phrase_of("an adviser")) is NEITHER
    assert compare(phrase_of(""), son) is NEITHER


def values(words: str) -> list[Value]:
    found = [amount_of(words), moment_of(words), name_of(words), phrase_of(words)]
    return [value for value in found if value is not None]


@given(WORDS, WORDS)
def test_comparing_is_symmetric_and_nothing_differs_from_itself(one: str, other: str) -> None:
    for left in values(one):
        assert compare(left, left) is not DIFFERENT
        for right in values(other):
            assert compare(left, right) is compare(right, left)
