"""Five real articles that lie beside a checkout, where there are any: not part of the project."""

from __future__ import annotations

from pathlib import Path

import pytest

from index.bootstrap import open_archive
from index.settings import IndexSettings
from rag.bootstrap import build_engine
from rag.records import Outcome, Query
from rag.settings import RagSettings
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
    "What did Vladimir Putin say about the Paris talks?",
)
"""Answered wrongly as of now, and so left out: "How many refugees from Ukraine live in Ireland?"
(with the 35 countries, Ireland among them) and "What is the name of Keir Starmer's cat?"."""

pytestmark = pytest.mark.skipif(not FIVE.is_dir(), reason="there are no articles beside the tree")


def test_they_are_taken_in_and_answered_from(cli: Cli, tmp_path: Path) -> None:
    taken = cli("ingest", FIVE, "--json", "--data-dir", tmp_path / "five")
    assert (taken.code, taken.json()["added"]) == (0, 5)
    answer = cli("ask", QUESTION, "--json", "--data-dir", tmp_path / "five").json()
    assert answer["outcome"] == "answered"
    assert any("15-year" in citation["quote"] for citation in answer["citations"])


def test_what_they_do_not_say_is_not_answered(tmp_path: Path, model_cache: Path) -> None:
    settings = IndexSettings(data_dir=tmp_path, model_cache=model_cache)
    with open_archive(settings) as archive:
        archive.ingest([str(FIVE)])
        engine = build_engine(archive, RagSettings())
        answered = [
            question
            for question in UNANSWERABLE
            if engine.ask(Query(question=question)).outcome is not Outcome.NOT_FOUND
        ]
    assert answered == []
