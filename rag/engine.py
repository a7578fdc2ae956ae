"""The answer engine: question in, cited answer out."""

from __future__ import annotations

import time
import unicodedata
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from index.errors import QuestionInvalid
from rag.conversation.standalone import standalone
from rag.quoting import Quoter
from rag.reading.base import Reader, Reading
from rag.reading.question import analyse
from rag.reading.selection import select
from rag.records import (
    Agreement,
    Answer,
    AnswerSentence,
    Candidate,
    Citation,
    Outcome,
    Query,
    RetrievedPassage,
)
from rag.reranking import rerank
from rag.retrieval import publishers_behind

NOT_FOUND = "The archive does not say."
_REMEMBERED_TURNS = 20
"""Turns of a conversation that a follow-up can lean on: ten questions and their answers."""


class Retriever(Protocol):
    """Finds candidates for a question."""

    def retrieve(self, query: Query, *, limit: int) -> list[Candidate]:
        """At most `limit` passages, best first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerShape:
    """When and how the engine answers."""

    threshold: float
    """Least answerability that counts as an answer."""
    read_passages: int
    reading_weight: float
    """Weight of the best sentence's log-odds beside a passage's fused score."""
    max_sentences: int
    max_question_chars: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _Evidence:
    """What reading came to."""

    reading: Reading
    answerability: float
    citations: Sequence[Citation]
    candidates: Sequence[Candidate]
    short_answer: str | None


class AnswerEngine:
    """Answers in the sources' own words, or says that the archive does not say."""

    def __init__(
        self, *, retriever: Retriever, reader: Reader, quoter: Quoter, shape: AnswerShape
    ) -> None:
        self._retriever = retriever
        self._reader = reader
        self._quoter = quoter
        self._shape = shape

    def search(self, query: Query) -> list[RetrievedPassage]:
        """The nearest passages, best first.

        Raises:
            QuestionInvalid: the question is empty or too long.
        """
        asked = self._alone(self._checked(query))
        return [_listed(c) for c in self._retriever.retrieve(asked, limit=query.top_k)]

    def ask(self, query: Query) -> Answer:
        """An answer of checked quotes, or `not_found` with the nearest passages.

        A question that leans on the query's history is found and read as it would be asked
        without it; the answer states both.

        Raises:
            QuestionInvalid: the question is empty or too long.
        """
        query = self._checked(query)
        clock = time.perf_counter()
        asked = self._alone(query)
        limit = max(query.top_k, self._shape.read_passages)
        candidates = self._retriever.retrieve(asked, limit=limit)
        retrieved = time.perf_counter()
        evidence = self._read(asked.question, candidates)
        done = time.perf_counter()
        timings = {
            "retrieve": round((retrieved - clock) * 1000, 3),
            "read": round((done - retrieved) * 1000, 3),
            "total": round((done - clock) * 1000, 3),
        }
        ranked = rerank(candidates, evidence.reading, self._shape.reading_weight)
        answer = _answer(query, evidence, ranked[: query.top_k], timings)
        return replace(answer, standalone_question=asked.question)

    def _checked(self, query: Query) -> Query:
        question = _cleaned(query.question)
        if any("\ud800" <= character <= "\udfff" for character in question):
            raise QuestionInvalid("the question is not valid text", hint="give it in UTF-8")
        if not question:
            raise QuestionInvalid("the question is empty", hint="ask something")
        if len(question) > self._shape.max_question_chars:
            raise QuestionInvalid(
                f"the question has {len(question)} characters",
                hint=f"ask it in at most {self._shape.max_question_chars}",
            )
        return replace(query, question=question)

    def _alone(self, query: Query) -> Query:
        """The query with a question that needs no history; unchanged where that would be too long.
        What a conversation holds is not checked before, so that what is no text goes out here."""
        if not query.history:
            return query
        made = standalone(query.question, query.history[-_REMEMBERED_TURNS:])
        question = _cleaned(made.question.encode("utf-8", "ignore").decode())
        if not made.changed or not 0 < len(question) <= self._shape.max_question_chars:
            return query
        return replace(query, question=question)

    def _read(self, question: str, candidates: Sequence[Candidate]) -> _Evidence:
        read = candidates[: self._shape.read_passages]
        reading = self._reader.read(question, read)
        answerability = round(reading.answerability, 6)
        nothing = _Evidence(
            reading=reading,
            answerability=answerability,
            citations=(),
            candidates=(),
            short_answer=None,
        )
        if answerability < self._shape.threshold:
            return nothing
        chosen = select(reading, read, analyse(question), max_sentences=self._shape.max_sentences)
        citations = self._quoter.cite(chosen, read)
        if not citations:
            return replace(nothing, answerability=0.0)
        cited = {citation.passage_id for citation in citations}
        return _Evidence(
            reading=reading,
            answerability=answerability,
            citations=citations,
            candidates=[c for c in read if c.passage.passage_id in cited],
            short_answer=_short_answer(reading, read, citations),
        )


def _cleaned(text: str) -> str:
    """The text in one line, without control characters."""
    return " ".join("".join(map(_visible, text)).split())


def _visible(character: str) -> str:
    """The character, or a space for a control character."""
    return " " if unicodedata.category(character) == "Cc" else character


def _short_answer(
    reading: Reading, candidates: Sequence[Candidate], citations: Sequence[Citation]
) -> str | None:
    """The answering words of the best sentence, where that sentence is quoted."""
    best = reading.sentences[0]
    passage = candidates[best.candidate].passage
    quoted = {(c.passage_id, c.start, c.end) for c in citations}
    if best.answer is None or (passage.passage_id, *best.span) not in quoted:
        return None
    return passage.text[best.answer.start - passage.start : best.answer.end - passage.start]


def _answer(
    query: Query,
    evidence: _Evidence,
    retrieved: Sequence[Candidate],
    timings: dict[str, float],
) -> Answer:
    sentences = [
        AnswerSentence(text=citation.quote, citations=(citation.n,))
        for citation in evidence.citations
    ]
    spoken = " ".join(f"{c.quote} [{c.n}]" for c in evidence.citations)
    return Answer(
        id=f"ans_{uuid.uuid4().hex}",
        question=query.question,
        standalone_question=query.question,
        outcome=Outcome.ANSWERED if sentences else Outcome.NOT_FOUND,
        answer=spoken or NOT_FOUND,
        short_answer=evidence.short_answer,
        confidence=evidence.answerability,
        sentences=sentences,
        citations=evidence.citations,
        agreement=Agreement(independent_publishers=publishers_behind(evidence.candidates)),
        disagreements=(),
        retrieved=[_listed(candidate) for candidate in retrieved],
        mode="extractive",
        timings_ms=timings,
    )


def _listed(candidate: Candidate) -> RetrievedPassage:
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
