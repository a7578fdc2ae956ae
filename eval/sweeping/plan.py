"""What a sweep's YAML file asks for: which settings, over which articles, judged by what."""

from __future__ import annotations

import difflib
import itertools
import math
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, NoReturn

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from eval.invalid import describe_invalid
from eval.metrics.base import Metric
from eval.summary import all_metrics
from eval.sweeping.yaml_lines import Location, YamlFile, read_yaml
from index.configuration import QuothSettings
from index.errors import InputError
from index.settings import IndexSettings
from rag.settings import RagSettings

Value = str | int | float | None
Values = Mapping[str, Value]
"""Setting → value: what a run changes in the settings that are configured."""

INDEXING = ("embedding_model", "passage_words", "passage_overlap")
"""Settings that another archive is needed for."""
LARGEST = 1000
"""Most runs of one sweep; a longer grid is a slip of the pen."""
DEFAULT_METRIC = "answer/overall_accuracy"

_OF_JUDGES = "llm_"
"""How settings begin that no quoted answer depends on."""
_OWNERS: Mapping[str, type[QuothSettings]] = {
    **dict.fromkeys(INDEXING, IndexSettings),
    **dict.fromkeys(
        (name for name in RagSettings.model_fields if not name.startswith(_OF_JUDGES)), RagSettings
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class SweepPlan:
    """A sweep, ready to be run."""

    gold: Path
    articles: tuple[str, ...] | None
    """Paths to take in; None asks the archive that there is."""
    recursive: bool
    data_dir: Path | None
    """An archive that there is; None is the configured one."""
    metric: Metric
    """What counts as quality."""
    runs: tuple[Values, ...]
    """Grid first, its last setting changing fastest, then the runs that are listed."""

    @property
    def varying(self) -> tuple[str, ...]:
        """The settings in which the runs differ, in the order in which the file names them."""
        names = dict.fromkeys(name for run in self.runs for name in run)
        return tuple(n for n in names if len({run.get(n, ...) for run in self.runs}) > 1)


def _listed(value: Any) -> Any:
    return value if isinstance(value, list | tuple) else [value]


_OneOrMore = Annotated[tuple[str, ...], BeforeValidator(_listed), Field(min_length=1)]
_Axis = Annotated[tuple[Any, ...], BeforeValidator(_listed), Field(min_length=1)]


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    gold: str | None = None
    articles: _OneOrMore | None = None
    recursive: bool = False
    data_dir: str | None = None
    grid: dict[str, _Axis] = Field(default_factory=dict)
    runs: tuple[dict[str, Any], ...] = ()
    metric: str = DEFAULT_METRIC


def read_plan(path: Path, *, gold: Path | None = None) -> SweepPlan:
    """Return the plan in a YAML file. Paths in it are relative to the file; `gold` replaces its
    own. A combination that is named twice is run once.

    Raises: InputError, naming file and line, where it asks for what cannot be.
    """
    found = read_yaml(path)
    read = _parse(found)
    folder = path.parent
    if gold is None and read.gold is None:
        raise InputError(f"{path} names no gold set", hint="add gold: FILE, or give --gold FILE")
    _check_archive(found, read)
    return SweepPlan(
        gold=gold or folder / str(read.gold),
        articles=None if read.articles is None else tuple(str(folder / a) for a in read.articles),
        recursive=read.recursive,
        data_dir=None if read.data_dir is None else folder / read.data_dir,
        metric=_metric(found, read.metric),
        runs=_runs(found, read),
    )


def with_values(
    base: IndexSettings, rag: RagSettings, values: Values
) -> tuple[IndexSettings, RagSettings]:
    """Return the settings of a run: those that are configured, changed as it says."""
    mine = {name: value for name, value in values.items() if name in INDEXING}
    theirs = {name: value for name, value in values.items() if name not in INDEXING}
    return (
        IndexSettings(**(base.model_dump() | mine)),
        RagSettings(**(rag.model_dump() | theirs)),
    )


def _parse(found: YamlFile) -> _File:
    if not isinstance(found.content, dict):
        raise InputError(f"{found.path}: no settings are named", hint="docs/evaluation.md has one")
    for key in found.content:
        if key not in _File.model_fields:
            _unknown(found, (key,), str(key), _File.model_fields, what="key")
    try:
        return _File.model_validate(found.content)
    except ValidationError as error:
        location: Location = error.errors(include_url=False)[0]["loc"]
        raise InputError(f"{found.place(location)}: {describe_invalid(error)}") from error


def _check_archive(found: YamlFile, read: _File) -> None:
    if read.articles is not None and read.data_dir is not None:
        raise InputError(
            f"{found.place(('data_dir',))}: both articles and data_dir are named",
            hint="name articles for archives of the sweep's own, or data_dir for one there is",
        )
    if read.articles is not None:
        return
    named: Iterator[Location] = itertools.chain(
        (("grid", name) for name in read.grid),
        (("runs", n, name) for n, run in enumerate(read.runs) for name in run),
    )
    for location in named:
        if location[-1] in INDEXING:
            raise InputError(
                f"{found.place(location)}: {location[-1]} needs articles to index anew",
                hint="name them: articles: [FOLDER]",
            )


def _metric(found: YamlFile, name: str) -> Metric:
    metrics: dict[str, Metric] = {}
    for metric in all_metrics():
        metrics[f"{metric.group}/{metric.name}"] = metric
        metrics.setdefault(metric.name, metric)
    if name not in metrics:
        _unknown(found, ("metric",), name, metrics, what="metric")
    return metrics[name]


def _runs(found: YamlFile, read: _File) -> tuple[Values, ...]:
    axes = {
        name: [_checked(found, ("grid", name, n), name, v) for n, v in enumerate(values)]
        for name, values in read.grid.items()
    }
    size = math.prod(map(len, axes.values())) if axes else 0
    if size + len(read.runs) > LARGEST:
        raise InputError(
            f"{found.place(('grid',))}: {size + len(read.runs)} runs are more than {LARGEST}",
            hint="name fewer values",
        )
    product: Sequence[Values] = (
        [dict(zip(axes, values, strict=True)) for values in itertools.product(*axes.values())]
        if axes
        else []
    )
    listed = [
        {name: _checked(found, ("runs", n, name), name, value) for name, value in run.items()}
        for n, run in enumerate(read.runs)
    ]
    unique: dict[frozenset[tuple[str, Value]], Values] = {}
    for run in (*product, *listed):
        unique.setdefault(frozenset(run.items()), run)
    if not unique:
        raise InputError(
            f"{found.path} names no settings to try", hint="add a grid, or a list of runs"
        )
    return tuple(unique.values())


def _checked(found: YamlFile, location: Location, name: str, value: Any) -> Value:
    """Return the value as its setting holds it."""
    if name not in _OWNERS:
        _unknown(found, location, name, _OWNERS, what="setting")
    kind = _OWNERS[name]
    try:
        if isinstance(value, bool | list | dict):  # no setting of answering is a truth value
            raise InputError(f"{found.place(location)}: {name} is a single value, not {value!r}")
        checked: Value = getattr(kind(**{name: value}), name)
    except ValidationError as error:
        own = [detail for detail in error.errors(include_url=False) if detail["loc"] == (name,)]
        if not own:  # of a setting that comes from elsewhere, which is read and told elsewhere
            return value  # type: ignore[no-any-return]
        reason = str(own[0]["msg"]).removeprefix("Value error, ")
        raise InputError(
            f"{found.place(location)}: {name}: {value!r} is not usable: {reason}"
        ) from error
    return checked


def _unknown(
    found: YamlFile, location: Location, name: str, known: Collection[str], *, what: str
) -> NoReturn:
    """Raise an error that names the nearest known name."""
    nearest = difflib.get_close_matches(name, sorted(known), n=1, cutoff=0.0)
    raise InputError(
        f"{found.place(location)}: unknown {what} {name!r}", hint=f"did you mean {nearest[0]}?"
    )
