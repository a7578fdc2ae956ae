"""An evaluation as tables on a terminal of 80 columns."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from eval.document import stages_of
from eval.judges.report import judge_notes, read_judges
from eval.records import QuestionResult, Stage
from eval.report.wording import (
    NO_DATA,
    came_back,
    find_figure,
    interval,
    judged,
    number,
    one_line,
    shortened,
    stage_title,
    summary,
    verdict,
    worst_first,
)
from eval.run import Evaluation

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

_MOST_MISTAKES = 10
_MOST_WARNINGS = 10
_TAG_COLUMNS = (
    ("answer", "overall_accuracy", "right"),
    ("answer", "f1", "F1"),
    ("retrieval", "R@10", "R@10"),
    ("citation", "precision", "citation precision"),
)


def print_report(evaluation: Evaluation, console: Console, *, written: Path | None = None) -> None:
    """Print the metrics, what went wrong, and the warnings.

    `written` is where the whole report is, for those who want the rest of it.
    """
    _say(console, f"{summary(evaluation)}\n", style="bold")
    console.print(_metrics(evaluation))
    if evaluation.by_tag:
        _say(console, "\nBy tag", style="bold")
        console.print(_tags(evaluation))
    stages = {stage: count for stage, count in stages_of(evaluation.questions).items() if count}
    if stages:
        _say(console, "\nWhere answers went wrong", style="bold")
        table = _table("stage", "n")
        for stage, count in stages.items():
            table.add_row(stage_title(Stage(stage)), str(count))
        console.print(table)
    _print_judges(evaluation, console)
    _print_mistakes(evaluation, console, written)
    for warning in evaluation.warnings[:_MOST_WARNINGS]:
        _say(console, f"warning: {one_line(warning)}", style="yellow")
    if len(evaluation.warnings) > _MOST_WARNINGS:
        left = len(evaluation.warnings) - _MOST_WARNINGS
        _say(console, f"{left} more warnings: {_whereabouts(written)}", style="yellow")


def _say(console: Console, text: str, style: str = "") -> None:
    console.print(text, markup=False, highlight=False, emoji=False, style=style, soft_wrap=True)


def _table(*headings: str, left: int = 1) -> Table:
    """Return an empty table: so many columns of words, then columns of numbers."""
    from rich import box
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    for position, heading in enumerate(headings):
        words = position < left
        table.add_column(heading, justify="left" if words else "right", no_wrap=not words)
    return table


def _metrics(evaluation: Evaluation) -> Table:
    """Return a row for each figure that has data, the group's name on its first one."""
    table = _table("", "metric", "value", "95 % interval", left=2)
    shown = ""
    for figure in evaluation.figures:
        if figure.value is None:
            continue
        group = figure.metric.group
        table.add_row(
            "" if group == shown else group,
            str(figure.metric),
            number(figure, figure.value),
            interval(figure),
        )
        shown = group
    return table


def _tags(evaluation: Evaluation) -> Table:
    from rich.text import Text

    table = _table("tag", "n", *(words for *_, words in _TAG_COLUMNS))
    for tag, (count, figures) in evaluation.by_tag.items():
        cells = []
        for group, name, _ in _TAG_COLUMNS:
            found = find_figure(figures, group, name)
            cells.append(NO_DATA if found is None else number(found, found.value))
        table.add_row(Text(shortened(tag, 40)), str(count), *cells)
    return table


def _print_judges(evaluation: Evaluation, console: Console) -> None:
    found = judged(evaluation)
    if found is None or evaluation.judges is None:
        return
    title, headings, rows = found
    _say(console, f"\n{one_line(title)}", style="bold")
    table = _table(*headings, left=2)
    for row in rows:
        table.add_row(*row)
    console.print(table)
    for note in judge_notes(read_judges(evaluation.judges)):
        console.print(one_line(note), markup=False, highlight=False, style="dim")


def _print_mistakes(evaluation: Evaluation, console: Console, written: Path | None) -> None:
    """Print three lines for each of the worst: which, what was asked, what came back."""
    wrong = worst_first(evaluation.questions)
    if not wrong:
        return
    shown = wrong[:_MOST_MISTAKES]
    title = f"\nWrong: {len(wrong)} of {len(evaluation.questions)}"
    if len(shown) < len(wrong):
        title += f", the worst {len(shown)}"
    _say(console, title, style="bold")
    for row in shown:
        _say(console, _fitted(_what_happened(row), console), style="cyan")
        _say(console, _fitted(f"  {row.question}", console))
        _say(console, _fitted(f"  → {came_back(row)}", console))
    if len(shown) < len(wrong) or written is not None:
        _say(console, f"All of them: {_whereabouts(written)}", style="dim")


def _what_happened(row: QuestionResult) -> str:
    parts = [row.id, verdict(row)]
    if row.confidence is not None:
        parts.append(f"confidence {row.confidence:.2f}")
    if row.evidence_rank is not None:
        parts.append(f"evidence at rank {row.evidence_rank}")
    return ", ".join(parts)


def _fitted(text: str, console: Console) -> str:
    """Return the text cut to a line of the terminal, its indentation kept."""
    from rich.text import Text

    indent = len(text) - len(text.lstrip())
    line = Text(" " * indent + one_line(text))
    line.truncate(max(console.width, 20), overflow="ellipsis")
    return line.plain


def _whereabouts(written: Path | None) -> str:
    return "--out DIR writes the whole report" if written is None else str(written)
