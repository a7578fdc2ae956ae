"""`quoth_eval` in the tests of a project that is not this one."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from index.bootstrap import open_archive
from index.records import IngestOutcome
from index.settings import IndexSettings

QUESTIONS = [
    {
        "id": "opened",
        "question": "When did the paper mill in Brindle open?",
        "answerable": True,
        "answers": ["1842"],
        "evidence": [{"article": "mill.txt", "quote": "The paper mill in Brindle opened in 1842."}],
    },
    {
        "id": "wrong-on-purpose",
        "question": "When did the paper mill in Brindle open?",
        "answerable": True,
        "answers": ["next year"],
        "evidence": [{"article": "mill.txt", "quote": "The paper mill in Brindle opened in 1842."}],
    },
]
ARTICLE = (
    "A mill and its town\n\nThe paper mill in Brindle opened in 1842. It gave work to half of the "
    "town. A flood closed it for two winters.\n"
)
BROKEN = {
    'quoth_eval("none.jsonl")': "none.jsonl does not exist",
    'quoth_eval("gold.jsonl", data_dir="nowhere")': "there is no archive at",
    'quoth_eval("gold.jsonl", url="http://127.0.0.1:9")': "127.0.0.1:9",
    'quoth_eval("gold.jsonl", url="http://127.0.0.1:9", data_dir="x")': "a url goes with no",
    'quoth_eval("gold.jsonl", settings={"read_pasages": 3})': "did you mean read_passages?",
    'quoth_eval("gold.jsonl", settings={"read_passages": 0})': "QUOTH_READ_PASSAGES is not usable",
}
MODULE = """
import pytest

def test_numbers(quoth_eval):
    scores = quoth_eval("gold.jsonl")
    assert scores.accuracy == 0.5
    assert scores["answer/accuracy"] == scores.answer_accuracy >= 0.5
    assert scores.success_at_5 == scores["retrieval/Success@5"] == 1.0
    assert scores.precision == scores.citation_precision
    assert [row.id for row in scores.failures] == ["wrong-on-purpose"]
    assert scores.errors == 0
    assert "2 questions, 1 of them wrong" in repr(scores)

def test_once(quoth_eval):
    assert quoth_eval("gold.jsonl") is quoth_eval("gold.jsonl")

def test_settings(quoth_eval):
    scores = quoth_eval("gold.jsonl", settings={"reader": "none"})
    assert scores.accuracy == 0.0
    assert scores.evaluation.provenance.settings["reader"] == "none"

def test_names(quoth_eval):
    scores = quoth_eval("gold.jsonl")
    with pytest.raises(AttributeError, match="did you mean 'accuracy'"):
        scores.acuracy
    with pytest.raises(KeyError, match="did you mean 'retrieval/nDCG@10'"):
        scores["retrieval/nDCG@1O"]

def test_low(quoth_eval):
    assert quoth_eval("gold.jsonl").accuracy >= 0.9

def test_no_unanswerable(quoth_eval):
    assert quoth_eval("gold.jsonl").abstention_f1 > 0.5

def test_not_warm(quoth_eval):
    assert quoth_eval("gold.jsonl").warm_p50 < 900

"""
BROKEN_MODULE = "".join(
    f"def test_broken_{number}(quoth_eval):\n    {call}\n\n" for number, call in enumerate(BROKEN)
)


@pytest.fixture(scope="module")
def archive_dir(tmp_path_factory: pytest.TempPathFactory, model_cache: Path) -> Path:
    """A closed archive of one article."""
    folder = tmp_path_factory.mktemp("plugin")
    (folder / "mill.txt").write_text(ARTICLE, encoding="utf-8")
    settings = IndexSettings(data_dir=folder / "archive", model_cache=model_cache)
    with open_archive(settings) as archive:
        report = archive.ingest([str(folder / "mill.txt")])
    assert report.count(IngestOutcome.ADDED) == 1
    return settings.data_dir


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """What pytest said in another project."""

    code: int
    out: str
    folder: Path
    failures: Mapping[str, str]
    """Test → what is printed of it."""


def run_pytest(folder: Path, module: str, model_cache: Path, *args: str) -> Ran:
    """Run pytest in a process of its own over one module, with the plugin and no other."""
    (folder / "test_answers.py").write_text(module, encoding="utf-8")
    (folder / "pytest.ini").write_text("[pytest]\nfilterwarnings = error\n", encoding="utf-8")
    root = str(Path(__file__).parents[2])
    env = {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTHONPATH": root}
    command = [sys.executable, "-m", "pytest", "-p", "api.pytest_plugin"]
    done = subprocess.run(
        [*command, "--junitxml=report.xml", *args],
        env=os.environ | env | {"QUOTH_MODEL_CACHE": str(model_cache)},
        cwd=folder,
        capture_output=True,
        encoding="utf-8",
        timeout=300,
        check=False,
    )
    cases = ET.parse(folder / "report.xml").iter("testcase")
    failures = {
        case.attrib["name"]: failure.attrib["message"] + "\n" + str(failure.text)
        for case in cases
        for failure in case.findall("failure")
    }
    return Ran(code=done.returncode, out=done.stdout, folder=folder, failures=failures)


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory, archive_dir: Path, model_cache: Path) -> Ran:
    """A project whose tests use the fixture in every way, run once."""
    folder = tmp_path_factory.mktemp("project")
    lines = "".join(json.dumps(question) + "\n" for question in QUESTIONS)
    (folder / "gold.jsonl").write_text(lines, encoding="utf-8")
    option = f"--quoth-data-dir={archive_dir}"
    return run_pytest(folder, MODULE + BROKEN_MODULE, model_cache, option)


@pytest.mark.parametrize("name", ["test_numbers", "test_once", "test_settings", "test_names"])
def test_scores_are_numbers_under_their_names(ran: Ran, name: str) -> None:
    assert name in MODULE
    assert ran.failures.get(name) is None
    assert ran.code == 1


def test_a_failed_comparison_shows_the_worst_questions(ran: Ran) -> None:
    said = ran.failures["test_low"]
    assert "answer/accuracy: 0.5 >= 0.9" in said
    assert "95 % interval 0 to 1, 2 questions" in said
    assert "wrong-on-purpose: When did the paper mill" in said
    assert "not 'next year'" in said


def test_no_data_is_said_in_words(ran: Ran) -> None:
    no_data = "abstention/f1 has no data: it needs answerable and unanswerable"
    assert no_data in ran.failures["test_no_unanswerable"]
    cold = "latency_ms/warm_p50 has no data: questions were asked once"
    assert cold in ran.failures["test_not_warm"]
    assert "TypeError" not in ran.out


@pytest.mark.parametrize("number", range(len(BROKEN)), ids=list(BROKEN))
def test_what_cannot_be_evaluated_fails_in_one_line(ran: Ran, number: int) -> None:
    said = ran.failures[f"test_broken_{number}"]
    assert "quoth_eval: " in said
    assert list(BROKEN.values())[number] in said
    assert "Traceback" not in said
    assert not (ran.folder / "nowhere").exists()


def test_a_project_that_asks_for_nothing_pays_nothing(tmp_path: Path, model_cache: Path) -> None:
    module = (
        "import sys\n"
        "def test_it():\n"
        '    heavy = {"pydantic", "numpy", "eval", "rag", "index", "typer"}\n'
        "    assert heavy.isdisjoint(sys.modules)\n"
    )
    ran = run_pytest(tmp_path, module, model_cache)
    assert ran.code == 0, ran.out
    made = {path.name for path in tmp_path.iterdir() if path.is_dir()}
    assert made <= {".pytest_cache", "__pycache__"}
