"""A comparison as one HTML page that needs nothing else: no script, no other file, no network."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape

from eval.comparison import Comparison, QuestionPair, Verdict
from eval.records import QuestionResult
from eval.report.comparison_tables import (
    TESTED,
    UNTESTED,
    changes,
    condition_rows,
    filled,
    headline,
    outcomes,
    tested,
    untested,
    without_data,
)
from eval.report.wording import NO_DATA, came_back, one_line, verdict

_STYLE = """
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
body { margin: 0 auto; padding: 1rem; max-width: 64rem; overflow-wrap: anywhere; }
h1 { font-size: 1.4rem; } h2 { font-size: 1.1rem; margin-top: 2rem; }
.wide { overflow-x: auto; margin-bottom: 1rem; }
table { border-collapse: collapse; font-size: .9rem; overflow-wrap: normal; }
.wide td, .wide th { white-space: nowrap; }
.group { color: light-dark(#555, #aaa); font-weight: normal; padding-top: .8rem; }
th, td { padding: .2rem .6rem; text-align: left; border-bottom: 1px solid #8884; }
td.n { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
.better { color: light-dark(#16652f, #7ee2a0); } .worse { color: light-dark(#a31515, #ff9d92); }
.better, .worse { font-weight: 600; }
details { border-top: 1px solid #8884; padding: .5rem 0; } summary { cursor: pointer; }
.sides { display: grid; gap: 1rem; grid-template-columns: repeat(auto-fit, minmax(16rem, 1fr)); }
.sides h3 { font-size: 1rem; margin: .5rem 0 0; } blockquote { margin: .5rem 0; padding-left: 1rem;
border-left: 3px solid #8888; } .warning { border-left: 3px solid #c80; padding-left: 1rem; }
"""
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"


def comparison_page(comparison: Comparison) -> str:
    """Return the page. The same comparison gives the same page, to the last byte."""
    parts = [
        "<!doctype html>",
        '<html lang="en"><head><meta charset="utf-8">',
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>Two evaluations compared</title><style>{_STYLE}</style></head><body>",
        "<h1>Two evaluations compared</h1>",
        f"<p><strong>{_text(headline(comparison))}</strong></p>",
        *(f'<p class="warning">{_text(warning)}</p>' for warning in comparison.warnings),
        *_conditions(comparison),
        "<h2>Figures</h2>",
        *_figures(TESTED, tested(comparison)),
        *_figures(UNTESTED, untested(comparison)),
        *_absent(comparison),
        f"<h2>Questions</h2><p>{_text(outcomes(comparison))}</p>",
    ]
    for title, pairs in changes(comparison):
        parts += [f"<h2>{title}: {len(pairs)}</h2>", *map(_question, pairs)]
    return "\n".join([*parts, "</body></html>"]) + "\n"


def _conditions(comparison: Comparison) -> Iterator[str]:
    rows = condition_rows(comparison)
    if rows:
        yield '<h2>Made of different things</h2><div class="wide"><table>'
        yield "<tr><th></th><th>A</th><th>B</th></tr>"
        yield from (
            f"<tr>{''.join(f'<td>{_text(cell)}</td>' for cell in row)}</tr>" for row in rows
        )
        yield "</table></div>"


def _figures(
    headings: Sequence[str], rows: Sequence[tuple[str, Sequence[str], Verdict]]
) -> Iterator[str]:
    if not rows:
        return
    yield '<div class="wide"><table>'
    yield f"<tr>{''.join(f'<th>{_text(heading)}</th>' for heading in headings)}</tr>"
    for (group, cells), (_, _, word) in zip(filled(rows), rows, strict=True):
        if group:
            yield f'<tr><th class="group" colspan="{len(headings)}">{_text(group)}</th></tr>'
        name, *values = cells
        numbers = "".join(f'<td class="n">{_text(value)}</td>' for value in values[:4])
        words = "".join(f'<td class="{word.value}">{_text(value)}</td>' for value in values[4:])
        yield f"<tr><td>{_text(name)}</td>{numbers}{words}</tr>"
    yield "</table></div>"


def _absent(comparison: Comparison) -> Iterator[str]:
    absent = without_data(comparison)
    if absent:
        yield f"<p>No data in one run or both: {_text(', '.join(one.name for one in absent))}.</p>"


def _question(pair: QuestionPair) -> str:
    gold = " / ".join(pair.a.gold_answers) or (NO_DATA if pair.a.answerable else "unanswerable")
    sides = "".join(_side(name, row) for name, row in (("A", pair.a), ("B", pair.b)))
    return (
        f"<details><summary>{_text(pair.a.id)}: {_text(pair.a.question)}</summary>"
        f'<p>Gold: {_text(gold)}</p><div class="sides">{sides}</div></details>'
    )


def _side(name: str, row: QuestionResult) -> str:
    look = "better" if row.correct else "worse"
    quotes = "".join(f"<blockquote>{_text(one.quote)}</blockquote>" for one in row.citations or ())
    answer = row.answer if row.answer and row.answer != came_back(row) and row.answered else ""
    return (
        f'<section><h3>{name}: <span class="{look}">{_text(verdict(row))}</span></h3>'
        f"<p><strong>{_text(came_back(row))}</strong></p><p>{_text(answer)}</p>{quotes}</section>"
    )


def _text(text: str) -> str:
    return escape(one_line(text))
