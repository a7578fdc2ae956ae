"""The gate: figures of a run held against the floors of a baseline, under the same conditions."""

from __future__ import annotations

import difflib
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from eval.baseline import Baseline, BaselineGold, Change, Floor, HistoryEntry
from eval.conditions import Condition, conditions_of, differences, shown
from eval.metrics.base import Metric
from eval.records import DIGITS, QuestionResult, rounded
from eval.run import Evaluation
from eval.summary import all_metrics
from index.errors import InputError, RunsUnlike

_ROUNDING = 1e-9
"""Figures have six digits: what is closer is the same."""
_TIPPED = 2
_LEAST_TOLERANCE = 0.01
_PROMISED = "citation/exact"
_TWO_SIDED = frozenset({"abstention/f1", "abstention/auroc"})


class FloorVerdict(StrEnum):
    """How a figure stands to its floor."""

    HELD = "held"
    RAISABLE = "could be raised"
    BELOW = "below its floor"
    NO_DATA = "no data"


@dataclass(frozen=True, slots=True, kw_only=True)
class FloorCheck:
    """One floor, and the run's figure."""

    metric: Metric
    floor: Floor
    value: float | None
    verdict: FloorVerdict

    @property
    def failed(self) -> bool:
        """Whether the gate stays shut over it."""
        return self.verdict in {FloorVerdict.BELOW, FloorVerdict.NO_DATA}


@dataclass(frozen=True, slots=True, kw_only=True)
class GateResult:
    """What the gate says about a run."""

    checks: tuple[FloorCheck, ...]
    without_floor: tuple[str, ...]
    """Metrics that have data and no floor."""
    errors: int
    """How many questions could not be asked."""

    @property
    def passed(self) -> bool:
        """Whether every floor holds."""
        return not any(check.failed for check in self.checks)


def gated_metrics() -> dict[str, Metric]:
    """Return the metrics that can have a floor, by group and name: the shares.

    Latency and usage are none: they are the machine's and the provider's as much as ours.
    """
    return {
        f"{metric.group}/{metric.name}": metric
        for metric in all_metrics()
        if metric.unit == "share"
    }


def refuse_unlike(baseline: Baseline, conditions: Mapping[str, Condition]) -> None:
    """Raise RunsUnlike, naming all that differs, where the floors are for other conditions."""
    found = differences(baseline.conditions(), conditions)
    if found:
        listed = "; ".join(
            f"{one.what} is {shown(one.what, one.b)}, not {shown(one.what, one.a)}" for one in found
        )
        raise RunsUnlike(
            f"the run is unlike the baseline's: {listed}",
            hint='move the baseline with --update --accept-regression "reason", if that is meant',
        )


def check(baseline: Baseline, evaluation: Evaluation) -> GateResult:
    """Return each floor with the run's figure.

    A figure may be worse than its floor by the floor's tolerance. Raises: RunsUnlike where the run
    was made under other conditions; InputError where a floor is of no metric that can have one.
    """
    refuse_unlike(baseline, _conditions(evaluation))
    values = values_of(evaluation)
    checks = tuple(_check(floor, values) for floor in baseline.floors)
    held = {floor.metric for floor in baseline.floors}
    return GateResult(
        checks=checks,
        without_floor=tuple(
            name for name, value in values.items() if value is not None and name not in held
        ),
        errors=evaluation.errors,
    )


def values_of(evaluation: Evaluation) -> dict[str, float | None]:
    """Return the run's figure for each metric that can have a floor, as documents have it."""
    return {name: rounded(evaluation.value(name)) for name in gated_metrics()}


def new_baseline(evaluation: Evaluation, *, gold_path: str | None = None) -> Baseline:
    """Return a baseline with the run's figures as floors, for every metric that has data.

    Raises: InputError where questions failed in the run.
    """
    return _baseline(evaluation, _floors(evaluation, kept={}), gold_path)


def changes_of(old: Baseline, new: Baseline) -> tuple[Change, ...]:
    """Return the conditions and floors in which two baselines differ."""
    moved = differences(_contents(old), _contents(new))
    return tuple(Change(what=one.what, old=one.a, new=one.b) for one in moved)


def updated(
    baseline: Baseline,
    evaluation: Evaluation,
    *,
    accepted: str | None = None,
    gold_path: str | None = None,
) -> Baseline:
    """Return the baseline with the run's figures as floors; tolerances and notes stay.

    Floors may rise, and metrics gain one, without further ado. `accepted` is the reason why one
    may fall or go, or the conditions change; it goes into the history with old and new values.
    Raises: RunsUnlike or InputError where that happens without a reason; InputError where
    questions failed in the run.
    """
    conditions = _conditions(evaluation)
    if accepted is None:
        refuse_unlike(baseline, conditions)
    moved = differences(baseline.conditions(), conditions)
    kept = {floor.metric: floor for floor in baseline.floors}
    floors = _floors(evaluation, kept)
    lowered = tuple(_lowered(kept, {floor.metric: floor.floor for floor in floors}))
    if lowered and accepted is None:
        listed = ", ".join(f"{one.what} from {one.old} to {_or_none(one.new)}" for one in lowered)
        raise InputError(
            f"the update would lower {len(lowered)} floor{'s' * (len(lowered) > 1)}: {listed}",
            hint='say why with --accept-regression "reason"; nothing was written',
        )
    history = baseline.history
    changes = (*(Change(what=one.what, old=one.a, new=one.b) for one in moved), *lowered)
    if accepted is not None and changes:
        history = (*history, HistoryEntry(reason=accepted, changes=changes))
    same_gold = evaluation.gold.sha256 == baseline.gold.sha256
    path = gold_path or (baseline.gold.path if same_gold else None)
    return _baseline(evaluation, floors, path, history)


