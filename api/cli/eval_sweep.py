"""`quoth eval sweep`."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from api.cli.options import AsJson, DataDir, Debug

if TYPE_CHECKING:
    from eval.asking import Progress as OnQuestion
    from eval.sweeping.plan import SweepPlan
    from eval.sweeping.records import Sweep
    from eval.sweeping.running import OnRun

REPEAT = 3
PIPED_WIDTH = 200
"""Characters a line where no terminal says how many it has."""


def sweep(
    settings: Annotated[Path, typer.Argument(help="What to try, YAML.", show_default=False)],
    gold: Annotated[
        Path | None, typer.Option("--gold", help="Gold questions, instead of the file's own.")
    ] = None,
    out: Annotated[
        Path, typer.Option("--out", help="Write tables, plot and each run's eval.json here.")
    ] = Path("sweep"),
    work: Annotated[
        Path | None,
        typer.Option("--work", help="Keep archives and finished runs here (else OUT/work)."),
    ] = None,
    repeat: Annotated[
        int,
        typer.Option(
            "--repeat", min=1, help="Ask each question so often; all but the first are timed."
        ),
    ] = REPEAT,
    as_json: AsJson = False,
    data_dir: DataDir = None,
    debug: Debug = False,  # noqa: ARG001 - read by main, which prints the traceback
) -> None:
    """Try many settings on one gold set, and set quality against latency."""
    from eval.document import as_json as render
    from eval.sweeping.document import sweep_document, write_sweep
    from eval.sweeping.plan import read_plan

    plan = read_plan(settings, gold=gold)
    found = _run(plan, work or out / "work", repeat, data_dir)
    write_sweep(found, out)
    if as_json:
        typer.echo(render(sweep_document(found)), nl=False)
    else:
        from rich.console import Console

        from eval.sweeping.tables import print_sweep

        print_sweep(found, Console(width=None if sys.stdout.isatty() else PIPED_WIDTH))
    failed = any(row.evaluation is None or row.evaluation.errors for row in found.rows)
    raise typer.Exit(1 if failed else 0)


def _run(plan: SweepPlan, work: Path, repeat: int, data_dir: str | None) -> Sweep:
    from api.bootstrap import configure
    from eval.gold import gold_source, load_gold
    from eval.sweeping.archives import Archives, Embedders, ExistingArchive, OwnArchives
    from eval.sweeping.running import Asking, Configured, run_sweep
    from index.settings import IndexSettings
    from rag.settings import RagSettings

    configuration = configure({"data_dir": plan.data_dir or data_dir})
    configured = Configured(
        index=configuration.build(IndexSettings), rag=configuration.build(RagSettings)
    )
    asking = Asking(gold=load_gold(plan.gold), source=gold_source(plan.gold), repeat=repeat)
    embedders = Embedders()
    archives: Archives = ExistingArchive(embedders)
    if plan.articles is not None:
        archives = OwnArchives(
            plan.articles,
            recursive=plan.recursive,
            folder=work / "archives",
            embedders=embedders,
        )
    with _progress(len(plan.runs), len(asking.gold)) as on_run:
        return run_sweep(plan, configured, archives, asking, finished=work / "runs", on_run=on_run)


@contextmanager
def _progress(runs: int, questions: int) -> Iterator[OnRun]:
    """Yield what shows runs and questions on a terminal; silent elsewhere."""
    from rich.console import Console
    from rich.progress import MofNCompleteColumn, Progress

    console = Console(stderr=True)
    columns = (*Progress.get_default_columns(), MofNCompleteColumn())
    with Progress(
        *columns, console=console, transient=True, disable=not console.is_terminal
    ) as bar:
        all_runs = bar.add_task("runs", total=runs)
        one = bar.add_task("", total=questions)
        started = iter(range(runs))

        def on_run(name: str) -> OnQuestion:
            bar.update(all_runs, completed=next(started, runs))
            bar.reset(one, total=questions, description=name[-40:])
            return lambda done, _total: bar.update(one, completed=done)

        yield on_run
