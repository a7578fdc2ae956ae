"""`quoth eval retrieval`."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from api.cli.lines import one_line
from api.cli.options import AsJson, DataDir, Debug
from api.cli.progress import progress_bar

if TYPE_CHECKING:
    from eval.public.beir import Judgements
    from eval.public.beir_report import RankedFolder
    from eval.public.beir_retrieval import Collection
    from index.archive import Archive
    from index.configuration import Configuration


def retrieval(
    beir: Annotated[Path, typer.Option("--beir", help="A BEIR folder: corpus, queries and qrels.")],
    split: Annotated[str, typer.Option("--split", help="Which qrels to score against.")] = "test",
    work: Annotated[
        Path | None, typer.Option("--work", help="Keep the archive of the corpus here.")
    ] = None,
    run_out: Annotated[
        Path | None, typer.Option("--run-out", help="Write the rankings as a TREC run file.")
    ] = None,
    run_in: Annotated[
        Path | None, typer.Option("--run-in", help="Score this TREC run file instead of Quoth.")
    ] = None,
    depth: Annotated[
        int, typer.Option("--depth", min=1, max=1000, help="Documents to rank for a query.")
    ] = 100,
    as_json: AsJson = False,
    data_dir: DataDir = None,
    debug: Debug = False,  # noqa: ARG001 - read by main, which prints the traceback
) -> None:
    """Rank the documents of a BEIR folder for its queries, and score the rankings."""
    from api.bootstrap import configure
    from eval.public.beir import check_folder, read_judgements
    from eval.public.beir_report import RankedFolder, document
    from eval.public.trec import read_run
    from index.errors import InputError

    if run_in is not None and (run_out is not None or work is not None):
        raise InputError("--run-in retrieves nothing", hint="leave --run-out and --work out")
    if run_out is not None and not run_out.parent.is_dir():  # said before the work, not after it
        raise InputError(f"{run_out.parent} is no folder", hint=f"make it, for {run_out.name}")
    configuration = configure({"data_dir": data_dir})
    check_folder(beir)
    judgements = read_judgements(beir, split)
    if run_in is not None:
        ranked = RankedFolder(name=run_in.name, run=read_run(run_in))
    else:
        job = _Job(folder=beir, work=work, run_out=run_out, depth=depth)
        ranked = _retrieve(configuration, job, judgements)
    found = document(beir, ranked, judgements)
    if as_json:
        typer.echo(json.dumps(found, ensure_ascii=False, indent=2))
    else:
        _print(found)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Job:
    """What is to be retrieved, and where to."""

    folder: Path
    work: Path | None
    run_out: Path | None
    depth: int


def _retrieve(configuration: Configuration, job: _Job, judgements: Judgements) -> RankedFolder:
    """Rank the corpus for every judged query that the folder has."""
    from eval.public.beir import read_queries
    from eval.public.beir_report import RankedFolder
    from eval.public.beir_retrieval import retrieve_run
    from eval.public.exact_search import exact_retriever
    from eval.public.trec import check_ids, write_run
    from index.errors import InputError
    from rag.settings import RagSettings

    queries = read_queries(job.folder)
    asked = {name: text for name, text in queries.items() if name in judgements.grades}
    if not asked:
        raise InputError(
            f"none of the queries of the split {judgements.split!r} is in queries.jsonl",
            hint="take qrels and queries of one and the same set",
        )
    with _collection(configuration, job) as (archive, collection):
        if job.run_out is not None:
            check_ids([*asked, *sorted(collection.ids)])
        retriever = exact_retriever(archive, configuration.build(RagSettings))
        with progress_bar("retrieving", len(asked)) as advance:
            run = retrieve_run(retriever, asked, collection, depth=job.depth, on_progress=advance)
    if job.run_out is not None:
        write_run(job.run_out, run)
    return RankedFolder(name="quoth", run=run, queries=queries, collection=collection)


@contextmanager
def _collection(configuration: Configuration, job: _Job) -> Iterator[tuple[Archive, Collection]]:
    """The corpus as an archive of its own: in the work folder, else in one that goes again."""
    from eval.bootstrap import scratch_archive
    from eval.public.beir import corpus_sha256, read_corpus
    from eval.public.beir_retrieval import load_collection, save_collection, take_in
    from index.settings import IndexSettings
    from rag.settings import RagSettings

    settings, rag = configuration.build(IndexSettings), configuration.build(RagSettings)
    corpus = corpus_sha256(job.folder)
    held = load_collection(job.work, corpus, settings) if job.work is not None else None
    total = sum(1 for _ in read_corpus(job.folder)) if held is None else 0  # all lines are right
    if job.work is not None and held is None:
        save_collection(job.work, corpus, settings, None)
    with scratch_archive(settings, rag, data_dir=job.work) as (archive, _engine):
        if held is None:
            with progress_bar("taking in", total) as advance:
                held = take_in(archive, read_corpus(job.folder), advance)
            if job.work is not None:
                save_collection(job.work, corpus, settings, held)
        yield archive, held


def _print(found: Mapping[str, Any]) -> None:
    from rich.console import Console
    from rich.table import Table

    from eval.public.table import ends

    console = Console(highlight=False)
    title = f"{found['run']} on {found['beir']}/{found['split']}: {found['queries']} queries"
    if found["documents"] is not None:
        title += f", {found['documents']} documents"
    console.print(one_line(title), markup=False, style="bold")
    table = Table()
    table.add_column("metric")
    table.add_column("value", justify="right")
    table.add_column("95 % interval", justify="right")
    for name, value in found["metrics"].items():
        table.add_row(name, f"{value:.4f}", ends(found["intervals"][name], digits=4))
    console.print(table)
    for warning in found["warnings"]:
        line = one_line(f"warning: {warning}")
        console.print(line, markup=False, style="yellow", soft_wrap=True)
