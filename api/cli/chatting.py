"""`quoth chat`."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator
from contextlib import suppress
from typing import TYPE_CHECKING, Annotated

import typer

from api.cli.lines import one_line
from api.cli.options import AsOf, DataDir, Debug, Publishers, Since, Until, filters_from
from api.cli.quotes import day_in_words, said_of
from index.errors import QuothError

if TYPE_CHECKING:
    from rich.console import Console

    from api.service import Engine
    from index.records import Filters
    from rag.records import Answer, Turn

PROMPT = "you> "
COMMANDS = "/new forgets what was said, /quit ends the conversation"

AsJsonLines = Annotated[
    bool, typer.Option("--json", help="Print each answer as one line of JSON, and nothing else.")
]


def chat(
    publisher: Publishers = None,
    since: Since = None,
    until: Until = None,
    as_of: AsOf = None,
    as_json: AsJsonLines = False,
    data_dir: DataDir = None,
    debug: Debug = False,  # noqa: ARG001 - read by main, which prints the traceback
) -> None:
    """Hold a conversation: each question may lean on the ones before it.

    Questions are lines of standard input. /new forgets what was said; /quit or Ctrl-D ends the
    conversation. A question that cannot be answered is told in one line, and the next one may come.
    """
    from api.bootstrap import build_engine, configure, open_archive, require_archive

    filters = filters_from(publisher, since, until, as_of)
    configuration = configure({"data_dir": data_dir})
    require_archive(configuration)
    with open_archive(configuration) as archive:
        engine = build_engine(configuration, archive)
        Conversation(engine, filters, as_json=as_json).hold()


class Conversation:
    """Asks an engine, remembers what was said, and prints the answers."""

    def __init__(self, engine: Engine, filters: Filters, *, as_json: bool) -> None:
        from rich.console import Console

        self._engine = engine
        self._filters = filters
        self._as_json = as_json
        self._history: list[Turn] = []
        self._console = Console(highlight=False)

    def hold(self) -> None:
        """Answer lines of standard input until there are no more."""
        if sys.stdin.isatty():
            typer.echo(f"Ask about the archive; {COMMANDS}.", err=True)
        for line in _lines():
            said = line.strip()
            if said == "/quit":
                return
            if said:
                self._take(said)

    def _take(self, said: str) -> None:
        if said == "/new":
            self._history.clear()
        elif said.startswith("/"):
            _complain(f"{said.partition(' ')[0]} is no command ({COMMANDS})")
        else:
            try:
                self._ask(said)
            except QuothError as error:
                _complain(str(error))

    def _ask(self, question: str) -> None:
        from rag.conversation.turns import turns_of
        from rag.records import Query

        query = Query(question=question, history=tuple(self._history), filters=self._filters)
        answer = self._engine.ask(query)
        self._history += turns_of(answer)
        if self._as_json:
            _print_line(answer)
        else:
            _print_answer(answer, self._console)


def _lines() -> Iterator[str]:
    """Lines of standard input; text that is no UTF-8 is left for the engine to refuse."""
    if isinstance(sys.stdin, io.TextIOWrapper):
        sys.stdin.reconfigure(errors="surrogateescape")
    if not sys.stdin.isatty():
        yield from sys.stdin
        return
    with suppress(ImportError):  # not on every system
        import readline  # noqa: F401 - gives input() its history and editing
    with suppress(EOFError):
        while True:
            yield _prompted()
    typer.echo("", err=True)


def _prompted() -> str:
    """A line from the terminal; results that go elsewhere are kept free of the prompt."""
    if sys.stdout.isatty():
        return input(PROMPT)
    typer.echo(PROMPT, err=True, nl=False)
    return input()


def _complain(reason: str) -> None:
    typer.echo(f"quoth: {one_line(reason)}", err=True)


def _print_line(answer: Answer) -> None:
    from pydantic import TypeAdapter

    from rag.records import Answer

    typer.echo(TypeAdapter(Answer).dump_json(answer).decode())


def _print_answer(answer: Answer, console: Console) -> None:
    from rich.text import Text

    def say(text: str, style: str = "") -> None:
        console.print(Text(one_line(text), style=style), soft_wrap=not console.is_terminal)

    if answer.standalone_question != answer.question:
        say(f"asked as: {answer.standalone_question}", "dim")
    console.print(said_of(answer), soft_wrap=not console.is_terminal)
    if answer.notice:
        say(f"note: {answer.notice}", "dim")
    if not answer.citations:
        nearest = list(dict.fromkeys(passage.title for passage in answer.retrieved))[:3]
        if nearest:
            say(f"nearest, which do not answer it: {'; '.join(nearest)}", "dim")
    for citation in answer.citations:
        day = day_in_words(citation.published_at)
        source = ", ".join(part for part in (citation.publisher, day) if part)
        say(f"[{citation.n}] {citation.title} ({source})", "dim")
    console.print()
