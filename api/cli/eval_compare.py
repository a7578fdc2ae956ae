"""`quoth eval compare`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from api.cli.options import AsJson, Debug


def compare(
    a: Annotated[
        Path, typer.Argument(help="eval.json of a run, or its directory.", show_default=False)
    ],
    b: Annotated[Path, typer.Argument(help="The run that is held against it.", show_default=False)],
    out: Annotated[
        Path | None,
        typer.Option("--out", help="Write compare.json, compare.md and compare.html here."),
    ] = None,
    everything: Annotated[
        bool, typer.Option("--all", help="Every question that changed, and uncut.")
    ] = False,
    reworded: Annotated[
        bool,
        typer.Option("--reworded", help="B asks A's questions in other words: q1p is A's q1."),
    ] = False,
    as_json: AsJson = False,
    debug: Debug = False,  # noqa: ARG001 - read by main, which prints the traceback
) -> None:
    """Hold run B against run A: what differs, how surely, and on which questions."""
    from eval.comparison import compare as compare_runs
    from eval.document import as_json as render
    from eval.document import read_evaluation
    from eval.report.comparison import comparison_document, write_comparison
    from eval.report.comparison_tables import print_comparison

    comparison = compare_runs(
        read_evaluation(a, resamples=0), read_evaluation(b, resamples=0), reworded=reworded
    )
    if out is not None:
        write_comparison(comparison, out)
    if as_json:
        typer.echo(render(comparison_document(comparison)), nl=False)
    else:
        from rich.console import Console

        print_comparison(comparison, (str(a), str(b)), Console(), everything=everything)
