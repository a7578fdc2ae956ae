from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from rich.console import Console

from eval.gold import GoldSource
from eval.report import as_json, document, write_report
from eval.run import Evaluation, run_evaluation
from eval.tables import markdown, print_report
from index.errors import InputError
from rag.records import Answer
from tests.eval.fakes import FakeTarget, abstained, gold, right_answer

SOURCE = GoldSource(name="gold.jsonl", sha256="ab" * 32)

# What other programs read: it may gain keys, and lose none.
PROMISED = {
    "retrieval": {"Success@1", "Success@5", "R@10", "RR@10", "nDCG@10"},
    "answer": {"accuracy", "em", "f1"},
    "citation": {"precision", "recall"},
    "abstention": {"precision", "recall", "f1", "auroc"},
    "latency_ms": {"p50", "p95"},
}


@pytest.fixture(scope="module")
def evaluation() -> Evaluation:
    partly = gold("partly", evidence=[("a1", "It burned down in 1901."), ("a9", "x | y")])
    questions = [gold("fire [1]", tags=["mill"]), gold("price", answers=()), partly]
    replies: dict[str, Answer | Exception] = {
        "fire [1]": right_answer(questions[0]),
        "price": RuntimeError("bad | [b]luck[/b]"),
    }
    return run_evaluation(questions, FakeTarget(lambda q: replies.get(q.id, abstained())))


def printed(evaluation: Evaluation) -> str:
    console = Console(file=io.StringIO(), width=160, no_color=True)
    print_report(evaluation, console)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def test_the_document_has_the_shape_of_the_contract(evaluation: Evaluation) -> None:
    report = json.loads(as_json(document(evaluation, SOURCE)))
    assert report["n"] == 3
    assert {group: set(names) & PROMISED[group] for group, names in report["metrics"].items()} == (
        PROMISED
    )
    assert [row["id"] for row in report["questions"]] == ["fire [1]", "price", "partly"]
    assert report["gold"] == {"file": "gold.jsonl", "sha256": SOURCE.sha256}
    assert report["warnings"] == ["partly: no article 'a9'"]
    assert report["errors"] == 1
    assert report["by_tag"]["mill"]["n"] == 1
    assert report["by_tag"]["mill"]["metrics"]["abstention"]["recall"] is None


def test_a_row_holds_what_was_found(evaluation: Evaluation) -> None:
    right, failed, missed = document(evaluation, SOURCE)["questions"]
    assert right["citations"] == [
        {
            "n": 1,
            "article_id": "a1",
            "quote": "It burned down in 1901.",
            "exact": True,
            "supporting": True,
        }
    ]
    assert (right["outcome"], right["correct"], right["evidence_rank"]) == ("answered", True, 1)
    assert right["tags"] == ["mill"]
    assert (failed["error"], failed["outcome"]) == ("bad | [b]luck[/b]", None)
    assert (failed["em"], failed["retrieval"], failed["milliseconds"]) == (None, None, None)
    assert (missed["em"], missed["retrieval"]["R@10"], missed["evidence_rank"]) == (0.0, 0.0, None)


def test_two_runs_give_the_same_document(evaluation: Evaluation) -> None:
    target = FakeTarget(right_answer)
    first, second = (run_evaluation([gold()], target) for _ in range(2))
    assert as_json(document(first, SOURCE)) == as_json(document(second, SOURCE))


def test_the_report_is_written_twice_over(evaluation: Evaluation, tmp_path: Path) -> None:
    folder = tmp_path / "new" / "report"
    json_path, markdown_path = write_report(evaluation, SOURCE, folder)
    assert (json_path.name, markdown_path.name) == ("eval.json", "eval.md")
    assert json.loads(json_path.read_text("utf-8")) == document(evaluation, SOURCE)
    assert markdown_path.read_text("utf-8") == markdown(evaluation, SOURCE)


def test_a_place_that_cannot_be_written_is_said(evaluation: Evaluation, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="cannot be written"):
        write_report(evaluation, SOURCE, tmp_path / "file")


def test_the_tables_say_metrics_mistakes_and_warnings(evaluation: Evaluation) -> None:
    text = printed(evaluation)
    assert "3 questions, 2 of them answerable, 1 failed" in text
    for names in PROMISED.values():
        assert all(name in text for name in names)
    assert "Wrong: 2 of 3" in text
    assert "error: bad | [b]luck[/b]" in text
    assert "warning: partly: no article 'a9'" in text


def test_a_flawless_run_lists_no_mistakes() -> None:
    assert "Wrong" not in printed(run_evaluation([gold()], FakeTarget(right_answer)))


def test_long_lists_of_mistakes_are_cut_on_the_terminal_only() -> None:
    questions = [gold(f"q{n}") for n in range(25)]
    bad = run_evaluation(questions, FakeTarget(lambda _: abstained()))
    assert "Wrong: 25 of 25, the first 20" in printed(bad)
    assert "q24" not in printed(bad)
    assert "| q24 |" in markdown(bad, SOURCE)


def test_markdown_cells_stay_cells(evaluation: Evaluation) -> None:
    text = markdown(evaluation, SOURCE)
    assert "error: bad \\| [b]luck[/b]" in text
    assert SOURCE.sha256 in text
    assert "- partly: no article 'a9'" in text
    [row] = [line for line in text.splitlines() if line.startswith("| price")]
    assert row.replace("\\|", "").count("|") == 6
