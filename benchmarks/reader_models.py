"""The two models fitted to rows, and what they make of rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from benchmarks.reader_fitting import Booleans, Bounds, fit_choice, fit_logistic
from benchmarks.reader_rows import COLUMNS, Row
from benchmarks.reader_sets import ANSWERABLE, IMPOSSIBLE, OFF_TOPIC, REMOVED, SWAPPED
from rag.reading.features import ANSWER_FEATURES, answer_features
from rag.reading.logistic import LogisticModel, ReadingModel
from rag.reading.selection import NEAR_THE_BEST
from rag.reading.span_features import SPAN_ANSWER_FEATURES, pooled, span_answer_features

MAX_SENTENCES = 3
ANSWER_COLUMNS = tuple(dict.fromkeys(ANSWER_FEATURES + SPAN_ANSWER_FEATURES))

KIND_WEIGHTS = {ANSWERABLE: 2.0, REMOVED: 0.3, IMPOSSIBLE: 0.1, SWAPPED: 0.1, OFF_TOPIC: 0.5}
"""The mixture that the service is taken to meet: of three questions two have an answer, and half
of the others are far from anything in the archive."""

AGAINST = (
    "cosine_below_best", "names_missing", "names_missing_context", "names_missing_all",
    "numbers_missing_context", "type_missing", "figure_missing", "unit_missing", "is_question",
    "is_short", "rarest_missing", "rarest_missing_all", "point_missing", "span_below_best",
    "words_asked", "words_mistyped", "words_void", "denial_missing",
    "consent_missing", "consent_refused", "subject_missing", "nearest_elsewhere", "reason_denied",
)  # fmt: skip
"""Features that can only speak against a sentence or an answer."""
EITHER = ("log_length", "position", "log_terms", "span_unread")
SENTENCE_LIMITS = {"figure_missing": (None, -3.0), "statement_by_name": (3.0, None)}
ANSWER_LIMITS = {
    "figure_missing": (None, -4.0),
    "type_missing": (None, -0.7),
    "statement_missing": (None, -2.5),
    "point_missing": (None, -1.5),
}
"""Least effects, set by hand: the public sets have hardly any question about what someone said,
and their questions about figures are often answered by none ("How much is the fee?" "free")."""
SPAN_SENTENCE_LIMITS = {
    "figure_missing": (None, -3.0),
    "statement_by_name": (1.0, 3.0),
    "fused": (0.0, 2.0),
    "words_void": (-2.0, -2.0),
}
"""The rank of a passage says more of the public sets, where each question has one article that it
was written about, than of news, where many are near it: it may count for little."""
SPAN_ANSWER_LIMITS = {
    "figure_missing": (None, -1.0),
    "statement_missing": (-2.5, -1.0),
    "point_missing": (None, -1.5),
    "names_missing_all": (-2.5, 0.0),
    "denial_missing": (None, -1.5),
    "consent_missing": (None, -1.0),
    "nearest_elsewhere": (-0.4, -0.4),
    "consent_refused": (-1.0, -1.0),
    "subject_missing": (-0.7, -0.7),
    "reason_denied": (-0.7, -0.7),
    "words_void": (-3.0, -3.0),
}
"""The same where a trained reader tells most of that; the greatest effects are bounded where few
training questions have them. Those of what a question takes for granted are about its log-odds on
SQuAD 2, of denial and consent two thirds of them; words that cannot be the answer are told by
rule, and count by rule."""


def bounds_of(
    features: Sequence[str], limits: Mapping[str, tuple[float | None, float | None]]
) -> Bounds:
    """Least and greatest weight of each feature: signs are fixed beforehand, so that chance
    cannot turn a lack into a merit."""
    return [
        limits.get(name)
        or ((None, None) if name in EITHER else (None, 0.0) if name in AGAINST else (0.0, None))
        for name in features
    ]


def train_sentence_model(rows: Sequence[Row], features: Sequence[str]) -> LogisticModel:
    """Weights by choice among the sentences of a question, then one scale and bias so that the
    score becomes a probability over all sentences of all questions.

    Without a trained reader the choice is the annotated sentence, and other sentences with the
    answer's words are left out; with one it is every sentence whose marked words answer.
    """
    columns = [COLUMNS.index(name) for name in features]
    groups, right = [], []
    for row in rows:
        kept = row.labels >= 0 if row.worded is None else np.ones(len(row.labels), dtype=bool)
        good = (row.labels == 1 if row.worded is None else row.worded)[kept]
        if good.any():
            groups.append(row.features[kept][:, columns])
            right.append(good)
    limits = SENTENCE_LIMITS if rows[0].worded is None else SPAN_SENTENCE_LIMITS
    weights = fit_choice(groups, right, bounds_of(features, limits))
    model = LogisticModel(
        weights={name: float(w) for name, w in zip(features, weights, strict=True)}
    )
    scores, labels = [], []
    for row in rows:
        for i, score in ranked(row, model):
            if row.labels[i] >= 0:
                scores.append(score)
                labels.append(row.labels[i] == 1)
    slope, bias = fit_logistic(np.array(scores)[:, None], np.array(labels), penalty=0.0)
    return replace(model, scale=float(slope[0]), bias=bias)


def ranked(row: Row, model: LogisticModel) -> list[tuple[int, float]]:
    """Positions of the row's sentences with their scores, best first; the scores pooled where a
    trained reader read."""
    weights = np.array([model.weights.get(name, 0.0) for name in COLUMNS])
    scores = row.features @ weights
    if row.worded is None:
        return [(int(i), float(scores[i])) for i in np.argsort(-scores, kind="stable")]
    position = {id(found): i for i, found in enumerate(row.measures)}
    return [
        (position[id(found)], score)
        for found, score in pooled(row.candidates, row.measures, scores.tolist())
    ]


def answer_row(row: Row, model: LogisticModel) -> list[float]:
    """The row's `ANSWER_COLUMNS`; 0 what its reader does not weigh."""
    measures = [(row.measures[i], score) for i, score in ranked(row, model)]
    features = answer_features if row.worded is None else span_answer_features
    values = features(row.question, row.candidates, row.needs, measures)
    return [values.get(name, 0.0) for name in ANSWER_COLUMNS]


