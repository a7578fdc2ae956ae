"""Mistyped words are put right where the archive holds the word, and nowhere else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.archive import Archive
from rag.engine import AnswerEngine
from rag.reading.terms import key_of
from rag.spelling import SpellingCorrector, known_words, one_slip_away
from tests.rag.checking import ask, assert_checked


class Counts:
    """Implements `TermStatistics`: how many passages hold each word."""

    def __init__(self, counts: dict[str, int]) -> None:
        self._counts = {key_of(word): count for word, count in counts.items()}

    @property
    def document_count(self) -> int:
        return 100

    def document_frequency(self, term: str) -> int:
        return self._counts.get(key_of(term), 0)


HELD = Counts({"guarantees": 5, "territory": 2, "ceasefire": 3, "seized": 1, "stout": 4,
               "Macron": 8, "caramel": 6})  # fmt: skip


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("how long do the gaurantees last?", "how long do the guarantees last?"),
        ("why give up teritory in a ceasfire", "why give up territory in a ceasefire"),
        ("who was siezed?", "who was seized?"),
        ("is caravmel mentioned", "is caramel mentioned"),
        # a word of English that the archive lacks is no slip
        ("which marble was it", "which marble was it"),
        # short words have too many neighbours
        ("is a stoat seen", "is a stoat seen"),
        # another name is another question
        ("what did Macrom say", "what did Macrom say"),
        ("naïve qwertyuiop", "naïve qwertyuiop"),
        ("", ""),
    ],
)
def test_what_is_put_right(typed: str, meant: str) -> None:
    assert SpellingCorrector(HELD).corrected(typed) == meant


def test_of_several_the_word_that_most_passages_hold() -> None:
    both = Counts({"zarquon": 1, "zarquol": 3})
    assert SpellingCorrector(both).corrected("zarquow") == "zarquol"
    known = Counts({"harbour": 1, "harboul": 3})
    assert SpellingCorrector(known).corrected("harbouq") == "harbour", "a word of English first"


@given(st.text(st.sampled_from("abcde"), min_size=2, max_size=7))
def test_slips_go_both_ways_but_for_the_first_letter(word: str) -> None:
    for other in one_slip_away(word):
        assert other[0] == word[0]
        assert other != word
        assert abs(len(other) - len(word)) <= 1
        assert word in set(one_slip_away(other)), "a slip can be taken back"


def test_the_vocabulary_knows_english() -> None:
    assert {"government", "question"} <= known_words()
    assert "gaurantees" not in known_words()


def test_a_mistyped_question_is_answered_and_says_as_what(
    engine: AnswerEngine, archive: Archive
) -> None:
    answer = ask(engine, "How many signatuers had Una Brae collected?")
    assert answer.question == "How many signatuers had Una Brae collected?"
    assert answer.standalone_question == "How many signatures had Una Brae collected?"
    assert "2,300" in answer.citations[0].quote
    assert_checked(answer, archive)
