"""An evaluation as JUnit XML, which build servers list and chart.

The layout is that of the JUnit 4 Ant task as Jenkins' xunit plugin describes it (junit-10.xsd):
`testsuites` / `testsuite` / `properties`, then a `testcase` for each question.
"""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING

from eval.document import stages_of
from eval.records import QuestionResult
from eval.report.wording import came_back, verdict
from eval.run import Evaluation

if TYPE_CHECKING:
    from lxml.etree import _Element

_INVALID = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that no XML 1.0 document can hold, not even escaped."""


def junit_xml(evaluation: Evaluation) -> str:
    """Return the report as XML: wrong answers are failures, questions that failed are errors.

    A question's class is its first tag, or the gold set's name where it has none; its time is in
    seconds.
    """
    from lxml import etree

    rows = evaluation.questions
    counts = {
        "tests": str(len(rows)),
        "failures": str(sum(not row.correct and row.error is None for row in rows)),
        "errors": str(evaluation.errors),
        "skipped": "0",
        "time": _seconds(math.fsum(row.milliseconds or 0.0 for row in rows)),
    }
    name = _valid(f"{evaluation.target} on {evaluation.gold.name}")
    root = etree.Element("testsuites", name="quoth eval", **counts)
    suite = etree.SubElement(root, "testsuite", name=name, **counts)
    properties = etree.SubElement(suite, "properties")
    for key, value in _properties(evaluation):
        etree.SubElement(properties, "property", name=_valid(key), value=_valid(value))
    for row in rows:
        _add_case(suite, row, evaluation.gold.name)
    etree.indent(root)
    text: str = etree.tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{text}\n'


def _properties(evaluation: Evaluation) -> list[tuple[str, str]]:
    """Return name and value of each metric with data, of the stages, and of what was evaluated."""
    made = evaluation.provenance
    found = [("gold.sha256", evaluation.gold.sha256)]
    if made.corpus is not None:
        found.append(("corpus.fingerprint", made.corpus.fingerprint))
    if made.version is not None:
        found.append(("version", made.version))
    found += [(f"models.{role}", model) for role, model in sorted(made.models.items())]
    for figure in evaluation.figures:
        if figure.value is None or figure.low is None or figure.high is None:
            continue
        key = f"{figure.metric.group}.{figure.metric.name}"
        values = {"": figure.value, ".low": figure.low, ".high": figure.high}
        found += [(f"{key}{end}", f"{value:.6f}") for end, value in values.items()]
    stages = stages_of(evaluation.questions)
    return found + [(f"stages.{stage}", str(count)) for stage, count in stages.items()]


def _add_case(suite: _Element, row: QuestionResult, gold: str) -> None:
    from lxml import etree

    case = etree.SubElement(
        suite,
        "testcase",
        classname=_valid(row.tags[0] if row.tags else gold),
        name=_valid(row.id),
        time=_seconds(row.milliseconds or 0.0),
    )
    if row.correct and row.error is None:
        return
    kind = "failure" if row.error is None else "error"
    message = verdict(row) if row.error is None else row.error
    stage = "wrong" if row.stage is None else row.stage.value
    outcome = etree.SubElement(case, kind, message=_valid(message), type=stage)
    outcome.text = _valid(_told(row))


def _told(row: QuestionResult) -> str:
    rank = row.evidence_rank
    wanted = " / ".join(row.gold_answers) if row.answerable else "not found"
    lines = [
        f"question: {row.question}",
        f"answer: {row.answer if row.answered and row.answer else came_back(row)}",
        f"wanted: {wanted}",
    ]
    if row.retrieved is not None and row.answerable:
        lines.append(f"evidence at rank: {'none' if rank is None else rank}")
    return "\n".join(lines)


def _seconds(milliseconds: float) -> str:
    return f"{milliseconds / 1000:.3f}"


def _valid(text: str) -> str:
    """Return the text without what XML cannot hold."""
    return _INVALID.sub("\ufffd", text)
