"""`quoth eval gold`: gold files checked, drafted and counted."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from api.cli.lines import one_line
from api.cli.options import AsJson, DataDir, Debug

if TYPE_CHECKING:
    from eval.gold_sets.articles import ArticleSource
    from eval.gold_sets.validation import Finding, GoldCheck
    from index.archive import Archive

app = typer.Typer(help="Check, draft and count gold questions.")

Gold = Annotated[Path, typer.Argument(help="Gold questions, JSONL.", show_default=False)]
Url = Annotated[
    str | None, typer.Option("--url", help="A running Quoth, instead of the data directory.")
]
NoArchive = Annotated[
    bool, typer.Option("--no-archive", help="Look at the file alone, not at the articles.")
]
Out = Annotated[
    Path | None,
    typer.Option("--out", help="Write a new file; else the lines go to standard output."),
]


class Which(StrEnum):
    """Which rated answers become candidates."""

    UP = "up"
    DOWN = "down"
    ALL = "all"


@app.callback(invoke_without_command=True)
def gold(context: typer.Context) -> None:
    """Check, draft and count gold questions."""
    if context.invoked_subcommand is None:
        typer.echo(context.get_help(), err=True)
        raise typer.Exit(2)


@app.command("check")
def check(
    gold: Gold,
    url: Url = None,
    no_archive: NoArchive = False,
    as_json: AsJson = False,
    data_dir: DataDir = None,
    debug: Debug = False,  # noqa: ARG001 - read by main, which prints the traceback
) -> None:
    """List all that is wrong with a gold file; exit 1 where anything is."""
    from eval.gold_sets.validation import check_gold

    with _source(url, data_dir, wanted=not no_archive) as source:
        found = check_gold(gold, source)
    _say_what_is_left_out(source, wanted=not no_archive)
    if as_json:
        _print_json({"ok": not found.problems} | asdict(found))
    else:
        _print_check(found)
    raise typer.Exit(1 if found.problems else 0)


@app.command("init")
def init(
    n: Annotated[int, typer.Option("--n", min=1, max=1000, help="How many drafts.")] = 50,
    seed: Annotated[int, typer.Option("--seed", help="Another seed, other sentences.")] = 0,
    url: Url = None,
    out: Out = None,
    data_dir: DataDir = None,
    debug: Debug = False,  # noqa: ARG001 - read by main, which prints the traceback
) -> None:
    """Draft questions from the archive's sentences, for a person to finish."""
    from eval.gold_sets.articles import KnownArticles
    from eval.gold_sets.drafting import draft_gold
    from eval.gold_sets.drafts import to_jsonl
    from index.errors import InputError

    _refuse_existing(out)
    with _source(url, data_dir, wanted=True) as source:
        if source is None:
            raise InputError("there is no archive to draft from", hint="name it with --data-dir")
        drafts = draft_gold(KnownArticles(source), n=n, seed=seed)
    if not drafts:
        raise InputError(
            f"{source.name} holds no sentence to ask about", hint="ingest articles first"
        )
    if len(drafts) < n:
        from eval.report.wording import counted

        typer.echo(f"{counted(len(drafts), 'draft')}: the articles give no more", err=True)
    _hand_over(to_jsonl(drafts, prefix="draft"), len(drafts), out)


@app.command("from-feedback")
def from_feedback(
    rating: Annotated[
        Which, typer.Option("--rating", help="Which rated answers to take.")
    ] = Which.ALL,
    out: Out = None,
    data_dir: DataDir = None,
    debug: Debug = False,  # noqa: ARG001 - read by main, which prints the traceback
) -> None:
    """Turn rated answers into candidates for gold questions."""
    from eval.gold_sets.articles import ArchiveArticles, KnownArticles
    from eval.gold_sets.candidates import candidates_from
    from eval.gold_sets.drafts import to_jsonl
    from index.errors import InputError
    from index.records import Rating

    _refuse_existing(out)
    with _unserved(), _archive(data_dir) as archive:
        if archive is None:
            raise InputError("there is no archive with ratings", hint="name it with --data-dir")
        wanted = None if rating is Which.ALL else Rating(rating.value)
        articles = KnownArticles(ArchiveArticles(archive, name=archive.status().data_dir))
        drafts = candidates_from(archive.feedback(wanted), articles)
    if not drafts:
        kind = "" if wanted is None else f" {wanted.value}"
        raise InputError(
            f"no answer was rated{kind}", hint="rate answers through POST /v1/feedback"
        )
    _hand_over(to_jsonl(drafts, prefix="feedback"), len(drafts), out)


