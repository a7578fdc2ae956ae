"""Questions of the reader sets, read as the service reads them: features and labels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from benchmarks.reader_retrieval import Matrix, SearchableArchive
from benchmarks.reader_sets import REMOVED, Case, held_out, held_out_twice
from rag.reading.features import (
    SENTENCE_FEATURES,
    SPAN_SENTENCE_FEATURES,
    CandidateView,
    Needs,
    Vector,
    measure,
    needs_of,
    with_names,
    with_span_scores,
)
from rag.reading.logistic import reading_model
from rag.reading.question import Question, analyse
from rag.reading.spans import SpanScorer, read_spans

COLUMNS = SENTENCE_FEATURES + SPAN_SENTENCE_FEATURES
"""Without a trained reader, its features say that nothing was read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A question that was read: its sentences with features and labels."""

    archive: str
    case: Case
    held_out: bool
    question: Question
    needs: Needs
    candidates: Sequence[CandidateView]
    places: Sequence[tuple[int, int]]
    features: Matrix
    """float32, (sentences, `COLUMNS`)."""
    labels: NDArray[np.int8]
    """1 answers, 0 does not, -1 holds the answer's words elsewhere: left out of training."""

    @property
    def findable(self) -> bool:
        """Whether a sentence that answers is among those that were read."""
        return bool((self.labels == 1).any())


def read_case(
    searchable: SearchableArchive,
    case: Case,
    query: Vector,
    numbers: Sequence[int],
    views: Sequence[CandidateView],
    spans: SpanScorer | None = None,
) -> Row | None:
    """One case as the reader sees it; None where it cannot be judged (the answer was taken away,
    but its words stand in another passage that was found)."""
    archive = searchable.archive
    question = with_names(analyse(case.question), views)
    needs = needs_of(question, views, searchable)
    measures = measure(question, query, views, needs)
    seen = {}
    if spans is not None:
        screen = reading_model().sentence
        screened = [(found, screen.score(found.values)) for found in measures]
        passages = [archive.passages[number] for number in numbers]
        seen = read_spans(case.question, passages, screened, spans)
    measures = with_span_scores(measures, seen)
    labels = np.zeros(len(measures), dtype=np.int8)
    for i, found in enumerate(measures):
        number = numbers[found.candidate]
        sentence = views[found.candidate].sentences[found.position]
        same_article = archive.article_of[number] == case.article
        if same_article and any(
            g.start < sentence.span.end and sentence.span.start < g.end for g in case.gold
        ):
            labels[i] = 1
        elif any(answer.lower() in sentence.text.lower() for answer in case.answers if answer):
            labels[i] = -1
    if case.kind == REMOVED and (labels == -1).any():
        return None
    return Row(
        archive=archive.name,
        case=case,
        held_out=(held_out if spans is None else held_out_twice)(case.group),
        question=question,
        needs=needs,
        candidates=views,
        places=[(m.candidate, m.position) for m in measures],
        features=np.array(
            [[m.values[name] for name in COLUMNS] for m in measures], dtype=np.float32
        ),
        labels=labels,
    )
