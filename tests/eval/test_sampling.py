from __future__ import annotations

import random

import pytest

from eval.sampling import sample_questions
from index.errors import InputError
from tests.eval.fakes import gold

MANY = [gold(f"q{number:02}") for number in range(40)]


def test_the_same_seed_draws_the_same_questions_whatever_their_order() -> None:
    drawn = sample_questions(MANY, 7, seed=3)
    shuffled = MANY.copy()
    random.Random(1).shuffle(shuffled)
    again = sample_questions(shuffled, 7, seed=3)
    assert len(drawn) == 7
    assert {one.id for one in again} == {one.id for one in drawn}
    assert [one.id for one in drawn] == sorted(one.id for one in drawn)
    assert [one.id for one in again] == [q.id for q in shuffled if q in again]
    assert drawn != sample_questions(MANY, 7, seed=4)


def test_all_of_them_is_the_set_as_it_stands() -> None:
    assert sample_questions(MANY, None, seed=0) == MANY
    assert sample_questions(MANY, 99, seed=0) == MANY


def test_none_is_no_sample() -> None:
    with pytest.raises(InputError, match="draw at least 1"):
        sample_questions(MANY, 0, seed=0)
