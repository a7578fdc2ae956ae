"""The result of a public set as people read it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from eval.public.base import PublicOptions, PublicResult

if TYPE_CHECKING:
    from rich.console import Console

NO_DATA = "–"


def ends(interval: Sequence[float] | None, digits: int = 3) -> str:
    """Return an interval as people read it."""
    return NO_DATA if interval is None else " – ".join(f"{end:.{digits}f}" for end in interval)


def print_result(result: PublicResult, options: PublicOptions, console: Console) -> None:
    """Print one table: our rows, then what was published, with its source; then the notes."""
    from rich.markup import escape
    from rich.table import Table

    sample = f", {options.sample} at random (seed {options.seed})" if options.sample else ""
    table = Table(title=escape(f"{result.name}{sample}"), title_justify="left")
    for heading in ("", "n", "figure", "value", "95 % interval"):
        words = heading in {"", "figure"}
        table.add_column(heading, justify="left" if words else "right", no_wrap=not words)
    for row in result.rows:
        for position, (name, figure) in enumerate(row.figures.items()):
            label, count = (row.label, str(row.n)) if position == 0 else ("", "")
            shown = NO_DATA if figure.value is None else f"{figure.value:.3f}"
            table.add_row(escape(label), count, escape(name), shown, ends(figure.interval))
        table.add_section()
    for one in result.published:
        for position, (name, value) in enumerate(one.figures.items()):
            label = f"published: {one.label} ({one.source})" if position == 0 else ""
            table.add_row(escape(label), "", escape(name), f"{value:.3f}")
    console.print(table)
    for note in result.notes:
        console.print(note, markup=False, highlight=False)
