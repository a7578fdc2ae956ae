from __future__ import annotations

import io
from pathlib import Path

import pytest
from rich.cells import cell_len
from rich.console import Console

from eval.report.tables import print_report
from eval.run import Evaluation
from tests.eval.report.evaluations import again, hostile, long, varied


def printed(evaluation: Evaluation, *, width: int = 80, written: Path | None = None) -> str:
    file = io.StringIO()
    print_report(evaluation, Console(file=file, width=width, color_system=None), written=written)
    return file.getvalue()


def test_metrics_with_intervals_stages_and_mistakes() -> None:
    text = printed(varied())
    assert "8 questions, 6 of them answerable; 2 right, 1 failed" in text
    (line,) = [line for line in text.splitlines() if "overall_accuracy" in line]
    value, low, dash, high = line.split()[1:]
    assert (value, dash) == ("0.250", "–")
    assert float(low) <= 0.25 <= float(high)
    assert "retrieved, not read" in text
    assert "Judged by opinionated: an opinion, no metric" in text
    assert "no kappa for correctness: both always say" in text
    assert "list_recall" not in text
    lines = text.partition("Wrong: 6 of 8\n")[2].splitlines()
    assert lines[:6] == [
        "broken, failed",
        "  What about broken?",
        "  → error: the line | went [b]dead[/b]",
        "unquoted, read, not quoted, confidence 0.80, evidence at rank 2",
        "  What about unquoted?",
        "  → Nobody was hurt. [1]",
    ]
    assert "warning: broken: no article 'a9'" in text


@pytest.mark.parametrize("width", [80, 60])
def test_lines_fit_the_terminal_whatever_was_asked(width: int) -> None:
    for evaluation in (varied(), hostile(), long()):
        lines = printed(evaluation, width=width).splitlines()
        wide = [line for line in lines if cell_len(line) > width]
        assert all(line.startswith("warning: ") for line in wide)
        assert not any(set(line) & set("\x00\x08\x1b\u202e\u2028") for line in lines)


def test_few_are_printed_and_the_rest_is_pointed_at() -> None:
    text = printed(long())
    assert "Wrong: 117 of 130, the worst 10" in text
    assert text.count("→") == 10
    assert "All of them: --out DIR writes the whole report" in text
    assert "50 more warnings: --out DIR" in text
    assert "All of them: somewhere/eval.html" in printed(
        long(), written=Path("somewhere/eval.html")
    )


def test_a_flawless_run_lists_no_mistakes() -> None:
    right = [row for row in varied().questions if row.correct]
    text = printed(again(varied(), right))
    assert "Wrong" not in text
    assert "went wrong" not in text
