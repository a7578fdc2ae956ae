"""The JSON document: what is written is read back, and the same run is the same bytes."""

from __future__ import annotations

import json
import random
from dataclasses import replace
from pathlib import Path

import pytest

from eval.document import FORMAT, JSON_NAME, as_json, document, read_evaluation
from eval.gold import GoldQuestion
from eval.run import Evaluation, run_evaluation
from index.errors import InputError
from rag.records import Answer
from tests.eval.fakes import (
    SOURCE,
    FakeTarget,
    abstained,
    answered,
    citation,
    gold,
    passage,
    right_answer,
)

GOLD = [
    gold("fire", tags=["mill", "year"]),
    gold("wool", answers=["wool"], evidence=[("a2", "It spins wool.")], tags=["mill"]),
    gold("lost", evidence=[("a1", "Nobody was hurt.")]),
    gold("price", answers=()),
    gold("mayor", answers=()),
]


def answer(question: GoldQuestion) -> Answer | Exception:
    match question.id:
        case "fire":
            return replace(right_answer(question), short_answer="in 1901", confidence=1 / 3)
        case "lost":
            return abstained(retrieved=[passage("a3", 0, 20)])
        case "mayor":
            return answered(citation(1, "a3", "Ships waited.", shift=1), confidence=0.7)
        case "price":
            return ValueError("out of luck")
        case _:
            return right_answer(question)


def run(questions: list[GoldQuestion]) -> Evaluation:
    return run_evaluation(questions, FakeTarget(answer), source=SOURCE)


@pytest.fixture(scope="module")
def evaluation() -> Evaluation:
    return run(GOLD)


def test_it_has_the_promised_shape(evaluation: Evaluation) -> None:
    found = json.loads(as_json(document(evaluation)))
    assert (found["format"], found["n"], found["errors"]) == (FORMAT, 5, 1)
    promised = {
        "retrieval": {"Success@1", "Success@5", "R@10", "RR@10", "nDCG@10"},
        "answer": {"accuracy", "em", "f1"},
        "citation": {"precision", "recall"},
        "abstention": {"precision", "recall", "f1", "auroc"},
        "latency_ms": {"p50", "p95"},
    }
    for group, names in promised.items():
        assert found["metrics"][group].keys() >= names
        assert found["intervals"][group].keys() == found["metrics"][group].keys()
    assert found["metrics"]["answer"]["accuracy"] == 0.666667
    assert found["metrics"]["usage"]["cost"] is None
    low, high = found["intervals"]["answer"]["accuracy"]
    assert 0 <= low < 0.666667 < high <= 1
    assert found["stages"]["wrongly_answered"] == found["stages"]["not_retrieved"] == 1
    assert found["by_tag"]["mill"]["n"] == 2
    rows = {row["id"]: row for row in found["questions"]}
    assert list(rows) == ["fire", "wool", "lost", "price", "mayor"]
    assert (rows["fire"]["outcome"], rows["fire"]["evidence_rank"]) == ("answered", 1)
    assert (rows["price"]["outcome"], rows["price"]["error"]) == (None, "out of luck")


def test_what_is_written_is_read_back(evaluation: Evaluation, tmp_path: Path) -> None:
    (tmp_path / JSON_NAME).write_text(as_json(document(evaluation)), encoding="utf-8")
    for place in (tmp_path, tmp_path / JSON_NAME):
        assert read_evaluation(place) == evaluation


def test_the_same_inputs_are_the_same_bytes(evaluation: Evaluation) -> None:
    assert as_json(document(run(GOLD))) == as_json(document(evaluation))


def test_the_order_of_questions_changes_no_figure(evaluation: Evaluation) -> None:
    shuffled = GOLD.copy()
    random.Random(7).shuffle(shuffled)
    first, second = document(evaluation), document(run(shuffled))
    assert [row["id"] for row in second.pop("questions")] == [one.id for one in shuffled]
    first.pop("questions")
    assert first == second


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "does not exist: write one with: quoth eval run GOLD --out DIR"),
        ("{", "is not JSON"),
        ("[]", "is not an evaluation of this version (no format"),
        ('{"format": "quoth-eval/1"}', "(quoth-eval/1, not quoth-eval/2): run the evaluation"),
        (json.dumps({"format": FORMAT}), "'target' is missing"),
    ],
)
def test_what_is_no_document_is_said_to_be_none(
    content: str | None, message: str, tmp_path: Path
) -> None:
    if content is not None:
        (tmp_path / JSON_NAME).write_text(content)
    with pytest.raises(InputError) as caught:
        read_evaluation(tmp_path)
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)
