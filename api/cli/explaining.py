"""An explanation of an answer, as a table for people."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from api.cli.lines import one_line

if TYPE_CHECKING:
    from rich.console import Console

    from rag.explanation import Explanation, PassageExplanation

WIDTH = 100
"""Columns where the output is no terminal."""


def print_explanation(explanation: Explanation) -> None:
    """Print why there is an answer or none, then each passage with its scores."""
    from rich.console import Console
    from rich.text import Text

    terminal = sys.stdout.isatty()
    console = Console(highlight=False, width=None if terminal else WIDTH)

    def say(text: str) -> None:
        console.print(Text(one_line(text)), soft_wrap=not terminal)

    console.print()
    say(f"Why: {explanation.reason}")
    if explanation.asked_as is not None:
        say(f"Understood as: {explanation.asked_as}")
    for part in explanation.parts:
        say(f"Part: {part}")
    models = ", ".join(f"{role} {name}" for role, name in explanation.models.items())
    say(f"Models: {models}")
    if explanation.passages:
        console.print()
        _print_passages(explanation, console)


def _print_passages(explanation: Explanation, console: Console) -> None:
    from rich.box import SIMPLE_HEAD
    from rich.table import Table
    from rich.text import Text

    encoded = any(one.cross_encoder is not None for one in explanation.passages)
    table = Table(box=SIMPLE_HEAD, pad_edge=False, expand=True)
    scores = ("dense", "lexical", "fused", *(("cross-encoder",) if encoded else ()), "reading")
    for name in ("#", *scores, "quoted"):
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("passage", ratio=1, overflow="fold")
    for one in explanation.passages:
        cross_encoder = (_score(one.cross_encoder),) if encoded else ()
        table.add_row(
            str(one.rank),
            _score(one.dense),
            _score(one.lexical),
            _score(one.fused),
            *cross_encoder,
            _score(one.reading) if one.read else "not read",
            " ".join(f"[{n}]" for n in one.quoted),
            Text("\n".join(_lines(one))),
        )
    console.print(table)


def _score(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"


def _lines(passage: PassageExplanation) -> list[str]:
    """Where the passage is from, its best sentence, and what it stands for."""
    day = passage.published_at.isoformat() if passage.published_at else "undated"
    source = ", ".join(part for part in (passage.publisher, day) if part)
    lines = [one_line(f"{passage.title} ({source})")]
    if passage.best_sentence is not None:
        lines.append(one_line(f"best: {passage.best_sentence.text}"))
    for copy in passage.collapsed:
        shared = "" if copy.shared is None else f", {copy.shared:.0%} of its words' triples"
        lines.append(one_line(f"stands for a copy: {copy.publisher or copy.title}{shared}"))
    return lines
