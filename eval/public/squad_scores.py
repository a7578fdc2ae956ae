"""SQuAD scores as the official evaluation script of SQuAD 2.0 names and defines them.

The script (`evaluate-v2.0.py`; Rajpurkar, Jia and Liang, "Know What You Don't Know: Unanswerable
Questions for SQuAD", ACL 2018) takes out ASCII punctuation only, unlike `eval.normalise`, which
knows that of articles. Percentages in [0, 100]. On SQuAD 1.1 the script of 1.1 gives the same
`exact` and `f1`.

In one thing this module goes on where the script of 2.0 stops with an error: an answer that is
missing among the predictions scores 0, at every threshold, as in the script of 1.1.
"""

from __future__ import annotations

import math
import re
import string
from collections.abc import Mapping, Sequence
from functools import lru_cache

from eval.metrics.abstention import auroc
from eval.normalise import bag_f1
from eval.public.squad import SquadQuestion
from eval.statistics.estimates import Estimate, auroc_of, mean_of

NA_THRESHOLD = 1.0
"""No-answer probability above which an answer is taken for none, as in the script."""
_ARTICLES = re.compile(r"\b(a|an|the)\b")
_WITHOUT_PUNCTUATION = str.maketrans("", "", string.punctuation)

Scores = dict[str, float | None]
Intervals = dict[str, list[float] | None]


@lru_cache(maxsize=4096)
def normalise_official(text: str) -> str:
    """Return `text` in lower case without ASCII punctuation and articles, single-spaced."""
    return " ".join(_ARTICLES.sub(" ", text.lower().translate(_WITHOUT_PUNCTUATION)).split())


def question_scores(question: SquadQuestion, prediction: str) -> tuple[float, float]:
    """Return exact match and token F1, each with the best gold answer.

    Where no gold answer has a word, none is the only right one.
    """
    wanted = [normalise_official(answer) for answer in question.answers]
    wanted = [answer for answer in wanted if answer] or [""]
    predicted = normalise_official(prediction)
    exact = float(predicted in wanted)
    return exact, max(bag_f1(predicted.split(), answer.split()) for answer in wanted)


def squad_scores(
    questions: Sequence[SquadQuestion],
    predictions: Mapping[str, str],
    na_probs: Mapping[str, float] | None = None,
    *,
    na_threshold: float = NA_THRESHOLD,
) -> Scores:
    """Return the official figures; `total`s are numbers of questions, a figure without questions
    is None.

    `best_exact` and `best_f1` are the best that a threshold on `na_probs` could reach, each with
    that threshold (`…_thresh`); `answerability_auroc`, which is ours, is the chance that an
    unanswerable question has a greater probability of no answer than an answerable one. They are
    None without `na_probs`; with it, every prediction needs its probability.
    """
    raw = _raw_scores(questions, predictions)
    final = {q.id: _thresholded(q, raw.get(q.id), na_probs, na_threshold) for q in questions}
    figures = _means("", questions, final)
    figures |= _means("HasAns_", [q for q in questions if q.answerable], final)
    figures |= _means("NoAns_", [q for q in questions if not q.answerable], final)
    for place, name in enumerate(("exact", "f1")):
        scores = {key: values[place] for key, values in raw.items()}
        best = (None, None) if na_probs is None else _best(questions, predictions, scores, na_probs)
        figures[f"best_{name}"], figures[f"best_{name}_thresh"] = best
    figures["answerability_auroc"] = auroc(*_answerability(questions, na_probs))
    return figures


def squad_intervals(
    questions: Sequence[SquadQuestion],
    predictions: Mapping[str, str],
    na_probs: Mapping[str, float] | None = None,
    *,
    na_threshold: float = NA_THRESHOLD,
) -> Intervals:
    """Return the 95 % intervals of the figures of `squad_scores`, over all questions.

    Numbers of questions have none, and neither have the `best_` scores and their thresholds: what
    is chosen on a sample is the best on this sample only, and resampling does not make up for it.
    """
    raw = _raw_scores(questions, predictions)
    final = {q.id: _thresholded(q, raw.get(q.id), na_probs, na_threshold) for q in questions}
    estimates: dict[str, Estimate] = {}
    for prefix, kinds in (("", (True, False)), ("HasAns_", (True,)), ("NoAns_", (False,))):
        for place, name in enumerate(("exact", "f1")):
            estimates[f"{prefix}{name}"] = mean_of(
                (final[q.id][place] if q.answerable in kinds else None for q in questions),
                scale=100.0,
            )
    estimates["answerability_auroc"] = auroc_of(*_answerability(questions, na_probs))
    return {name: estimate.interval for name, estimate in estimates.items()}


def _answerability(
    questions: Sequence[SquadQuestion], na_probs: Mapping[str, float] | None
) -> tuple[list[bool], list[float]]:
    """Return of each question with a no-answer probability whether it has no answer, and that."""
    known = na_probs or {}
    judged = [q for q in questions if q.id in known]
    return [not q.answerable for q in judged], [known[q.id] for q in judged]


def _raw_scores(
    questions: Sequence[SquadQuestion], predictions: Mapping[str, str]
) -> dict[str, tuple[float, float]]:
    return {q.id: question_scores(q, predictions[q.id]) for q in questions if q.id in predictions}


def _thresholded(
    question: SquadQuestion,
    scores: tuple[float, float] | None,
    na_probs: Mapping[str, float] | None,
    threshold: float,
) -> tuple[float, float]:
    """Return the scores of the answer, or of none where that is more probable than allowed."""
    if scores is None:
        return (0.0, 0.0)
    if na_probs is not None and na_probs[question.id] > threshold:
        return (float(not question.answerable),) * 2
    return scores


def _means(
    prefix: str, questions: Sequence[SquadQuestion], scores: Mapping[str, tuple[float, float]]
) -> Scores:
    total = len(questions)
    return {
        f"{prefix}{name}": (
            100.0 * math.fsum(scores[q.id][place] for q in questions) / total if total else None
        )
        for place, name in enumerate(("exact", "f1"))
    } | {f"{prefix}total": total}


def _best(
    questions: Sequence[SquadQuestion],
    predictions: Mapping[str, str],
    scores: Mapping[str, float],
    na_probs: Mapping[str, float],
) -> tuple[float, float]:
    """Return the best score and its threshold, by the script's own walk: from answering nothing,
    questions are answered one by one, the surest first, ties as the probabilities stand in
    their file; sums are left to right, so that equal sums stay equal."""
    answerable = {q.id: q.answerable for q in questions}
    score: float = sum(not has_answer for key, has_answer in answerable.items() if key in scores)
    best, threshold = score, 0.0
    for key in sorted(na_probs, key=lambda name: na_probs[name]):
        if key not in scores:
            continue
        score += scores[key] if answerable[key] else -float(bool(predictions[key]))
        if score > best:
            best, threshold = score, na_probs[key]
    return 100.0 * best / len(questions), threshold
