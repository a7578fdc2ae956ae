"""The result of a public set as people read it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from eval.public.base import PublicOptions, PublicResult

if TYPE_CHECKING:
    from rich.console import Console

NO_DATA = "–"


def print_result(result: PublicResult, options: PublicOptions, console: Console) -> None:
    """Print one table: our rows, then what was published, with its source; then the notes."""
    from rich.markup import escape
    from rich.table import Table

    sample = f", {options.sample} at random (seed {options.seed})" if options.sample else ""
    table = Table(title=escape(f"{result.name}{sample}"), title_justify="left")
    for heading in ("", "n", "figure", "value"):
        table.add_column(heading, justify="right" if heading in {"n", "value"} else "left")
    for row in result.rows:
        for position, (name, value) in enumerate(row.figures.items()):
            label, count = (row.label, str(row.n)) if position == 0 else ("", "")
            shown = NO_DATA if value is None else f"{value:.3f}"
            table.add_row(escape(label), count, escape(name), shown)
        table.add_section()
    for one in result.published:
        for position, (name, value) in enumerate(one.figures.items()):
            label = f"published: {one.label} ({one.source})" if position == 0 else ""
            table.add_row(escape(label), "", escape(name), f"{value:.3f}")
    console.print(table)
    for note in result.notes:
        console.print(note, markup=False, highlight=False)
