"""An evaluation as people read it: tables for the terminal, and for a Markdown file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from eval.gold import GoldSource
from eval.metrics.summary import Metrics
from eval.records import QuestionResult
from eval.run import Evaluation

if TYPE_CHECKING:
    from rich.console import Console

NO_DATA = "–"
_MOST_MISTAKES = 20
_TAG_COLUMNS = (
    ("retrieval", "Success@5"),
    ("answer", "accuracy"),
    ("answer", "overall_accuracy"),
    ("citation", "precision"),
)


def print_report(evaluation: Evaluation, console: Console) -> None:
    """Print the metrics, what went wrong, and the warnings."""
    from rich.markup import escape
    from rich.table import Table

    for title, headings, rows in _sections(evaluation):
        console.print(title, markup=False, highlight=False, style="bold")
        table = Table()
        for position, heading in enumerate(headings):
            table.add_column(heading, justify="right" if _is_number(rows, position) else "left")
        for row in rows:
            table.add_row(*map(escape, row))
        console.print(table)
    for warning in evaluation.warnings:
        console.print(f"warning: {warning}", markup=False, highlight=False, style="yellow")


def markdown(evaluation: Evaluation, gold: GoldSource) -> str:
    """Return the report as Markdown, with every mistake in it."""
    lines = [
        f"# Evaluation of {_cell(evaluation.target)}",
        "",
        f"Gold set `{gold.name}` (SHA-256 `{gold.sha256}`).",
        "",
    ]
    for title, headings, rows in _sections(evaluation, most_mistakes=None):
        lines += [f"## {title}", "", _line(headings), _line(["---"] * len(headings))]
        lines += [*map(_line, rows), ""]
    if evaluation.warnings:
        lines += ["## Warnings", "", *(f"- {_cell(w)}" for w in evaluation.warnings), ""]
    return "\n".join(lines)


def _sections(
    evaluation: Evaluation, most_mistakes: int | None = _MOST_MISTAKES
) -> Iterator[tuple[str, list[str], list[list[str]]]]:
    """Yield title, headings and rows of each table that has something to show."""
    yield _title(evaluation), ["", "metric", "value"], _metric_rows(evaluation.metrics)
    if evaluation.by_tag:
        headings = ["tag", "n", *(f"{group} {name}" for group, name in _TAG_COLUMNS)]
        rows = [
            [tag, str(count), *(_number(metrics.groups()[g][n]) for g, n in _TAG_COLUMNS)]
            for tag, (count, metrics) in evaluation.by_tag.items()
        ]
        yield "By tag", headings, rows
    mistakes = [result for result in evaluation.questions if not result.correct]
    if mistakes:
        shown = mistakes[:most_mistakes]
        title = f"Wrong: {len(mistakes)} of {len(evaluation.questions)}"
        if len(shown) < len(mistakes):
            title += f", the first {len(shown)}"
        headings = ["id", "question", "answerable", "what came back", "evidence at rank"]
        yield title, headings, [_mistake(result) for result in shown]


def _title(evaluation: Evaluation) -> str:
    answerable = sum(result.answerable for result in evaluation.questions)
    title = f"{len(evaluation.questions)} questions, {answerable} of them answerable"
    return f"{title}, {evaluation.errors} failed" if evaluation.errors else title


def _metric_rows(metrics: Metrics) -> list[list[str]]:
    return [
        [
            group if position == 0 else "",
            name,
            _milliseconds(value) if group == "latency_ms" else _number(value),
        ]
        for group, values in metrics.groups().items()
        for position, (name, value) in enumerate(values.items())
    ]


def _mistake(result: QuestionResult) -> list[str]:
    if result.error is not None:
        came_back = f"error: {result.error}"
    elif result.abstained:
        came_back = "not found"
    else:
        came_back = result.short_answer or result.answer or NO_DATA
    rank = NO_DATA if result.evidence_rank is None else str(result.evidence_rank)
    return [result.id, result.question, "yes" if result.answerable else "no", came_back, rank]


def _number(value: float | None) -> str:
    return NO_DATA if value is None else f"{value:.3f}"


def _milliseconds(value: float | None) -> str:
    return NO_DATA if value is None else f"{value:.1f}"


def _is_number(rows: Sequence[Sequence[str]], position: int) -> bool:
    cells = [row[position] for row in rows]
    return all(cell == NO_DATA or cell.replace(".", "", 1).isdigit() for cell in cells)


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(map(_cell, cells))} |"


def _cell(text: str) -> str:
    """Return the text so that it stays within its table cell."""
    return " ".join(text.split()).replace("\\", "\\\\").replace("|", "\\|")
