"""`quoth eval public`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.api.cli.conftest import Cli

HISTORY = ["Ferry to Osk", "Storm", "Who runs the ferry?", "Ilse Varn"]
TURN: dict[str, Any] = {
    "History": HISTORY,
    "QuAC_dialog_id": "C_1",
    "Question": "When did she start?",
    "Question_no": 2,
    "Rewrite": "When did Ilse Varn start?",
}
QUESTION: dict[str, Any] = {
    "question": "Who is the mayor of Harrowmouth?",
    "documents": [{"text": "Una Brae is the mayor of Harrowmouth.", "type": "correct"}],
    "gold_answers": ["Una Brae"],
    "wrong_answers": [],
}


@pytest.fixture
def turns(tmp_path: Path) -> Path:
    path = tmp_path / "dev.json"
    path.write_text(json.dumps([TURN, TURN | {"Question_no": 3}]), encoding="utf-8")
    return path


@pytest.fixture
def conflicts(tmp_path: Path) -> Path:
    path = tmp_path / "ramdocs.jsonl"
    path.write_text(json.dumps(QUESTION) + "\n", encoding="utf-8")
    return path


def test_people_see_one_table_that_names_what_was_measured(cli: Cli, turns: Path) -> None:
    done = cli("eval", "public", "canard", turns)
    assert (done.code, done.err) == (0, "")
    assert "last turn as it is" in done.out
    assert "content words restored" in done.out
    assert "2 of 2 questions lack" in done.out
    assert "95 % interval" in done.out
    assert "1.000 – 1.000" in done.out


def test_json_is_one_document_and_the_file_holds_it_too(
    cli: Cli, turns: Path, tmp_path: Path
) -> None:
    out = tmp_path / "reports" / "canard.json"
    done = cli("eval", "public", "canard", turns, "--json", "--out", out, "--sample", "1")
    assert (done.code, done.err) == (0, "")
    document = done.json()
    assert (document["set"], document["sample"], document["seed"]) == ("canard", 1, 0)
    assert document["sources"][0]["name"] == "dev.json"
    assert [row["n"] for row in document["rows"]] == [1, 1, 1]
    last = document["rows"][0]
    assert last["figures"]["content words restored"] == 0.0
    assert last["intervals"]["content words restored"] == [0.0, 0.0]
    assert last["intervals"]["words added that gold adds"] is None
    assert json.loads(out.read_text(encoding="utf-8")) == document


def test_a_set_with_documents_is_answered_in_an_archive_of_its_own(
    cli: Cli, conflicts: Path, tmp_path: Path
) -> None:
    kept = tmp_path / "kept"
    done = cli("eval", "public", "ramdocs", conflicts, "--work", kept, "--json")
    assert (done.code, done.err) == (0, "")
    rows = {row["label"]: row["figures"] for row in done.json()["rows"]}
    assert rows["response: quoted sentences"]["exact match"] == 1.0
    assert (kept / "catalogue.sqlite").is_file()
    assert not (tmp_path / "var" / "catalogue.sqlite").exists()
    again = cli("eval", "public", "ramdocs", conflicts, "--work", kept, "--json")
    assert again.out == done.out


def test_the_models_of_the_data_directory_are_used_and_its_archive_is_not(
    cli: Cli, conflicts: Path, tmp_path: Path
) -> None:
    done = cli("eval", "public", "ramdocs", conflicts, "--data-dir", tmp_path / "own", "--json")
    assert (done.code, done.err) == (0, "")
    assert not (tmp_path / "own" / "catalogue.sqlite").exists()


def test_published_figures_stand_below_ours(cli: Cli, conflicts: Path) -> None:
    done = cli("eval", "public", "ramdocs", conflicts)
    assert (done.code, done.err) == (0, "")
    assert done.out.index("published") > done.out.index("response")


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (("ramdoc", "x"), "did you mean ramdocs"),
        (("canard", "none.json"), "none.json does not exist"),
        (("realtimeqa", "none"), "none is no folder"),
        (("canard", "dev.json", "--noise-rate", "0.4"), "has no noise rates"),
        (("canard", "dev.json", "--sample", "0"), "--sample"),
        (("ramdocs", "ramdocs.jsonl", "--work", "var"), "that the settings name"),
        (("canard", "dev.json", "--out", "dev.json/below"), "cannot be written"),
    ],
)
@pytest.mark.usefixtures("turns", "conflicts")
def test_what_cannot_be_done_is_told_in_one_line(
    cli: Cli, arguments: tuple[str, ...], complaint: str
) -> None:
    done = cli("eval", "public", *arguments)
    assert done.code == 2
    assert complaint in done.complaint


def test_a_wrong_line_is_told_with_its_number(cli: Cli, conflicts: Path) -> None:
    with conflicts.open("a", encoding="utf-8") as stream:
        stream.write('{"question": "Who?"}\n')
    done = cli("eval", "public", "ramdocs", conflicts)
    assert done.code == 2
    assert "ramdocs.jsonl:2: 'documents' is missing" in done.complaint
