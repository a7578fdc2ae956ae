"""Questions are read for their words, their names and the kind of answer they expect."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.reading.question import AnswerType, analyse, plain


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("How long will the contract run?", AnswerType.DURATION),
        ("for how many years is the bridge closed", AnswerType.DURATION),
        ("How many towns have joined?", AnswerType.COUNT),
        ("What share of the cost does the state pay?", AnswerType.PERCENT),
        ("How much will the wall cost?", AnswerType.MONEY),
        ("What is the price of the ticket?", AnswerType.MONEY),
        ("How old is the mayor?", AnswerType.AGE),
        ("How high is the wall?", AnswerType.QUANTITY),
        ("When does work begin?", AnswerType.DATE),
        ("In what year did the mill open?", AnswerType.DATE),
        ("Who designed the wall?", AnswerType.PERSON),
        ("Whose plan was it?", AnswerType.PERSON),
        ("Where did the ferry sink?", AnswerType.PLACE),
        ("Which town asked first?", AnswerType.PLACE),
        ("Which company runs the ferry?", AnswerType.ORGANISATION),
        ("Why did the fishermen object?", AnswerType.REASON),
        ("What did Brandt say about the storm?", AnswerType.STATEMENT),
        ("Is the ferry still running?", AnswerType.YES_NO),
        ("What is the Lune plan?", AnswerType.DEFINITION),
        ("Tell me about the harbour", AnswerType.OTHER),
        ("length of the contract?", AnswerType.DURATION),
        ("On what grounds did the fishermen object?", AnswerType.REASON),
        ("What is the name of the harbour official?", AnswerType.PERSON),
        ("do we know when work begins?", AnswerType.DATE),
        ("Has the WHO approved the vaccine?", AnswerType.YES_NO),
        ("WHO DESIGNED THE WALL?", AnswerType.PERSON),
    ],
)
def test_expected_kind(question: str, expected: AnswerType) -> None:
    assert analyse(question).main_type is expected


@pytest.mark.parametrize(
    "framed",
    [
        "Do we know who designed the wall?",
        "can you please tell me who designed the wall?",
        "Any idea who designed the wall?",
        "I'd like to know who designed the wall?",
        "So, does it say who designed the wall?",
        "remind me, who designed the wall?",
        "is it known who designed the wall?",
    ],
)
def test_small_talk_is_no_part_of_a_question(framed: str) -> None:
    assert plain(framed) == "who designed the wall?"
    assert analyse(framed) == analyse("who designed the wall?")


@pytest.mark.parametrize(
    "question",
    [
        "Do we know whether the wall holds?",
        "So who designed the wall?",
        "Did they know what would happen?",
        "Can you see the wall?",
        "Who told me the time?",
        "",
    ],
)
def test_what_is_asked_stays(question: str) -> None:
    assert plain(question) == question


def test_names_are_capitalised_words_that_do_not_open_the_question() -> None:
    question = analyse("Did Ilse Brandt meet Tarrant in 2019?")
    assert question.names == {"ils", "brandt", "tarrant"}
    assert question.numbers == {"2019"}


def test_unit_of_a_count_is_the_plural() -> None:
    assert analyse("How many coastal towns asked?").unit == "town"
    assert analyse("how many people came").unit == "person"


def test_words_that_only_name_the_kind_are_not_content() -> None:
    keys = [term.key for term in analyse("In which year did the mill open?").terms]
    assert keys == ["mill", "open"]


def test_question_of_stop_words_only_still_has_terms() -> None:
    assert analyse("Who are they?").terms


def test_empty_question_has_no_terms() -> None:
    assert analyse("  ?! ").terms == ()


@given(st.text(max_size=80))
def test_any_text_is_analysed(text: str) -> None:
    question = analyse(text)
    assert question.types
    asked = question.text
    assert text.endswith(asked)
    assert all(asked[term.start : term.end] == term.text for term in question.terms)
