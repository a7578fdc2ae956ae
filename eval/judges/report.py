"""What judges say about an evaluation, apart from its metrics."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from pydantic import TypeAdapter, ValidationError

from eval.gold import GoldQuestion
from eval.invalid import describe_invalid
from eval.judges.agreement import (
    DETERMINISTIC,
    THRESHOLDS,
    Agreement,
    agreement_of,
    deterministic_verdict,
)
from eval.judges.base import Case, JudgeKind, JudgeModel, Progress, Verdict
from eval.judges.cases import cases_of
from eval.records import DIGITS, QuestionResult, rounded
from index.errors import InputError

ALL_JUDGES = tuple(JudgeKind)
_NO_DATA = "–"


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgeSummary:
    """What one judge says about all answers."""

    judge: JudgeKind
    n: int
    """Answers that it judged."""
    mean: float | None
    """Of its values, in [0, 1]; None where it judged none."""
    failures: int
    """Answers that it was asked about without a verdict coming back."""
    threshold: float
    """The least value that counts as a yes."""
    held_against: str
    """The deterministic verdict."""
    agreement: Agreement


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgeReport:
    """What a model that judges says. It is an opinion: no metric, and nothing for a gate."""

    model: str
    judges: tuple[JudgeSummary, ...]
    warnings: tuple[str, ...] = ()


def judge_rows(
    rows: Sequence[QuestionResult],
    gold: Sequence[GoldQuestion],
    model: JudgeModel,
    *,
    kinds: Sequence[JudgeKind] = ALL_JUDGES,
    parallel: int = 1,
    on_progress: Progress | None = None,
) -> tuple[tuple[QuestionResult, ...], JudgeReport]:
    """Return the rows with their `judgements`, and what they amount to.

    A row lacks the judgement of a judge that was not asked about it or gave no verdict.
    """
    wanted = [kind for kind in JudgeKind if kind in kinds]
    cases = [case for kind in wanted for case in cases_of(kind, rows, gold)]
    verdicts = model.judge(cases, parallel=parallel, on_progress=on_progress) if cases else []
    judged = list(zip(cases, verdicts, strict=True))
    values = {
        (case.question_id, case.kind): verdict.value
        for case, verdict in judged
        if verdict.value is not None
    }
    found = tuple(replace(row, judgements=_judgements(row, values)) for row in rows)
    report = JudgeReport(
        model=model.name,
        judges=tuple(_summary(kind, found, judged) for kind in wanted),
        warnings=_warnings(judged),
    )
    return found, report


def judge_document(report: JudgeReport) -> dict[str, Any]:
    """Return the report as it stands in the JSON document of an evaluation."""
    return asdict(report)


def read_judges(found: Mapping[str, Any]) -> JudgeReport:
    """Return the report of a `judge_document`. Raises: InputError where it is none."""
    try:
        return TypeAdapter(JudgeReport).validate_python(found)
    except ValidationError as error:
        raise InputError(f"what judges said cannot be read: {describe_invalid(error)}") from error


def judge_table(report: JudgeReport) -> tuple[str, list[str], list[list[str]]]:
    """Return title, headings and rows of the report as people read it; two columns of words."""
    headings = ["judge", "held against", "mean", "n", "failed", "agree", "kappa"]
    rows = []
    for summary in report.judges:
        agreement = summary.agreement
        agreed = agreement.both + agreement.neither
        rows.append(
            [
                summary.judge.value,
                summary.held_against,
                _number(summary.mean),
                str(summary.n),
                str(summary.failures),
                f"{agreed}/{agreement.n}",
                _number(agreement.kappa),
            ]
        )
    return f"Judged by {report.model}: an opinion, no metric", headings, rows


def judge_notes(report: JudgeReport) -> list[str]:
    """Return a line for each judge without a kappa, saying why."""
    return [
        f"no kappa for {summary.judge}: {summary.agreement.undefined}"
        for summary in report.judges
        if summary.agreement.undefined is not None
    ]


def _judgements(
    row: QuestionResult, values: Mapping[tuple[str, JudgeKind], float]
) -> dict[str, float]:
    found = {kind.value: values.get((row.id, kind)) for kind in JudgeKind}
    return {name: round(value, DIGITS) for name, value in found.items() if value is not None}


def _summary(
    kind: JudgeKind, rows: Sequence[QuestionResult], judged: Sequence[tuple[Case, Verdict]]
) -> JudgeSummary:
    values = [row.judgements[kind] for row in rows if kind in row.judgements]
    pairs = []
    for row in rows:
        deterministic = deterministic_verdict(kind, row)
        if kind in row.judgements and deterministic is not None:
            pairs.append((row.judgements[kind] >= THRESHOLDS[kind], deterministic))
    return JudgeSummary(
        judge=kind,
        n=len(values),
        mean=rounded(math.fsum(values) / len(values)) if values else None,
        failures=sum(case.kind is kind and verdict.value is None for case, verdict in judged),
        threshold=THRESHOLDS[kind],
        held_against=DETERMINISTIC[kind],
        agreement=agreement_of(pairs),
    )


def _warnings(judged: Sequence[tuple[Case, Verdict]]) -> tuple[str, ...]:
    """Return a line for each way in which judging failed, the most frequent first."""
    reasons = Counter(v.reason for _, v in judged if v.value is None)
    ordered = sorted(reasons.items(), key=lambda item: (-item[1], str(item[0])))
    return tuple(f"{count} of {len(judged)} judgements failed: {why}" for why, count in ordered)


def _number(value: float | None) -> str:
    return _NO_DATA if value is None else f"{value:.3f}"
