"""Words, order and denial."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.support.features import bearers, contained, contradicts, denied_in, in_order

_VOCABULARY = "ferry harbour storm not never runs sold Osk rise fall ,"
WORDS = st.lists(st.sampled_from(_VOCABULARY.split()), max_size=9).map(" ".join)


def test_the_share_of_content_words_is_taken_in_any_form() -> None:
    assert contained("The ferries ran to Osk.", ["A ferry runs to Osk."]) == 1.0
    assert contained("The ferries sank at Osk.", ["A ferry runs to Osk."]) == pytest.approx(2 / 3)
    assert contained("It is so.", ["It is so."]) == 0.0  # nothing is said


def test_who_does_what_to_whom_is_a_matter_of_order() -> None:
    held = ["The council sued the harbour office on Friday."]
    assert in_order("The council sued the harbour office.", held) == 1.0
    assert in_order("On Friday the council sued the harbour office.", held) == pytest.approx(3 / 4)
    assert in_order("The harbour office sued the council.", held) == pytest.approx(1 / 3)
    assert in_order("Osk.", held) == 1.0
    two = ["It closed in May.", "The bridge is old."]
    assert in_order("It closed in May, the bridge is old.", two) == pytest.approx(2 / 3)


def test_the_fewest_sentences_bear_a_claim() -> None:
    sentences = ["Storms came.", "The ferry runs.", "The ferry runs to Osk.", "Osk is far."]
    assert bearers("The ferry to Osk runs.", sentences) == [2]
    assert bearers("Storms came; the ferry runs to Osk.", sentences) == [0, 2]
    assert bearers("Nothing of it.", []) == []


def test_a_denial_reaches_the_words_after_it_in_its_clause() -> None:
    denied, affirmed = denied_in("The boat did not sail to Osk, but the ferry runs there daily.")
    assert {"sail", "osk"} == denied
    assert {"boat", "ferri", "run", "daili"} == affirmed
    assert denied_in("Not only the ferry runs.")[0] == frozenset()


@pytest.mark.parametrize(
    ("claim", "evidence"),
    [
        ("The ferry does not run.", "The ferry runs."),
        ("The ferry runs.", "The ferry doesn't run."),
        ("Nobody voted for it.", "Many voted for it."),
        ("Fares rise in May.", "Fares fall in May."),
        ("They refused to send help.", "They agreed to send help."),
        ("He left before the vote.", "He left after the vote."),
        ("More people came.", "Fewer people came."),
    ],
)
def test_what_says_the_contrary(claim: str, evidence: str) -> None:
    assert contradicts(claim, [evidence])
    assert contradicts(evidence, [claim])


@given(WORDS)
def test_no_text_contradicts_itself_and_each_holds_its_own_words(text: str) -> None:
    assert not contradicts(text, [text])
    assert contained(text, [text]) in {0.0, 1.0}
    assert in_order(text, [text]) == 1.0
