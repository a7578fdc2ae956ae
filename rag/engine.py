"""The answer engine: question in, cited answer out."""

from __future__ import annotations

import time
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Protocol

from index.errors import QuestionInvalid
from rag.answering import Answerer, AnswerShape, Read, listed
from rag.conversation.standalone import Rewrite, standalone
from rag.decomposition.joining import joined
from rag.decomposition.parts import parts_of
from rag.events import AnswerEvent, AnswerGiven, Cancelled, PassagesFound, never
from rag.explaining import Considered, explain
from rag.quoting import Quoter
from rag.reading.base import Reader
from rag.records import Answer, Candidate, Query, RetrievedPassage, Turn

Rewriting = Callable[[str, Sequence[Turn]], Rewrite]
_REMEMBERED_TURNS = 20
"""Turns of a conversation that a follow-up can lean on: ten questions and their answers."""


class Retriever(Protocol):
    """Finds candidates for a question."""

    def retrieve(self, query: Query, *, limit: int) -> list[Candidate]:
        """At most `limit` passages, best first."""


class AnswerEngine:
    """Answers in the sources' own words, or says that the archive does not say."""

    def __init__(
        self,
        *,
        retriever: Retriever,
        reader: Reader,
        quoter: Quoter,
        shape: AnswerShape,
        rewrite: Rewriting = standalone,
        respell: Callable[[str], str] = str,
        models: Callable[[], Mapping[str, str]] = dict,
    ) -> None:
        """`rewrite` makes a follow-up stand alone, `respell` puts mistyped words right; `models`
        names the models, for explanations."""
        self._retriever = retriever
        self._answerer = Answerer(reader=reader, quoter=quoter, shape=shape)
        self._shape = shape
        self._rewrite = rewrite
        self._respell = respell
        self._models = models

    def search(self, query: Query) -> list[RetrievedPassage]:
        """The nearest passages, best first.

        Raises:
            QuestionInvalid: the question is empty or too long.
        """
        asked = self._alone(self._checked(query))
        return [listed(c) for c in self._retriever.retrieve(asked, limit=query.top_k)]

    def ask(self, query: Query) -> Answer:
        """An answer of checked quotes, or `not_found` with the nearest passages.

        A question that leans on the query's history is found and read as it would be asked
        without it; the answer states both.

        Raises:
            QuestionInvalid: the question is empty or too long.
        """
        for event in self.ask_stream(query):
            if isinstance(event, AnswerGiven):
                return event.answer
        raise AssertionError("the last event is the answer")

    def ask_stream(self, query: Query, cancelled: Cancelled = never) -> Iterator[AnswerEvent]:
        """How many passages were found, then the answer; nothing more once it is cancelled.

        Raises:
            QuestionInvalid: the question is empty or too long.
        """
        query = self._checked(query)
        clock = time.perf_counter()
        asked = self._alone(query)
        limit = max(query.top_k, self._shape.read_passages)
        parts = [replace(asked, question=part) for part in parts_of(asked.question)]
        found = [self._retriever.retrieve(part, limit=limit) for part in parts]
        retrieved = time.perf_counter()
        passages = {c.passage.passage_id for candidates in found for c in candidates}
        yield PassagesFound(standalone_question=asked.question, passages=len(passages))
        read: list[Read] = []
        for part, candidates in zip(parts, found, strict=True):
            if cancelled():
                return
            read.append(self._answerer.answer(part, candidates))
        answer = joined([one.answer for one in read], top_k=query.top_k)
        done = time.perf_counter()
        answer = replace(
            answer,
            question=query.question,
            standalone_question=asked.question,
            timings_ms={
                "retrieve": round((retrieved - clock) * 1000, 3),
                "read": round((done - retrieved) * 1000, 3),
                "total": round((done - clock) * 1000, 3),
            },
        )
        yield AnswerGiven(answer=self._explained(answer, read) if query.explain else answer)

    def _explained(self, answer: Answer, read: Sequence[Read]) -> Answer:
        considered = [
            Considered(
                question=one.answer.question,
                candidates=one.candidates,
                read=self._shape.read_passages,
                reading=one.reading,
            )
            for one in read
        ]
        explanation = explain(
            answer,
            considered,
            threshold=self._shape.threshold,
            reader=self._answerer.reader_name,
            models=self._models(),
        )
        return replace(answer, explanation=explanation)

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
        """The query with a question that needs no history and is spelled as the archive spells."""
        alone = self._without_history(query) if query.history else query
        return replace(alone, question=self._respell(alone.question))

    def _without_history(self, query: Query) -> Query:
        """The query with a question that needs no history; unchanged where that would be too long.
        What a conversation holds is not checked before, so that what is no text goes out here."""
        rewrite = standalone if query.mode == "extractive" else self._rewrite
        made = rewrite(query.question, query.history[-_REMEMBERED_TURNS:])
        question = _cleaned(made.question.encode("utf-8", "ignore").decode())
        if not made.changed or not 0 < len(question) <= self._shape.max_question_chars:
            return query
        return replace(query, question=question)


def _cleaned(text: str) -> str:
    """The text in one line, without control characters."""
    return " ".join("".join(map(_visible, text)).split())


def _visible(character: str) -> str:
    """The character, or a space for a control character."""
    return " " if unicodedata.category(character) == "Cc" else character
