"""The text nearest to a quote, and names nearest to a name."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.gold_sets.nearest import nearest_names, nearest_text

TEXT = (
    "The harbour froze for nine weeks. “We counted 340 stranded passengers,” said the harbour\n"
    "master, Ilse Varn. Ships waited. The thaw came in April."
)


@pytest.mark.parametrize(
    ("quote", "nearest"),
    [
        ("The harbor froze for 9 weeks.", "The harbour froze for nine weeks."),
        ("we counted 430 stranded passengers", "“We counted 340 stranded passengers,”"),
        ("The thaw came in Aprill", "The thaw came in April."),
        ("said harbour master Ilse Varn.", "said the harbour\nmaster, Ilse Varn."),
    ],
)
def test_the_nearest_text_is_whole_words_of_the_article(quote: str, nearest: str) -> None:
    found = nearest_text(quote, TEXT)
    assert found is not None
    assert found.text == nearest
    assert found.text in TEXT
    assert 0.8 < found.similarity < 1.0


def test_case_and_line_breaks_do_not_count() -> None:
    found = nearest_text("SAID THE HARBOUR MASTER, ILSE VARN.", TEXT)
    assert found is not None
    assert (found.text, found.similarity) == ("said the harbour\nmaster, Ilse Varn.", 1.0)


def test_a_text_shorter_than_the_quote_is_near_as_a_whole() -> None:
    found = nearest_text("The thaw came in April, as it does each year.", "The thaw came.")
    assert found is not None
    assert found.text == "The thaw came."


@pytest.mark.parametrize("text", ["", " \n "])
def test_where_there_are_no_words_nothing_is_near(text: str) -> None:
    assert nearest_text("The thaw came.", text) is None


SOME = ("ice", "thaw", "İstanbul", "“we”", "340", "ﬁsh", "🎉", "a")
WORDS = st.lists(st.sampled_from(SOME), min_size=1)


@given(WORDS.map(" ".join), WORDS.map("\n".join))
def test_it_is_a_run_of_words_and_alike_to_itself(quote: str, text: str) -> None:
    found = nearest_text(quote, text)
    assert found is not None
    assert found.text in text
    assert set(found.text.split()) <= set(text.split())
    assert 0.0 <= found.similarity <= 1.0
    same = nearest_text(text, f"before {text} after")
    assert same is not None
    assert same.similarity == 1.0


def test_names_much_like_it_are_named_most_alike_first() -> None:
    names = ["ferry-back.txt", "ferry-runs.txt", "bridge.html", "ferry-run.txt"]
    assert nearest_names("ferry-runs.md", names)[0] == "ferry-runs.txt"
    assert nearest_names("zzz", names) == []
    assert nearest_names("ferry", []) == []
