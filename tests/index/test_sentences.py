"""Sentence spans: exact, complete, and sensible on news text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.sentence_splitting import cases, joints
from index.sentences import DATELINE, split_sentences

PIECES = st.sampled_from(
    [
        "The ferry left.",
        "Gov. Lind spoke at 5 p.m. ",
        "“Stay. Wait,” she said.",
        "PARIS — ",
        "KYIV (Tern24) — ",
        "\n\n",
        "\n",
        " \n\t\n",
        " ",
        "\u00a0",
        "”",
        "* * *",
        "…",
        "(No. 7)",
        "3.5 percent",
        "don’t",
        "É",
        "😀",
        ".",
    ]
)
TEXTS = st.one_of(st.text(max_size=200), st.lists(PIECES, max_size=25).map("".join))


def sentences(text: str) -> list[str]:
    return [text[start:end] for start, end in split_sentences(text)]


@given(TEXTS)
def test_spans_ascend_without_overlap_and_are_stripped(text: str) -> None:
    last = 0
    for start, end in split_sentences(text):
        assert last <= start < end <= len(text)
        assert text[start:end] == text[start:end].strip()
        last = end


@given(TEXTS)
def test_every_character_but_white_space_and_datelines_is_covered(text: str) -> None:
    at = 0
    for start, end in [*split_sentences(text), (len(text), len(text))]:
        uncovered = text[at:start]
        if uncovered.strip():
            begin = at + len(uncovered) - len(uncovered.lstrip())
            dateline = DATELINE.match(text, begin)
            assert dateline is not None
            assert dateline.end() >= start
        at = end


@given(TEXTS)
def test_no_sentence_crosses_a_blank_line(text: str) -> None:
    for sentence in sentences(text):
        assert not any(not line.strip() for line in sentence.split("\n"))


@pytest.mark.parametrize("text", ["", " ", "\n\n \n", "\u00a0"])
def test_blank_text_has_no_sentences(text: str) -> None:
    assert split_sentences(text) == []


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("PARIS — The envoys met.", "The envoys met."),
        ("ERBIL (Tern24) —\u00a0Two ships sank.", "Two ships sank."),
        ("PARIS -- “Nobody won,” he said.", "“Nobody won,” he said."),
        ("WASHINGTON, D.C. — Lawmakers voted.", "Lawmakers voted."),
        ("NEW YORK (AP) — Shares fell.", "Shares fell."),
        ("KYIV, Ukraine (AP) — Shells fell.", "Shells fell."),
        ("LONDON, Jan. 6, 2026 (Reuters) - Oil rose.", "Oil rose."),
        ("Rome (ANSA) – A court ruled.", "A court ruled."),
        ("(CNN) — A court ruled.", "A court ruled."),
    ],
)
def test_a_dateline_is_no_part_of_the_first_sentence(text: str, first: str) -> None:
    assert sentences(text) == [first]


@pytest.mark.parametrize(
    "text",
    [
        "The plan — the third this year — failed.",
        "NATO-led troops left.",
        "UNESCO, the U.N. agency, agreed.",
        "Blake Dunne (the 2020 champion) — Nobody else came close.",
        "A — b.",
    ],
)
def test_a_dash_alone_makes_no_dateline(text: str) -> None:
    assert sentences(text) == [text]


def test_a_title_ends_no_sentence() -> None:
    text = "State Rep. Ana Bell voted no. Maj. Gen. Tor Eide agreed with Lt. Gov. Pat Moss."
    assert sentences(text) == [
        "State Rep. Ana Bell voted no.",
        "Maj. Gen. Tor Eide agreed with Lt. Gov. Pat Moss.",
    ]


def test_a_roman_number_may_end_a_sentence() -> None:
    text = (
        "It is the gravest crisis since World War II. Delegations came. "
        "Pope Pius XII. spoke to Anna V. Lind."
    )
    assert sentences(text) == [
        "It is the gravest crisis since World War II.",
        "Delegations came.",
        "Pope Pius XII. spoke to Anna V. Lind.",
    ]


def test_a_stray_quotation_mark_stays_with_its_sentence() -> None:
    assert sentences("It is over. ”") == ["It is over. ”"]


def test_most_hard_paragraphs_split_as_a_reader_would() -> None:
    right = 0
    for paragraph in cases():
        text = " ".join(paragraph)
        right += {start for start, _ in split_sentences(text)} - {0} == joints(paragraph)
    assert len(cases()) >= 60
    assert right >= 70, "see benchmarks/sentence_splitting.py for which ones fail"