@app.command("stats")
def stats(
    gold: Gold,
    url: Url = None,
    no_archive: NoArchive = False,
    as_json: AsJson = False,
    data_dir: DataDir = None,
    debug: Debug = False,  # noqa: ARG001 - read by main, which prints the traceback
) -> None:
    """Show what a gold file asks about, and how much of the archive it touches."""
    from eval.gold import load_gold
    from eval.gold_sets.articles import KnownArticles
    from eval.gold_sets.coverage import coverage
    from eval.gold_sets.tables import coverage_document, print_coverage

    questions = load_gold(gold)
    with _source(url, data_dir, wanted=not no_archive) as source:
        found = coverage(questions, KnownArticles(source) if source is not None else None)
    _say_what_is_left_out(source, wanted=not no_archive)
    if as_json:
        _print_json(coverage_document(found))
    else:
        from rich.console import Console

        print_coverage(found, Console(highlight=False))


@contextmanager
def _source(
    url: str | None, data_dir: str | None, *, wanted: bool
) -> Iterator[ArticleSource | None]:
    """The articles, or None where there are none to be had and nobody named any."""
    if not wanted:
        yield None
    elif url is not None:
        from eval.targets.http import HttpTarget

        with HttpTarget.connect(url) as target:
            yield target
    else:
        from eval.gold_sets.articles import ArchiveArticles

        with _archive(data_dir) as archive:
            if archive is None:
                yield None
            else:
                yield ArchiveArticles(archive, name=archive.status().data_dir)


@contextmanager
def _archive(data_dir: str | None) -> Iterator[Archive | None]:
    """The archive, opened only where there is one: a mistyped folder is not made into one.

    Raises:
        InputError: a data directory was named, and holds none.
    """
    from api.bootstrap import configure, open_archive
    from index.bootstrap import CATALOGUE_FILE
    from index.errors import InputError
    from index.settings import IndexSettings

    configuration = configure({"data_dir": data_dir})
    settings = configuration.build(IndexSettings)
    folder = settings.data_dir
    exists = folder.is_dir() if settings.catalogue_url else (folder / CATALOGUE_FILE).is_file()
    if exists:
        with open_archive(configuration) as archive:
            yield archive
        return
    origins = {row.name: row.origin for row in configuration.explain([IndexSettings])}
    if origins["QUOTH_DATA_DIR"] != "default":
        raise InputError(
            f"there is no archive in {folder}", hint="correct the data directory's name"
        )
    yield None


@contextmanager
def _unserved() -> Iterator[None]:
    """Say what to do about a service that holds the archive: ratings cannot be asked over HTTP."""
    from index.errors import ArchiveLocked

    try:
        yield
    except ArchiveLocked as error:
        raise ArchiveLocked(
            error.message,
            hint="stop `quoth serve` first, or name with --data-dir a copy: `quoth backup`, which "
            "works beside it, and `quoth restore`",
        ) from error


def _say_what_is_left_out(source: ArticleSource | None, *, wanted: bool) -> None:
    if source is None and wanted:
        line = "there is no archive here, so the articles are not looked at; name one: --data-dir"
        typer.echo(line, err=True)


def _refuse_existing(out: Path | None) -> None:
    """Raises: InputError before any work is done, where the file is there already."""
    from index.errors import InputError

    if out is not None and out.exists():
        raise InputError(f"{out} exists and is not overwritten", hint="name another with --out")


def _hand_over(lines: str, count: int, out: Path | None) -> None:
    from eval.gold_sets.drafts import write_new

    if out is None:
        typer.echo(lines, nl=False)
        return
    write_new(out, lines)
    drafts, them = ("1 draft is", "it") if count == 1 else (f"{count} drafts are", "them")
    typer.echo(f"{drafts} in {out}; finish {them}, then: quoth eval gold check {out}")


def _print_check(found: GoldCheck) -> None:
    from eval.report.wording import counted

    for problem in found.problems:
        typer.echo(_line(found.file, problem, ""))
    for warning in found.warnings:
        typer.echo(_line(found.file, warning, "warning: "))
    if found.foreign:
        line = f"none of its evidence is in {found.archive}: it was written for another archive"
        typer.echo(one_line(f"{found.file}: {line}"))
    against = f"checked against {one_line(found.archive)}" if found.archive else "by itself"
    counts = ", ".join(
        counted(len(listed), noun)
        for listed, noun in ((found.problems, "problem"), (found.warnings, "warning"))
    )
    typer.echo(f"{counted(found.questions, 'question')} {against}: {counts}")


def _line(file: str, finding: Finding, kind: str) -> str:
    named = f"{finding.question_id}: " if finding.question_id else ""
    return one_line(f"{file}:{finding.line}: {kind}{named}{finding.what}")


def _print_json(document: Mapping[str, Any]) -> None:
    typer.echo(json.dumps(document, ensure_ascii=False, indent=2))
