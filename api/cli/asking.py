"""`quoth ask` and `quoth search`."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from api.cli.option_groups import with_option_groups
from api.cli.options import AsJson, DataDir, Debug, FilterOptions, TopK
from api.cli.quotes import day_in_words, print_said

if TYPE_CHECKING:
    from rag.engine import AnswerEngine
    from rag.generation.engine import LlmAnswerEngine
    from rag.records import Answer, CarriedBy, RetrievedPassage

GLIMPSE = 240
"""Characters of a passage that is only offered."""

Question = Annotated[str, typer.Argument(help="What you want to know.", show_default=False)]
Mode = Annotated[
    Literal["extractive"] | None,
    typer.Option("--mode", help="extractive: quotes, even where a language model is set."),
]
Explain = Annotated[
    bool,
    typer.Option("--explain", help="Show every score, and why there is an answer or none."),
]


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerOptions:
    """How a question is answered."""

    top_k: TopK = 10
    mode: Mode = None
    explain: Explain = False


@with_option_groups
def ask(
    question: Question,
    within: FilterOptions,
    how: AnswerOptions,
    as_json: AsJson = False,
    data_dir: DataDir = None,
    debug: Debug = False,  # noqa: ARG001 - read by main, which prints the traceback
) -> None:
    """Answer a question in the articles' own words, or say that the archive does not say."""
    from rag.records import Answer, Query

    query = Query(
        question=question,
        filters=within.filters(),
        top_k=how.top_k,
        mode=how.mode,
        explain=how.explain,
    )
    with _engine(data_dir) as engine:
        answer = engine.ask(query)
    if as_json:
        _print_json(Answer, answer)
        return
    _print_answer(answer)
    if answer.explanation is not None:
        from api.cli.explaining import print_explanation

        print_explanation(answer.explanation)


@with_option_groups
def search(
    question: Question,
    within: FilterOptions,
    top_k: TopK = 10,
    as_json: AsJson = False,
    data_dir: DataDir = None,
    debug: Debug = False,  # noqa: ARG001 - read by main, which prints the traceback
) -> None:
    """List the passages nearest to a question."""
    from rag.records import Query

    query = Query(question=question, filters=within.filters(), top_k=top_k)
    with _engine(data_dir) as engine:
        passages = engine.search(query)
    if as_json:
        _print_json(dict[str, Any], {"question": question, "passages": passages})
    else:
        _print_passages(passages)


@contextmanager
def _engine(data_dir: str | None) -> Iterator[AnswerEngine | LlmAnswerEngine]:
    from api.bootstrap import build_engine, configure, open_archive

    configuration = configure({"data_dir": data_dir})
    with open_archive(configuration) as archive:
        yield build_engine(configuration, archive)


def _print_json(kind: Any, value: object) -> None:
    from pydantic import TypeAdapter

    typer.echo(TypeAdapter(kind).dump_json(value, indent=2).decode())


def _print_answer(answer: Answer) -> None:
    print_said(answer)
    if answer.notice:
        typer.echo(f"\nNote: {answer.notice}")
    if answer.citations:
        typer.echo("")
    for citation in answer.citations:
        day = day_in_words(citation.published_at)
        source = ", ".join(part for part in (citation.publisher, day) if part)
        typer.echo(f"[{citation.n}] {citation.title} ({source})")
        if citation.url:
            typer.echo(f"    {citation.url}")
        typer.echo(f"    article {citation.article_id}, characters {citation.start}–{citation.end}")
        _print_carriers(citation.also_carried_by)
    if not answer.citations and answer.retrieved:
        typer.echo("\nNearest passages, which do not answer it:")
        _print_passages(answer.retrieved[:3], longest=GLIMPSE)


def _print_passages(passages: Sequence[RetrievedPassage], *, longest: int | None = None) -> None:
    for rank, passage in enumerate(passages, start=1):
        day = passage.published_at.isoformat() if passage.published_at else "undated"
        source = ", ".join(part for part in (passage.publisher, day) if part)
        typer.echo(f"{rank}. {passage.title} ({source}), score {passage.score:.2f}")
        text = " ".join(passage.text.split())
        if longest is not None:
            text = textwrap.shorten(text, longest, placeholder=" …")
        typer.echo(f"   {text}")
        _print_carriers(passage.also_carried_by)


def _print_carriers(carriers: tuple[CarriedBy, ...]) -> None:
    if carriers:
        names = "; ".join(carrier.publisher or carrier.title for carrier in carriers)
        typer.echo(f"    also carried by: {names}")
