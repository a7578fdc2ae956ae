"""Quality against latency, one point a run, as data for the report's plots."""

from __future__ import annotations

import math

from eval.report.charts import Chart, Series
from eval.sweeping.records import Sweep

_ROOM = 0.15
"""Share of the range that is left free around the points."""


def pareto_chart(sweep: Sweep) -> Chart | None:
    """Return the plot; None where no run has both figures."""
    placed = {row.number: point for row in sweep.rows if (point := sweep.point(row))}
    if not placed:
        return None
    front = sorted(sweep.front, key=lambda number: placed[number])
    behind = [number for number in placed if number not in sweep.front]
    qualities = [quality for _, quality in placed.values()]
    latencies = [latency for latency, _ in placed.values()]
    return Chart(
        key="pareto",
        title="Quality against latency",
        note="Each point is a run, under its number. No other run is both as good and as quick as "
        "one on the line, and better in one of the two.",
        summary=f"{len(front)} of {len(placed)} runs are on the Pareto front: "
        f"{', '.join(map(str, front))}.",
        x_label=f"{sweep.latency_name}, milliseconds",
        y_label=sweep.quality_name,
        series=(
            Series(
                label="Pareto front",
                x=tuple(placed[number][0] for number in front),
                y=tuple(placed[number][1] for number in front),
                style="dots",
                names=tuple(map(str, front)),
            ),
            _unconnected("other runs", [(*placed[number], str(number)) for number in behind]),
        ),
        x_limits=(0.0, max(latencies) * (1 + _ROOM)),
        y_limits=_around(qualities),
    )


def _unconnected(label: str, points: list[tuple[float, float, str]]) -> Series:
    """Return points with gaps between them, so that no line joins them."""
    gap = (math.nan, math.nan, "")
    spaced = [part for point in points for part in (point, gap)]
    return Series(
        label=label,
        x=tuple(x for x, _, _ in spaced),
        y=tuple(y for _, y, _ in spaced),
        style="dots",
        names=tuple(name for _, _, name in spaced),
    )


def _around(values: list[float]) -> tuple[float, float]:
    """Return limits that leave room around the values, and are never equal."""
    room = max(_ROOM * (max(values) - min(values)), 0.01)
    return min(values) - room, max(values) + room
