"""Verdicts, with the real model."""

from __future__ import annotations

import pytest

from index.embedding.huggingface import OnnxEmbedder
from rag.support.checker import LearnedSupportChecker, QuoteSupportChecker, support_model

FERRY = "The ferry to Osk runs again from Monday, the harbour office said on Friday."
VOTE = "The town council voted by eleven to four to keep the old library open."


@pytest.fixture(scope="module")
def learned(embedder: OnnxEmbedder) -> LearnedSupportChecker:
    return LearnedSupportChecker(embedder)


@pytest.fixture(scope="module")
def strict(learned: LearnedSupportChecker) -> QuoteSupportChecker:
    return QuoteSupportChecker(learned)


@pytest.mark.parametrize("quote", [FERRY, VOTE])
def test_a_quote_supports_itself(
    learned: LearnedSupportChecker, strict: QuoteSupportChecker, quote: str
) -> None:
    for checker in (learned, strict):
        found = checker.check(quote, [quote])
        assert found.supported
        assert found.score > 0.8
        assert found.lacking == ()


@pytest.mark.parametrize(
    ("claim", "evidence"),
    [
        ("The ferry to Osk runs again from Monday.", [FERRY]),
        ("On Friday the harbour office said that the ferry runs again from Monday.", [FERRY]),
        ("The council voted 11 to 4 to keep the library open.", [VOTE]),
        (
            "The ferry to Osk runs again, and the town council keeps the library open.",
            [FERRY, VOTE],
        ),
        ("According to the Skerry Post, the ferry to Osk runs again from Monday.", [FERRY]),
    ],
)
def test_what_the_quotes_say_is_supported(
    strict: QuoteSupportChecker, claim: str, evidence: list[str]
) -> None:
    assert strict.check(claim, evidence, ["Skerry Post"]).supported


@pytest.mark.parametrize(
    ("claim", "lacking"),
    [
        ("The ferry to Osk runs again from Tuesday.", ("Tuesday",)),
        ("The ferry to Osk runs again from Monday for 12 crowns.", ("12",)),
        ("Ilse Varn said the ferry to Osk runs again from Monday.", ("Ilse", "Varn")),
        ("The ferry to Osk runs again from 9 March.", ("9 March",)),
        ("The ferry to Osk does not run again from Monday.", ()),
        ("The ferry to Osk stops again from Monday.", ()),
        ("The harbour office sank the ferry to Osk on Friday.", ()),
        ("Monday said the harbour office runs to Osk from the ferry.", ()),
        ("It is so.", ()),
        ("", ()),
    ],
)
def test_what_they_do_not_say_is_not(
    strict: QuoteSupportChecker, claim: str, lacking: tuple[str, ...]
) -> None:
    found = strict.check(claim, [FERRY])
    assert not found.supported
    assert found.lacking == lacking


def test_lacking_facts_fail_whatever_the_score(learned: LearnedSupportChecker) -> None:
    claim = FERRY.replace("Monday", "Sunday")
    found = learned.check(claim, [FERRY, VOTE])
    assert (found.supported, found.lacking) == (False, ("Sunday",))


def test_without_evidence_nothing_is_supported(learned: LearnedSupportChecker) -> None:
    for evidence in ([], [""], ["…"]):
        assert learned.check(FERRY, evidence) == learned.check("", [FERRY])


def test_the_verdict_does_not_depend_on_what_was_checked_before(
    learned: LearnedSupportChecker,
) -> None:
    first = learned.check("The ferry runs again.", [FERRY, VOTE])
    learned.check(VOTE, [VOTE])
    assert learned.check("The ferry runs again.", [FERRY, VOTE]) == first


def test_the_model_that_ships_trusts_words_and_likeness() -> None:
    weights = support_model().logistic.weights
    assert weights["contained"] > 0 < weights["similarity"]
    assert weights["lacking"] <= 0 >= weights["contradicts"]
    assert 0 < support_model().threshold < 1
