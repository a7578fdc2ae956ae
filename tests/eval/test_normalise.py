from __future__ import annotations

import re
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.normalise import contains_answer, exact_match, normalise_answer, token_f1

texts = st.text(max_size=40)
ascii_texts = st.text(alphabet=string.printable, max_size=40)


@pytest.mark.parametrize(
    ("text", "normalised"),
    [
        ("The  Cat, the hat.", "cat hat"),
        ("a 15-year term", "15year term"),
        ("Ukraine’s “plan” — an outline", "ukraines plan outline"),
        ("Theatre and another", "theatre and another"),
        ("U.S.", "us"),
        ("the", ""),
    ],
)
def test_normalises(text: str, normalised: str) -> None:
    assert normalise_answer(text) == normalised


@given(ascii_texts)
def test_is_the_official_definition_on_ascii(text: str) -> None:
    without_punctuation = "".join(c for c in text.lower() if c not in string.punctuation)
    expected = " ".join(re.sub(r"\b(a|an|the)\b", " ", without_punctuation).split())
    assert normalise_answer(text) == expected


@given(ascii_texts)
def test_normalising_twice_is_normalising_once(text: str) -> None:
    assert normalise_answer(normalise_answer(text)) == normalise_answer(text)


@pytest.mark.parametrize(
    ("prediction", "truth", "f1"),
    [
        ("a 15-year term", "15-year", 2 / 3),
        ("nine weeks", "nine weeks", 1.0),
        ("red red blue", "red blue blue", 2 / 3),
        ("north", "south", 0.0),
        ("the", "the", 1.0),
        ("the", "north", 0.0),
    ],
)
def test_token_f1(prediction: str, truth: str, f1: float) -> None:
    assert token_f1(prediction, truth) == pytest.approx(f1)


@given(texts, texts)
def test_f1_is_symmetric_and_bounded_and_1_on_a_match(left: str, right: str) -> None:
    assert 0.0 <= token_f1(left, right) <= 1.0
    assert token_f1(left, right) == pytest.approx(token_f1(right, left))
    assert exact_match(left, right) <= token_f1(left, right)


@pytest.mark.parametrize(
    ("text", "answer", "found"),
    [
        ("Proposals set out a 15-year term.", "15-year", True),
        ("Proposals set out a 15-year term.", "15", True),
        ("Proposals set out a 15-year term.", "15 year", True),
        ("Ukraine’s backers met.", "Ukraine", True),
        ("Troops of the US left.", "U.S.", True),
        ("The party went on.", "art", False),
        ("It grew by 3.5 per cent.", "5", False),
        ("It grew by 3.5 per cent.", "3.5", True),
        ("It cost 1,200 crowns.", "1200", True),
        ("Anything at all.", "the", False),
        ("", "north", False),
    ],
)
def test_contains_answer(text: str, answer: str, found: bool) -> None:
    assert contains_answer(text, answer) is found


@given(texts, texts, texts)
def test_a_text_contains_what_stands_in_it_as_words(before: str, answer: str, after: str) -> None:
    if normalise_answer(answer):
        assert contains_answer(f"{before} {answer} {after}", answer)
