"""Replies as they come, in pieces of any size."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from rag.generation.writing import MAX_REPLY, sentences_in, words_of


def read(*pieces: str) -> list[tuple[str, tuple[int, ...]]]:
    return [(one.text, one.citations) for one in sentences_in(pieces)]


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        ("It runs. [1]", [("It runs.", (1,))]),
        ("It runs [1].", [("It runs.", (1,))]),
        ("It runs [1]", [("It runs", (1,))]),
        ("It runs. [1][2] It stops. [3, 1]", [("It runs.", (1, 2)), ("It stops.", (3, 1))]),
        ("It runs [1] and stops [2].", [("It runs and stops.", (1, 2))]),
        ("It runs. It stops [2].", [("It runs.", (2,)), ("It stops.", (2,))]),
        ("Here it is:\n- It runs [1]\n- It stops. [2]\n", [("It runs", (1,)), ("It stops.", (2,))]),
        ("1. **It runs**. [1]\n2. It stops [2].", [("It runs.", (1,)), ("It stops.", (2,))]),
        ("It runs 【1】. It goes [^2].", [("It runs.", (1,)), ("It goes.", (2,))]),
        ("The U.S. agreed. [1] Mr. Brae left [2].",
         [("The U.S. agreed.", (1,)), ("Mr. Brae left.", (2,))]),
        ("<think>It sank. [1]</think>It runs. [2]", [("It runs.", (2,))]),
        ("<think>It sank. [1]", []),
        ("It runs. [1] I hope that this helps!", [("It runs.", (1,))]),
        ("It\u200b r\u202euns. [1]\x00", [("It runs.", (1,))]),
        ("It runs.", []),
        ("[1]", []),
        ("", []),
        ("NOT_FOUND", []),
        ("It runs. [99999]", []),
    ],
)  # fmt: skip
def test_sentences_and_their_numbers(
    reply: str, expected: Sequence[tuple[str, tuple[int, ...]]]
) -> None:
    assert read(reply) == expected
    assert read(*reply) == expected


REPLIES = st.lists(
    st.sampled_from(
        ["It runs", "Mr. Brae", " ", " ", "\n", ".", "!", "”", "[1]", " [2, 3]", "[", "]", "[x]",
         "<think>", "</think>", "- ", "**", "The U.S.", "12.5", "<"]
    ),
    max_size=25,
).map("".join)  # fmt: skip


@given(reply=REPLIES, cuts=st.lists(st.integers(0, 80), max_size=6))
@example(reply="It runs. [1]\n[2] It stops [3]. [4]\n", cuts=[13])
def test_how_a_reply_is_cut_makes_no_difference(reply: str, cuts: list[int]) -> None:
    edges = sorted({0, len(reply), *(cut for cut in cuts if cut < len(reply))})
    pieces = [reply[a:b] for a, b in itertools.pairwise(edges)]
    assert read(*pieces) == read(reply)


def test_a_sentence_comes_as_soon_as_the_next_begins() -> None:
    def pieces() -> Sequence[str]:
        return ["It runs.", " [1]", " It", " stops"]

    seen: list[str] = []

    def watched() -> object:
        for piece in pieces():
            seen.append(piece)
            yield piece

    first = next(sentences_in(watched()))  # type: ignore[arg-type]
    assert first.text == "It runs."
    assert seen == ["It runs.", " [1]", " It"]


def test_a_reply_without_end_is_read_to_a_limit() -> None:
    taken = 0

    def endless() -> object:
        nonlocal taken
        while True:
            taken += 1
            yield "word " * 100

    assert list(sentences_in(endless())) == []  # type: ignore[arg-type]
    assert taken <= MAX_REPLY / 500 + 1


def test_words_of_a_reply() -> None:
    assert words_of("<think>So.</think> \u200bNOT_FOUND [1]\n") == "NOT_FOUND"
