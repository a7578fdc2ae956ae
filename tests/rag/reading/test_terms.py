"""Words meet under one key, names in several spellings."""

from __future__ import annotations

import pytest

from rag.reading.terms import key_of, same_name, terms_of


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("guarantees", "guaranteed"),
        ("approve", "approval"),
        ("met", "meets"),
        ("Élysée", "Elysee"),
        ("U.S.", "American"),
        ("US", "USA"),
        ("fifteen", "15"),
        ("Quist’s", "Quist"),
        ("1,200", "1200"),
    ],
)
def test_same_key(left: str, right: str) -> None:
    assert key_of(left) == key_of(right)


def test_the_pronoun_us_is_not_the_country() -> None:
    assert key_of("us") != key_of("US")
    assert terms_of("us")[0].is_stop_word
    assert not terms_of("US")[0].is_stop_word


@pytest.mark.parametrize(
    ("left", "right", "same"),
    [
        ("Zelensky", "Zelenskiy", True),
        ("Zelensky", "Zelenskyy", True),
        ("Zelenskiy", "Zelenskyy", True),
        ("Ukraine", "Ukrainian", True),
        ("Szőnyi", "Szonyi", True),
        ("Austria", "Australia", False),
        ("Iran", "Iraq", False),
        ("Quist", "Quill", False),
    ],
)
def test_spellings_of_names(left: str, right: str, same: bool) -> None:
    assert same_name(key_of(left), key_of(right)) is same


def test_hyphenated_words_come_apart() -> None:
    assert [term.key for term in terms_of("a 15-year term")] == ["a", "15", "year", "term"]
