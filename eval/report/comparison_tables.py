"""A comparison as people read it: tables for the terminal, and Markdown for a pull request."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from eval.comparison import Comparison, MetricDifference, QuestionPair, Verdict
from eval.conditions import shown
from eval.metrics.base import Unit
from eval.report.wording import (
    NO_DATA,
    came_back,
    counted,
    group_title,
    one_line,
    shortened,
    verdict,
)

if TYPE_CHECKING:
    from rich.console import Console

MOST_PAIRS = 10
_MOST_IN_MARKDOWN = 50
_MOST_CHARACTERS = 300
_DIGITS: dict[Unit, int] = {"share": 3, "milliseconds": 0, "tokens": 0, "cost": 6}
_STYLES = {Verdict.BETTER: "green", Verdict.WORSE: "red"}
_MENTION = re.compile(r"(?<!\w)@")
_MARKUP = re.compile(r"([\\`*_{}\[\]()<>#|~!&$])")

TESTED = ("metric", "A", "B", "B - A [95 %]", "p", "verdict")
UNTESTED = ("not tested", "A", "B", "B - A [95 %]")
_NUMBERS = frozenset({"A", "B", "p"})


def print_comparison(
    comparison: Comparison, names: tuple[str, str], console: Console, *, everything: bool = False
) -> None:
    """Print what differs, the metrics, and the questions that B fixed and broke.

    `everything`: also the metrics without data, and every question rather than the first ten of
    each kind, uncut. The tables fit 80 columns.
    """
    for line in _opening(comparison, names):
        _say(console, line)
    for warning in comparison.warnings:
        _say(console, f"warning: {warning}", style="yellow")
    _say(console, headline(comparison), style="bold")
    for headings, rows in ((TESTED, tested(comparison)), (UNTESTED, untested(comparison))):
        if rows:
            _say(console, "")
            _print_table(console, headings, rows)
    if absent := without_data(comparison):
        listed = ", ".join(one.name for one in absent)
        text = listed if everything else counted(len(absent), "metric")
        _say(console, f"\nNo data in one run or both: {text}.")
    _say(console, f"\n{outcomes(comparison)}")
    most = None if everything else MOST_PAIRS
    for title, pairs in changes(comparison):
        cut = pairs[:most]
        rest = f", the first {len(cut)} (--all shows the rest)" if len(cut) < len(pairs) else ""
        _say(console, f"\n{title}: {len(pairs)}{rest}", style="bold")
        for pair in cut:
            for line in _pair_lines(pair, None if everything else _MOST_CHARACTERS):
                console.print(line, markup=False, highlight=False)


def comparison_markdown(comparison: Comparison) -> str:
    """Return the comparison as Markdown, short enough for a pull request's comment."""
    lines = ["## Two evaluations compared", "", f"**{headline(comparison)}**"]
    lines += [line for warning in comparison.warnings for line in ("", f"> {escaped(warning)}")]
    differs = condition_rows(comparison)
    lines += ["", *_markdown_table(("made of", "A", "B"), differs)] if differs else []
    for headings, rows in ((TESTED, tested(comparison)), (UNTESTED, untested(comparison))):
        if rows:
            named = [(group, *cells) for group, cells in filled(rows)]
            lines += ["", *_markdown_table(("", *headings), named)]
    lines += ["", outcomes(comparison)]
    for title, pairs in changes(comparison):
        cut = pairs[:_MOST_IN_MARKDOWN]
        rest = f", the first {len(cut)}" if len(cut) < len(pairs) else ""
        lines += ["", "<details>", f"<summary>{title}: {len(pairs)}{rest}</summary>", ""]
        headings = ("question", "gold", "A", "B")
        lines += [*_markdown_table(headings, [_pair_cells(p) for p in cut]), "", "</details>"]
    return "\n".join(lines) + "\n"


def headline(comparison: Comparison) -> str:
    """Return in a sentence what the tests show."""
    if comparison.same:
        all_same = all(one.a == one.b for one in comparison.metrics)
        every = "every metric" if all_same else "every metric of quality"
        return f"The runs are the same in {every} ({_questions(comparison)})."
    family = comparison.family
    found = {
        word: [one.name for one in family if one.verdict is word]
        for word in (Verdict.BETTER, Verdict.WORSE)
    }
    parts = [f"{word.value} in {', '.join(names)}" for word, names in found.items() if names]
    tests = f"{counted(len(family), 'metric')} tested on {_questions(comparison)}"
    if family:
        tests += ", p adjusted by Holm"
    return f"B is {'; '.join(parts)} ({tests})." if parts else f"No difference shown ({tests})."


def outcomes(comparison: Comparison) -> str:
    """Return in a sentence which questions went another way."""
    return (
        f"Of {_questions(comparison)}, B fixed {len(comparison.fixed)} and broke "
        f"{len(comparison.broken)}; both have {comparison.both_right} right and "
        f"{comparison.both_wrong} wrong."
    )


def changes(comparison: Comparison) -> Iterator[tuple[str, tuple[QuestionPair, ...]]]:
    """Yield a title and the questions that B broke, then fixed; nothing where there are none."""
    for title, pairs in (("Broken by B", comparison.broken), ("Fixed by B", comparison.fixed)):
        if pairs:
            yield title, pairs


