"""What a sentence may not have of its own."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.support.facts import lacking

FERRY = "Ilse Varn of the United Nations counted 340 stranded passengers on 6 March 2026."


@pytest.mark.parametrize(
    ("claim", "evidence"),
    [
        ("Fares stay at 12 crowns.", "Fares stay at 12 crowns until the end of May."),
        ("The storm lasted eleven days.", "It lasted 11 days."),
        ("It lasted 11 days.", "The storm lasted eleven days."),
        ("It cost $4.2m.", "It cost 4.2 million dollars."),
        ("It cost 4,200,000 dollars.", "It cost $4.2 million."),
        ("It cost 4.2 million dollars.", "It cost $4.2\u00a0million."),
        ("Some three hundred and forty waited.", "About 340 waited."),
        ("Ten percent left.", "Between 10 and 15 per cent left."),
        ("The season of 2019 was good.", "The season of 2018–19 was good."),
        ("On March 6, 2026, Varn counted 340.", FERRY),
        ("On 6 March Varn counted 340.", FERRY),
        ("The UN counted 340.", FERRY),
        ("Ms Varn counted 340.", FERRY),
        ("The U.S. agreed.", "The United States agreed."),
        ("Zelenskiy agreed.", "Zelensky agreed."),
        ("French ministers agreed.", "Ministers of France agreed."),
        ("Varn, Ilse counted 340.", FERRY),
        ("One of the passengers spoke.", "A passenger spoke."),
        ("She said “never again”.", "“Never, again,” she said."),
        ("It's the harbour's boat, they said.", "The boat is of the harbour."),
        ("Officially, it closed in Sept.", "It closed in September."),
        ("Two-thirds voted.", "Two thirds of them voted."),
        ("It will cut 900 full jobs.", "It will shut 63 shops and cut 900 jobs."),
        ("It will shut 63 shops.", "It will shut 63 of its 410 shops."),
    ],
)
def test_what_the_evidence_has_in_another_form_is_not_lacking(claim: str, evidence: str) -> None:
    assert lacking(claim, [evidence]) == ()


@pytest.mark.parametrize(
    ("claim", "evidence", "missing"),
    [
        ("Fares rise to 13 crowns.", "Fares stay at 12 crowns.", ("13",)),
        ("It cost 4.2 billion.", "It cost 4.2 million.", ("4.2 billion",)),
        ("It will cut 900 shops.", "It will shut 63 shops and cut 900 jobs.", ("900",)),
        ("It cost €60.", "It cost $60.", ("€60",)),
        ("It fell by 60 percent.", "It fell by 60 points.", ("60 percent",)),
        ("One person died.", "Nine people died.", ("One",)),
        ("A third voted.", "Half of them voted.", ("third",)),
        ("A quarter left.", "A half left.", ("quarter",)),
        ("He was born in the 1990s.", "He was born in 1990.", ("1990s",)),
        ("On 7 March 2026 he left.", FERRY, ("7 March 2026",)),
        ("On 6 March 2025 he left.", FERRY, ("6 March 2025",)),
        ("It closed in August.", "It closed in September.", ("August",)),
        ("Ilse Brook counted them.", FERRY, ("Brook",)),
        ("Macron counted them.", FERRY, ("Macron",)),
        ("He met Angela Merkel.", FERRY, ("Angela", "Merkel")),
        ("The EU counted them.", FERRY, ("EU",)),
        ("She said “for ever”.", "“Never again,” she said.", ("“for ever”",)),
        ("It is ½ empty.", "It is empty.", ("½",)),
        ("٣٤٠ people and ٣٤١ boats.", FERRY, ("٣٤١",)),
    ],
)
def test_what_the_evidence_does_not_have_is_lacking(
    claim: str, evidence: str, missing: tuple[str, ...]
) -> None:
    assert set(missing) <= set(lacking(claim, [evidence]))


def test_a_name_is_not_put_together_from_two() -> None:
    assert lacking("Ada Varn rebuilt it.", ["Ada Brook and Ilse Varn rebuilt it."]) == ("Varn",)


def test_who_published_may_be_named_but_gives_no_figures() -> None:
    held = ["The ferry runs again."]
    assert lacking("The Skerry Post says it runs.", held, ["Skerry Post"]) == ()
    assert lacking("The Skerry Post says it runs.", held) == ("Skerry", "Post")
    assert lacking("24 ferries run.", held, ["France 24"]) == ("24",)


def test_links_and_markup_are_lacking() -> None:
    held = ["The ferry runs again."]
    for claim in (
        "The ferry runs again, see http://evil.example.",
        "The ferry [runs](//evil.example) again.",
        "The ferry runs <img src=x> again.",
        "The ferry runs again, see www.evil.example.",
    ):
        assert lacking(claim, held), claim


@given(st.text(max_size=80))
def test_a_text_lacks_nothing_of_itself(text: str) -> None:
    assert lacking(text, [text]) == ()
