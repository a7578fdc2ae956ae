"""Sentences that were chosen beside the best one and have nothing to do with the question. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from rag.reading.base import SentenceReading
from rag.reading.question import Question
from rag.reading.selection import text_of
from rag.reading.terms import terms_of
from rag.records import Candidate


def without_strangers(
    chosen: Sequence[SentenceReading],
    best: SentenceReading,
    candidates: Sequence[Candidate],
    question: Question,
) -> list[SentenceReading]:
    """The chosen sentences in their order, without those that hold none of the question's words
    where the best one holds some; its own neighbours go on with it, and stay."""
    asked = {term.key for term in question.terms}

    def speaks_of_it(sentence: SentenceReading) -> bool:
        said = terms_of(text_of(sentence.span, candidates[sentence.candidate]))
        return not asked.isdisjoint(term.key for term in said)

    if not speaks_of_it(best):
        return list(chosen)
    return [s for s in chosen if speaks_of_it(s) or _is_beside(s, best, candidates)]


def _is_beside(
    sentence: SentenceReading, best: SentenceReading, candidates: Sequence[Candidate]
) -> bool:
    """Whether it stands right before or after the best sentence, or is that."""
    spans = candidates[best.candidate].passage.sentences
    if sentence.candidate != best.candidate or sentence.span not in spans:
        return False
    return abs(spans.index(sentence.span) - spans.index(best.span)) <= 1
