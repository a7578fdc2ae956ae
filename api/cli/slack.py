"""`quoth slack`: the bot in Socket Mode, whether it could work, and what was asked of it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import AbstractAsyncContextManager, contextmanager, nullcontext
from typing import TYPE_CHECKING, Annotated, Any

import typer

from api.cli.lines import one_line
from api.cli.options import AsJson, DataDir, Debug

if TYPE_CHECKING:
    from api.slack.answering import Answering
    from api.slack.settings import SlackSettings
    from index.archive import Archive
    from index.catalogue.slack_questions import SlackQuestionTable
    from index.configuration import Configuration

FAULTY = 1
Url = Annotated[
    str | None,
    typer.Option("--url", help="A running service to ask, in place of opening the archive."),
]

app = typer.Typer(help="The Slack bot: run it, check its tokens and scopes, see what was asked.")


@app.callback(invoke_without_command=True)
def slack(
    context: typer.Context,
    url: Url = None,
    data_dir: DataDir = None,
    debug: Debug = False,  # noqa: ARG001 - read by main, which prints the traceback
) -> None:
    """Run the Slack bot in Socket Mode, until it is stopped.

    It opens the archive itself, or with --url asks a service that runs already.
    """
    if context.invoked_subcommand is not None:
        return
    from api.bootstrap import configure
    from api.slack.settings import SlackSettings

    configuration = configure({"data_dir": data_dir})
    settings = configuration.build(SlackSettings)
    settings.socket_tokens()
    if url is None:
        _run_with_archive(configuration, settings)
    else:
        _run_beside(configuration, settings, url)


@app.command("check")
def check(
    as_json: AsJson = False,
    data_dir: DataDir = None,
    debug: Debug = False,  # noqa: ARG001 - read by main, which prints the traceback
) -> None:
    """Try tokens, scopes and the way to Slack; say what is missing and where to click.

    Ends with 1 where the bot could not work.
    """
    import asyncio

    from api.bootstrap import configure
    from api.slack.settings import SlackSettings

    settings = configure({"data_dir": data_dir}).build(SlackSettings)
    found = asyncio.run(_findings(settings))
    if as_json:
        _print_json(
            [{"name": f.name, "ok": f.ok, "said": f.said, "todo": f.todo or None} for f in found]
        )
    else:
        for each in found:
            todo = f": {each.todo}" if each.todo else ""
            mark = "ok     " if each.ok else "MISSING"
            typer.echo(one_line(f"{mark}  {each.name}: {each.said}{todo}"))
    if not all(each.ok for each in found):
        raise typer.Exit(FAULTY)


@app.command("stats")
def stats(
    days: Annotated[int, typer.Option("--days", min=1, max=3_650, help="How far back.")] = 30,
    as_json: AsJson = False,
    data_dir: DataDir = None,
    debug: Debug = False,  # noqa: ARG001 - read by main, which prints the traceback
) -> None:
    """What people asked, what share was answered, and what they asked that the archive lacks."""
    from datetime import UTC, datetime, timedelta

    from api.bootstrap import configure, require_archive
    from api.slack.statistics import as_document, as_lines
    from index.settings import IndexSettings
    from index.slack_questions import open_slack_questions

    configuration = configure({"data_dir": data_dir})
    require_archive(configuration)
    with open_slack_questions(configuration.build(IndexSettings)) as table:
        found = table.statistics(since=datetime.now(UTC) - timedelta(days=days))
    if as_json:
        _print_json(as_document(found, days))
        return
    for line in as_lines(found, days):
        typer.echo(_indented(line))


def _run_with_archive(configuration: Configuration, settings: SlackSettings) -> None:
    from api.bootstrap import build_engine, build_service, require_archive
    from api.slack.bootstrap import own_answering
    from index.catalogue.slack_questions import SlackQuestionTable

    require_archive(configuration)
    with _opened(configuration) as archive:
        engine = build_engine(configuration, archive)
        archive.embedder.embed_query("warm")  # the first question should not pay for loading
        service = build_service(configuration, archive, engine)
        table = SlackQuestionTable(archive.catalogue.engine)
        _run(settings, table, nullcontext(own_answering(service)))


def _run_beside(configuration: Configuration, settings: SlackSettings, url: str) -> None:
    from api.slack.bootstrap import remote_answering
    from index.settings import IndexSettings
    from index.slack_questions import open_slack_questions

    with open_slack_questions(configuration.build(IndexSettings)) as table:
        _run(settings, table, remote_answering(url, settings, table.rate))


@contextmanager
def _opened(configuration: Configuration) -> Iterator[Archive]:
    from api.bootstrap import open_archive
    from index.errors import ArchiveLocked

    try:
        archive = open_archive(configuration)
    except ArchiveLocked as error:
        raise ArchiveLocked(
            error.message,
            hint="let the bot ask that service: quoth slack --url http://127.0.0.1:8000",
        ) from None
    with archive:
        yield archive


def _run(
    settings: SlackSettings,
    table: SlackQuestionTable,
    opened: AbstractAsyncContextManager[Answering],
) -> None:
    import asyncio

    asyncio.run(_serve(settings, table, opened))


async def _serve(
    settings: SlackSettings,
    table: SlackQuestionTable,
    opened: AbstractAsyncContextManager[Answering],
) -> None:
    import asyncio
    import signal

    from api.slack.bot import Needs
    from api.slack.transports import serve_socket

    stop = asyncio.Event()
    for each in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(each, stop.set)

    def connected(workspace: str) -> None:
        typer.echo(one_line(f"Quoth answers in {workspace}"), err=True)

    async with opened as answering:
        needs = Needs(settings=settings, table=table, answering=answering)
        await serve_socket(needs, stop=stop, connected=connected)


async def _findings(settings: SlackSettings) -> list[Any]:
    from api.slack.checking import findings

    return [each async for each in findings(settings)]


def _indented(line: str) -> str:
    """The line, fit for a terminal, as far to the right as it is."""
    return " " * (len(line) - len(line.lstrip(" "))) + one_line(line)


def _print_json(value: Any) -> None:
    typer.echo(json.dumps(value, ensure_ascii=False, indent=2))
