"""What the gate said, as people and other programs read it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from eval.baseline import Change
from eval.conditions import shown
from eval.gate import FloorCheck, FloorVerdict, GateResult
from eval.report.wording import NO_DATA, counted

if TYPE_CHECKING:
    from rich.console import Console

FORMAT = "quoth-gate/1"
_STYLES = {
    FloorVerdict.BELOW: "red",
    FloorVerdict.NO_DATA: "red",
    FloorVerdict.RAISABLE: "green",
    FloorVerdict.HELD: "",
}


def gate_document(
    result: GateResult, baseline: str, changes: Sequence[Change] | None = None
) -> dict[str, Any]:
    """Return the document that `quoth eval gate --json` prints; `changes` are those of an update,
    None where there was none."""
    return {
        "format": FORMAT,
        "passed": result.passed,
        "baseline": baseline,
        "errors": result.errors,
        "floors": [_floor(check) for check in result.checks],
        "without_floor": list(result.without_floor),
        "updated": changes is not None,
        "changes": [change.model_dump(mode="json") for change in changes or ()],
    }


def print_gate(
    result: GateResult, baseline: str, console: Console, changes: Sequence[Change] | None = None
) -> None:
    """Print the floors with the run's figures, what an update changed, and the outcome."""
    from rich.table import Table

    table = Table(box=None, padding=(0, 1, 0, 0), pad_edge=False)
    for heading in ("metric", "floor", "tolerance", "run", ""):
        number = heading in {"floor", "tolerance", "run"}
        table.add_column(heading, justify="right" if number else "left", no_wrap=True)
    for check in result.checks:
        numbers = (check.floor.floor, check.floor.tolerance, check.value)
        cells = [NO_DATA if number is None else f"{number:.3f}" for number in numbers]
        style = _STYLES[check.verdict]
        table.add_row(check.floor.metric, *cells, check.verdict.value, style=style)
    console.print(table)
    for line in _closing(result, baseline, changes):
        console.print(line, markup=False, highlight=False, soft_wrap=True)


def _closing(result: GateResult, baseline: str, changes: Sequence[Change] | None) -> list[str]:
    lines = []
    if result.errors:
        lines.append(f"{counted(result.errors, 'question')} could not be asked")
    if result.without_floor:
        lines.append(f"without a floor, --update sets one: {', '.join(result.without_floor)}")
    if changes is not None:
        moved = [
            f"  {one.what}: {shown(one.what, one.old)} → {shown(one.what, one.new)}"
            for one in changes
        ]
        return [*lines, f"written to {baseline}", *moved]
    failed = sum(check.failed for check in result.checks)
    if failed:
        return [*lines, f"failed: {failed} of {counted(len(result.checks), 'floor')} not held"]
    raisable = sum(check.verdict is FloorVerdict.RAISABLE for check in result.checks)
    more = f"; {raisable} could be raised with --update" if raisable else ""
    return [*lines, f"passed: {counted(len(result.checks), 'floor')} held{more}"]


def _floor(check: FloorCheck) -> dict[str, Any]:
    return {
        "metric": check.floor.metric,
        "better": check.metric.better,
        "floor": check.floor.floor,
        "tolerance": check.floor.tolerance,
        "value": check.value,
        "verdict": check.verdict.value,
        "note": check.floor.note,
    }
