"""From the passages that were found for a question to its answer in the sources' own words."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from rag.agreement.positions import Grouped
from rag.agreement.telling import agreement_of, disagreements_of, spoken
from rag.agreement.weighing import compared, confidence, lead, quoted, weigh
from rag.presentation.presenting import (
    Presented,
    backgrounds_of,
    glossed,
    present,
    sentences_to_show,
)
from rag.presentation.strangers import without_strangers
from rag.quoting import Quoter
from rag.reading.base import Reader, Reading
from rag.reading.question import Question, analyse
from rag.reading.selection import select
from rag.records import (
    Agreement,
    Answer,
    AnswerSentence,
    Candidate,
    Outcome,
    Query,
    RetrievedPassage,
)
from rag.reranking import rerank

NOT_FOUND = "The archive does not say."


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerShape:
    """When and how a question is answered."""

    threshold: float
    """Least answerability that counts as an answer."""
    read_passages: int
    reading_weight: float
    """Weight of the best sentence's log-odds beside a passage's fused score."""
    max_sentences: int
    max_question_chars: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """What one question, or one part of one, came to."""

    candidates: Sequence[Candidate]
    """As they were found, best first."""
    reading: Reading
    answer: Answer


class Answerer:
    """Reads passages, and quotes what answers or says that nothing does."""

    def __init__(self, *, reader: Reader, quoter: Quoter, shape: AnswerShape) -> None:
        self._reader = reader
        self._quoter = quoter
        self._shape = shape

    @property
    def reader_name(self) -> str:
        """What the reader is called in settings and reports."""
        return self._reader.name

    def answer(self, query: Query, candidates: Sequence[Candidate]) -> Read:
        """The answer to a question that stands alone; its timings are left to the caller."""
        read = candidates[: self._shape.read_passages]
        reading = self._reader.read(query.question, read)
        ranked = rerank(candidates, reading, self._shape.reading_weight)
        retrieved = [listed(candidate) for candidate in ranked[: query.top_k]]
        answer = None
        if reading.answerability >= self._shape.threshold:
            answer = self._quoted(query, reading, read, retrieved)
            if answer is None:  # what was read is no longer held
                reading = Reading(sentences=reading.sentences, answerability=0.0)
        return Read(
            candidates=candidates,
            reading=reading,
            answer=answer or _withheld(query, reading, retrieved),
        )

    def _quoted(
        self,
        query: Query,
        reading: Reading,
        read: Sequence[Candidate],
        retrieved: Sequence[RetrievedPassage],
    ) -> Answer | None:
        """The answer; None where nothing can be quoted letter for letter."""
        asked = analyse(query.question)
        weighed = weigh(reading, read, asked)
        presented = self._presented(asked, reading, weighed, read)
        citations = presented.citations
        if not citations:
            return None
        disagreements = disagreements_of(weighed, citations)
        return Answer(
            id=_new_id(),
            question=query.question,
            standalone_question=query.question,
            outcome=Outcome.ANSWERED,
            answer=spoken(disagreements, citations, glossed),
            short_answer=presented.short_answer,
            confidence=round(confidence(reading.answerability, weighed), 6),
            sentences=[AnswerSentence(text=c.quote, citations=(c.n,)) for c in citations],
            citations=citations,
            agreement=agreement_of(weighed, citations),
            disagreements=disagreements,
            retrieved=retrieved,
            mode="extractive",
            timings_ms={},
        )

    def _presented(
        self, asked: Question, reading: Reading, weighed: Grouped, read: Sequence[Candidate]
    ) -> Presented:
        """The sentences that answer, with those that they need, quoted and put into words."""
        most = self._shape.max_sentences
        chosen = select(reading, read, asked, max_sentences=most)
        if chosen:
            chosen = without_strangers(chosen, reading.sentences[0], read, asked)
        chosen = quoted(chosen, weighed)
        articles = self._quoter.texts([read[sentence.candidate] for sentence in chosen])
        backgrounds = backgrounds_of(articles)
        shown = sentences_to_show(asked, chosen, reading, read, backgrounds, most=most)
        citations = self._quoter.cite(shown, read)
        best = lead(reading.sentences, weighed)
        return present(asked, shown, citations, backgrounds, best=best, compared=compared(weighed))


def _withheld(query: Query, reading: Reading, retrieved: Sequence[RetrievedPassage]) -> Answer:
    return Answer(
        id=_new_id(),
        question=query.question,
        standalone_question=query.question,
        outcome=Outcome.NOT_FOUND,
        answer=NOT_FOUND,
        short_answer=None,
        confidence=round(reading.answerability, 6),
        sentences=(),
        citations=(),
        agreement=Agreement(independent_publishers=0),
        disagreements=(),
        retrieved=retrieved,
        mode="extractive",
        timings_ms={},
    )


def _new_id() -> str:
    return f"ans_{uuid.uuid4().hex}"


def listed(candidate: Candidate) -> RetrievedPassage:
    """The candidate as answers and searches list it."""
    passage = candidate.passage
    return RetrievedPassage(
        passage_id=passage.passage_id,
        article_id=passage.article_id,
        title=candidate.title,
        publisher=candidate.publisher,
        url=candidate.url,
        published_at=candidate.published_at,
        text=passage.text,
        start=passage.start,
        end=passage.end,
        score=round(candidate.score, 6),
        dense=candidate.dense,
        lexical=candidate.lexical,
        reading=None if candidate.reading is None else round(candidate.reading, 6),
        also_carried_by=candidate.also_carried_by,
    )
