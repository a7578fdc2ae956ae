"""The one JSON document that an evaluation leaves behind, and how it is read back.

Everything else that is written about a run (HTML, Markdown, JUnit, comparisons, gates) is computed
from this document.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from eval.gold import GoldSource
from eval.invalid import describe_invalid
from eval.records import QuestionResult, Stage, rounded
from eval.run import Evaluation, summed_up
from eval.statistics.bootstrap import RESAMPLES, Figure
from eval.targets.base import Provenance
from index.errors import InputError

FORMAT = "quoth-eval/2"
"""Names the shape of the document; a reader of older documents can tell them apart by it."""
JSON_NAME = "eval.json"


class _Document(BaseModel):
    model_config = ConfigDict(extra="ignore")

    target: str
    gold: GoldSource
    provenance: Provenance
    warnings: tuple[str, ...] = ()
    judges: dict[str, Any] | None = None
    questions: tuple[QuestionResult, ...]


def document(evaluation: Evaluation) -> dict[str, Any]:
    """Return the document that `quoth eval run --json` prints.

    Metrics without data are null. Two runs over the same archive differ in `latency_ms`,
    `milliseconds` and `warm_milliseconds` only.
    """
    return {
        "format": FORMAT,
        "n": len(evaluation.questions),
        "target": evaluation.target,
        "gold": asdict(evaluation.gold),
        "provenance": asdict(evaluation.provenance),
        "errors": evaluation.errors,
        "warnings": list(evaluation.warnings),
        "metrics": metrics_of(evaluation.figures),
        "intervals": intervals_of(evaluation.figures),
        "stages": stages_of(evaluation.questions),
        "by_tag": {
            tag: {"n": count, "metrics": metrics_of(figures), "intervals": intervals_of(figures)}
            for tag, (count, figures) in evaluation.by_tag.items()
        },
        "judges": evaluation.judges,
        "questions": [
            asdict(row) | {"evidence_rank": row.evidence_rank} for row in evaluation.questions
        ],
    }


def as_json(value: Mapping[str, Any]) -> str:
    """Return the document as indented JSON, with a line end."""
    return json.dumps(value, ensure_ascii=False, allow_nan=False, indent=2) + "\n"


def metrics_of(figures: Sequence[Figure]) -> dict[str, dict[str, float | None]]:
    """Return group → metric → value."""
    groups: dict[str, dict[str, float | None]] = {}
    for figure in figures:
        groups.setdefault(figure.metric.group, {})[figure.metric.name] = rounded(figure.value)
    return groups


def intervals_of(figures: Sequence[Figure]) -> dict[str, dict[str, list[float | None] | None]]:
    """Return group → metric → lower and upper end of its 95 % interval."""
    groups: dict[str, dict[str, list[float | None] | None]] = {}
    for figure in figures:
        ends = None if figure.low is None else [rounded(figure.low), rounded(figure.high)]
        groups.setdefault(figure.metric.group, {})[figure.metric.name] = ends
    return groups


def stages_of(rows: Sequence[QuestionResult]) -> dict[str, int]:
    """Return how many answers went wrong at each stage, in the order of the stages."""
    counts = Counter(row.stage for row in rows)
    return {stage.value: counts[stage] for stage in Stage}


def read_evaluation(path: Path, *, resamples: int = RESAMPLES) -> Evaluation:
    """Return the evaluation of a document, or of the `eval.json` in a directory.

    Its figures are computed anew from its rows, without intervals where there are no `resamples`.
    Raises: InputError where it is no such document.
    """
    place = path / JSON_NAME if path.is_dir() else path
    try:
        found = json.loads(place.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise InputError(
            f"{place} does not exist", hint="write one with: quoth eval run GOLD --out DIR"
        ) from error
    except OSError as error:
        raise InputError(f"{place} cannot be read: {error.strerror}") from error
    except ValueError as error:
        raise InputError(f"{place} is not JSON", hint="give the eval.json of a run") from error
    shape = found.get("format") if isinstance(found, dict) else None
    if shape != FORMAT:
        raise InputError(
            f"{place} is not an evaluation of this version ({shape or 'no format'}, not {FORMAT})",
            hint="run the evaluation again",
        )
    try:
        read = TypeAdapter(_Document).validate_python(found)
    except ValidationError as error:
        raise InputError(f"{place}: {describe_invalid(error)}") from error
    found = summed_up(
        read.questions,
        target=read.target,
        source=read.gold,
        provenance=read.provenance,
        warnings=read.warnings,
        resamples=resamples,
    )
    return replace(found, judges=read.judges)
