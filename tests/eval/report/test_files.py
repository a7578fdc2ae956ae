from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from eval.document import as_json, document, read_evaluation
from eval.report.files import render, write_report
from eval.report.formats import Format, format_of
from index.errors import InputError
from tests.eval.report.evaluations import again, hostile, varied


def test_a_run_leaves_four_files(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "report"
    written = write_report(varied(), folder)
    assert [path.name for path in written] == [
        "eval.json",
        "eval.html",
        "eval.md",
        "eval.junit.xml",
    ]
    assert sorted(folder.iterdir()) == sorted(written)
    assert written[0].read_text("utf-8") == as_json(document(varied()))
    for path, wanted in zip(written, Format, strict=True):
        assert path.read_text("utf-8") == render(varied(), wanted)
        assert format_of(path) is wanted


def test_a_saved_run_gives_the_same_reports(tmp_path: Path) -> None:
    write_report(varied(), tmp_path)
    read = read_evaluation(tmp_path)
    figures = again(read, read.questions)
    read = replace(read, figures=figures.figures, by_tag=figures.by_tag)
    for wanted in Format:
        assert render(read, wanted) == render(varied(), wanted)


def test_half_a_character_does_not_stop_the_report(tmp_path: Path) -> None:
    broken = replace(varied().questions[0], answer="half: \ud83d")
    for path in write_report(again(hostile(), [broken]), tmp_path):
        assert path.read_text("utf-8")
    found = json.loads((tmp_path / "eval.json").read_text("utf-8"))
    assert found["questions"][0]["answer"] == "half: \ud83d"


def test_a_place_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="cannot be written"):
        write_report(varied(), tmp_path / "file")
