"""`quoth eval sweep`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.api.cli.conftest import Cli
from tests.api.cli.running import SEEDS

GOLD = SEEDS / "gold.jsonl"


@pytest.fixture
def settings(tmp_path: Path) -> Path:
    """A plan over the first two gold questions and the last one, which is unanswerable."""
    lines = GOLD.read_text(encoding="utf-8").splitlines()
    few = "\n".join([*lines[:2], lines[-1]]) + "\n"
    (tmp_path / "few.jsonl").write_text(few, encoding="utf-8")
    path = tmp_path / "settings.yaml"
    path.write_text(
        "gold: few.jsonl\ngrid:\n  read_passages: [2, 8]\nmetric: accuracy\n", encoding="utf-8"
    )
    return path


def test_json_then_the_same_as_a_table_without_asking_again(
    cli: Cli, archive_dir: Path, settings: Path, tmp_path: Path
) -> None:
    args = ("eval", "sweep", settings, "--data-dir", archive_dir, "--repeat", "2")
    done = cli(*args, "--json")
    assert (done.code, done.err) == (0, "")
    document = done.json()
    assert document["metric"] == "answer/accuracy"
    assert [run["settings"] for run in document["runs"]] == [
        {"read_passages": 2},
        {"read_passages": 8},
    ]
    assert all(run["latency_ms"] > 0 for run in document["runs"])
    assert document["pareto_front"]
    out = tmp_path / "sweep"
    assert json.loads((out / "sweep.json").read_text(encoding="utf-8")) == document
    assert {path.name for path in out.iterdir()} == {
        *("runs", "sweep.csv", "sweep.json", "sweep.md", "sweep.svg", "work")
    }
    again = cli(*args)
    assert (again.code, again.err) == (0, "")
    assert "Pareto" in again.out
    assert "●" in again.out
    reread = json.loads((out / "sweep.json").read_text(encoding="utf-8"))
    assert [run["reused"] for run in reread["runs"]] == [True, True]
    assert [run["latency_ms"] for run in reread["runs"]] == [
        run["latency_ms"] for run in document["runs"]
    ]
    both = [out / run["evaluation"] for run in document["runs"]]
    assert all(path.is_file() for path in both)


def test_a_run_that_fails_is_an_exit_code(cli: Cli, settings: Path, tmp_path: Path) -> None:
    (tmp_path / "article.txt").write_text("A title\n\nA sentence of words.\n", encoding="utf-8")
    with settings.open("a", encoding="utf-8") as stream:
        stream.write("articles: article.txt\nruns:\n  - {embedding_model: no/such-model}\n")
    settings.write_text(
        settings.read_text(encoding="utf-8").replace("read_passages: [2, 8]", "embedding_model: x"),
        encoding="utf-8",
    )
    done = cli("eval", "sweep", settings, "--data-dir", tmp_path / "var")
    assert done.code == 1
    assert "run 1 failed: no embedding model 'x' is on this machine" in done.out
    assert "run 2 failed: no embedding model 'no/such-model'" in done.out
    assert not (tmp_path / "sweep" / "sweep.svg").exists()


def test_bad_files_are_told_in_one_line(cli: Cli, settings: Path, tmp_path: Path) -> None:
    where = ("--data-dir", tmp_path / "var")
    missing = cli("eval", "sweep", tmp_path / "none.yaml", *where)
    assert (missing.code, "none.yaml does not exist" in missing.complaint) == (2, True)
    no_gold = cli("eval", "sweep", settings, "--gold", tmp_path / "none.jsonl", *where)
    assert (no_gold.code, "none.jsonl does not exist" in no_gold.complaint) == (2, True)
    other = cli("eval", "sweep", settings, *where)
    assert (other.code, "written for another archive" in other.complaint) == (2, True)
    settings.write_text("gold: few.jsonl\ngrid:\n  read_pasages: [2]\n", encoding="utf-8")
    typo = cli("eval", "sweep", settings, *where)
    assert (typo.code, "settings.yaml:3: unknown setting" in typo.complaint) == (2, True)
    assert not (tmp_path / "sweep").exists()
