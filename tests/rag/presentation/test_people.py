"""Who counts as a person, and which pronoun stands for them."""

from __future__ import annotations

import pytest

from rag.presentation.people import Sex, people_in


def named(text: str) -> list[str]:
    return [person.name for person in people_in(text).persons]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Anna Holt spoke.", ["Anna Holt"]),
        ("Anna Holt spoke. Later Holt left.", ["Anna Holt", "Anna Holt"]),
        ("Mr Osk and Dr. Brenk spoke.", ["Osk", "Brenk"]),
        ("Finance Minister Zelt Brenk spoke.", ["Zelt Brenk"]),
        ("Zelt Brenk, the harbourmaster, spoke.", ["Zelt Brenk"]),
        ("Zelt Brenk, 54, spoke.", ["Zelt Brenk"]),
        ("The mayor, Zelt Brenk, spoke.", ["Zelt Brenk"]),
        ("Anna Holt met Piet Holt. Then Holt left.", ["Anna Holt", "Piet Holt"]),
        ("Zelt Brenk lies on the river.", []),
        ("Anna Bridge is closed.", []),
        ("Charlotte Harbour Council met in Osk.", []),
        ("On Monday Germany and France met NATO.", []),
    ],
)
def test_a_capital_is_not_enough(text: str, names: list[str]) -> None:
    assert named(text) == names


@pytest.mark.parametrize(
    ("text", "sex"),
    [
        ("Anna Holt spoke.", Sex.SHE),
        ("Piet Holt spoke.", Sex.HE),
        ("Robin Holt spoke.", None),
        ("Mrs Brenk spoke.", Sex.SHE),
        ("Zelt Brenk, a spokesman, spoke.", Sex.HE),
        ("Zelt Brenk, his wife, spoke.", Sex.SHE),
        ("Zelt Brenk, an engineer, spoke.", None),
    ],
)
def test_which_pronoun(text: str, sex: Sex | None) -> None:
    assert [person.sex for person in people_in(text).persons] == [sex]


def test_offices_are_those_beside_the_name() -> None:
    (first, second, third) = people_in(
        "Prime Minister Anna Holt met Piet Varga, the envoy. Holt left."
    ).persons
    assert first.offices == third.offices == {"prime minister"}
    assert second.offices == {"envoy"}


def test_an_owner_is_told_from_who_acts() -> None:
    (person,) = people_in("Anna Holt’s office is closed.").persons
    assert (person.name, person.owner) == ("Anna Holt", True)
