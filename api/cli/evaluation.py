"""`quoth eval`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from api.cli.options import AsJson, DataDir, Debug

if TYPE_CHECKING:
    from eval.gold import GoldQuestion, GoldSource
    from eval.run import Evaluation
    from eval.targets.base import Target

app = typer.Typer(help="The offline evaluation suite.")


@app.callback(invoke_without_command=True)
def evaluation(context: typer.Context) -> None:
    """Measure answers against gold questions."""
    if context.invoked_subcommand is None:
        typer.echo(context.get_help(), err=True)
        raise typer.Exit(2)


@app.command("run")
def run(
    gold: Annotated[Path, typer.Argument(help="Gold questions, JSONL.", show_default=False)],
    url: Annotated[
        str | None, typer.Option("--url", help="A running Quoth, instead of the data directory.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", help="Write eval.json and eval.md here.")
    ] = None,
    as_json: AsJson = False,
    data_dir: DataDir = None,
    debug: Debug = False,  # noqa: ARG001 - read by main, which prints the traceback
) -> None:
    """Ask every gold question and score the answers."""
    from eval.document import as_json as render
    from eval.document import document
    from eval.gold import gold_source, load_gold
    from eval.report.files import write_report
    from eval.report.tables import print_report

    questions = load_gold(gold)
    with _target(url, data_dir) as target:
        found = _evaluate(questions, gold_source(gold), target)
    if out is not None:
        write_report(found, out)
    if as_json:
        typer.echo(render(document(found)), nl=False)
    else:
        from rich.console import Console

        print_report(found, Console())
    raise typer.Exit(1 if found.errors else 0)


@contextmanager
def _target(url: str | None, data_dir: str | None) -> Iterator[Target]:
    from api.bootstrap import build_engine, configure, open_archive

    configuration = configure({"data_dir": data_dir})
    if url is not None:
        from eval.targets.http import HttpTarget

        with HttpTarget.connect(url) as target:
            yield target
        return
    from eval.targets.bootstrap import engine_target
    from index.settings import IndexSettings
    from rag.settings import RagSettings

    with open_archive(configuration) as archive:
        engine = build_engine(configuration, archive)
        settings = configuration.build(IndexSettings), configuration.build(RagSettings)
        yield engine_target(archive, engine, *settings)


def _evaluate(questions: list[GoldQuestion], source: GoldSource, target: Target) -> Evaluation:
    from rich.console import Console
    from rich.progress import Progress

    from eval.run import run_evaluation

    console = Console(stderr=True)
    with Progress(console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("asking", total=len(questions))
        return run_evaluation(
            questions,
            target,
            source=source,
            on_progress=lambda done, _total: bar.update(task, completed=done),
        )
