"""`quoth eval run`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.api.cli.conftest import Cli
from tests.api.cli.running import SEEDS

GOLD = SEEDS / "gold.jsonl"
METRICS = {
    "retrieval": {"Success@1", "Success@5", "R@10", "RR@10", "nDCG@10"},
    "answer": {"accuracy", "em", "f1"},
    "citation": {"precision", "recall"},
    "abstention": {"precision", "recall", "f1", "auroc"},
    "latency_ms": {"p50", "p95"},
}


@pytest.fixture
def few(tmp_path: Path) -> Path:
    """The first two gold questions and the last one, which is unanswerable."""
    lines = GOLD.read_text(encoding="utf-8").splitlines()
    path = tmp_path / "few.jsonl"
    path.write_text("\n".join([*lines[:2], lines[-1]]) + "\n", encoding="utf-8")
    return path


def test_json_has_the_promised_shape(cli: Cli, pristine: Path, tmp_path: Path) -> None:
    reports = tmp_path / "reports"
    args = ("eval", "run", GOLD, "--json", "--out", reports, "--data-dir", pristine)
    done = cli(*args)
    assert (done.code, done.err) == (0, "")
    document = done.json()
    questions = GOLD.read_text(encoding="utf-8").splitlines()
    assert document["n"] == len(document["questions"]) == len(questions)
    for family, names in METRICS.items():
        assert document["metrics"][family].keys() >= names
    assert all(row["error"] is None for row in document["questions"])
    assert document["metrics"]["citation"]["precision"] is not None
    written = json.loads((reports / "eval.json").read_text(encoding="utf-8"))
    assert written == document
    assert "Success@1" in (reports / "eval.md").read_text(encoding="utf-8")


def test_people_see_tables(cli: Cli, pristine: Path, few: Path) -> None:
    done = cli("eval", "run", few, "--data-dir", pristine)
    assert (done.code, done.err) == (0, "")
    assert "nDCG@10" in done.out
    assert "accuracy" in done.out


def test_a_broken_gold_file_is_told_in_one_line(cli: Cli, pristine: Path, few: Path) -> None:
    with few.open("a", encoding="utf-8") as stream:
        stream.write('{"id": "broken"\n')
    broken = cli("eval", "run", few, "--data-dir", pristine)
    assert broken.code == 2
    assert "4" in broken.complaint
    assert str(few) in broken.complaint or few.name in broken.complaint
    missing = cli("eval", "run", few.with_name("none.jsonl"), "--data-dir", pristine)
    assert (missing.code, "none.jsonl" in missing.complaint) == (2, True)


def test_a_gold_set_of_another_archive_is_told_in_one_line(
    cli: Cli, tmp_path: Path, few: Path
) -> None:
    done = cli("eval", "run", few, "--data-dir", tmp_path / "empty")
    assert done.code == 2
    assert "written for another archive" in done.complaint


def test_a_server_that_is_not_there_is_told_in_one_line(cli: Cli, few: Path) -> None:
    done = cli("eval", "run", few, "--url", "http://127.0.0.1:9")
    assert done.code == 2
    assert "127.0.0.1:9" in done.complaint
