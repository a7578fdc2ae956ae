"""The coverage of a gold set as people and as programs read it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from eval.gold_sets.coverage import ArchiveCoverage, GoldCoverage

if TYPE_CHECKING:
    from rich.console import Console

NO_DATA = "–"


def coverage_document(found: GoldCoverage) -> dict[str, Any]:
    """Return the coverage as JSON, with names in place of pairs of numbers."""
    document = asdict(found) | {
        "by_tag": _named(found.by_tag, "answerable"),
        "by_kind": _named(found.by_kind, "answerable"),
    }
    if found.archive is not None:
        document["archive"] |= {
            "by_publisher": _named(found.archive.by_publisher, "articles"),
            "by_month": _named(found.archive.by_month, "articles"),
        }
    return document


def print_coverage(found: GoldCoverage, console: Console) -> None:
    """Print the coverage as tables."""
    from eval.report.wording import counted

    shares = f"{found.answerable} answerable, {found.unanswerable} unanswerable"
    console.print(f"{counted(found.questions, 'question')}: {shares}", style="bold")
    words = ", ".join(f"{name} {value:g}" for name, value in found.words.items())
    console.print(f"words of a question: {words or NO_DATA}")
    pieces = ", ".join(f"{questions} with {n}" for n, questions in found.evidence.items())
    console.print(f"quotes of an answerable question: {pieces or NO_DATA}")
    console.print(f"as of a day: {found.with_as_of}, in conversation: {found.with_conversation}")
    _print_table(console, ("tag", "questions", "answerable"), found.by_tag)
    _print_table(console, ("asks for", "questions", "answerable"), found.by_kind)
    if found.archive is not None:
        _print_archive(console, found.archive)


def _print_archive(console: Console, archive: ArchiveCoverage) -> None:
    from eval.report.wording import counted

    share = NO_DATA if archive.share is None else f"{archive.share:.1%}"
    verb = "is" if archive.articles == 1 else "are"
    quoted = f"{archive.touched} of {counted(archive.articles, 'article')} {verb} quoted ({share})"
    console.print(quoted, style="bold")
    if archive.unknown:
        console.print(f"quotes of articles that the archive does not hold: {archive.unknown}")
    _print_table(console, ("publisher", "questions", "articles"), archive.by_publisher)
    _print_table(console, ("published", "questions", "articles"), archive.by_month)


def _print_table(
    console: Console, headings: tuple[str, ...], rows: Mapping[str, tuple[int, int]]
) -> None:
    from rich.markup import escape
    from rich.table import Table

    if not rows:
        return
    table = Table()
    for position, heading in enumerate(headings):
        table.add_column(heading, justify="right" if position else "left")
    for name, numbers in rows.items():
        table.add_row(escape(" ".join(name.split())), *map(str, numbers))
    console.print(table)


def _named(table: Mapping[str, tuple[int, int]], second: str) -> dict[str, dict[str, int]]:
    return {name: {"questions": n, second: other} for name, (n, other) in table.items()}
