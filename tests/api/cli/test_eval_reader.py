"""`quoth eval reader`."""

from __future__ import annotations

import gzip
import json
import re
from pathlib import Path

import pytest

from tests.api.cli.conftest import Cli
from tests.eval.public.squad_files import NA_PROBS, PREDICTIONS, squad_file


@pytest.fixture
def squad(tmp_path: Path) -> Path:
    """The small SQuAD file, gzipped."""
    path = tmp_path / "small.json.gz"
    path.write_bytes(gzip.compress(json.dumps(squad_file()).encode()))
    return path


@pytest.fixture
def predictions(tmp_path: Path) -> Path:
    path = tmp_path / "theirs.json"
    path.write_text(json.dumps(PREDICTIONS), encoding="utf-8")
    return path


def test_our_reader_is_scored_and_its_files_score_the_same(
    cli: Cli, squad: Path, tmp_path: Path
) -> None:
    answers, odds = tmp_path / "answers.json", tmp_path / "odds.json"
    args = ("eval", "reader", squad, "--json", "--predictions-out", answers, "--na-probs-out", odds)
    done = cli(*args)
    assert (done.code, done.err) == (0, "")
    found = done.json()
    assert (found["questions"], found["metrics"]["HasAns_total"]) == (10, 7)
    assert found["metrics"]["right_sentence"] >= 0.8
    assert found["warnings"] == []
    written = answers.read_bytes(), odds.read_bytes()
    assert json.loads(written[0]).keys() == json.loads(written[1]).keys() == PREDICTIONS.keys()
    assert cli(*args).out == done.out
    assert (answers.read_bytes(), odds.read_bytes()) == written

    args = ("eval", "reader", squad, "--json", "--predictions", answers, "--na-probs", odds)
    scored = cli(*args).json()
    assert scored["metrics"] == found["metrics"] | {"right_sentence": None}
    assert scored["intervals"] == found["intervals"] | {"right_sentence": None}
    assert scored["predictions"] == "answers.json"


def test_a_threshold_of_1_answers_everything(cli: Cli, squad: Path, tmp_path: Path) -> None:
    answers = tmp_path / "answers.json"
    args = ("--na-prob-thresh", "1", "--sample", "3", "--seed", "5", "--predictions-out", answers)
    done = cli("eval", "reader", squad, *args)
    assert (done.code, done.err) == (0, "")
    assert "3 questions" in done.out
    written = json.loads(answers.read_text(encoding="utf-8"))
    assert len(written) == 3
    assert all(written.values())


def test_somebodys_predictions_are_scored(cli: Cli, squad: Path, predictions: Path) -> None:
    done = cli("eval", "reader", squad, "--predictions", predictions)
    assert (done.code, done.err) == (0, "")
    assert "theirs.json on small.json.gz: 10 questions" in done.out
    assert "54.667" in done.out
    assert re.search(r"exact +│ +40\.000 │ +\d+\.000 – \d+\.000", done.out)
    some = predictions.with_name("some.json")
    some.write_text(json.dumps({"m1": "Anna Brandt"}), encoding="utf-8")
    found = cli("eval", "reader", squad, "--predictions", some, "--json").json()
    assert (found["missing"], found["metrics"]["exact"]) == (9, 10.0)
    assert "9 (the first: m2)" in found["warnings"][0]


def test_what_cannot_be_scored_is_told_in_one_line(
    cli: Cli, squad: Path, predictions: Path, tmp_path: Path
) -> None:
    def complaint(*args: str | Path) -> str:
        done = cli("eval", "reader", *args)
        assert done.code == 2
        return done.complaint

    odds = tmp_path / "odds.json"
    odds.write_text(json.dumps({"m1": NA_PROBS["m1"]}), encoding="utf-8")
    assert "does not exist" in complaint(tmp_path / "none.json")
    assert "SQuAD is" in complaint(predictions)
    assert "does not exist" in complaint(squad, "--predictions", tmp_path / "none.json")
    assert "predictions are" in complaint(squad, "--predictions", squad)
    assert "none of the questions" in complaint(squad, "--predictions", _written(tmp_path, "{}"))
    given = ("--predictions", predictions)
    assert "no no-answer probability" in complaint(squad, *given, "--na-probs", odds)
    assert "goes with --predictions" in complaint(squad, "--na-probs", odds)
    assert "needs --na-probs" in complaint(squad, *given, "--na-prob-thresh", "0.5")
    for threshold in ("7", "-0.1", "nan"):
        assert "give one from 0 to 1" in complaint(squad, "--na-prob-thresh", threshold)
    assert "is no folder" in complaint(squad, "--na-probs-out", tmp_path / "none" / "odds.json")
    assert "reads nothing" in complaint(squad, *given, "--predictions-out", odds)


def _written(folder: Path, content: str) -> Path:
    path = folder / "written.json"
    path.write_text(content, encoding="utf-8")
    return path
