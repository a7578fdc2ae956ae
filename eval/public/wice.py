"""WiCE (Kamoi et al., "WiCE: Real-World Entailment for Claims in Wikipedia", EMNLP 2023): claims,
the sentences of the pages that they cite, and whether these support them.

Three layouts of the release are read, told apart by their keys: `entailment_retrieval` (claim or
sub-claim with all sentences of the evidence), `oracle_chunks` (several chunks for one claim; the
claim's score is that of its best chunk, as the authors take it) and `non_supported_tokens`.

Entailment is binary, as the authors' `evaluate_performance.py` has it: `supported` against
`partially_supported` and `not_supported`; F1 of `supported`, accuracy and AUROC. They pick the
threshold on the dev set; here the verdict is the checker's own. Their figures are on oracle
chunks, and comparable with a row on oracle chunks only. Tokens: F1 of not-supported tokens over
all claims; the definition is ours.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, model_validator

from eval.gold import gold_source
from eval.public.base import OpenScratch, PublicOptions, PublicResult, Published, Row, sampled
from eval.public.classification import accuracy_of, f1_of, precision_of, recall_of
from eval.public.lines import Layout, NonBlank, check_unique, read_records
from eval.public.support import Support, SupportChecker, checkers_with
from eval.statistics.estimates import Estimate, auroc_of, ratio_of
from index.errors import GoldInvalid

NAME = "wice"

_RELEASE = "test set of 100 claims, oracle chunks: outputs in the authors' release"
PUBLISHED = (
    Published(
        label="T5-3B, ANLI and WiCE",
        figures={"F1": 0.778, "accuracy": 0.88, "AUROC": 0.947},
        source=_RELEASE,
    ),
    Published(
        label="GPT-4", figures={"F1": 0.610, "accuracy": 0.77, "AUROC": 0.802}, source=_RELEASE
    ),
    Published(
        label="GPT-3.5", figures={"F1": 0.393, "accuracy": 0.32, "AUROC": 0.569}, source=_RELEASE
    ),
)


class _Meta(Layout):
    id: NonBlank
    chunk_idx: tuple[int, ...] | None = None
    """Of oracle chunks: the sentences in the chunk."""


class WiceClaim(Layout):
    """One line of any of the files."""

    claim: NonBlank
    label: Literal["supported", "partially_supported", "not_supported"] | None = None
    evidence: Annotated[tuple[str, ...], Field(min_length=1)]
    claim_tokens: tuple[str, ...] | None = None
    non_supported_spans: tuple[bool, ...] | None = None
    meta: _Meta

    @model_validator(mode="after")
    def _check_layout(self) -> WiceClaim:
        if self.claim_tokens is None or self.non_supported_spans is None:
            if self.label is None:
                raise ValueError("'label' is missing")
        elif len(self.claim_tokens) != len(self.non_supported_spans):
            raise ValueError("'claim_tokens' and 'non_supported_spans' differ in length")
        return self

    @property
    def layout(self) -> str:
        """Which file of the release it is of."""
        if self.claim_tokens is not None and self.non_supported_spans is not None:
            return "tokens"
        return "whole evidence" if self.meta.chunk_idx is None else "oracle chunks"


def evaluate(path: Path, options: PublicOptions, open_scratch: OpenScratch) -> PublicResult:
    """Return figures for each checker that there is. Raises: GoldInvalid."""
    with open_scratch() as (archive, _):
        return measure(path, options, checkers_with(archive.embedder))


def measure(path: Path, options: PublicOptions, checkers: Sequence[SupportChecker]) -> PublicResult:
    """Return figures for these checkers. Raises: GoldInvalid."""
    records = read_records(path, WiceClaim)
    layouts = {record.layout for _, record in records}
    if len(layouts) > 1:
        raise GoldInvalid(f"{path} mixes {' and '.join(sorted(layouts))}", hint="one file a task")
    layout = layouts.pop()
    if layout != "oracle chunks":  # several of a claim, and some of them twice
        check_unique(records, lambda one: one.meta.id, called="id")
    claims: dict[str, list[WiceClaim]] = {}
    for place, record in records:
        chunks = claims.setdefault(record.meta.id, [])
        if chunks and chunks[0].label != record.label:
            raise GoldInvalid(f"{place}: {record.meta.id!r} had another label before")
        chunks.append(record)
    chosen = sampled(list(claims.values()), options)
    rows = tuple(_row(checker, layout, chosen, options) for checker in checkers)
    published = () if layout == "tokens" else PUBLISHED
    return PublicResult(name=NAME, sources=(gold_source(path),), rows=rows, published=published)


def entailment_figures(
    labels: Sequence[bool], scores: Sequence[float], verdicts: Sequence[bool]
) -> dict[str, Estimate]:
    """Return F1, precision and recall of `supported`, accuracy and AUROC."""
    return {
        "F1": f1_of(labels, verdicts, positive=True),
        "precision": precision_of(labels, verdicts),
        "recall": recall_of(labels, verdicts),
        "accuracy": accuracy_of(labels, verdicts),
        "AUROC": auroc_of(labels, scores),
    }


def token_figures(claims: Sequence[tuple[Sequence[bool], Sequence[bool]]]) -> dict[str, Estimate]:
    """Return F1, precision and recall of not-supported tokens, over the tokens of all claims.

    A claim is (labels, guesses). Claims are drawn anew, not tokens, which are not independent.
    """
    counts = [
        (
            sum(label and guess for label, guess in zip(labels, guesses, strict=True)),
            sum(guesses),
            sum(labels),
        )
        for labels, guesses in claims
    ]
    return {
        "F1 of not-supported tokens": ratio_of(
            (2 * hits, guessed + wanted) for hits, guessed, wanted in counts
        ),
        "precision": ratio_of((hits, guessed) for hits, guessed, _ in counts),
        "recall": ratio_of((hits, wanted) for hits, _, wanted in counts),
    }


def _row(
    checker: SupportChecker,
    layout: str,
    claims: Sequence[Sequence[WiceClaim]],
    options: PublicOptions,
) -> Row:
    label = f"{checker.name}, {layout}"
    if layout == "tokens":
        found = [one for chunks in claims for one in chunks]
        tokens = [
            (
                one.non_supported_spans or (),
                checker.unsupported(one.claim_tokens or (), one.evidence),
            )
            for one in found
        ]
        return Row(label=label, n=len(found), figures=token_figures(tokens))
    verdicts: list[Support] = []
    for chunks in claims:
        checked = [checker.check(chunk.claim, chunk.evidence) for chunk in chunks]
        best = max(one.score for one in checked)
        supported = any(one.supported for one in checked)
        verdicts.append(Support(score=best, supported=supported))
        options.on_progress(checker.name, len(verdicts), len(claims))
    figures = entailment_figures(
        [chunks[0].label == "supported" for chunks in claims],
        [verdict.score for verdict in verdicts],
        [verdict.supported for verdict in verdicts],
    )
    return Row(label=label, n=len(claims), figures=figures)
