"""What answers cost, where a language model gave them: means per question."""

from __future__ import annotations

from eval.metrics.base import Metric, Ratio
from eval.records import QuestionResult


def usage_metrics() -> tuple[Metric, ...]:
    """Return tokens in, tokens out, and cost in the currency that the prices were given in."""
    return (
        Ratio(
            group="usage",
            name="prompt_tokens",
            terms=lambda row: _term(row, "prompt_tokens"),
            better="lower",
            unit="tokens",
        ),
        Ratio(
            group="usage",
            name="completion_tokens",
            terms=lambda row: _term(row, "completion_tokens"),
            better="lower",
            unit="tokens",
        ),
        Ratio(
            group="usage",
            name="cost",
            terms=lambda row: _term(row, "cost"),
            better="lower",
            unit="cost",
        ),
    )


def _term(row: QuestionResult, name: str) -> tuple[float, float] | None:
    value = None if row.usage is None else getattr(row.usage, name)
    return None if value is None else (float(value), 1.0)
