"""What `quoth_eval` returns: metrics that compare as numbers and know their questions."""

from __future__ import annotations

import difflib
import re
import textwrap
from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, NoReturn, Self

import pytest

if TYPE_CHECKING:
    from eval.metrics.base import Metric
    from eval.records import QuestionResult
    from eval.run import Evaluation
    from eval.statistics.bootstrap import Figure

SHOWN = 4
"""How many questions a failed comparison shows; pytest cuts explanations after eight lines."""

_NO_DATA = {
    "answer/list_recall": "no question asks for a list",
    "answer": "the gold set has no answerable question",
    "retrieval": "the gold set has no answerable question, or nothing tells what was retrieved",
    "article_retrieval": "the gold set has no answerable question, or passages name no articles",
    "citation": "nothing was cited that could be judged",
    "abstention/precision": "every question was answered",
    "abstention": "it needs answerable and unanswerable questions, and answers with a confidence",
    "latency_ms/warm": "questions were asked once",
    "latency_ms": "no question got a reply",
    "usage": "the target reports no tokens",
}
"""Why a metric may have none, by the first beginning of its name that is here."""


class Score(float):
    """A metric's value that knows its name, its interval and the questions that cost it most."""

    name: str
    explanation: tuple[str, ...]

    def __new__(cls, figure: Figure, rows: Sequence[QuestionResult]) -> Self:
        """Make a score of a figure that has data."""
        assert figure.value is not None
        score = super().__new__(cls, figure.value)
        score.name = f"{figure.metric.group}/{figure.metric.name}"
        worst = _worst(figure, rows)
        n = _count(figure, rows)
        ids = ", ".join(row.id for row in worst[:SHOWN])
        more = f" and {len(worst) - SHOWN} more" if len(worst) > SHOWN else ""
        score.explanation = (
            f"95 % interval {figure.low:.6g} to {figure.high:.6g}, {_questions(n)}",
            *([f"worst: {ids}{more}"] if worst else []),
            *(_told(row, figure.metric) for row in worst[:SHOWN]),
        )
        return score

    def __repr__(self) -> str:
        """The value, with what it is, in one line."""
        return f"{float(self):.6g} ({self.name}; {'; '.join(self.explanation[:2])})"


class Scores:
    """An evaluation, its metrics as attributes: `accuracy`, `abstention_f1`, `success_at_5`.

    An attribute is a metric's name, or its group and name, in small letters. A bare name that
    several groups have is that of the first in `docs/metrics.md`: `precision` is
    `citation_precision`. `scores["retrieval/nDCG@10"]` takes names as reports have them.
    """

    def __init__(self, evaluation: Evaluation) -> None:
        self.evaluation = evaluation
        """Everything: rows, figures, provenance."""
        self._figures: dict[str, Figure] = {}
        for figure in evaluation.figures:
            metric = figure.metric
            for name in (metric.name, f"{metric.group}/{metric.name}"):
                self._figures.setdefault(name, figure)
                self._figures.setdefault(_attribute(name), figure)

    @property
    def failures(self) -> tuple[QuestionResult, ...]:
        """The questions that were answered wrong, wrongly answered or not answered at all."""
        return tuple(row for row in self.evaluation.questions if not row.correct)

    @property
    def errors(self) -> int:
        """How many questions could not be asked."""
        return self.evaluation.errors

    def __getattr__(self, name: str) -> Score:
        """Return a metric. Raises: AttributeError, naming the nearest, where there is none."""
        __tracebackhide__ = True
        if name.startswith("_"):
            raise AttributeError(name)
        figures = self._figures
        if name not in figures:
            near = nearest(name, [known for known in figures if known.isidentifier()])
            raise AttributeError(f"there is no metric {name!r}: did you mean {near!r}?")
        return self._score(figures[name])

    def __getitem__(self, name: str) -> Score:
        """Return a metric by its name in reports. Raises: KeyError, naming the nearest."""
        __tracebackhide__ = True
        if name not in self._figures:
            near = nearest(name, self._figures)
            raise KeyError(f"there is no metric {name!r}: did you mean {near!r}?")
        return self._score(self._figures[name])

    def __repr__(self) -> str:
        """What was asked, in one line."""
        asked, wrong = len(self.evaluation.questions), len(self.failures)
        return f"<{self.evaluation.gold.name}: {_questions(asked)}, {wrong} of them wrong>"

    def _score(self, figure: Figure) -> Score:
        __tracebackhide__ = True
        if figure.value is None:
            _fail_without_data(f"{figure.metric.group}/{figure.metric.name}")
        return Score(figure, self.evaluation.questions)


def _fail_without_data(name: str) -> NoReturn:
    __tracebackhide__ = True
    reasons = (reason for start, reason in _NO_DATA.items() if name.startswith(start))
    why = next(reasons, "no question has it")
    pytest.fail(f"{name} has no data: {why}", pytrace=False)


def nearest(name: str, known: Collection[str]) -> str:
    """Return the known name that is most like this one."""
    return difflib.get_close_matches(name, sorted(known), n=1, cutoff=0.0)[0]


def _attribute(name: str) -> str:
    return re.sub(r"\W+", "_", name.replace("@", "_at_")).lower()


def _worst(figure: Figure, rows: Sequence[QuestionResult]) -> list[QuestionResult]:
    """Return the questions that cost the metric most, worst first: by what each of them alone
    scores, and where that says nothing, those that went wrong."""
    from eval.metrics.base import value_of

    metric = figure.metric
    if metric.group == "abstention":
        return [row for row in rows if not row.correct]
    alone = [(row, value_of(metric, [row])) for row in rows]
    held = [(row, value) for row, value in alone if value is not None]
    if metric.better == "lower":
        return [row for row, _ in sorted(held, key=lambda pair: -pair[1])]
    return [row for row, value in sorted(held, key=lambda pair: pair[1]) if value < 1]


def _count(figure: Figure, rows: Sequence[QuestionResult]) -> int:
    """Return how many questions the metric looks at."""
    return sum(first == first for first, *_ in figure.metric.points(rows))  # NaN is not itself


def _questions(count: int) -> str:
    return "1 question" if count == 1 else f"{count} questions"


def _told(row: QuestionResult, metric: Metric) -> str:
    """Return what was asked, what came back, and what is wrong with it."""
    if row.error is not None:
        came_back = f"error: {row.error}"
    elif row.abstained:
        came_back = "not found"
    else:
        came_back = row.short_answer or row.answer or ""
    wanted = " or ".join(row.gold_answers) if row.answerable else "not found"
    told = f"{row.id}: {_short(row.question)} -> {_short(came_back)!r}"
    if not row.correct and wanted:
        told += f", not {_short(wanted)!r}"
    if metric.group == "citation" and row.citations:
        told += f", {_counted_citations(row, metric)}"
    return told


def _counted_citations(row: QuestionResult, metric: Metric) -> str:
    """Return how many of the answer's citations do what the metric asks of them."""
    cited = row.citations or ()
    if metric.name == "exact":
        judged = [one.exact for one in cited if one.exact is not None]
        return f"{sum(judged)} of {len(judged)} quotes exact"
    if metric.name == "recall":
        supported = sum(sentence.supported for sentence in row.sentences)
        return f"{supported} of {len(row.sentences)} sentences supported"
    return f"{sum(one.supporting for one in cited)} of {len(cited)} citations support"


def _short(text: str) -> str:
    return textwrap.shorten(text, width=45, placeholder=" …")
