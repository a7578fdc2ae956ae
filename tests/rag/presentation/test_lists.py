"""Questions that ask for several things, and the things."""

from __future__ import annotations

import pytest

from rag.presentation.lists import asks_for_list, distinct, in_one, items_in, number_asked
from rag.presentation.people import people_in
from rag.reading.question import analyse


@pytest.mark.parametrize(
    "question",
    [
        "Who was in the delegation?",
        "Who were the members of the crew?",
        "who attended the opening of the pier",
        "Which countries signed the treaty?",
        "Which two ports were closed?",
        "What are the demands of the islanders?",
        "Name the members of the crew.",
        "What three things does the council want?",
    ],
)
def test_lists_are_asked_for(question: str) -> None:
    assert asks_for_list(question)


@pytest.mark.parametrize(
    "question",
    [
        "Who is the mayor of Osk?",
        "Who led the delegation?",
        "Which country signed the treaty first?",
        "What is the name of the ship?",
        "What does the council want?",
        "What percentage of the crew came back?",
        "How many ports were closed?",
        "When did the pier open?",
    ],
)
def test_one_thing_is_asked_for(question: str) -> None:
    assert not asks_for_list(question)


@pytest.mark.parametrize(
    ("question", "sentence", "items"),
    [
        (
            "Who was in the delegation?",
            (
                "With Holt came General Zelt Brenk, Piet Varga, the port's adviser Jonas Feld and "
                "Ambassador Ilse Varn."
            ),
            ["General Zelt Brenk", "Piet Varga"],
        ),
        (
            "Who was at the table besides Anna Holt?",
            (
                "Around the table with Anna Holt were Piet Varga of Norway, Jonas Feld of Denmark "
                "and Ilse Varn of Iceland."
            ),
            ["Piet Varga", "Jonas Feld", "Ilse Varn"],
        ),
        (
            "Who were the envoys?",
            "The mayor sent Piet Varga, his deputy, and Jonas Feld.",
            ["Piet Varga", "Jonas Feld"],
        ),
        (
            "Who are the members of the commission?",
            "It has four members: Amaru Okall, Piet Varga, Kofo Mensu and Jonas Feld.",
            ["Amaru Okall", "Piet Varga", "Kofo Mensu", "Jonas Feld"],
        ),
        (
            "Who were the envoys?",
            "The mayor sent Piet Varga, Harbour House envoy, and Jonas Feld.",
            ["Piet Varga", "Jonas Feld"],
        ),
        (
            "Which countries promised ships?",
            "Norway, Denmark and Iceland promised ships at a meeting in Osk.",
            ["Norway", "Denmark", "Iceland"],
        ),
        (
            "What are the demands of the islanders?",
            "The islanders have made three demands: a new pier, lower fares and a doctor.",
            ["a new pier", "lower fares", "a doctor"],
        ),
        (
            "What are the tools of the coastguard?",
            "It has other means, such as sonar, drones and a fast boat, which it bought in May.",
            ["sonar", "drones", "a fast boat"],
        ),
        ("What are the demands?", "The islanders want a new pier.", []),
        ("Who was in the delegation?", "Piet Varga said that Jonas Feld had left.", []),
        ("Who was in the delegation?", "Anna Holt spoke for an hour.", []),
    ],
)
def test_the_items_of_a_sentence(question: str, sentence: str, items: list[str]) -> None:
    found = items_in(sentence, 0, people_in(sentence), analyse(question))
    assert [sentence[span.start : span.end] for span in found] == items


def test_a_stated_number() -> None:
    assert number_asked("Which two ports were closed?") == 2
    assert number_asked("Name the 12 members.") == 12
    assert number_asked("Which ports were closed?") is None


def test_the_same_name_counts_once() -> None:
    assert distinct(["Holt", "Piet Varga", "Anna Holt", "Varga"]) == ["Anna Holt", "Piet Varga"]


def test_items_in_one() -> None:
    assert [in_one(["a"]), in_one(["a", "b"]), in_one(["a", "b", "c"])] == [
        "a",
        "a and b",
        "a, b and c",
    ]


def named(question: str, sentence: str) -> list[str]:
    """The items of the sentence, as words."""
    return [
        sentence[span.start : span.end]
        for span in items_in(sentence, 0, people_in(sentence), analyse(question))
    ]


def test_members_named_with_what_they_do_are_one_list() -> None:
    sentence = (
        "Holt named four: Anna Brandt for housing, Dev Varn for finance, Carol Moon for transport "
        "and Lucy Feld for schools."
    )
    found = named("Who are in the cabinet?", sentence)
    assert found == ["Anna Brandt", "Dev Varn", "Carol Moon", "Lucy Feld"]


def test_somebody_described_at_length_is_of_the_list() -> None:
    sentence = (
        "Among them were Anna Varn, a runner who was born there, the actor Colin Moon and the "
        "local vicar, Ruth Feld."
    )
    assert named("Who took part in the march?", sentence) == [
        "Anna Varn",
        "Colin Moon",
        "Ruth Feld",
    ]


def test_a_day_and_a_time_are_no_list() -> None:
    sentence = "She won the marathon on Sunday in two hours, 17 minutes and four seconds, a record."
    assert named("Which runners did not finish the marathon?", sentence) == []
