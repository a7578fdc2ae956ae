"""Questions are read for their words, their names and the kind of answer they expect."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.reading.question import AnswerType, analyse


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
    ],
)
def test_expected_kind(question: str, expected: AnswerType) -> None:
    assert analyse(question).main_type is expected


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
    assert all(text[term.start : term.end] == term.text for term in question.terms)
