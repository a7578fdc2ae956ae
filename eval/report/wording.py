"""What reports call things, in words: metrics, groups, stages, numbers."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from eval.gold import GoldSource
from eval.judges.report import judge_table, read_judges
from eval.metrics.base import Metric, Unit
from eval.records import QuestionResult, Stage
from eval.run import Evaluation
from eval.statistics.bootstrap import Figure

NO_DATA = "–"
_DIGITS: Mapping[Unit, int] = {"share": 3, "milliseconds": 1, "tokens": 0, "cost": 6}
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_DIRECTION = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069\u061c]")
"""Marks that turn the direction of text around, past the place where they stand."""

GROUPS: Mapping[str, str] = {
    "retrieval": "Retrieval, by quoted evidence",
    "article_retrieval": "Retrieval, by article",
    "answer": "Answers",
    "citation": "Citations",
    "abstention": "Abstention",
    "latency_ms": "Latency, milliseconds",
    "usage": "Tokens and cost per question",
}

STAGES: Mapping[Stage, tuple[str, str]] = {
    Stage.FAILED: ("failed", "There was no answer to judge."),
    Stage.NOT_RETRIEVED: (
        "not retrieved",
        "No passage that was retrieved shows any of the evidence.",
    ),
    Stage.NOT_READ: (
        "retrieved, not read",
        "The evidence was retrieved, below what was read.",
    ),
    Stage.NOT_QUOTED: (
        "read, not quoted",
        "The evidence was there to read, and something else was said.",
    ),
    Stage.WRONGLY_WITHHELD: (
        "wrongly withheld",
        "The evidence was there to read, and nothing was said.",
    ),
    Stage.WRONGLY_ANSWERED: (
        "wrongly answered",
        "The question is unanswerable, or retrieval is unknown and the answer is wrong.",
    ),
}
"""Title and explanation, in the order of the steps."""

_RANKING: Mapping[str, str] = {
    "Success": "Share of answerable questions with any {unit} among the first {k}.",
    "R": "Share of a question's {unit}s among the first {k}, mean over answerable questions.",
    "RR": "1 / rank of the first {unit}, 0 beyond rank {k}, mean over answerable questions.",
    "AP": "Precision at the rank of each {unit} within the first {k}, averaged per question.",
    "nDCG": "Discounted gain of {unit}s in the first {k}, divided by that of an ideal ranking.",
}
_NOTES: Mapping[str, str] = {
    "answer/accuracy": "Share of answerable questions whose answer holds a gold answer.",
    "answer/em": "Share of answerable questions whose short answer is a gold answer (SQuAD).",
    "answer/f1": "Words shared by short answer and gold answer, answerable questions (SQuAD).",
    "answer/list_recall": "Share of the members of a wanted list that the answer names.",
    "answer/false_premises_handled": "Share of the questions with a false premise that were "
    "withheld or answered with what contradicts it.",
    "answer/overall_accuracy": "Share of all questions that were answered or withheld rightly.",
    "citation/precision": "Share of citations that show the gold evidence or hold a gold answer.",
    "citation/recall": "Share of answer sentences with a citation that supports them.",
    "citation/joint": "Right, times the harmonic mean of the answer's citation precision and "
    "recall; mean over answerable questions.",
    "citation/exact": "Share of quotes that are in the stored article letter for letter.",
    "abstention/precision": "Of the questions that were withheld, the share that is unanswerable.",
    "abstention/recall": "Of the unanswerable questions, the share that was withheld.",
    "abstention/f1": "Harmonic mean of abstention's precision and recall.",
    "abstention/auroc": "Chance that an unanswerable question has less confidence than an "
    "answerable one.",
    "abstention/aurc": "Area under the risk-coverage curve: mean share of wrong answers, keeping "
    "the most confident ones.",
    "abstention/calibration_error": "Gap between confidence and share right, over ten bins.",
    "latency_ms/p50": "Half of the questions were answered within this, asked for the first time.",
    "latency_ms/p95": "95 % of the questions were answered within this, asked for the first time.",
    "latency_ms/p99": "99 % of the questions were answered within this, asked for the first time.",
    "latency_ms/warm_p50": "Half of the repeated questions were answered within this.",
    "latency_ms/warm_p95": "95 % of the repeated questions were answered within this.",
    "latency_ms/warm_p99": "99 % of the repeated questions were answered within this.",
    "usage/prompt_tokens": "Tokens that the language model was given, mean per question.",
    "usage/completion_tokens": "Tokens that the language model wrote, mean per question.",
    "usage/cost": "What a question cost on average, in the currency of the prices.",
}


def explain(metric: Metric) -> str:
    """Return what the metric says, in a line; empty where there is nothing to add."""
    name, at, k = metric.name.partition("@")
    if at and name in _RANKING:
        unit = "article" if metric.group == "article_retrieval" else "piece of evidence"
        text = _RANKING[name].format(unit=unit, k=k).replace("piece of evidences", "evidence")
    else:
        text = _NOTES.get(f"{metric.group}/{metric.name}", "")
    return f"{text} Lower is better.".lstrip() if metric.better == "lower" else text


def group_title(group: str) -> str:
    """Return the heading of a group of metrics."""
    return GROUPS.get(group, group.replace("_", " "))


def stage_title(stage: Stage) -> str:
    """Return the stage in words."""
    return STAGES[stage][0]


def verdict(row: QuestionResult) -> str:
    """Return in two or three words how the question went."""
    if row.stage is not None:
        return stage_title(row.stage)
    if not row.correct:
        return "wrong"
    return "rightly withheld" if row.abstained else "right"


def came_back(row: QuestionResult) -> str:
    """Return what the target said, at its shortest."""
    if row.error is not None:
        return f"error: {row.error}"
    if row.abstained:
        return "not found"
    return row.short_answer or row.answer or NO_DATA


def number(figure: Figure, value: float | None) -> str:
    """Return a value of the figure's metric as people read it."""
    return NO_DATA if value is None else f"{value:.{_DIGITS[figure.metric.unit]}f}"


