"""`quoth eval gate`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from eval.document import as_json, document
from tests.api.cli.conftest import Cli
from tests.api.cli.running import SEEDS
from tests.eval.runs import marked

GOLD = SEEDS / "gold.jsonl"


def written(folder: Path, right: int, wrong: int) -> Path:
    """A saved run."""
    folder.mkdir()
    text = as_json(document(marked([True] * right + [False] * wrong)))
    (folder / "eval.json").write_text(text, encoding="utf-8")
    return folder


@pytest.fixture
def baseline(cli: Cli, tmp_path: Path) -> Path:
    """Floors from a run with eight of ten right."""
    path = tmp_path / "floors" / "baseline.json"
    run = written(tmp_path / "first", 8, 2)
    done = cli("eval", "gate", "--run", run, "--baseline", path, "--update")
    assert (done.code, done.err) == (0, "")
    assert f"written to {path}" in done.out
    return path


@pytest.mark.parametrize(("right", "code"), [(8, 0), (9, 0), (6, 0), (5, 1)])
def test_the_exit_code_says_whether_the_floors_hold(
    cli: Cli, baseline: Path, tmp_path: Path, right: int, code: int
) -> None:
    run = written(tmp_path / "run", right, 10 - right)
    before = baseline.read_bytes()
    done = cli("eval", "gate", "--run", run, "--baseline", baseline)
    assert (done.code, done.err) == (code, "")
    assert ("failed" if code else "passed") in done.out
    found = cli("eval", "gate", "--run", run, "--baseline", baseline, "--json")
    assert (found.code, found.json()["passed"]) == (code, code == 0)
    assert baseline.read_bytes() == before


def test_a_floor_falls_only_with_a_reason_and_the_file_says_which(
    cli: Cli, baseline: Path, tmp_path: Path
) -> None:
    run = written(tmp_path / "run", 6, 4)  # within the tolerance, and lower
    update = ("eval", "gate", "--run", run, "--baseline", baseline, "--update")
    before = baseline.read_bytes()
    refused = cli(*update)
    assert refused.code == 2
    assert "answer/accuracy from 0.8 to 0.6" in refused.complaint
    assert baseline.read_bytes() == before
    done = cli(*update, "--accept-regression", "a harder corpus", "--json")
    assert (done.code, done.json()["updated"]) == (0, True)
    assert {"what": "answer/accuracy", "old": 0.8, "new": 0.6} in done.json()["changes"]
    [entry] = json.loads(baseline.read_text("utf-8"))["history"]
    assert entry["reason"] == "a harder corpus"
    assert {"what": "answer/accuracy", "old": 0.8, "new": 0.6} in entry["changes"]


def test_unlike_runs_are_refused_in_one_line(cli: Cli, baseline: Path, tmp_path: Path) -> None:
    short = written(tmp_path / "run", 8, 1)
    done = cli("eval", "gate", "--run", short, "--baseline", baseline)
    assert (done.code, "questions is 9, not 10" in done.complaint) == (2, True)
    other = cli("eval", "gate", GOLD, "--run", tmp_path / "first", "--baseline", baseline)
    assert (other.code, "is not over" in other.complaint) == (2, True)


@pytest.mark.parametrize(
    ("args", "told"),
    [
        (("--url", "http://127.0.0.1:9"), "leave --run out"),
        (("--data-dir", "x"), "leave --run out"),
        (("--accept-regression", "because"), "--update"),
        (("--update", "--accept-regression", " "), "blank"),
    ],
)
def test_options_that_contradict_are_told_in_one_line(
    cli: Cli, baseline: Path, tmp_path: Path, args: tuple[str, ...], told: str
) -> None:
    run = ("--run", tmp_path / "first")
    done = cli("eval", "gate", *run, "--baseline", baseline, *args)
    assert (done.code, told in done.complaint) == (2, True)


def test_a_baseline_or_gold_file_that_is_missing_is_told_in_one_line(
    cli: Cli, baseline: Path, tmp_path: Path
) -> None:
    missing = cli("eval", "gate", "--run", tmp_path / "first", "--baseline", tmp_path / "none")
    assert (missing.code, "none does not exist" in missing.complaint) == (2, True)
    nameless = cli("eval", "gate", "--baseline", baseline)
    assert (nameless.code, "names no gold file" in nameless.complaint) == (2, True)
    fresh = cli("eval", "gate", "--baseline", tmp_path / "none", "--update")
    assert (fresh.code, "names no gold file" in fresh.complaint) == (2, True)


def test_the_seeds_are_asked_and_a_moved_setting_is_refused_before_anything_is_asked(
    cli: Cli, pristine: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = GOLD.read_text(encoding="utf-8").splitlines()
    few, path = tmp_path / "few.jsonl", tmp_path / "floors" / "seeds.json"
    few.write_text("\n".join([*lines[:9], *lines[-3:]]) + "\n", encoding="utf-8")
    gate = ("eval", "gate", "--baseline", path, "--data-dir", pristine)
    made = cli(*gate, few, "--update", "--json")
    assert (made.code, made.err) == (0, "")
    held = json.loads(path.read_text("utf-8"))
    assert held["gold"]["path"] == "../few.jsonl"
    assert held["corpus"]["articles"] == 10
    passed = cli(*gate, "--json")  # the gold file that the baseline names
    assert passed.code == 0
    assert {one["verdict"] for one in passed.json()["floors"]} == {"held"}
    monkeypatch.setenv("QUOTH_FUSION_WEIGHT", "0.9")
    refused = cli(*gate)
    assert (refused.code, "settings.fusion_weight is 0.9, not 0.6" in refused.complaint) == (
        2,
        True,
    )
