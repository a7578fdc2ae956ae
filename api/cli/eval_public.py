"""`quoth eval public`."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer

from api.cli.options import AsJson, DataDir, Debug


def public(
    name: Annotated[
        str,
        typer.Argument(
            metavar="SET",
            help="realtimeqa, rgb, ramdocs, multihop-rag, canard, wice or attributionbench.",
            show_default=False,
        ),
    ],
    path: Annotated[
        Path, typer.Argument(help="The set's file, or its folder.", show_default=False)
    ],
    sample: Annotated[
        int | None, typer.Option("--sample", min=1, help="Take so many questions at random.")
    ] = None,
    seed: Annotated[int, typer.Option("--seed", help="Which ones --sample takes.")] = 0,
    noise_rate: Annotated[
        list[float] | None,
        typer.Option("--noise-rate", help="rgb: share of documents without answer; repeatable."),
    ] = None,
    work: Annotated[
        Path | None,
        typer.Option("--work", help="Keep the set's archive here, and use what is there."),
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", help="Write the JSON document to this file too.")
    ] = None,
    as_json: AsJson = False,
    data_dir: DataDir = None,
    debug: Debug = False,  # noqa: ARG001 - read by main, which prints the traceback
) -> None:
    """Run a public set by its own protocol, in an archive of its own."""
    from eval.public.base import PublicOptions
    from eval.public.catalogue import evaluate
    from eval.public.table import print_result

    with _progress() as on_progress:
        options = PublicOptions(
            sample=sample,
            seed=seed,
            noise_rates=tuple(noise_rate or ()),
            on_progress=on_progress,
        )
        result = evaluate(name, path, options, _scratch(work, data_dir))
    document = json.dumps(result.document(options), ensure_ascii=False, indent=2) + "\n"
    if out is not None:
        _write(out, document)
    if as_json:
        typer.echo(document, nl=False)
    else:
        from rich.console import Console

        print_result(result, options, Console())


def _scratch(work: Path | None, data_dir: str | None) -> Callable[[], Any]:
    """What opens the set's archive, with the settings and models of the data directory."""
    from functools import partial

    from api.bootstrap import configure
    from eval.bootstrap import scratch_archive
    from index.settings import IndexSettings
    from rag.settings import RagSettings

    configuration = configure({"data_dir": data_dir})
    settings = configuration.build(IndexSettings), configuration.build(RagSettings)
    return partial(scratch_archive, *settings, data_dir=work)


def _write(path: Path, document: str) -> None:
    from index.errors import ConfigurationError

    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(document, encoding="utf-8")
    except OSError as error:
        raise ConfigurationError(
            f"{path} cannot be written: {error.strerror}", hint="give --out another file"
        ) from error


@contextmanager
def _progress() -> Iterator[Callable[[str, int, int], None]]:
    from rich.console import Console
    from rich.progress import Progress

    console = Console(stderr=True)
    with Progress(console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("reading", total=None)

        def tell(doing: str, done: int, total: int) -> None:
            bar.update(task, description=doing, completed=done, total=total)

        yield tell
