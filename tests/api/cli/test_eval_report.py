"""`quoth eval report`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from lxml import etree

from eval.report.files import write_report
from tests.api.cli.conftest import Cli
from tests.eval.report.evaluations import varied


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("saved")
    write_report(varied(), folder)
    return folder


def test_a_saved_run_is_shown_as_tables(cli: Cli, saved: Path) -> None:
    done = cli("eval", "report", saved)
    assert (done.code, done.err) == (0, "")
    assert "8 questions, 6 of them answerable; 2 right, 1 failed" in done.out
    assert "Wrong: 6 of 8" in done.out


def test_it_is_made_into_each_format_on_standard_output(cli: Cli, saved: Path) -> None:
    file = saved / "eval.json"
    assert cli("eval", "report", file, "--format", "json").json()["n"] == 8
    assert cli("eval", "report", file, "--format", "markdown").out.startswith("# Evaluation of")
    junit = cli("eval", "report", file, "--format", "junit").out
    assert etree.fromstring(junit.encode()).tag == "testsuites"


def test_the_name_of_the_file_tells_the_format(cli: Cli, saved: Path, tmp_path: Path) -> None:
    page = tmp_path / "new" / "report.html"
    done = cli("eval", "report", saved, "--out", page)
    assert (done.code, done.out, done.err) == (0, "", f"wrote {page}\n")
    assert page.read_text("utf-8").startswith("<!doctype html>")
    text = tmp_path / "report.txt"
    assert cli("eval", "report", saved, "--out", text, "--format", "json").code == 0
    assert json.loads(text.read_text("utf-8"))["n"] == 8


def test_what_cannot_be_done_is_said_in_a_line(cli: Cli, saved: Path, tmp_path: Path) -> None:
    said = cli("eval", "report", saved, "--out", tmp_path / "report.docx")
    assert said.code == 2
    assert "report.docx does not tell the format" in said.complaint
    for wanted, name in (("json", "rep.xml"), ("markdown", "rep.PDF"), ("html", "rep.md")):
        said = cli("eval", "report", saved, "--format", wanted, "--out", tmp_path / name)
        assert (said.code, f"{name} does not stand for {wanted}" in said.complaint) == (2, True)
    assert list(tmp_path.iterdir()) == []
    assert "is a directory" in cli("eval", "report", saved, "--out", tmp_path).complaint
    assert "does not exist" in cli("eval", "report", tmp_path / "none").complaint
    assert "pdf" in cli("eval", "report", saved, "--format", "pdf").complaint
