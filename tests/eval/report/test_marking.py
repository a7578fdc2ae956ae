from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from eval.report.marking import evidence_spans

WORDS = st.text(alphabet="abc \n’'-", max_size=40)


def marked(text: str, *quotes: str) -> list[str]:
    return [text[start:end] for start, end in evidence_spans(text, quotes)]


def test_a_quote_is_found_whatever_its_white_space_and_punctuation_look_like() -> None:
    assert marked("He said “so\n be it” then.", 'said "so be it"') == ["said “so\n be it”"]


def test_of_a_quote_that_is_cut_the_longest_run_is_marked() -> None:
    assert marked("rose by a third. The end", "prices Rose by a third.") == ["rose by a third."]
    assert marked("nothing alike", "entirely else") == []


def test_quotes_that_touch_are_one_mark() -> None:
    assert marked("a b c d e", "b c", "c d", "e") == ["b c d", "e"]


@given(text=WORDS, quotes=st.lists(WORDS, max_size=3))
def test_spans_ascend_within_the_text(text: str, quotes: list[str]) -> None:
    done = 0
    for start, end in evidence_spans(text, quotes):
        assert done <= start < end <= len(text)
        done = end
