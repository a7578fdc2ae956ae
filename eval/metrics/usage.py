"""What answers cost, where a language model gave them: means per question."""

from __future__ import annotations

from eval.metrics.base import Metric, Ratio, Unit
from eval.records import QuestionResult


def usage_metrics() -> tuple[Metric, ...]:
    """Return tokens in, tokens out, and cost in the currency that the prices were given in."""
    return (
        _mean("prompt_tokens", "tokens"),
        _mean("completion_tokens", "tokens"),
        _mean("cost", "cost"),
    )


def _mean(name: str, unit: Unit) -> Metric:
    return Ratio(
        group="usage", name=name, terms=lambda row: _term(row, name), better="lower", unit=unit
    )


def _term(row: QuestionResult, name: str) -> tuple[float, float] | None:
    value = None if row.usage is None else getattr(row.usage, name)
    return None if value is None else (float(value), 1.0)
