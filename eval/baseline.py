"""Baseline files: floors under the figures of a gold set, and what they were set under."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from eval.conditions import Condition, conditions_of
from eval.gold import GoldSource
from eval.invalid import describe_invalid
from eval.targets.base import Corpus, Provenance
from index.errors import InputError

FORMAT: Final = "quoth-baseline/1"


class _BaselineModel(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class BaselineGold(_BaselineModel):
    """The gold set that the floors are for."""

    name: str
    sha256: str
    questions: int
    sampled: int | None = None
    seed: int | None = None
    path: str | None = None
    """Where it is, seen from the folder of the baseline file."""


class Floor(_BaselineModel):
    """What a metric must not fall below; where lower is better, must not rise above."""

    metric: str
    """Group and name: `answer/accuracy`."""
    floor: float
    tolerance: Annotated[float, Field(ge=0, le=1)]
    note: str | None = None


class Change(_BaselineModel):
    """A floor or a condition that was moved; null is: there was none, or there is none now."""

    what: str
    old: Condition
    new: Condition


class HistoryEntry(_BaselineModel):
    """A regression that was accepted."""

    reason: str
    changes: tuple[Change, ...]


class Baseline(_BaselineModel):
    """The floors of a gold set. All are figures of one run, made under these conditions."""

    format: Literal["quoth-baseline/1"] = FORMAT
    gold: BaselineGold
    corpus: Corpus | None
    models: dict[str, str]
    settings: dict[str, Condition]
    floors: tuple[Floor, ...]
    history: tuple[HistoryEntry, ...] = ()

    @model_validator(mode="after")
    def _check_floors(self) -> Baseline:
        if not self.floors:
            raise ValueError("it has no floors, so that any run would pass")
        names = [floor.metric for floor in self.floors]
        repeated = next((name for name in names if names.count(name) > 1), None)
        if repeated is not None:
            raise ValueError(f"{repeated} has two floors")
        return self

    def conditions(self) -> dict[str, Condition]:
        """Return what a run must have been made under to be held against the floors."""
        return conditions_of(
            GoldSource(
                name=self.gold.name,
                sha256=self.gold.sha256,
                sampled=self.gold.sampled,
                seed=self.gold.seed,
            ),
            Provenance(corpus=self.corpus, models=self.models, settings=self.settings),
            questions=self.gold.questions,
        )


def read_baseline(path: Path) -> Baseline:
    """Return the baseline of a file. Raises: InputError where there is none, or it is none."""
    try:
        return Baseline.model_validate_json(path.read_bytes())
    except FileNotFoundError as error:
        raise InputError(
            f"{path} does not exist", hint="write it from a run with: quoth eval gate GOLD --update"
        ) from error
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}") from error
    except ValidationError as error:
        raise InputError(
            f"{path} is no baseline: {describe_invalid(error)}",
            hint="correct it, or delete it and write it with: quoth eval gate GOLD --update",
        ) from error


def write_baseline(path: Path, baseline: Baseline) -> None:
    """Write the file, whole or not at all. Raises: InputError where it cannot be written."""
    content = json.dumps(baseline.model_dump(mode="json"), ensure_ascii=False, indent=2) + "\n"
    beside = path.with_name(f"{path.name}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        beside.write_text(content, encoding="utf-8", newline="\n")
        beside.replace(path)
    except OSError as error:
        raise InputError(
            f"{path} cannot be written: {error.strerror}", hint="name another with --baseline"
        ) from error
