"""The JSON document of a comparison, and which files a comparison leaves behind."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

from eval.comparison import ALPHA, Comparison, MetricDifference, QuestionPair
from eval.document import as_json, stages_of
from eval.records import QuestionResult, rounded
from eval.report.comparison_page import comparison_page
from eval.report.comparison_tables import comparison_markdown
from eval.run import Evaluation
from eval.statistics import bootstrap, permutation
from index.errors import InputError

FORMAT = "quoth-compare/1"
JSON_NAME, MARKDOWN_NAME, HTML_NAME = "compare.json", "compare.md", "compare.html"


def comparison_document(comparison: Comparison) -> dict[str, Any]:
    """Return the document that `quoth eval compare --json` prints: differences are B - A."""
    return {
        "format": FORMAT,
        "n": len(comparison.pairs),
        "a": _run(comparison.a, [pair.a for pair in comparison.pairs]),
        "b": _run(comparison.b, [pair.b for pair in comparison.pairs]),
        "differs": [asdict(difference) for difference in comparison.differs],
        "warnings": list(comparison.warnings),
        "left_out": asdict(comparison.left_out),
        "method": {
            "alpha": ALPHA,
            "adjustment": "holm",
            "family": [one.name for one in comparison.family],
            "permutation": {
                "draws": permutation.DRAWS,
                "seed": permutation.SEED,
                "exact_up_to": permutation.EXACT_UP_TO,
            },
            "bootstrap": {
                "resamples": bootstrap.RESAMPLES,
                "seed": bootstrap.SEED,
                "level": bootstrap.LEVEL,
            },
        },
        "metrics": [_metric(one) for one in comparison.metrics],
        "outcomes": {
            "both_right": comparison.both_right,
            "both_wrong": comparison.both_wrong,
            "fixed": len(comparison.fixed),
            "broken": len(comparison.broken),
        },
        "fixed": [_question(pair) for pair in comparison.fixed],
        "broken": [_question(pair) for pair in comparison.broken],
    }


def write_comparison(comparison: Comparison, directory: Path) -> tuple[Path, ...]:
    """Write the files into the directory, which is made if need be; return their paths.

    Raises: InputError where they cannot be written.
    """
    contents = {
        JSON_NAME: as_json(comparison_document(comparison)),
        MARKDOWN_NAME: comparison_markdown(comparison),
        HTML_NAME: comparison_page(comparison),
    }
    try:
        directory.mkdir(parents=True, exist_ok=True)
        for name, content in contents.items():
            (directory / name).write_text(content, encoding="utf-8")
    except OSError as error:
        raise InputError(
            f"the comparison cannot be written to {directory}: {error.strerror}",
            hint="name another directory with --out",
        ) from error
    return tuple(directory / name for name in contents)


def _run(evaluation: Evaluation, rows: list[QuestionResult]) -> dict[str, Any]:
    return {
        "target": evaluation.target,
        "gold": asdict(evaluation.gold),
        "provenance": asdict(evaluation.provenance),
        "n": len(evaluation.questions),
        "stages": stages_of(rows),
    }


def _metric(one: MetricDifference) -> dict[str, Any]:
    difference = rounded(one.difference)
    return {
        "metric": one.name,
        "better": one.metric.better,
        "unit": one.metric.unit,
        "a": rounded(one.a),
        "b": rounded(one.b),
        "difference": None if difference is None else difference + 0.0,  # -0.0 is 0.0
        "interval": None if one.low is None else [rounded(one.low), rounded(one.high)],
        "p": None if one.test is None else one.test.p,
        "p_adjusted": one.p_adjusted,
        "differing": None if one.test is None else one.test.differing,
        "exact": None if one.test is None else one.test.exact,
        "verdict": one.verdict.value,
    }


def _question(pair: QuestionPair) -> dict[str, Any]:
    return {
        "id": pair.a.id,
        "question": pair.a.question,
        "answerable": pair.a.answerable,
        "tags": list(pair.a.tags),
        "gold_answers": list(pair.a.gold_answers),
        "a": _side(pair.a),
        "b": _side(pair.b),
    }


def _side(row: QuestionResult) -> dict[str, Any]:
    return {
        "correct": row.correct,
        "outcome": row.outcome,
        "stage": row.stage,
        "short_answer": row.short_answer,
        "answer": row.answer,
        "confidence": row.confidence,
        "evidence_rank": row.evidence_rank,
        "error": row.error,
    }
