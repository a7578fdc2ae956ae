"""Whether the system abstains when it should, only then, and whether its confidence tells.

Positive means: abstains. The figures over confidence that ask "was the answer right?" look at the
questions that were answered, since an answer that was withheld was never seen.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from eval.metrics import resampling
from eval.metrics.base import Draws, Metric, Points, Ratio, Statistic, Weights
from eval.records import QuestionResult

CALIBRATION_BINS = 10


def abstention_metrics() -> tuple[Metric, ...]:
    """Return precision, recall and F1 of abstaining, and what confidence is worth.

    A question that could not be asked is not abstained on, and has no confidence.
    """
    group = "abstention"
    return (
        Ratio(group=group, name="precision", terms=_precision),
        Ratio(group=group, name="recall", terms=_recall),
        Statistic(
            group=group,
            name="f1",
            terms=_decisions,
            compute=_f1,
            compute_many=resampling.f1s,
            width=2,
        ),
        Statistic(
            group=group,
            name="auroc",
            terms=_answerability,
            compute=weighted_auroc,
            compute_many=resampling.aurocs,
            width=2,
        ),
        Statistic(
            group=group,
            name="aurc",
            terms=_rightness,
            compute=aurc,
            compute_many=resampling.aurcs,
            width=2,
            better="lower",
        ),
        Statistic(
            group=group,
            name="calibration_error",
            terms=_rightness,
            compute=calibration_error,
            compute_many=calibration_errors,
            width=2,
            better="lower",
        ),
    )


def _precision(row: QuestionResult) -> tuple[float, float] | None:
    return (float(not row.answerable), 1.0) if row.abstained else None


def _recall(row: QuestionResult) -> tuple[float, float] | None:
    return None if row.answerable else (float(row.abstained), 1.0)


def _decisions(row: QuestionResult) -> tuple[float, float]:
    return float(not row.answerable), float(row.abstained)


def _answerability(row: QuestionResult) -> tuple[float, float] | None:
    # orders as 1 - confidence does, without its rounding
    return None if row.confidence is None else (float(not row.answerable), -row.confidence)


def _rightness(row: QuestionResult) -> tuple[float, float] | None:
    if row.confidence is None or not row.answered:
        return None
    return float(row.correct), row.confidence


def _f1(points: Points, weights: Weights) -> float | None:
    """Return 2 TP / (unanswerable + abstained); None without unanswerable questions."""
    unanswerable, abstained = points[:, 0], points[:, 1]
    wanted = float(unanswerable @ weights)
    hits = float((unanswerable * abstained) @ weights)
    return 2 * hits / (wanted + float(abstained @ weights)) if wanted else None


def auroc(labels: Sequence[bool], scores: Sequence[float]) -> float | None:
    """Return the area under the ROC curve; None where either class is missing."""
    points = np.array([labels, scores], dtype=np.float64).reshape(2, -1).T
    return weighted_auroc(points, np.ones(len(points)))


def weighted_auroc(points: Points, weights: Weights) -> float | None:
    """Return the area under the ROC curve of (label, score); None where either class is missing.

    The share of pairs of a positive and a negative in which the positive scores higher, a tie
    counting half: the Mann-Whitney U over p n (Hanley and McNeil, "The Meaning and Use of the Area
    under a ROC Curve", Radiology 143, 1982). Weighted counts are whole, so nothing is rounded
    before the last division.
    """
    labels, scores = points[:, 0], points[:, 1]
    _, group = np.unique(scores, return_inverse=True)
    positives = np.bincount(group, weights=labels * weights)
    negatives = np.bincount(group, weights=(1 - labels) * weights)
    pairs = float(positives.sum() * negatives.sum())
    below = np.cumsum(negatives) - negatives
    return float(positives @ (below + negatives / 2)) / pairs if pairs else None


def risk_coverage(points: Points, weights: Weights) -> tuple[NDArray[np.float64], ...]:
    """Return, for k = 1 … n, the share of answers kept, k / n, and their risk: the share wrong.

    Answers are kept from the most confident down (El-Yaniv and Wiener, "On the Foundations of
    Noise-free Selective Classification", JMLR 11, 2010). Among equal confidences the wrong ones
    are spread evenly, which is their mean over all orders. Points are (right, confidence).
    """
    right, confidence = points[:, 0], points[:, 1]
    levels, group = np.unique(-confidence, return_inverse=True)
    counts = np.bincount(group, weights=weights, minlength=len(levels))
    wrong = np.bincount(group, weights=(1 - right) * weights, minlength=len(levels))
    each = np.repeat(wrong / counts, counts.astype(np.int64))
    kept = np.arange(1, len(each) + 1, dtype=np.float64)
    return kept / len(each), np.cumsum(each) / kept


def aurc(points: Points, weights: Weights) -> float | None:
    """Return the area under the risk-coverage curve: the mean risk over its n points.

    Geifman, Uziel and El-Yaniv, "Bias-Reduced Uncertainty Estimation for Deep Neural Classifiers",
    ICLR 2019. In [0, 1]; 0 where all answers are right.
    """
    _, risks = risk_coverage(points, weights)
    return math.fsum(risks) / len(risks)


def calibration_bins(points: Points, weights: Weights) -> tuple[NDArray[np.float64], ...]:
    """Return count, mean confidence and share right of each of ten equal bins over [0, 1].

    Means of an empty bin are NaN. A bin holds its upper edge; the first holds 0 too.
    """
    right, confidence = points[:, 0], points[:, 1]
    place = _bins_of(confidence)
    counts = np.bincount(place, weights=weights, minlength=CALIBRATION_BINS).astype(np.float64)
    with np.errstate(invalid="ignore", divide="ignore"):
        said = np.bincount(place, weights=confidence * weights, minlength=CALIBRATION_BINS) / counts
        were = np.bincount(place, weights=right * weights, minlength=CALIBRATION_BINS) / counts
    return counts, said, were


def calibration_error(points: Points, weights: Weights) -> float | None:
    """Return the expected calibration error: Σ n_b / n · |mean confidence - share right|.

    Guo et al., "On Calibration of Modern Neural Networks", ICML 2017.
    """
    counts, said, were = calibration_bins(points, weights)
    gaps = counts * np.abs(said - were)
    return math.fsum(gaps[counts > 0]) / math.fsum(counts)


def calibration_errors(points: Points, draws: Draws) -> NDArray[np.float64]:
    """Return `calibration_error` for each row of weights."""
    return resampling.calibration_errors(points, draws, places=_bins_of(points[:, 1]))


def _bins_of(confidence: NDArray[np.float64]) -> NDArray[np.int64]:
    place = np.ceil(confidence * CALIBRATION_BINS).astype(np.int64) - 1
    return np.clip(place, 0, CALIBRATION_BINS - 1)
