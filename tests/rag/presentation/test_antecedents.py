"""Brackets for pronouns: right wherever they are put, and put wherever it is plain."""

from __future__ import annotations

import pytest

from index.records import Span
from rag.presentation.antecedents import Leaning, leaning
from rag.presentation.background import Background
from tests.rag.presentation import news

PRECISION, RECALL = 0.95, 0.8


def of(case: news.Leaning) -> Leaning:
    text = f"{case.before} {case.sentence}"
    return leaning(Background(text), Span(len(case.before) + 1, len(text)))


def test_what_is_put_in_brackets_is_right() -> None:
    found = [(case, gloss.text) for case in news.LEANING if (gloss := of(case).gloss)]
    right = [text for case, text in found if text == case.meant]
    assert len(right) / len(found) >= PRECISION
    assert len(right) / sum(case.meant is not None for case in news.LEANING) >= RECALL


@pytest.mark.parametrize("case", news.NOBODY, ids=lambda case: case.sentence)
def test_nobody_is_named_where_it_might_be_another(case: news.Leaning) -> None:
    assert of(case).gloss is None


@pytest.mark.parametrize(
    ("before", "sentence"),
    [
        ("Piet Varga met Jonas Feld.", "He was late."),
        ("The council met the owners.", "They left early."),
        ("Ministers want a new port.", "This would take years."),
        ("The harbour was quiet.", "Last year he received a medal."),
        ("The crew left the ship when the storm rose.", "It sank at noon."),
    ],
)
def test_what_stays_open_needs_the_sentence_before(before: str, sentence: str) -> None:
    assert of(news.Leaning(before, sentence, None)) == Leaning(needs_more=True)


@pytest.mark.parametrize(
    "sentence",
    [
        "It is not clear whether the pier will open.",
        "It takes two hours to reach the island.",
        "This year the pier was closed.",
        "Those who came early found seats.",
        "The pier was closed in January.",
        "Jonas Feld said that he would resign.",
        "In her letter, Anna Holt asks for time.",
        "The ferry struck the bank on her way to Osk.",
    ],
)
def test_what_leans_on_nothing_stands_alone(sentence: str) -> None:
    assert of(news.Leaning("Piet Varga spoke first.", sentence, None)) == Leaning()


def test_the_bracket_stands_behind_the_pronoun_and_the_sentence_that_names_is_told() -> None:
    text = "Anna Holt spoke. Few, she said, had come."
    found = leaning(Background(text), Span(17, len(text)))
    assert found.gloss is not None
    assert text[: found.gloss.at].endswith("Few, she")
    assert found.found_in == Span(0, 16)


def test_headings_name_nobody() -> None:
    text = "Anna Holt wins\n\nHe lost."
    assert leaning(Background(text), Span(16, len(text))).gloss is None


def test_the_first_sentence_has_nothing_before_it() -> None:
    assert leaning(Background("He won."), Span(0, 7)) == Leaning(needs_more=True)