def tolerance_of(metric: Metric, rows: Sequence[QuestionResult]) -> float:
    """Return the tolerance of a new floor: the worth of two questions, 2 / n, at least 0.01.

    n is the number of questions that the metric looks at; where it sets the answerable ones
    against the others, of the fewer. Weights are quantised differently for other processors: of
    the 80 questions of the seeds that tips two. It tips no quote: letter for letter is a promise,
    and has no tolerance.
    """
    name = f"{metric.group}/{metric.name}"
    if name == _PROMISED:
        return 0.0
    n = sum(not math.isnan(first) for first, *_ in metric.points(rows))
    if name in _TWO_SIDED:
        answerable = sum(row.answerable for row in rows)
        n = min(answerable, len(rows) - answerable)
    return round(max(_TIPPED / max(n, _TIPPED), _LEAST_TOLERANCE), DIGITS)


def _check(floor: Floor, values: Mapping[str, float | None]) -> FloorCheck:
    metric = gated_metrics().get(floor.metric)
    if metric is None:
        raise InputError(
            f"the baseline has a floor for {floor.metric!r}, which cannot have one",
            hint=_nearest_metric(floor.metric, values),
        )
    value = values[floor.metric]
    return FloorCheck(
        metric=metric, floor=floor, value=value, verdict=_verdict(metric, floor, value)
    )


def _nearest_metric(name: str, known: Mapping[str, object]) -> str:
    near = difflib.get_close_matches(name, known, n=1)
    return f"did you mean {near[0]}?" if near else f"only shares can, as {next(iter(known))}"


def _verdict(metric: Metric, floor: Floor, value: float | None) -> FloorVerdict:
    if value is None:
        return FloorVerdict.NO_DATA
    above = value - floor.floor if metric.better == "higher" else floor.floor - value
    if above < -floor.tolerance - _ROUNDING:
        return FloorVerdict.BELOW
    return FloorVerdict.RAISABLE if above > _ROUNDING else FloorVerdict.HELD


def _floors(evaluation: Evaluation, kept: Mapping[str, Floor]) -> tuple[Floor, ...]:
    values, metrics = values_of(evaluation), gated_metrics()
    return tuple(
        kept[name].model_copy(update={"floor": value})
        if name in kept
        else Floor(
            metric=name,
            floor=value,
            tolerance=tolerance_of(metrics[name], evaluation.questions),
        )
        for name, value in values.items()
        if value is not None
    )


def _lowered(old: Mapping[str, Floor], new: Mapping[str, float]) -> Iterator[Change]:
    """Yield the floors that fall, or go."""
    metrics = gated_metrics()
    for name, floor in old.items():
        value = new.get(name)
        metric = metrics.get(name)
        if value is None or metric is None:
            yield Change(what=name, old=floor.floor, new=None)
        elif (value < floor.floor) == (metric.better == "higher") and value != floor.floor:
            yield Change(what=name, old=floor.floor, new=value)


def _contents(baseline: Baseline) -> dict[str, Condition]:
    return baseline.conditions() | {floor.metric: floor.floor for floor in baseline.floors}


def _conditions(evaluation: Evaluation) -> dict[str, Condition]:
    return conditions_of(
        evaluation.gold, evaluation.provenance, questions=len(evaluation.questions)
    )


def _or_none(value: object) -> str:
    return "none" if value is None else str(value)


def _baseline(
    evaluation: Evaluation,
    floors: tuple[Floor, ...],
    gold_path: str | None,
    history: tuple[HistoryEntry, ...] = (),
) -> Baseline:
    if evaluation.errors:
        raise InputError(
            f"{evaluation.errors} of the run's questions could not be asked",
            hint="floors are set from a run in which none failed",
        )
    provenance, source = evaluation.provenance, evaluation.gold
    return Baseline(
        gold=BaselineGold(
            name=source.name,
            sha256=source.sha256,
            questions=len(evaluation.questions),
            sampled=source.sampled,
            seed=source.seed,
            path=gold_path,
        ),
        corpus=provenance.corpus,
        models=dict(sorted(provenance.models.items())),
        settings=dict(sorted(provenance.settings.items())),
        floors=floors,
        history=history,
    )
