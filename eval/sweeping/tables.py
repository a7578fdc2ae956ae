"""A sweep as people read it: one table, for the terminal and for a Markdown file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from eval.report.wording import NO_DATA, number
from eval.statistics.bootstrap import Figure
from eval.sweeping.records import Sweep, SweepRow

if TYPE_CHECKING:
    from rich.console import Console

COLUMNS = (
    "retrieval/nDCG@10",
    "answer/accuracy",
    "citation/joint",
    "abstention/f1",
)
"""What is shown beside quality and latency."""

_ON_FRONT = "●"
_ROOMY = 140
"""Characters a line from which on all figures are shown."""


def latency_words(sweep: Sweep) -> str:
    """Return how latency is measured, in a sentence."""
    if sweep.repeat == 1:
        return "median over questions of the only time that each was asked, caches included"
    again = sweep.repeat - 1
    times = "once more" if again == 1 else f"{again} times more"
    return (
        f"median over questions, each asked {times} right after its first time, which is not "
        "counted, so that no cache decides"
    )


def print_sweep(sweep: Sweep, console: Console) -> None:
    """Print the table, what failed, and how to read it. A narrow console gets fewer figures."""
    from rich import box
    from rich.markup import escape
    from rich.table import Table

    narrow = console.width < _ROOMY
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0))
    for heading in _headings(sweep, narrow=narrow):
        lines = heading.replace("_", "\n") if heading in sweep.varying else _broken(heading)
        justify: Literal["left", "right"] = "left" if heading in sweep.varying else "right"
        table.add_column(
            escape(lines), justify=justify, overflow="fold", no_wrap=justify == "right"
        )
    for row in sweep.rows:
        table.add_row(*map(escape, _cells(sweep, row, narrow=narrow)))
    console.print(table)
    for line in _notes(sweep):
        console.print(line, markup=False, highlight=False, soft_wrap=True)


def markdown(sweep: Sweep, *, plot: str | None) -> str:
    """Return the table as Markdown, over the plot where there is one."""
    headings = _headings(sweep)
    rows = [headings, ["---"] * len(headings)]
    rows += [_cells(sweep, row) for row in sweep.rows]
    lines = ["# Sweep", "", f"Gold set `{sweep.gold.name}` (SHA-256 `{sweep.gold.sha256}`).", ""]
    lines += [f"| {' | '.join(map(_cell, row))} |" for row in rows]
    lines += ["", *(f"- {_cell(note)}" for note in _notes(sweep)), ""]
    if plot is not None:
        lines += [f"![Quality against latency]({plot})", ""]
    return "\n".join(lines)


def _names(sweep: Sweep, *, narrow: bool) -> list[str]:
    others = [name for name in COLUMNS if name != sweep.quality_name and not narrow]
    return [sweep.quality_name, *others, sweep.latency_name]


def _headings(sweep: Sweep, *, narrow: bool = False) -> list[str]:
    names = (name.replace("/", " ") for name in _names(sweep, narrow=narrow))
    return ["run", *sweep.varying, *names, "Pareto"]


def _broken(heading: str) -> str:
    return heading.replace(" ", "\n").replace("_", "\n")


def _cells(sweep: Sweep, row: SweepRow, *, narrow: bool = False) -> list[str]:
    values = ["none" if row.values[n] is None else str(row.values[n]) for n in sweep.varying]
    figures = [_with_interval(row.figure(name)) for name in _names(sweep, narrow=narrow)]
    pareto = _ON_FRONT if row.number in sweep.front else ""
    return [str(row.number), *values, *figures, "failed" if row.error is not None else pareto]


def _with_interval(figure: Figure | None) -> str:
    if figure is None:
        return NO_DATA
    ends = f"({number(figure, figure.low)}–{number(figure, figure.high)})"
    return f"{number(figure, figure.value)} {ends}"


def _notes(sweep: Sweep) -> list[str]:
    latency = sweep.latency_name.replace("/", " ")
    axes = f"{sweep.quality_name.replace('/', ' ')} and in {latency}"
    lines = [
        f"{_ON_FRONT} no other run is at least as good in {axes}, and better in one of them.",
        f"{latency}: {latency_words(sweep)}. In brackets, 95 % intervals.",
    ]
    for row in sweep.rows:
        if row.error is not None:
            lines.append(f"run {row.number} failed: {row.error}")
        elif row.evaluation is not None and row.evaluation.errors:
            asked = len(row.evaluation.questions)
            lines.append(f"run {row.number}: {row.evaluation.errors} of {asked} questions failed")
    return lines


def _cell(text: str) -> str:
    """Return the text so that it stays within its table cell."""
    return " ".join(text.split()).replace("\\", "\\\\").replace("|", "\\|")
