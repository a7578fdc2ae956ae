"""The baseline that looks for words."""

from __future__ import annotations

import pytest

from eval.public.support import WordContainment

EVIDENCE = ["The ferry to Osk carried 340 passengers.", "Its captain is Ilse Varn."]


@pytest.mark.parametrize(
    ("claim", "score", "supported"),
    [
        ("The ferry carried 340 passengers.", 1.0, True),
        ("Ferries carry 340 passengers to Osk.", 1.0, True),  # forms of a word are one
        ("The ferry carried 341 passengers.", 0.75 / 2, False),  # a figure must match
        ("The captain of the ferry is Tomas.", (2 / 3) / 2, False),  # so must a name
        ("Ilse Varne captains the ferry.", 1.0, True),  # a name may be spelled differently
        ("The ferry carried tired passengers.", 3 / 4, True),
        ("The rusty ferry carried tired passengers.", 3 / 5, False),
        ("It is what it is.", 0.0, False),
    ],
)
def test_figures_and_names_must_match(claim: str, score: float, supported: bool) -> None:
    found = WordContainment().check(claim, EVIDENCE)
    assert found.score == pytest.approx(score)
    assert found.supported is supported


def test_no_evidence_supports_nothing() -> None:
    assert WordContainment().check("The ferry sails.", []).score == 0.0


def test_words_that_the_evidence_lacks_are_named() -> None:
    tokens = ["The", "rusty", "ferry", "carried", "341", "passengers", "."]
    assert WordContainment().unsupported(tokens, EVIDENCE) == (
        False, True, False, False, True, False, False,
    )  # fmt: skip
