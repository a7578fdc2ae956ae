"""What an evaluation leaves behind: one JSON document, and the same in Markdown."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from eval.gold import GoldSource
from eval.metrics.summary import Metrics
from eval.records import QuestionResult
from eval.run import Evaluation
from eval.tables import markdown
from index.errors import InputError

FORMAT = "quoth-eval/1"
"""Names the shape of the document; a reader of older documents can tell them apart by it."""
JSON_NAME = "eval.json"
MARKDOWN_NAME = "eval.md"
_DIGITS = 6


def document(evaluation: Evaluation, gold: GoldSource) -> dict[str, Any]:
    """Return the document that `quoth eval run --json` prints.

    Metrics without data are null. Two runs over the same archive differ in `latency_ms` and
    `milliseconds` only.
    """
    return {
        "format": FORMAT,
        "n": len(evaluation.questions),
        "target": evaluation.target,
        "gold": {"file": gold.name, "sha256": gold.sha256},
        "errors": evaluation.errors,
        "warnings": list(evaluation.warnings),
        "metrics": _metrics(evaluation.metrics),
        "by_tag": {
            tag: {"n": count, "metrics": _metrics(metrics)}
            for tag, (count, metrics) in evaluation.by_tag.items()
        },
        "questions": [_row(result) for result in evaluation.questions],
    }


def as_json(report: Mapping[str, Any]) -> str:
    """Return the document as indented JSON, with a line end."""
    return json.dumps(report, ensure_ascii=False, allow_nan=False, indent=2) + "\n"


def write_report(evaluation: Evaluation, gold: GoldSource, directory: Path) -> tuple[Path, Path]:
    """Write `eval.json` and `eval.md` into the directory, which is made if need be; return both.

    Raises: InputError where they cannot be written.
    """
    json_path, markdown_path = directory / JSON_NAME, directory / MARKDOWN_NAME
    try:
        directory.mkdir(parents=True, exist_ok=True)
        json_path.write_text(as_json(document(evaluation, gold)), encoding="utf-8")
        markdown_path.write_text(markdown(evaluation, gold), encoding="utf-8")
    except OSError as error:
        raise InputError(
            f"the report cannot be written to {directory}: {error.strerror}",
            hint="name another directory with --out",
        ) from error
    return json_path, markdown_path


def _metrics(metrics: Metrics) -> dict[str, dict[str, float | None]]:
    return {
        group: {name: _rounded(value) for name, value in values.items()}
        for group, values in metrics.groups().items()
    }


def _row(result: QuestionResult) -> dict[str, Any]:
    retrieval = result.retrieval
    return {
        "id": result.id,
        "question": result.question,
        "answerable": result.answerable,
        "outcome": result.outcome.value if result.outcome else None,
        "answer": result.answer,
        "short_answer": result.short_answer,
        "confidence": _rounded(result.confidence),
        "correct": result.correct,
        "em": _rounded(result.em),
        "f1": _rounded(result.f1),
        "citations": [asdict(citation) for citation in result.citations],
        "sentences": result.sentences,
        "supported_sentences": result.supported_sentences,
        "evidence_rank": result.evidence_rank,
        "retrieval": {k: _rounded(v) for k, v in retrieval.items()} if retrieval else None,
        "milliseconds": _rounded(result.milliseconds),
        "error": result.error,
        "tags": list(result.tags),
    }


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, _DIGITS)
