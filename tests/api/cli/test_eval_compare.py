"""`quoth eval compare`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from eval.document import as_json, document
from eval.gold import GoldSource
from tests.api.cli.conftest import Cli
from tests.eval.runs import marked

OTHER = GoldSource(name="other.jsonl", sha256="00" * 32)


@pytest.fixture
def runs(tmp_path: Path) -> tuple[Path, Path]:
    """Two runs over ten questions, the second with three more wrong; one folder, one file."""
    for name, flags in (("a", [True] * 10), ("b", [False] * 3 + [True] * 7)):
        (tmp_path / name).mkdir()
        text = as_json(document(marked(flags)))
        (tmp_path / name / "eval.json").write_text(text, encoding="utf-8")
    return tmp_path / "a", tmp_path / "b" / "eval.json"


def test_json_is_one_document_and_the_same_every_time(
    cli: Cli, runs: tuple[Path, Path], tmp_path: Path
) -> None:
    done = cli("eval", "compare", *runs, "--json", "--out", tmp_path / "out")
    assert (done.code, done.err) == (0, "")
    found = done.json()
    assert (found["format"], found["n"], len(found["broken"])) == ("quoth-compare/1", 10, 3)
    assert json.loads((tmp_path / "out" / "compare.json").read_text("utf-8")) == found
    assert (tmp_path / "out" / "compare.md").is_file()
    assert (tmp_path / "out" / "compare.html").is_file()
    assert cli("eval", "compare", *runs, "--json").out == done.out


def test_people_see_verdicts_and_questions(cli: Cli, runs: tuple[Path, Path]) -> None:
    done = cli("eval", "compare", *runs)
    assert (done.code, done.err) == (0, "")
    assert "No difference shown" in done.out
    assert "Broken by B: 3" in done.out
    assert str(runs[1]) in done.out


def test_what_cannot_be_compared_is_told_in_one_line(
    cli: Cli, runs: tuple[Path, Path], tmp_path: Path
) -> None:
    missing = cli("eval", "compare", runs[0], tmp_path / "none")
    assert (missing.code, "none does not exist" in missing.complaint) == (2, True)
    (tmp_path / "c.json").write_text("[]", encoding="utf-8")
    wrong = cli("eval", "compare", runs[0], tmp_path / "c.json")
    assert (wrong.code, "c.json" in wrong.complaint) == (2, True)
    strange = marked({"x": True}, source=OTHER)
    (tmp_path / "c.json").write_text(as_json(document(strange)), encoding="utf-8")
    unlike = cli("eval", "compare", runs[0], tmp_path / "c.json")
    assert (unlike.code, "no question in common" in unlike.complaint) == (2, True)


def test_questions_in_other_words_are_paired_on_demand(
    cli: Cli, runs: tuple[Path, Path], tmp_path: Path
) -> None:
    reworded = marked({f"q{n:03}p": n != 4 for n in range(10)}, source=OTHER)
    (tmp_path / "p.json").write_text(as_json(document(reworded)), encoding="utf-8")
    found = cli("eval", "compare", runs[0], tmp_path / "p.json", "--reworded", "--json").json()
    assert (found["n"], [one["id"] for one in found["broken"]]) == (10, ["q004"])
    assert cli("eval", "compare", runs[0], tmp_path / "p.json").code == 2
