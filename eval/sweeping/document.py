"""A sweep as files: one JSON document, the same as CSV and Markdown, and the evaluation of each
run where `quoth eval compare` finds it."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

from eval.document import JSON_NAME, as_json, document, intervals_of, metrics_of
from eval.records import rounded
from eval.report.plots import draw
from eval.statistics.bootstrap import Figure
from eval.sweeping.chart import pareto_chart
from eval.sweeping.records import Sweep, SweepRow
from eval.sweeping.running import write_whole
from eval.sweeping.tables import COLUMNS, latency_words, markdown

FORMAT = "quoth-sweep/1"
RUNS = "runs"


def sweep_document(sweep: Sweep) -> dict[str, Any]:
    """Return the document that `quoth eval sweep --json` prints.

    Two sweeps over the same articles differ in latencies, in what they make of the Pareto front,
    and in `reused`.
    """
    front = sweep.front
    return {
        "format": FORMAT,
        "gold": {"name": sweep.gold.name, "sha256": sweep.gold.sha256},
        "metric": sweep.quality_name,
        "latency": {
            "metric": sweep.latency_name,
            "repeat": sweep.repeat,
            "how": latency_words(sweep),
        },
        "varying": list(sweep.varying),
        "failed": sweep.failed,
        "pareto_front": sorted(front),
        "runs": [_run(sweep, row, pareto=row.number in front) for row in sweep.rows],
    }


def write_sweep(sweep: Sweep, directory: Path) -> None:
    """Write sweep.json, .csv, .md and .svg, and an eval.json for each run.

    Raises: InputError where they cannot be written.
    """
    chart = pareto_chart(sweep)
    for row in sweep.rows:
        if row.evaluation is not None:
            path = directory / RUNS / row.name / JSON_NAME
            write_whole(path, as_json(document(row.evaluation)))
    drawn = None if chart is None else "sweep.svg"
    write_whole(directory / "sweep.csv", as_csv(sweep))
    write_whole(directory / "sweep.md", markdown(sweep, plot=drawn))
    if chart is not None:
        write_whole(directory / "sweep.svg", draw(chart) + "\n")
    write_whole(directory / "sweep.json", as_json(sweep_document(sweep)))


def as_csv(sweep: Sweep) -> str:
    """Return a line for each run, with a heading; what there is no data for is empty."""
    names = list(dict.fromkeys([sweep.quality_name, *COLUMNS, sweep.latency_name]))
    front = sweep.front
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\n")
    ends = [f"{name} {end}".rstrip() for name in names for end in ("", "low", "high")]
    writer.writerow(["run", *sweep.varying, *ends, "pareto", "error"])
    for row in sweep.rows:
        figures = [end for name in names for end in _ends(row.figure(name))]
        values = [row.values.get(name) for name in sweep.varying]
        pareto = int(row.number in front)
        writer.writerow([row.number, *values, *figures, pareto, row.error])
    return written.getvalue()


def _run(sweep: Sweep, row: SweepRow, *, pareto: bool) -> dict[str, Any]:
    evaluation = row.evaluation
    quality, latency = sweep.quality(row), sweep.latency(row)
    return {
        "run": row.number,
        "name": row.name,
        "settings": dict(row.values),
        "error": row.error,
        "reused": row.reused,
        "quality": _ends(quality)[0],
        "latency_ms": _ends(latency)[0],
        "pareto": pareto,
        "evaluation": None if evaluation is None else f"{RUNS}/{row.name}/{JSON_NAME}",
        "errors": 0 if evaluation is None else evaluation.errors,
        "metrics": {} if evaluation is None else metrics_of(evaluation.figures),
        "intervals": {} if evaluation is None else intervals_of(evaluation.figures),
    }


def _ends(figure: Figure | None) -> tuple[float | None, float | None, float | None]:
    if figure is None:
        return None, None, None
    return rounded(figure.value), rounded(figure.low), rounded(figure.high)
