"""Runs a plan: one archive after another, one run after another, and none of them twice."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from eval.asking import Pace, Progress
from eval.document import as_json, document, read_evaluation
from eval.gold import GoldQuestion, GoldSource
from eval.run import Evaluation, run_evaluation
from eval.sweeping.archives import Archives
from eval.sweeping.plan import INDEXING, SweepPlan, Values, with_values
from eval.sweeping.records import Sweep, SweepRow
from eval.targets.bootstrap import engine_target
from index.archive import Archive
from index.errors import ArchiveLocked, GoldInvalid, InputError, QuothError
from index.settings import IndexSettings
from rag.bootstrap import build_engine
from rag.settings import RagSettings

FAILURES = (QuothError, OSError, RuntimeError, ValueError)
"""What one run may fail with, from a store or a model, without ending the sweep."""

_NAME_LENGTH = 80
_UNSAFE = re.compile(r"[^A-Za-z0-9._=-]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Configured:
    """The settings that runs change."""

    index: IndexSettings
    rag: RagSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """What every run is asked, and how often."""

    gold: Sequence[GoldQuestion]
    source: GoldSource
    repeat: int


OnRun = Callable[[str], Progress]
"""Called with the name of a run before it starts; returns what follows its questions."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Run:
    number: int
    name: str
    values: Values
    index: IndexSettings
    rag: RagSettings


def run_sweep(
    plan: SweepPlan,
    configured: Configured,
    archives: Archives,
    asking: Asking,
    *,
    finished: Path,
    on_run: OnRun | None = None,
) -> Sweep:
    """Return what came of every run, in the order of the plan.

    A run that fails becomes a row that says why. `finished` is the folder where evaluations are
    kept; one that is there with the same gold set, corpus, models and settings is not run again.

    Raises: GoldInvalid where an archive holds none of the evidence; ArchiveLocked where another
    process uses it.
    """
    runs = [
        _planned(number, values, plan.varying, configured)
        for number, values in enumerate(plan.runs, start=1)
    ]
    by_archive: dict[tuple[object, ...], list[_Run]] = {}
    for run in runs:
        by_archive.setdefault(tuple(getattr(run.index, name) for name in INDEXING), []).append(run)
    runner = _Runner(asking, finished, on_run)
    rows = [row for group in by_archive.values() for row in runner.run(group, archives)]
    return Sweep(
        gold=asking.source,
        metric=plan.metric,
        varying=plan.varying,
        repeat=asking.repeat,
        rows=tuple(sorted(rows, key=lambda row: row.number)),
    )


def _planned(number: int, values: Values, varying: Sequence[str], configured: Configured) -> _Run:
    index, rag = with_values(configured.index, configured.rag, values)
    told = {
        name: getattr(index if name in INDEXING else rag, name)
        for name in dict.fromkeys([*varying, *values])
    }
    words = [f"{name}={told[name]}" for name in varying]
    name = _UNSAFE.sub("-", "_".join([f"{number:03}", *words]))[:_NAME_LENGTH]
    return _Run(number=number, name=name, values=told, index=index, rag=rag)


class _Runner:
    def __init__(self, asking: Asking, finished: Path, on_run: OnRun | None) -> None:
        self._asking = asking
        self._finished = finished
        self._on_run = on_run

    def run(self, group: Sequence[_Run], archives: Archives) -> Iterator[SweepRow]:
        """Yield a row for each of the runs, which all ask one archive."""
        first = group[0]
        opened = False
        try:
            with archives.opened(first.index, first.rag) as archive:
                opened = True
                for run in group:
                    yield self._row(run, archive)
        except (GoldInvalid, ArchiveLocked):
            raise
        except FAILURES as error:
            if opened:  # what fails now is no longer the settings' fault
                raise
            for run in group:
                yield _failed(run, error)

    def _row(self, run: _Run, archive: Archive) -> SweepRow:
        try:
            evaluation, reused = self._evaluate(run, archive)
        except (GoldInvalid, ArchiveLocked):
            raise
        except FAILURES as error:
            return _failed(run, error)
        errors = [row.error for row in evaluation.questions if row.error is not None]
        return SweepRow(
            number=run.number,
            name=run.name,
            values=run.values,
            evaluation=evaluation,
            error=errors[0] if len(errors) == len(evaluation.questions) else None,
            reused=reused,
        )

    def _evaluate(self, run: _Run, archive: Archive) -> tuple[Evaluation, bool]:
        asking = self._asking
        follow = self._on_run(run.name) if self._on_run is not None else None
        target = engine_target(archive, build_engine(archive, run.rag), run.index, run.rag)
        made_of = {
            "gold": asking.source.sha256,
            "repeat": asking.repeat,
            "provenance": asdict(target.provenance()),
        }
        key = hashlib.sha256(json.dumps(made_of, sort_keys=True).encode()).hexdigest()[:32]
        kept = self._finished / f"{key}.json"
        if (known := _known(kept)) is not None:
            return known, True
        pace = Pace(repeat=asking.repeat)
        found = run_evaluation(
            asking.gold, target, source=asking.source, pace=pace, on_progress=follow
        )
        if not found.errors:
            write_whole(kept, as_json(document(found)))
        return found, False


def write_whole(path: Path, content: str) -> None:
    """Write a file, with its folder, so that it is there whole or not at all.

    Raises: InputError where it cannot be written.
    """
    unfinished = path.with_name(f"{path.name}.unfinished")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        unfinished.write_text(content, encoding="utf-8")
        unfinished.replace(path)
    except OSError as error:
        raise InputError(
            f"{path} cannot be written: {error.strerror}", hint="name another folder with --out"
        ) from error


def _known(path: Path) -> Evaluation | None:
    """Return the evaluation that is kept there; None where none is that can be read."""
    try:
        return read_evaluation(path)
    except InputError:
        return None


def _failed(run: _Run, error: Exception) -> SweepRow:
    reason = " ".join(str(error).split()) or type(error).__name__
    return SweepRow(
        number=run.number, name=run.name, values=run.values, evaluation=None, error=reason
    )
