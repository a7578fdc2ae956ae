"""What a sweep finds out: a row for each run, and which of them are worth having."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from eval.gold import GoldSource
from eval.metrics.base import Better, Metric
from eval.run import Evaluation
from eval.statistics.bootstrap import Figure
from eval.sweeping.plan import Values

FIRST_ASKED, ASKED_AGAIN = "latency_ms/p50", "latency_ms/warm_p50"


@dataclass(frozen=True, slots=True, kw_only=True)
class SweepRow:
    """One run: what was set, and what came of it."""

    number: int
    """From 1, in the order of the plan."""
    name: str
    """Of its folder: the number, and what it sets."""
    values: Values
    """Of the settings that the run names, and of all that vary: those that were in force."""
    evaluation: Evaluation | None
    """None where the run failed."""
    error: str | None = None
    """Why it failed, in one line."""
    reused: bool = False
    """The figures are of an earlier sweep that was run with the same settings."""

    def figure(self, name: str) -> Figure | None:
        """Return a figure by group and name; None where the run failed or has no data."""
        if self.evaluation is None:
            return None
        for figure in self.evaluation.figures:
            if name == f"{figure.metric.group}/{figure.metric.name}":
                return figure if figure.value is not None else None
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sweep:
    """All runs over one gold set."""

    gold: GoldSource
    metric: Metric
    varying: tuple[str, ...]
    repeat: int
    rows: tuple[SweepRow, ...]

    @property
    def quality_name(self) -> str:
        """Group and name of the metric that counts as quality."""
        return f"{self.metric.group}/{self.metric.name}"

    @property
    def latency_name(self) -> str:
        """Group and name of the latency that runs are compared by."""
        return ASKED_AGAIN if self.repeat > 1 else FIRST_ASKED

    @property
    def failed(self) -> int:
        """How many runs failed."""
        return sum(row.error is not None for row in self.rows)

    def quality(self, row: SweepRow) -> Figure | None:
        """Return the quality of a run."""
        return row.figure(self.quality_name)

    def latency(self, row: SweepRow) -> Figure | None:
        """Return the median latency of a run, in milliseconds."""
        return row.figure(self.latency_name)

    def point(self, row: SweepRow) -> tuple[float, float] | None:
        """Return latency and quality; None where one is missing."""
        latency, quality = self.latency(row), self.quality(row)
        if latency is None or quality is None or latency.value is None or quality.value is None:
            return None
        return latency.value, quality.value

    @property
    def front(self) -> frozenset[int]:
        """Numbers of the runs on the Pareto front."""
        placed = [(row.number, point) for row in self.rows if (point := self.point(row))]
        on_it = pareto_front([point for _, point in placed], better=self.metric.better)
        return frozenset(placed[position][0] for position in on_it)


def pareto_front(points: Sequence[tuple[float, float]], *, better: Better) -> frozenset[int]:
    """Return the positions of the points (cost, quality) that no other point dominates.

    A point dominates another where it is at least as good in both, and better in one. Equal
    points do not dominate each other: all of them are on the front, or none.
    """
    sign = 1.0 if better == "higher" else -1.0
    signed = [(cost, -sign * quality) for cost, quality in points]  # less is better in both

    def dominated(point: tuple[float, float]) -> bool:
        return any(
            other != point and other[0] <= point[0] and other[1] <= point[1] for other in signed
        )

    return frozenset(n for n, point in enumerate(signed) if not dominated(point))
