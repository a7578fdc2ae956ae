"""`quoth eval report`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from api.cli.options import Debug
from eval.report.formats import Format, contradicts, format_of


def report(
    run: Annotated[
        Path,
        typer.Argument(
            metavar="RUN", help="A directory that `quoth eval run --out` made, or its eval.json."
        ),
    ],
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="FILE", help="Write it here; the ending tells the format."),
    ] = None,
    wanted: Annotated[
        Format | None, typer.Option("--format", help="What to make of the run.")
    ] = None,
    debug: Debug = False,  # noqa: ARG001 - read by main, which prints the traceback
) -> None:
    """Show a saved run again: as tables, or as HTML, Markdown, JUnit XML or JSON."""
    from eval.document import read_evaluation
    from eval.report.files import render, write_text
    from index.errors import InputError

    if out is not None and out.is_dir():
        raise InputError(f"{out} is a directory", hint="name a file, such as report.html")
    chosen = wanted or (None if out is None else format_of(out))
    if out is not None and chosen is None:
        raise InputError(
            f"the name {out.name} does not tell the format",
            hint="end it in .html, .md, .xml or .json, or add --format",
        )
    if out is not None and chosen is not None and contradicts(out, chosen):
        raise InputError(
            f"the name {out.name} does not stand for {chosen}",
            hint="give it another ending, or leave --format out",
        )
    evaluation = read_evaluation(run)
    if chosen is None:
        from rich.console import Console

        from eval.report.tables import print_report

        print_report(evaluation, Console())
    elif out is None:
        typer.echo(render(evaluation, chosen), nl=False)
    else:
        write_text(out, render(evaluation, chosen))
        typer.echo(f"wrote {out}", err=True)
