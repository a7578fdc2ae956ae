"""What the adapters of public sets share: options in, rows of figures out."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any, TypeVar

from eval.gold import GoldSource
from eval.statistics.estimates import Estimate
from index.archive import Archive
from rag.engine import AnswerEngine
from rag.records import Answer

T = TypeVar("T")

Progress = Callable[[str, int, int], None]
"""Called with what is being done, how much of it is done, and how much there is."""

OpenScratch = Callable[[], AbstractContextManager[tuple[Archive, AnswerEngine]]]
"""Opens an empty archive, or one that was kept, with an engine over it."""


def _silent(_doing: str, _done: int, _total: int) -> None:
    """Tell nobody."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicOptions:
    """How a public set is to be run."""

    sample: int | None = None
    """Questions to take at random; None is all."""
    seed: int = 0
    noise_rates: tuple[float, ...] = ()
    """RGB: shares of documents that hold no answer; empty is those of the paper."""
    on_progress: Progress = _silent


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """Figures over one group of items."""

    label: str
    n: int
    """Items that the figures are taken over."""
    figures: Mapping[str, Estimate]
    """Each with its interval over the items; None where there is no data."""

    @property
    def values(self) -> dict[str, float | None]:
        """The figures alone."""
        return {name: figure.value for name, figure in self.figures.items()}

    def document(self) -> dict[str, Any]:
        """Return the row as `--json` prints it."""
        return {
            "label": self.label,
            "n": self.n,
            "figures": self.values,
            "intervals": {name: figure.interval for name, figure in self.figures.items()},
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """Figures that somebody else reported, on the scale of ours."""

    label: str
    figures: Mapping[str, float]
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicResult:
    """What a public set says."""

    name: str
    sources: tuple[GoldSource, ...]
    rows: tuple[Row, ...]
    published: tuple[Published, ...] = ()
    notes: tuple[str, ...] = field(default=())
    """What a reader of the figures must know: refused documents, what was not comparable."""

    def document(self, options: PublicOptions) -> dict[str, Any]:
        """Return the result as `--json` prints it."""
        return {
            "set": self.name,
            "sources": [{"name": one.name, "sha256": one.sha256} for one in self.sources],
            "sample": options.sample,
            "seed": options.seed,
            "rows": [row.document() for row in self.rows],
            "published": [
                {"label": one.label, "figures": dict(one.figures), "source": one.source}
                for one in self.published
            ],
            "notes": list(self.notes),
        }


def sampled(items: Sequence[T], options: PublicOptions) -> list[T]:
    """Return the sample that the options ask for, in the order of the set."""
    if options.sample is None or options.sample >= len(items):
        return list(items)
    chosen = random.Random(options.seed).sample(range(len(items)), options.sample)  # noqa: S311
    return [items[position] for position in sorted(chosen)]


def said(answer: Answer) -> str:
    """Return the words of an answer, without the numbers of its citations."""
    return " ".join(sentence.text for sentence in answer.sentences)
