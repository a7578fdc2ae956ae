"""`quoth ingest`."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Annotated, Any, Self

import typer

from api.cli.lines import one_line
from api.cli.options import AsJson, DataDir, Debug

if TYPE_CHECKING:
    from index.records import IngestItem, IngestReport

ALL_FINE, SOME_REFUSED, NOTHING_DONE = 0, 1, 2


def ingest(
    paths: Annotated[list[str], typer.Argument(help="Files and folders.", show_default=False)],
    recursive: Annotated[
        bool, typer.Option("--recursive", "-r", help="Go into subfolders.")
    ] = False,
    publisher: Annotated[
        str | None, typer.Option("--publisher", help="Who published these articles.")
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would be done, and store nothing.")
    ] = False,
    as_json: AsJson = False,
    data_dir: DataDir = None,
    debug: Debug = False,  # noqa: ARG001 - read by main, which prints the traceback
) -> None:
    """Take articles in: text, Markdown, HTML, JSON and JSONL."""
    from api.bootstrap import configure, open_archive
    from index.ingest import IngestOptions

    configuration = configure({"data_dir": data_dir})
    options = IngestOptions(publisher=publisher, dry_run=dry_run)
    with open_archive(configuration) as archive, _Progress() as progress:
        report = archive.ingest(
            paths, recursive=recursive, options=options, on_item=progress.advance
        )
    if as_json:
        typer.echo(json.dumps(_document(report), ensure_ascii=False, indent=2))
    else:
        _print(report)
    raise typer.Exit(exit_code(report))


def exit_code(report: IngestReport) -> int:
    """0 all fine, 1 some refused, 2 nothing could be done."""
    from index.records import IngestOutcome

    refused = report.count(IngestOutcome.REFUSED)
    if refused == len(report.items):
        return NOTHING_DONE
    return SOME_REFUSED if refused else ALL_FINE


class _Progress:
    """A line on the terminal that counts documents; silent elsewhere."""

    def __init__(self) -> None:
        from rich.console import Console
        from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

        console = Console(stderr=True)
        self._bar = Progress(
            SpinnerColumn(),
            TextColumn("{task.completed} documents"),
            TimeElapsedColumn(),
            TextColumn("{task.description}", markup=False),
            console=console,
            transient=True,
            disable=not sys.stderr.isatty(),
        )
        self._task = self._bar.add_task("", total=None)

    def advance(self, item: IngestItem) -> None:
        """Count one more document and show its name."""
        self._bar.update(self._task, advance=1, description=one_line(item.origin)[-60:])

    def __enter__(self) -> Self:
        self._bar.start()
        return self

    def __exit__(self, *_exception: object) -> None:
        self._bar.stop()


def _document(report: IngestReport) -> dict[str, Any]:
    from index.records import IngestOutcome

    return {
        "dry_run": report.dry_run,
        "seconds": round(report.seconds, 3),
        **{outcome.value: report.count(outcome) for outcome in IngestOutcome},
        "items": [
            {
                "origin": item.origin,
                "outcome": item.outcome.value,
                "article_id": item.article_id,
                "title": item.title,
                "passages": item.passages,
                "reason": item.reason,
            }
            for item in report.items
        ],
    }


def _print(report: IngestReport) -> None:
    from rich.console import Console
    from rich.table import Table

    from index.records import IngestOutcome

    console = Console(highlight=False, soft_wrap=True)
    table = Table(box=None, pad_edge=False)
    for outcome in IngestOutcome:
        table.add_column(outcome.value, justify="right")
    table.add_row(*(str(report.count(outcome)) for outcome in IngestOutcome))
    console.print(table)
    if report.dry_run:
        console.print("Nothing was stored: this was a dry run.", markup=False)
    for item in report.items:
        if item.outcome is IngestOutcome.REFUSED:
            line = one_line(f"refused {item.origin}: {item.reason}")
            console.print(line, markup=False)
