"""Questions of the reader sets, read as the service reads them: features and labels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from benchmarks.reader_fitting import Booleans
from benchmarks.reader_retrieval import Matrix, SearchableArchive
from benchmarks.reader_sets import REMOVED, Case, held_out, held_out_twice
from eval.normalise import token_f1
from rag.reading.features import (
    SENTENCE_FEATURES,
    CandidateView,
    Needs,
    SentenceMeasure,
    Vector,
    measure,
    needs_of,
    with_names,
)
from rag.reading.logistic import reading_model
from rag.reading.question import Question, analyse
from rag.reading.span_features import SPAN_SENTENCE_FEATURES, with_span_scores
from rag.reading.spans import SpanScorer, read_spans

COLUMNS = SENTENCE_FEATURES + SPAN_SENTENCE_FEATURES
"""The last ones are 0 without a trained reader."""
SAME_WORDS = 0.6
"""Token F1 from which marked words are the annotated ones."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A question that was read: its sentences with features and labels."""

    archive: str
    case: Case
    held_out: bool
    question: Question
    needs: Needs
    candidates: Sequence[CandidateView]
    measures: Sequence[SentenceMeasure]
    features: Matrix
    """float32, (sentences, `COLUMNS`)."""
    labels: NDArray[np.int8]
    """1 answers, 0 does not, -1 holds the answer's words elsewhere."""
    worded: Booleans | None
    """Whether the words that a trained reader marks in the sentence answer; None without one."""

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
    if spans is not None:
        screen = reading_model().sentence
        screened = [(found, screen.score(found.values)) for found in measures]
        passages = [archive.passages[number] for number in numbers]
        seen = read_spans(question.text, passages, screened, spans)
        measures = with_span_scores(question, views, measures, seen)
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
        measures=measures,
        features=np.array(
            [[m.values.get(name, 0.0) for name in COLUMNS] for m in measures], dtype=np.float32
        ),
        labels=labels,
        worded=None if spans is None else _worded(case, views, measures, labels),
    )


def _worded(
    case: Case,
    views: Sequence[CandidateView],
    measures: Sequence[SentenceMeasure],
    labels: NDArray[np.int8],
) -> Booleans:
    """Whether the marked words answer: token F1 with an annotated answer, or, where the set
    annotates whole sentences, whether the sentence is one of them."""
    if not case.answers:
        return np.equal(labels, 1)
    if not case.answerable:
        return np.zeros(len(labels), dtype=bool)
    right = []
    for found in measures:
        sentence = views[found.candidate].sentences[found.position]
        shift = sentence.span.start
        words = (
            ""
            if found.words is None
            else sentence.text[found.words.start - shift : found.words.end - shift]
        )
        right.append(max(token_f1(words, answer) for answer in case.answers) >= SAME_WORDS)
    return np.array(right, dtype=bool)
