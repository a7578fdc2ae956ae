"""An evaluation as one HTML file that needs nothing else: the only module that knows jinja2.

Its script, its style and its data are in it, and its content security policy names the first two
by their hashes and allows nothing else, so that whatever an article or an answer holds stays text.
"""

from __future__ import annotations

import hashlib
import re
from base64 import b64encode
from collections.abc import Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

from eval.document import stages_of
from eval.records import Stage
from eval.report import wording
from eval.report.charts import charts_of
from eval.report.page_data import page_data
from eval.report.plots import draw
from eval.run import Evaluation
from eval.statistics.bootstrap import Figure

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_WEB = Path(__file__).parent / "web"
_STYLES = ("page.css", "questions.css")
_SCRIPTS = ("elements.js", "question.js", "questions.js")
"""Joined in this order into one module."""
HEADLINE = (
    ("answer", "overall_accuracy", "Questions dealt with rightly"),
    ("retrieval", "R@10", "Evidence among the first 10"),
    ("citation", "joint", "Right and supported"),
    ("abstention", "f1", "Withheld when it should"),
    ("latency_ms", "p50", "Median milliseconds"),
)
"""What stands at the top, where there is data: group, metric, words."""
TAG_COLUMNS = (
    ("answer", "overall_accuracy", "right"),
    ("answer", "f1", "F1"),
    ("retrieval", "R@10", "R@10"),
    ("citation", "precision", "citation precision"),
    ("citation", "joint", "joint"),
)


def html_page(evaluation: Evaluation) -> str:
    """Return the page. The same evaluation gives the same page, to the last byte."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(_WEB),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_printable,
    )
    environment.globals.update(
        explain=wording.explain,
        number=wording.number,
        interval=wording.interval,
        gold_set=wording.gold_set,
    )
    style = "\n".join(_read(name) for name in _STYLES)
    script = "\n".join(_read(name) for name in _SCRIPTS)
    return environment.get_template("page.html").render(
        style=style,
        script=script,
        policy=_policy(style, script),
        data=page_data(evaluation),
        **_content(evaluation),
    )


def _content(evaluation: Evaluation) -> dict[str, Any]:
    return {
        "evaluation": evaluation,
        "summary": wording.summary(evaluation),
        "headline": _headline(evaluation.figures),
        "groups": _groups(evaluation.figures),
        "no_data": [str(f.metric) for f in evaluation.figures if f.value is None],
        "stages": [
            {"key": key, "title": title, "note": note, "count": count}
            for key, count in stages_of(evaluation.questions).items()
            for title, note in [wording.STAGES[Stage(key)]]
        ],
        "wrong": sum(not row.correct for row in evaluation.questions),
        "charts": [(chart, draw(chart)) for chart in charts_of(evaluation)],
        "tags": _tags(evaluation),
        "judged": wording.judged(evaluation),
    }


def _headline(figures: Sequence[Figure]) -> list[tuple[str, Figure]]:
    found = [(words, wording.find_figure(figures, *name)) for *name, words in HEADLINE]
    return [(words, figure) for words, figure in found if figure is not None]


def _groups(figures: Sequence[Figure]) -> list[tuple[str, list[Figure]]]:
    held = [figure for figure in figures if figure.value is not None]
    return [
        (wording.group_title(group), list(members))
        for group, members in groupby(held, key=lambda figure: figure.metric.group)
    ]


def _tags(evaluation: Evaluation) -> dict[str, Any]:
    """Return the columns that have data, and a row of figures for each tag."""
    by_tag = evaluation.by_tag
    columns = [
        (group, name, words)
        for group, name, words in TAG_COLUMNS
        if any(wording.find_figure(figures, group, name) for _, figures in by_tag.values())
    ]
    return {
        "columns": [words for *_, words in columns],
        "rows": [
            (
                tag,
                count,
                [wording.find_figure(figures, group, name) for group, name, _ in columns],
            )
            for tag, (count, figures) in by_tag.items()
        ],
    }


def _policy(style: str, script: str) -> str:
    """Return a content security policy under which only this style and this script work."""
    return (
        f"default-src 'none'; style-src '{_hash(style)}'; script-src '{_hash(script)}'; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )


def _printable(value: Any) -> Any:
    """Return text without control characters, which no page may hold; anything else as it is."""
    return _CONTROL.sub("\ufffd", value) if type(value) is str else value


def _hash(text: str) -> str:
    return f"sha256-{b64encode(hashlib.sha256(text.encode()).digest()).decode()}"


def _read(name: str) -> str:
    return (_WEB / name).read_text(encoding="utf-8")
