"""Questions changed so that their passage does not answer them."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reader_training.impossible import OPPOSITE_OF, changed_question

PASSAGE = (
    "In 1931 the engineer Maud Tarrant drew the first harbour wall for Port Lune. The wall opened "
    "in 1948 and cost 12 million crowns; the second one, by Otto Quist, cost 48 million crowns."
)
QUESTIONS = (
    ("When did Maud Tarrant draw the wall?", "1931"),
    ("How many crowns did the wall of 1948 cost?", "12 million"),
    ("Who drew the first wall?", "Maud Tarrant"),
    ("What did the wall by Otto Quist cost?", "48 million crowns"),
)


@pytest.mark.parametrize(("question", "answer"), QUESTIONS)
@given(seed=st.integers(0, 200))
def test_another_question_without_the_answer(question: str, answer: str, seed: int) -> None:
    changed = changed_question(question, PASSAGE, [answer], random.Random(seed))
    assert changed is not None
    assert changed != question
    assert answer not in changed


def test_the_same_seed_makes_the_same_question() -> None:
    question, answer = QUESTIONS[0]
    made = [changed_question(question, PASSAGE, [answer], random.Random(7)) for _ in range(2)]
    assert made[0] == made[1]


def test_nothing_to_change() -> None:
    assert changed_question("Why?", PASSAGE, ["storms"], random.Random(1)) is None


def test_every_word_with_an_opposite_is_one() -> None:
    assert all(other in OPPOSITE_OF for other in OPPOSITE_OF.values())
    assert (OPPOSITE_OF["first"], OPPOSITE_OF["south"]) == ("last", "north")
