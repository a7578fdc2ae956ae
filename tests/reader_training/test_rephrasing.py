"""Questions in other words: synonyms, fewer words, small talk, slips of the keyboard."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from rag.reading.question import plain
from reader_training.rephrasing import Rephraser
from tests.reader_training.wordnet import write_wordnet

QUESTION = "Who purchased the old boats of Otto Quist?"


@pytest.fixture(scope="module")
def wordnet(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny one."""
    return write_wordnet(tmp_path_factory.mktemp("wordnet"))


def rephrased(wordnet: Path, way: str, question: str = QUESTION, seed: int = 1) -> str:
    """The question, put in other words in this one way."""
    return Rephraser(wordnet, ways={way: 1.0}).rephrased(question, random.Random(seed))


def test_synonyms_keep_the_form_of_the_word_and_leave_names_alone(wordnet: Path) -> None:
    assert rephrased(wordnet, "synonyms") == "Who bought the old vessels of Otto Quist?"


def test_a_synonym_shares_the_usual_sense(wordnet: Path) -> None:
    said = {rephrased(wordnet, "synonyms", "where is the vessel kept", n) for n in range(8)}
    assert said == {"where is the boat kept"}


def test_terse_questions_keep_the_question_word(wordnet: Path) -> None:
    assert rephrased(wordnet, "terse") == "Who purchased old boats of Otto Quist?"
    assert rephrased(wordnet, "terse", "Who is the man?") == "Who is the man?"


def test_small_talk_is_what_the_reader_takes_away_again(wordnet: Path) -> None:
    made = {rephrased(wordnet, "framed", seed=seed) for seed in range(40)}
    assert len(made) >= 8
    bare = "who purchased the old boats of Otto Quist?"
    kept = {question for question in made if plain(question) != bare}
    assert kept == {f"so {bare}"}, "which changes nothing that is asked"


def test_a_slip_of_the_keyboard_changes_one_word(wordnet: Path) -> None:
    made = rephrased(wordnet, "mistyped").split()
    changed = [(a, b) for a, b in zip(QUESTION.split(), made, strict=True) if a != b]
    assert [a for a, _ in changed] == ["purchased"]
    assert len(changed[0][1]) in (8, 9)


def test_nothing_changes_where_no_way_is_taken(wordnet: Path) -> None:
    assert Rephraser(wordnet, ways={}).rephrased(QUESTION, random.Random(1)) == QUESTION


def test_equal_seeds_give_equal_words(wordnet: Path) -> None:
    rephraser = Rephraser(wordnet)
    first, second = (
        [rephraser.rephrased(QUESTION, random.Random(seed)) for seed in range(30)] for _ in range(2)
    )
    assert first == second
    assert len(set(first)) > 3


def test_without_wordnet_it_says_so(tmp_path: Path) -> None:
    with pytest.raises(OSError, match=r"data\.noun"):
        Rephraser(tmp_path)
