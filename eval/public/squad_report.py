"""What predictions say about a SQuAD file, and what the figures rest on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from eval.public.squad import SquadSet
from eval.public.squad_reading import ParagraphReading, right_sentence
from eval.public.squad_scores import NA_THRESHOLD, squad_intervals, squad_scores
from index.errors import InputError


def document_of_readings(
    squad: SquadSet, readings: Mapping[str, ParagraphReading], *, reader: str, threshold: float
) -> dict[str, Any]:
    """Return the report on a reader of ours, as it is printed by `--json`."""
    predictions = {key: reading.prediction for key, reading in readings.items()}
    na_probs = {key: reading.na_prob for key, reading in readings.items()}
    metrics = squad_scores(squad.questions, predictions, na_probs)
    intervals = squad_intervals(squad.questions, predictions, na_probs)
    sentence = right_sentence(squad.questions, readings)
    return {
        "file": squad.name,
        "predictions": reader,
        "na_prob_thresh": 1.0 - threshold,
        "questions": len(squad.questions),
        "missing": 0,
        "metrics": metrics | {"right_sentence": sentence.value},
        "intervals": intervals | {"right_sentence": sentence.interval},
        "warnings": list(_misplaced(squad)),
    }


def document_of_predictions(
    squad: SquadSet,
    predictions: Mapping[str, str],
    na_probs: Mapping[str, float] | None,
    *,
    name: str,
    na_threshold: float = NA_THRESHOLD,
) -> dict[str, Any]:
    """Return the report on somebody's predictions, as it is printed by `--json`.

    Raises: InputError where they are for none of the questions, or lack a no-answer probability.
    """
    questions = squad.questions
    missing = [question.id for question in questions if question.id not in predictions]
    if len(missing) == len(questions):
        raise InputError(
            f"{name} predicts none of the questions of {squad.name}",
            hint="take both of one and the same set",
        )
    if na_probs is not None:
        _check_na_probs(squad, predictions, na_probs)
    metrics = squad_scores(questions, predictions, na_probs, na_threshold=na_threshold)
    intervals = squad_intervals(questions, predictions, na_probs, na_threshold=na_threshold)
    return {
        "file": squad.name,
        "predictions": name,
        "na_prob_thresh": None if na_probs is None else na_threshold,
        "questions": len(questions),
        "missing": len(missing),
        "metrics": metrics | {"right_sentence": None},
        "intervals": intervals | {"right_sentence": None},
        "warnings": [*_missing(missing), *_misplaced(squad)],
    }


def _check_na_probs(
    squad: SquadSet, predictions: Mapping[str, str], na_probs: Mapping[str, float]
) -> None:
    lacking = [q.id for q in squad.questions if q.id in predictions and q.id not in na_probs]
    if lacking:
        raise InputError(
            f"{len(lacking)} predictions have no no-answer probability (the first: {lacking[0]!r})",
            hint="give one for each, or leave --na-probs out",
        )


def _missing(ids: Sequence[str]) -> Iterator[str]:
    if ids:
        yield f"questions without a prediction, which score 0: {len(ids)} (the first: {ids[0]})"


def _misplaced(squad: SquadSet) -> Iterator[str]:
    if squad.misplaced:
        yield f"gold answers that do not stand where the file says: {squad.misplaced}"
