"""Five real articles that lie beside a checkout, where there are any: not part of the project."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.api.cli.conftest import Cli
from tests.api.cli.running import QUESTION

FIVE = Path(__file__).parents[4] / "shared" / "seeds"
UNANSWERABLE = (
    # of other worlds
    "What is the boiling point of mercury?",
    "Who directed the film Casablanca?",
    "How many goals did Lionel Messi score in 2012?",
    "What is the recommended daily dose of vitamin D?",
    # of the same people and places, and not told
    "How much rent does the French presidency pay for the Élysée Palace?",
    "Which hotel did Steve Witkoff stay at in Paris?",
    "What did Viktor Orbán say about the guarantees?",
    "How many tanks has Germany delivered to Ukraine?",
    "When was Volodymyr Zelensky born?",
    "How many refugees from Ukraine live in Ireland?",
    "What did Vladimir Putin say about the Paris talks?",
    "What is the name of Keir Starmer's cat?",
)

pytestmark = pytest.mark.skipif(not FIVE.is_dir(), reason="there are no articles beside the tree")


def test_they_are_taken_in_answered_from_and_not_overstated(cli: Cli, tmp_path: Path) -> None:
    folder = tmp_path / "five"
    taken = cli("ingest", FIVE, "--json", "--data-dir", folder)
    assert (taken.code, taken.json()["added"]) == (0, 5)
    answer = cli("ask", QUESTION, "--json", "--data-dir", folder).json()
    assert answer["outcome"] == "answered"
    assert any("15-year" in citation["quote"] for citation in answer["citations"])
    outcomes = {
        question: cli("ask", question, "--json", "--data-dir", folder).json()["outcome"]
        for question in UNANSWERABLE
    }
    assert outcomes == dict.fromkeys(UNANSWERABLE, "not_found")
