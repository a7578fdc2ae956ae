"""Figures of the reading models as tables on standard output."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from benchmarks.reader_fitting import Booleans, Floats
from benchmarks.reader_models import (
    answerability,
    answered,
    quoted,
    ranked,
    right_at_1,
    right_in_quotes,
)
from benchmarks.reader_rows import Row
from benchmarks.reader_sets import ANSWERABLE, IMPOSSIBLE, OFF_TOPIC, REMOVED, SWAPPED
from rag.reading.logistic import ReadingModel

SLACK = 0.02
KINDS = (REMOVED, IMPOSSIBLE, SWAPPED, OFF_TOPIC)


def auroc(positive: Floats, negative: Floats) -> float:
    """Probability that a positive scores above a negative, ties as a half; NaN without either."""
    if not len(positive) or not len(negative):
        return float("nan")
    ordered = np.sort(negative)
    below = np.searchsorted(ordered, positive, side="left")
    upto = np.searchsorted(ordered, positive, side="right")
    return float((below + upto).sum() / (2 * len(positive) * len(negative)))


def abstention(
    probabilities: Floats, answerable: Booleans, right: Booleans, weights: Floats, threshold: float
) -> tuple[float, float]:
    """F1 of abstaining on the unanswerable, and share of the answerable that are answered with
    the right sentence."""
    silent = probabilities < threshold
    hits = weights[silent & ~answerable].sum()
    both = weights[silent].sum() + weights[~answerable].sum()
    accuracy = float(np.mean((~silent & right)[answerable]))
    return float(2 * hits / both) if both else 0.0, accuracy


def choose_threshold(
    probabilities: Floats, answerable: Booleans, right: Booleans, weights: Floats
) -> float:
    """The least threshold whose mean of abstention F1 and answer accuracy is within `SLACK` of the
    best: where the data does not tell thresholds apart, an answer is preferred to none."""
    grid = np.arange(0.05, 0.96, 0.01)
    values = np.array(
        [sum(abstention(probabilities, answerable, right, weights, t)) / 2 for t in grid]
    )
    for threshold, value in zip(grid[5::10], values[5::10], strict=True):
        print(f"threshold {threshold:.2f}: mean of F1 and accuracy {value:.3f}")
    return float(grid[int(np.argmax(values >= values.max() - SLACK))])


def calibration_error(probabilities: Floats, outcomes: Booleans, bins: int = 10) -> float:
    """Expected calibration error over bins of equal size (Nguyen and O'Connor 2015)."""
    order = np.argsort(probabilities, kind="stable")
    gaps = [
        len(part) * abs(float(probabilities[part].mean()) - float(outcomes[part].mean()))
        for part in np.array_split(order, bins)
        if len(part)
    ]
    return sum(gaps) / max(len(order), 1)


def _selected(rows: Sequence[Row], archive: str, *, only_held_out: bool = True) -> list[Row]:
    return [r for r in rows if r.archive == archive and (r.held_out or not only_held_out)]


def print_report(rows: Sequence[Row], model: ReadingModel) -> None:
    """One line per set: retrieval, the right sentence first, answerability."""
    print(f"\nthreshold {model.threshold:.2f}")
    print("set (held-out part)      n  found  right@1  of found |  AUROC against: "
          + "  ".join(f"{kind:>10}" for kind in (*KINDS, "all")) + " |  F1 accuracy")  # fmt: skip
    for archive in dict.fromkeys(row.archive for row in rows):
        reported = archive.startswith("squad2-dev")
        print_set(archive, _selected(rows, archive, only_held_out=not reported), model)


def print_set(name: str, rows: Sequence[Row], model: ReadingModel) -> None:
    """The line of one set."""
    answerable = np.array([row.case.answerable for row in rows], dtype=bool)
    findable = np.array([row.findable for row in rows], dtype=bool)[answerable]
    right = right_at_1(rows, model.sentence)
    in_quotes = right_in_quotes(rows, model.sentence)
    scores = answerability(rows, model)
    against = [
        auroc(scores[answerable], scores[[row.case.kind == kind for row in rows]]) for kind in KINDS
    ]
    against.append(auroc(scores[answerable], scores[~answerable]))
    balanced = np.where(answerable, 1 / answerable.sum(), 1 / max(1, (~answerable).sum()))
    f1, accuracy = abstention(scores, answerable, in_quotes, balanced, model.threshold)
    found = right[answerable][findable].mean()
    print(f"{name:22} {len(rows):5}  {findable.mean():.3f}    {right[answerable].mean():.3f}"
          f"     {found:.3f} |                 " + "  ".join(f"{a:10.3f}" for a in against)
          + f" | {f1:.3f}  {accuracy:.3f}")  # fmt: skip


def print_quotes(rows: Sequence[Row], model: ReadingModel) -> None:
    """How many sentences are quoted, how often one of them is right, and the strict figure for
    the reported paragraphs: the best sentence holds the annotated answer itself."""
    testing = [r for r in rows if r.held_out and not r.archive.startswith("squad2-dev")]
    error = calibration_error(answerability(testing, model), answered(testing, model.sentence))
    print(f"\nheld out: expected calibration error {error:.3f}")
    testing = [row for row in testing if row.case.answerable]
    number = np.mean([len(quoted(row, model.sentence)) for row in testing])
    first = right_at_1(testing, model.sentence).mean()
    among = right_in_quotes(testing, model.sentence).mean()
    print(f"\nheld out, answerable: {number:.2f} sentences quoted; the first is right in "
          f"{first:.3f}, one of them in {among:.3f}")  # fmt: skip
    own = [r for r in rows if r.archive == "squad2-dev paragraphs" and r.case.answerable]
    strict = np.mean([r.labels[ranked(r, model.sentence)[0][0]] == 1 for r in own])
    print(f"squad2-dev paragraphs: the annotated sentence first in {strict:.3f}")


def print_ablation(rows: Sequence[Row], models: Sequence[tuple[str, ReadingModel]]) -> None:
    """One line per feature set: right sentence first where it was found, and AUROC."""
    testing = [r for r in rows if r.held_out and not r.archive.startswith("squad2-dev")]
    paragraphs = [r for r in rows if r.archive == "squad2-dev paragraphs"]
    print("\nfeatures                   held-out: right@1 of found  AUROC near  AUROC off |"
          "  squad2-dev paragraphs: right@1  AUROC")  # fmt: skip
    for name, model in models:
        near, off = _aurocs(testing, model)
        own, _ = _aurocs(paragraphs, model)
        print(f"{name:26} {_right(testing, model):26.3f}  {near:10.3f} {off:10.3f} |"
              f" {_right(paragraphs, model):30.3f}  {own:.3f}")  # fmt: skip


def _right(rows: Sequence[Row], model: ReadingModel) -> float:
    findable = [row for row in rows if row.case.kind == ANSWERABLE and row.findable]
    return float(right_at_1(findable, model.sentence).mean())


def _aurocs(rows: Sequence[Row], model: ReadingModel) -> tuple[float, float]:
    """Answerable against unanswerable questions near the topic, and off it."""
    scores: NDArray[np.float64] = answerability(rows, model)
    kinds = np.array([row.case.kind for row in rows])
    positive = scores[kinds == ANSWERABLE]
    near = scores[(kinds != ANSWERABLE) & (kinds != OFF_TOPIC)]
    return auroc(positive, near), auroc(positive, scores[kinds == OFF_TOPIC])
