"""What the plots of a report show, as data: each comes with its figures as a table."""

from __future__ import annotations

import bisect
import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

import numpy as np

from eval.metrics.abstention import calibration_bins, risk_coverage
from eval.metrics.aggregate import mean, percentile
from eval.metrics.base import Points
from eval.records import QuestionResult
from eval.report.wording import NO_DATA
from eval.run import Evaluation
from eval.targets.base import TOP_K

Style = Literal["line", "dots", "bars", "guide"]
_LATENCY_STEPS = (1.0, 1.5, 2.2, 3.3, 4.7, 6.8)
"""Edges of latency bins within a power of ten: nearly equal ratios (the E6 series)."""
_TENTHS = tuple(tenth / 10 for tenth in range(11))


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """One line, or one set of bars."""

    label: str
    x: tuple[float, ...]
    """For bars the edges, one more than there are bars."""
    y: tuple[float, ...]
    style: Style = "line"
    names: tuple[str, ...] = ()
    """What is written beside each point; nothing where empty."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """A plot, what it says in a sentence, and its figures."""

    key: str
    """Unique on a page; letters and hyphens."""
    title: str
    note: str
    """How to read it."""
    summary: str
    """What it shows, for those who do not see it."""
    x_label: str
    y_label: str
    series: tuple[Series, ...]
    x_limits: tuple[float, float] | None = None
    y_limits: tuple[float, float] | None = None
    log_x: bool = False
    whole_x: bool = False
    """The axis counts."""
    whole_y: bool = False
    marks: tuple[tuple[float, str], ...] = ()
    """Places on the x axis that get a line across, and a name."""
    headings: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()


def charts_of(evaluation: Evaluation) -> tuple[Chart, ...]:
    """Return the charts that there is data for."""
    rows = evaluation.questions
    judged = _answered_points(evaluation)
    made = (_recall_at_k(rows), _risk_coverage(judged), _calibration(judged), _latency(rows))
    return tuple(chart for chart in made if chart is not None)


def _answered_points(evaluation: Evaluation) -> Points:
    """Return (right, confidence) of each question that was answered."""
    metric = next(f.metric for f in evaluation.figures if f.metric.name == "calibration_error")
    points = metric.points(sorted(evaluation.questions, key=lambda row: row.id))
    held: Points = points[~np.isnan(points[:, 0])]
    return held


def _recall_at_k(rows: Sequence[QuestionResult]) -> Chart | None:
    """Return Success@k and R@k over the ranks of passages, k = 1 … 10."""
    ranked = [row for row in rows if row.retrieval is not None and row.evidence]
    if not ranked:
        return None
    depths = tuple(range(1, TOP_K + 1))
    found = [
        [[e.rank is not None and e.rank <= k for e in row.evidence] for row in ranked]
        for k in depths
    ]
    success = tuple(mean(float(any(flags)) for flags in each) or 0.0 for each in found)
    recall = tuple(mean(sum(flags) / len(flags) for flags in each) or 0.0 for each in found)
    return Chart(
        key="recall-at-k",
        title="Evidence among the first k passages",
        note="Answerable questions. Any: the share with at least one piece of evidence among the "
        "first k. All: the mean share of their pieces.",
        summary=f"Any evidence is at rank 1 for {_percent(success[0])} of the questions, among the "
        f"first {TOP_K} for {_percent(success[-1])}.",
        x_label="k",
        y_label="share of evidence found",
        series=(
            Series(label="any", x=tuple(map(float, depths)), y=success),
            Series(label="all", x=tuple(map(float, depths)), y=recall),
        ),
        x_limits=(0.5, TOP_K + 0.5),
        whole_x=True,
        y_limits=(0.0, 1.0),
        headings=("k", "any", "all"),
        rows=tuple(
            (str(k), f"{any_:.3f}", f"{all_:.3f}")
            for k, any_, all_ in zip(depths, success, recall, strict=True)
        ),
    )


def _risk_coverage(points: Points) -> Chart | None:
    if not len(points):
        return None
    coverage, risk = (values.tolist() for values in risk_coverage(points, np.ones(len(points))))
    tenths = sorted({math.ceil(tenth * len(risk)) - 1 for tenth in _TENTHS[1:]})
    half = math.ceil(0.5 * len(risk)) - 1
    return Chart(
        key="risk-coverage",
        title="Risk and coverage",
        note="Answers that were given, kept from the most confident down: which share of them is "
        "wrong. A line that stays low for long says that confidence can be trusted.",
        summary=f"Of the most confident half of the answers {_percent(risk[half])} are wrong, of "
        f"all of them {_percent(risk[-1])}.",
        x_label="share of answers kept (coverage)",
        y_label="share wrong (risk)",
        series=(Series(label="risk", x=tuple(coverage), y=tuple(risk)),),
        x_limits=(0.0, 1.0),
        y_limits=(0.0, max(0.1, math.ceil(10 * max(risk)) / 10)),
        headings=("coverage", "answers kept", "risk"),
        rows=tuple((f"{coverage[i]:.3f}", str(i + 1), f"{risk[i]:.3f}") for i in tenths),
    )


def _calibration(points: Points) -> Chart | None:
    if not len(points):
        return None
    counts, said, were = (
        values.tolist() for values in calibration_bins(points, np.ones(len(points)))
    )
    held = [place for place, count in enumerate(counts) if count]
    mean_right, mean_said = float(points[:, 0].mean()), float(points[:, 1].mean())
    return Chart(
        key="calibration",
        title="Calibration",
        note="Answers that were given, by their confidence. Points on the diagonal: what is said "
        "with a confidence of 0.8 is right 8 times in 10. Bars: the share of answers in each bin.",
        summary=f"The mean confidence is {mean_said:.2f}; {_percent(mean_right)} are right.",
        x_label="confidence",
        y_label="share right",
        series=(
            Series(
                label="share of answers",
                x=_TENTHS,
                y=tuple(count / len(points) for count in counts),
                style="bars",
            ),
            Series(label="ideal", x=(0.0, 1.0), y=(0.0, 1.0), style="guide"),
            Series(
                label="share right",
                x=tuple(said[place] for place in held),
                y=tuple(were[place] for place in held),
                style="dots",
            ),
        ),
        x_limits=(0.0, 1.0),
        y_limits=(0.0, 1.0),
        headings=("confidence", "answers", "mean confidence", "share right"),
        rows=tuple(
            (
                f"{_TENTHS[place]:.1f} – {_TENTHS[place + 1]:.1f}",
                str(int(counts[place])),
                f"{said[place]:.3f}" if counts[place] else NO_DATA,
                f"{were[place]:.3f}" if counts[place] else NO_DATA,
            )
            for place in range(len(counts))
        ),
    )


def _latency(rows: Sequence[QuestionResult]) -> Chart | None:
    first = sorted(row.milliseconds for row in rows if row.milliseconds is not None)
    if not first:
        return None
    warm = sorted(ms for row in rows for ms in row.warm_milliseconds)
    edges = _latency_edges(first[0], first[-1], *warm[:1], *warm[-1:])
    groups = [("first time", first), *([("repeated", warm)] if warm else [])]
    binned = [(label, _binned(values, edges)) for label, values in groups]
    median, slow = percentile(first, 50) or 0.0, percentile(first, 95) or 0.0
    return Chart(
        key="latency",
        title="Latency",
        note="Questions by the time that they took, on a logarithmic axis."
        + (" Bars: asked for the first time. Line: repeated." if warm else ""),
        summary=f"Half of the questions took at most {median:,.0f} ms, 95 % at most "
        f"{slow:,.0f} ms.",
        x_label="milliseconds",
        y_label="questions",
        series=tuple(
            Series(
                label=label,
                x=edges if position == 0 else tuple(map(math.sqrt, _products(edges))),
                y=tuple(map(float, counts)),
                style="bars" if position == 0 else "line",
            )
            for position, (label, counts) in enumerate(binned)
        ),
        x_limits=(edges[0], edges[-1]),
        log_x=True,
        whole_y=True,
        marks=((median, "p50"), (slow, "p95")),
        headings=("milliseconds", *(label for label, _ in binned)),
        rows=tuple(
            (f"{low:g} – {high:g}", *(str(counts[place]) for _, counts in binned))
            for place, (low, high) in enumerate(pairwise(edges))
        ),
    )


def _latency_edges(*values: float) -> tuple[float, ...]:
    """Return ascending edges with all values between them; those below 0.1 ms in the first bin."""
    low, high = max(min(values), 0.1), max(*values, 0.1)
    # One power more to the left: the logarithm of what lies just below a power rounds up to it.
    powers = range(math.floor(math.log10(low)) - 1, math.floor(math.log10(high)) + 2)
    grid = [float(f"{step}e{power}") for power in powers for step in _LATENCY_STEPS]
    first = bisect.bisect_right(grid, low) - 1
    return tuple(grid[first : bisect.bisect_right(grid, high) + 1])


def _binned(values: Sequence[float], edges: Sequence[float]) -> list[int]:
    """Return how many values lie in each bin, which holds its lower edge."""
    counts = [0] * (len(edges) - 1)
    for value in values:
        counts[max(bisect.bisect_right(edges, value) - 1, 0)] += 1
    return counts


def _products(edges: Sequence[float]) -> list[float]:
    return [low * high for low, high in pairwise(edges)]


def _percent(value: float) -> str:
    return f"{100 * value:.0f} %"
