"""The `quoth` command: which commands there are, and how errors reach a person.

Heavy libraries are imported inside the commands, so that `quoth --help` answers at once.
"""

from __future__ import annotations

import sys

import typer

from api.cli import (
    archive,
    asking,
    backing_up,
    chatting,
    evaluation,
    ingesting,
    keys,
    mcp_server,
    serving,
    slack,
)
from api.cli.lines import one_line
from index.errors import QuothError

USAGE_ERROR = 2
INTERNAL_ERROR = 70
INTERRUPTED = 130
STOPPED = "stopped; what was stored stays stored"

app = typer.Typer(
    name="quoth",
    help="Answers questions about an archive of articles, in the articles' own words.",
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command("ingest")(ingesting.ingest)
app.command("ask")(asking.ask)
app.command("search")(asking.search)
app.command("chat")(chatting.chat)
app.command("serve")(serving.serve)
app.command("mcp")(mcp_server.mcp)
app.command("export-models")(serving.export_models)
app.command("status")(archive.status)
app.command("verify")(archive.verify)
app.command("rebuild")(archive.rebuild)
app.command("delete")(archive.delete)
app.command("backup")(backing_up.backup)
app.command("restore")(backing_up.restore)
app.command("config")(archive.config)
app.add_typer(keys.app, name="key")
app.add_typer(slack.app, name="slack")
app.add_typer(evaluation.app, name="eval")


@app.callback(invoke_without_command=True)
def root(
    context: typer.Context,
    show_version: bool = typer.Option(False, "--version", help="Print the version and stop."),
) -> None:
    """Answers questions about an archive of articles, in the articles' own words."""
    if show_version:
        from importlib.metadata import version

        typer.echo(version("quoth"))
        raise typer.Exit
    if context.invoked_subcommand is None:
        typer.echo(context.get_help(), err=True)
        raise typer.Exit(USAGE_ERROR)


def main() -> None:
    """Run a command; every failure ends in one line on standard error and an exit code."""
    try:
        code = app(standalone_mode=False)
    except QuothError as error:
        _fail(str(error), USAGE_ERROR)
    except (typer.Abort, KeyboardInterrupt):
        _fail(STOPPED, INTERRUPTED)
    except typer.TyperException as error:
        _fail(f"{error.format_message().rstrip('.')} (see quoth --help)", error.exit_code)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(0)
    except Exception as error:  # noqa: BLE001 - the process boundary
        reason = " ".join(str(error).split()) or type(error).__name__
        _fail(f"internal error ({reason[:300]}); --debug shows where", INTERNAL_ERROR)
    else:
        if code == INTERRUPTED:  # what typer makes of Ctrl-C
            _fail(STOPPED, INTERRUPTED)
        sys.exit(code if isinstance(code, int) else 0)


def _fail(line: str, code: int) -> None:
    if "--debug" in sys.argv:
        import traceback

        traceback.print_exc()
    sys.stderr.write(f"quoth: {one_line(line)}\n")
    sys.exit(code)
