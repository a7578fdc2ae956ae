"""AttributionBench (Li et al., "AttributionBench: How Hard is Automatic Attribution Evaluation?",
Findings of ACL 2024): claims of generated answers with the references that they cite, and whether
these support them.

The measure is theirs: macro-F1 of `attributable` and `not attributable`, for each source and, as
their average, over the sources; `analysis_inference_results.py` of their repository also pools
all items, as the row `all` does here. Subsets of HAGRID count as one source.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from eval.gold import gold_source
from eval.public.base import OpenScratch, PublicOptions, PublicResult, Published, Row, sampled
from eval.public.classification import accuracy_of, macro_f1
from eval.public.lines import Layout, NonBlank, check_unique, read_records
from eval.public.support import Support, SupportChecker, checkers_with
from eval.statistics.estimates import auroc_of

NAME = "attributionbench"
_HAGRID = "hagrid"

PUBLISHED = (
    Published(
        label="GPT-3.5, fine-tuned (about)",
        figures={"macro-F1": 0.80},
        source="Li et al., 2024, test sets",
    ),
)


class AttributedClaim(Layout):
    """One line of a split."""

    id: NonBlank
    claim: NonBlank
    references: Annotated[tuple[str, ...], Field(min_length=1)]
    attribution_label: Literal["attributable", "not attributable"]
    src_dataset: NonBlank

    @property
    def source(self) -> str:
        """The data set that it was taken from."""
        return _HAGRID if self.src_dataset.startswith(_HAGRID) else self.src_dataset

    @property
    def attributable(self) -> bool:
        """Whether the references support the claim."""
        return self.attribution_label == "attributable"


def evaluate(path: Path, options: PublicOptions, open_scratch: OpenScratch) -> PublicResult:
    """Return figures for each checker that there is. Raises: GoldInvalid."""
    with open_scratch() as (archive, _):
        return measure(path, options, checkers_with(archive.embedder))


def measure(path: Path, options: PublicOptions, checkers: Sequence[SupportChecker]) -> PublicResult:
    """Return figures for these checkers. Raises: GoldInvalid."""
    records = read_records(path, AttributedClaim)
    check_unique(records, lambda claim: claim.id, called="id")
    claims = sampled([record for _, record in records], options)
    rows: list[Row] = []
    for checker in checkers:
        checked: list[tuple[AttributedClaim, Support]] = []
        for claim in claims:
            checked.append((claim, checker.check(claim.claim, claim.references)))
            options.on_progress(checker.name, len(checked), len(claims))
        rows += _rows(checker.name, checked)
    return PublicResult(
        name=NAME, sources=(gold_source(path),), rows=tuple(rows), published=PUBLISHED
    )


def _rows(name: str, checked: Sequence[tuple[AttributedClaim, Support]]) -> list[Row]:
    sources = sorted({claim.source for claim, _ in checked})
    groups = [
        _row(f"{name}, {source}", [pair for pair in checked if pair[0].source == source])
        for source in sources
    ]
    average = macro_f1(
        [claim.attributable for claim, _ in checked],
        [support.supported for _, support in checked],
        [claim.source for claim, _ in checked],
    )
    return [
        _row(f"{name}, all", checked),
        Row(
            label=f"{name}, average over {len(sources)} sources",
            n=len(checked),
            figures={"macro-F1": average},
        ),
        *groups,
    ]


def _row(label: str, checked: Sequence[tuple[AttributedClaim, Support]]) -> Row:
    labels = [claim.attributable for claim, _ in checked]
    verdicts = [support.supported for _, support in checked]
    return Row(
        label=label,
        n=len(checked),
        figures={
            "macro-F1": macro_f1(labels, verdicts),
            "accuracy": accuracy_of(labels, verdicts),
            "AUROC": auroc_of(labels, [support.score for _, support in checked]),
        },
    )