def kind_weights(rows: Sequence[Row]) -> NDArray[np.float64]:
    """Weight of each row, so that each kind of question has its share of the mixture."""
    kinds = [row.case.kind for row in rows]
    share = {kind: KIND_WEIGHTS[kind] / kinds.count(kind) for kind in set(kinds)}
    return np.array([share[kind] for kind in kinds])


def train_answer_model(
    rows: Sequence[Row], sentence: LogisticModel, features: Sequence[str]
) -> LogisticModel:
    """Answered or not, the kinds of unanswerable question weighted as `KIND_WEIGHTS` says.

    Without a trained reader a question counts as answered where the archive answers it and the
    passages that were found hold the answer; with one, where the best words are right.
    """
    columns = [ANSWER_COLUMNS.index(name) for name in features]
    used = [r for r in rows if r.worded is not None or r.findable or not r.case.answerable]
    limits = ANSWER_LIMITS if used[0].worded is None else SPAN_ANSWER_LIMITS
    weights, bias = fit_logistic(
        np.array([answer_row(row, sentence) for row in used])[:, columns],
        answered(used, sentence),
        weights=kind_weights(used),
        bounds=bounds_of(features, limits),
    )
    return LogisticModel(
        weights={name: float(w) for name, w in zip(features, weights, strict=True)}, bias=bias
    )


def answered(rows: Sequence[Row], sentence: LogisticModel) -> Booleans:
    """What the answer model is to tell of each row."""

    def is_answered(row: Row) -> bool:
        if row.worded is None or not row.case.answerable:
            return row.case.answerable
        first = ranked(row, sentence)[0][0]
        return bool(row.labels[first] == 1 or row.worded[first])

    return np.array([is_answered(row) for row in rows], dtype=bool)


def calibrated(model: ReadingModel, rows: Sequence[Row]) -> ReadingModel:
    """The model with scale and bias of its probability fitted to rows that it was not fitted to
    (Platt 1999), in the mixture of `KIND_WEIGHTS`."""
    weights = np.array([model.answer.weights.get(name, 0.0) for name in ANSWER_COLUMNS])
    scores = np.array([answer_row(row, model.sentence) for row in rows]) @ weights
    slope, bias = fit_logistic(
        scores[:, None],
        answered(rows, model.sentence),
        weights=kind_weights(rows),
        penalty=0.0,
    )
    return replace(model, answer=replace(model.answer, scale=float(slope[0]), bias=bias))


def answerability(rows: Sequence[Row], model: ReadingModel) -> NDArray[np.float64]:
    """Probability for each row that it is answered."""
    weights = np.array([model.answer.weights.get(name, 0.0) for name in ANSWER_COLUMNS])
    matrix = np.array([answer_row(row, model.sentence) for row in rows])
    return np.array([model.answer.probability(float(s)) for s in matrix @ weights])


def right_in_quotes(rows: Sequence[Row], model: LogisticModel) -> NDArray[np.bool_]:
    """Whether a sentence that answers is among those that `select` would quote for being nearly
    as good as the best."""
    return np.array([any(row.labels[i] != 0 for i in quoted(row, model)) for row in rows], bool)


def quoted(row: Row, model: LogisticModel) -> list[int]:
    """Positions of the sentences to quote, repetitions left out."""
    order = ranked(row, model)
    least = NEAR_THE_BEST * model.probability(order[0][1])
    chosen: dict[str, int] = {}
    for i, score in order:
        candidate, position = row.measures[i].candidate, row.measures[i].position
        if model.probability(score) >= least and len(chosen) < MAX_SENTENCES:
            chosen.setdefault(row.candidates[candidate].sentences[position].text, i)
    return list(chosen.values())


def right_at_1(rows: Sequence[Row], model: LogisticModel) -> NDArray[np.bool_]:
    """Whether the best sentence of each row answers; sentences with the answer's words count."""
    return np.array([row.labels[ranked(row, model)[0][0]] != 0 for row in rows], dtype=bool)
