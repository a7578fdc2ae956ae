"""Splitting questions: what is several questions, and, more often, what is one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.decomposition.parts import MOST_PARTS, parts_of

SPLIT = {
    "Who leads the ferry company and when did the bridge open?": (
        "Who leads the ferry company?",
        "When did the bridge open?",
    ),
    "When did the strike begin, and how many drivers took part?": (
        "When did the strike begin?",
        "How many drivers took part?",
    ),
    "Who wrote the report? When was the report published?": (
        "Who wrote the report?",
        "When was the report published?",
    ),
    "in which city was the treaty signed and in which year did the tax rise": (
        "In which city was the treaty signed?",
        "In which year did the tax rise?",
    ),
    "How many troops did France and the UK each promise?": (
        "How many troops did France promise?",
        "How many troops did the UK promise?",
    ),
    "What do Osk, Skerry and Harrowmouth each pay for the track?": (
        "What does Osk pay for the track?",
        "What does Skerry pay for the track?",
        "What does Harrowmouth pay for the track?",
    ),
    "How old were Ada Lind and Per Holm, respectively?": (
        "How old was Ada Lind?",
        "How old was Per Holm?",
    ),
}
LEANING = {
    "Who leads the ferry company and when did it open?": (
        "Who leads the ferry company?",
        "When did the ferry company open?",
    ),
    "Where was Ada Lind born and where did she study?": (
        "Where was Ada Lind born?",
        "Where did Ada Lind study?",
    ),
    "Why was the bridge closed and when will it reopen?": (
        "Why was the bridge closed?",
        "When will the bridge reopen?",
    ),
}
COMPARED = {
    "Which is larger, Osk or Harrowmouth?": ("How large is Osk?", "How large is Harrowmouth?"),
    "Which bridge is longer, the Osk Bridge or the Viaduct?": (
        "How long is the Osk Bridge?",
        "How long is the Viaduct?",
    ),
    "Who was older: Ada Lind or Per Holm?": ("How old was Ada Lind?", "How old was Per Holm?"),
    "Which company has more employees, Norcel or Tarn Rail?": (
        "How many employees does Norcel have?",
        "How many employees does Tarn Rail have?",
    ),
    "Which opened first, the library or the pool?": (
        "When did the library open?",
        "When did the pool open?",
    ),
    "Who was born later, Ada Lind or Per Holm?": (
        "When was Ada Lind born?",
        "When was Per Holm born?",
    ),
}
ONE_QUESTION = (
    "What is the capital of Osk?",
    "Which two countries promised to send troops and money?",
    "How many troops will France and Britain send?",
    "What did France and Britain promise together?",
    "How long did France and Britain talk for?",
    "Who are the president and the prime minister of Osk?",
    "Who launched and led the Coalition of the Willing?",
    "What are the terms and conditions of the deal?",
    "When and where was the treaty signed?",
    "How and why did the bridge close?",
    "Who said what and when?",
    "Who or what caused the fire?",
    "Is Osk larger than Harrowmouth?",
    "Did the mayor resign, and if so when?",
    "Do you know who leads the company and when it opened?",
    "Did he say who leads the company and who opened the bridge?",
    "What did Merz say about what Germany wants and when the war ends?",
    "What did the minister say when asked who pays and how much does it cost?",
    "What happened when the ferry sank and who was the captain when it did?",
    "Each of the members signed. Who was first?",
    "The ocean is changing colour. Which colour is it changing to?",
    "True or false: the bridge is closed and nobody knows when it opens.",
    "which bridge and which tunnel",
    "ferry timetable and when",
    "Which is better, tea or coffee?",
)
UNSAFE = (
    "Who is the mayor of Osk, and who was the mayor before that?",
    "Who is the founder of Norcel and when was it founded?",
    "How many people died in the storm and how many were hurt?",
    "Who lost the Northern Cup and who coached them?",
    "Who leads the coalition, who founded it, and when was it founded?",
)
"""Several questions, but no part stands alone for sure."""


@pytest.mark.parametrize(("question", "parts"), list((SPLIT | LEANING | COMPARED).items()))
def test_a_question_of_several_parts_is_split_into_whole_questions(
    question: str, parts: tuple[str, ...]
) -> None:
    assert parts_of(question) == parts


@pytest.mark.parametrize("question", [*ONE_QUESTION, *UNSAFE])
def test_what_is_one_question_or_cannot_be_split_safely_stays_as_it_is(question: str) -> None:
    assert parts_of(question) == (question,)


@pytest.mark.parametrize("part", sorted({p for ps in (SPLIT | COMPARED).values() for p in ps}))
def test_a_part_is_one_question(part: str) -> None:
    assert parts_of(part) == (part,)


def test_many_questions_at_once_are_answered_as_one() -> None:
    many = " ".join(f"When did shop {n} open?" for n in range(MOST_PARTS + 1))
    assert parts_of(many) == (many,)


def test_the_same_question_twice_is_asked_once() -> None:
    twice = "When did the pool open? When did the pool open?"
    assert parts_of(twice) == ("When did the pool open?",)


@given(st.text(max_size=200))
def test_any_text_has_parts_and_none_is_empty(text: str) -> None:
    parts = parts_of(text)
    assert 1 <= len(parts) <= MOST_PARTS
    assert len(parts) == 1 or all(part.strip() for part in parts)
