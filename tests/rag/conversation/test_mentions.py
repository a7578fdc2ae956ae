"""What a turn talks about: names, dates and noun phrases."""

from __future__ import annotations

import pytest

from rag.conversation.mentions import Kind, names_in, names_in_title, phrases_in


@pytest.mark.parametrize(
    ("question", "phrases"),
    [
        ("how long would the guarantees last?", ["the guarantees"]),
        ("did the council decide?", ["the council"]),
        ("when does the ferry to Osk run?", ["the ferry to Osk"]),
        ("How long will the Harrowmouth bridge be closed?", ["the Harrowmouth bridge"]),
        ("who proposed security guarantees?", ["security guarantees"]),
        ("How many refugees came to Brunn?", ["refugees"]),
        ("What did Una Brae say?", []),
        ("When was the Maiden Bridge built?", []),
        ("Where is the Osk ferry?", []),
        ("What was the death toll?", ["the death toll"]),
        ("What happened?", []),
        ("", []),
    ],
)
def test_noun_phrases_are_told_from_verbs(question: str, phrases: list[str]) -> None:
    assert [mention.text for mention in phrases_in(question)] == phrases


def test_number_is_seen_in_the_form() -> None:
    (guarantees,) = phrases_in("what do the guarantees cover?")
    (plan,) = phrases_in("what does the plan cover?")
    assert (guarantees.plural, plan.plural) == (True, False)
    assert any(mention.plural for mention in names_in("It was Una Brae and Jon Teit."))


def test_a_body_of_people_counts_as_a_name() -> None:
    (council,) = phrases_in("did the council close?")
    assert council.kind is Kind.NAME


@pytest.mark.parametrize(
    ("text", "kind", "name"),
    [
        ("The librarian, Una Brae, had left.", Kind.PERSON, "Una Brae"),
        ("They met in Brunn.", Kind.PLACE, "Brunn"),
        ("It ended on 6 January.", Kind.DATE, "6 January"),
        ("He praised Una Brae’s work.", Kind.PERSON, "Una Brae"),
    ],
)
def test_names_are_found_by_kind(text: str, kind: Kind, name: str) -> None:
    assert name in {mention.text for mention in names_in(text) if mention.kind is kind}


@pytest.mark.parametrize("text", ["Storms kept it in port.", "An American-brokered plan failed."])
def test_a_capital_alone_makes_no_person(text: str) -> None:
    assert not [m for m in names_in(text) if m.kind is Kind.PERSON and m.text != "American"]


@pytest.mark.parametrize(
    ("title", "names", "whole"),
    [
        ("Ada Brekk", {"Ada Brekk"}, True),
        ("Ada Brekk (singer)", {"Ada Brekk"}, True),
        ("Ferry to Osk runs again", {"Osk"}, False),
        ("Council Of The Isles Votes To Close The Old Pool After Forty Years", set(), False),
        ("", set(), False),
    ],
)
def test_a_title_is_a_name_or_a_headline(title: str, names: set[str], whole: bool) -> None:
    mentions, is_whole = names_in_title(title)
    assert {mention.text for mention in mentions} == names
    assert is_whole is whole