def interval(figure: Figure) -> str:
    """Return the figure's 95 % interval as people read it."""
    if figure.low is None:
        return NO_DATA
    return f"{number(figure, figure.low)} – {number(figure, figure.high)}"


def find_figure(figures: Sequence[Figure], group: str, name: str) -> Figure | None:
    """Return the figure of a metric that has data; None where there is none."""
    return next(
        (
            figure
            for figure in figures
            if (figure.metric.group, figure.metric.name) == (group, name)
            and figure.value is not None
        ),
        None,
    )


def summary(evaluation: Evaluation) -> str:
    """Return in a sentence how many questions were asked, and how many went right."""
    rows = evaluation.questions
    answerable = sum(row.answerable for row in rows)
    right = sum(row.correct for row in rows)
    text = f"{counted(len(rows), 'question')}, {answerable:,} of them answerable; {right:,} right"
    return f"{text}, {evaluation.errors:,} failed" if evaluation.errors else text


def gold_set(source: GoldSource) -> str:
    """Return the gold set's name, and which part of it was asked."""
    if source.sampled is None:
        return source.name
    return f"{source.name}, {counted(source.sampled, 'question')} drawn with seed {source.seed}"


def judged(evaluation: Evaluation) -> tuple[str, list[str], list[list[str]]] | None:
    """Return title, headings and rows of what LLM judges said; None where none was asked."""
    return None if evaluation.judges is None else judge_table(read_judges(evaluation.judges))


def counted(count: int, noun: str) -> str:
    """Return the count with its noun: 1 question, 2 questions, 1,000 questions."""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def worst_first(rows: Sequence[QuestionResult]) -> list[QuestionResult]:
    """Return the wrong rows: failures, then wrong answers, then wrong silence.

    Within each the most confident come first, ties in the order of the set.
    """

    def badness(row: QuestionResult) -> tuple[int, float]:
        kind = 0 if row.error is not None else 2 if row.abstained else 1
        return kind, -(row.confidence if row.confidence is not None else 0.0)

    return sorted((row for row in rows if not row.correct), key=badness)


def one_line(text: str) -> str:
    """Return the text on one line, without control characters and changes of direction."""
    return " ".join(_DIRECTION.sub("", _CONTROL.sub(" ", text)).split())


def shortened(text: str, limit: int) -> str:
    """Return the text on one line of at most so many characters, an ellipsis for the rest."""
    text = one_line(text)
    return text if len(text) <= limit else f"{text[: limit - 1].rstrip()}…"