def tested(comparison: Comparison) -> list[tuple[str, list[str], Verdict]]:
    """Return group, cells under `TESTED` and verdict of each metric that was tested."""
    return [
        (
            one.metric.group,
            [*_values(one), _p(one.p_adjusted), one.verdict.value],
            one.verdict,
        )
        for one in comparison.metrics
        if one.test is not None
    ]


def untested(comparison: Comparison) -> list[tuple[str, list[str], Verdict]]:
    """Return the same, under `UNTESTED`, of the metrics that have data and are not tested."""
    return [
        (one.metric.group, _values(one), one.verdict)
        for one in comparison.metrics
        if one.verdict is Verdict.NOT_TESTED
    ]


def without_data(comparison: Comparison) -> list[MetricDifference]:
    """Return the metrics that one run or both have no data for."""
    return [one for one in comparison.metrics if one.verdict is Verdict.NO_DATA]


def condition_rows(comparison: Comparison) -> list[tuple[str, str, str]]:
    """Return what differs in what the runs were made of: its name, and A's and B's."""
    return [
        (one.what, shown(one.what, one.a), shown(one.what, one.b)) for one in comparison.differs
    ]


def escaped(text: str) -> str:
    """Return the text so that Markdown takes it as text, in one cell of a table, and calls nobody.

    A zero-width space parts an @ from the name after it: no backslash would.
    """
    return _MENTION.sub("@\u200b", _MARKUP.sub(r"\\\1", one_line(text)))


def _opening(comparison: Comparison, names: tuple[str, str]) -> list[str]:
    runs = zip("AB", (comparison.a, comparison.b), names, strict=True)
    lines = [
        f"{side}: {one_line(name)} ({one_line(run.target)}, {one_line(run.gold.name)}, "
        f"{counted(len(run.questions), 'question')})"
        for side, run, name in runs
    ]
    differs = [f"  {what}: {a} → {b}" for what, a, b in condition_rows(comparison)]
    return lines + (["made of different things:", *map(one_line, differs)] if differs else [])


def _print_table(
    console: Console,
    headings: Sequence[str],
    rows: Sequence[tuple[str, Sequence[str], Verdict]],
) -> None:
    """Print the rows in columns, with a line for each group's name, as wide as it may be."""
    columns = zip(headings, *(cells for _, cells, _ in rows), strict=True)
    widths = [max(map(len, column)) for column in columns]

    def aligned(cells: Sequence[str]) -> str:
        padded = [
            cell.rjust(width) if headings[position] in _NUMBERS else cell.ljust(width)
            for position, (cell, width) in enumerate(zip(cells, widths, strict=True))
        ]
        return " ".join(padded).rstrip()

    _say(console, aligned(headings), style="bold")
    before = ""
    for group, cells, word in rows:
        if group != before:
            _say(console, group_title(group), style="dim")
        _say(console, aligned(cells), style=_STYLES.get(word))
        before = group


def _say(console: Console, line: str, *, style: str | None = None) -> None:
    console.print(line, markup=False, highlight=False, soft_wrap=True, style=style)


def _values(one: MetricDifference) -> list[str]:
    digits = _DIGITS[one.metric.unit]
    difference = NO_DATA
    if one.difference is not None:
        ends = [signed(end, digits) for end in (one.low, one.high) if end is not None]
        difference = f"{signed(one.difference, digits)} [{', '.join(ends)}]"
    values = [NO_DATA if v is None else f"{v:.{digits}f}" for v in (one.a, one.b)]
    return [one.metric.name, *values, difference]


def signed(value: float, digits: int) -> str:
    """Return the number with its sign; what rounds to nothing has none."""
    text = f"{value:+.{digits}f}"
    return text if float(text) else text[1:]


def _p(value: float | None) -> str:
    if value is None:
        return NO_DATA
    return "<.001" if value < 0.001 else f"{value:.3f}"


def _questions(comparison: Comparison) -> str:
    return counted(len(comparison.pairs), "question")


def _pair_lines(pair: QuestionPair, most: int | None) -> Iterator[str]:
    def cut(text: str) -> str:
        return one_line(text) if most is None else shortened(text, most)

    yield f"{one_line(pair.a.id)}: {cut(pair.a.question)}"
    if pair.b.question != pair.a.question:
        yield f"  B asks: {cut(pair.b.question)}"
    for side, row in (("A", pair.a), ("B", pair.b)):
        yield f"  {side} {verdict(row)}: {cut(came_back(row))}"


def _pair_cells(pair: QuestionPair) -> tuple[str, ...]:
    gold = " / ".join(pair.a.gold_answers) or (NO_DATA if pair.a.answerable else "unanswerable")
    said = [f"{verdict(row)}: {came_back(row)}" for row in (pair.a, pair.b)]
    cells = (f"{pair.a.id}: {pair.a.question}", gold, *said)
    return tuple(shortened(cell, _MOST_CHARACTERS) for cell in cells)


def filled(
    rows: Sequence[tuple[str, Sequence[str], Verdict]],
) -> Iterator[tuple[str, Sequence[str]]]:
    """Yield the rows with the group's title on its first one."""
    before = ""
    for group, cells, _ in rows:
        yield "" if group == before else group_title(group), cells
        before = group


def _markdown_table(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    lines = [headings, ["---"] * len(headings), *([escaped(c) for c in row] for row in rows)]
    return [f"| {' | '.join(cells)} |" for cells in lines]
