"""Whether the system abstains when it should, and only then. Positive means: abstains."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from eval.metrics.aggregate import share
from eval.records import QuestionResult


@dataclass(frozen=True, slots=True, kw_only=True)
class AbstentionMetrics:
    """How well outcome and confidence tell unanswerable questions from answerable ones."""

    precision: float | None
    """Of the abstentions: those on unanswerable questions."""
    recall: float | None
    """Of the unanswerable questions: those abstained on."""
    f1: float | None
    auroc: float | None
    """Chance that an unanswerable question has lower confidence than an answerable one."""


def abstention_metrics(results: Sequence[QuestionResult]) -> AbstentionMetrics:
    """Return precision, recall and F1 of abstaining, and the AUROC of 1 - confidence.

    A question that could not be asked is not abstained on, and has no confidence.
    """
    unanswerable = [result for result in results if not result.answerable]
    abstained = [result for result in results if result.abstained]
    hits = sum(not result.answerable for result in abstained)
    scored = [
        (not result.answerable, -result.confidence)  # orders as 1 - confidence, without rounding
        for result in results
        if result.confidence is not None
    ]
    return AbstentionMetrics(
        precision=share(not result.answerable for result in abstained),
        recall=share(result.abstained for result in unanswerable),
        f1=2 * hits / (len(unanswerable) + len(abstained)) if unanswerable else None,
        auroc=auroc([label for label, _ in scored], [score for _, score in scored]),
    )


def auroc(labels: Sequence[bool], scores: Sequence[float]) -> float | None:
    """Return the area under the ROC curve; None where either class is missing.

    By rank: (R - p(p + 1)/2) / (p n), where R is the sum of the ranks of the p positives among
    all scores, ascending, and tied scores share their mean rank. This is the Mann–Whitney U over
    p n (Hanley and McNeil, "The Meaning and Use of the Area under a ROC Curve", Radiology 143,
    1982), so that a tie between a positive and one of the n negatives counts half.
    """
    positives = sum(labels)
    negatives = len(labels) - positives
    if not positives or not negatives:
        return None
    ordered = sorted(zip(scores, labels, strict=True))
    doubled_rank_sum = 0  # twice the sum, so that mean ranks stay whole numbers
    below = 0
    for _, tied in groupby(ordered, key=lambda pair: pair[0]):
        group = [label for _, label in tied]
        doubled_rank_sum += sum(group) * (2 * below + len(group) + 1)
        below += len(group)
    return (doubled_rank_sum - positives * (positives + 1)) / (2 * positives * negatives)
