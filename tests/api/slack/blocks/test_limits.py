"""Measuring and cutting."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from api.slack.blocks.limits import cost_as_json, length, measured, pieces, shortened
from tests.api.slack.blocks.answering import LONG


@given(LONG, st.integers(20, 3_000))
def test_pieces_are_the_text_and_none_is_too_long(text: str, most: int) -> None:
    cut = list(pieces(text, most))
    assert "".join(cut) == text
    assert [piece for piece in cut if measured(piece) - 2 > most] == []
    assert "" not in cut


@given(st.text(alphabet="ab \n", max_size=300), st.integers(10, 40))
def test_words_stay_whole_where_they_fit(text: str, most: int) -> None:
    for before, after in zip(list(pieces(text, most)), list(pieces(text, most))[1:], strict=False):
        whole = max((len(word) for word in text.split()), default=0) < most // 2
        assert before[-1].isspace() or after[0].isspace() or not whole


def test_what_is_seen_as_one_character_is_not_cut() -> None:
    families = "👩‍👩‍👧‍👦" * 20
    assert {piece.count("👩") for piece in pieces(families, 24)} == {4}
    accents = "e\u0301" * 50
    assert [piece for piece in pieces(accents, 7) if piece[0] == "\u0301"] == []


def test_a_character_that_is_too_long_alone_is_a_piece() -> None:
    assert list(pieces("\x01\x01", 3)) == ["\x01", "\x01"]


def test_shortening_ends_with_a_word() -> None:
    assert shortened("one two three", 13) == "one two three"
    assert shortened("one two three", 10) == "one two…"
    assert shortened("👍" * 10, 9) == "👍👍👍👍…"


def test_lengths_are_those_of_utf_16_and_of_json() -> None:
    assert length("a👍é") == 4
    assert cost_as_json('"') == 2
    assert cost_as_json("\x01") == 6
    assert measured({"a": "ä👍"}) == len('{"a":"ä👍"}') + 1
