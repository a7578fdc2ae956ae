"""The events of `POST /v1/chat`."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from pydantic import TypeAdapter

from api.http.chat.streams import ServerEvent
from api.http.problems import ProblemError
from rag.events import AnswerEvent, AnswerGiven, PassagesFound, SentenceWritten, WritingBegun
from rag.records import Answer, AnswerSentence, Citation

_answer: TypeAdapter[Answer] = TypeAdapter(Answer)
_citation: TypeAdapter[Citation] = TypeAdapter(Citation)
_sentence: TypeAdapter[AnswerSentence] = TypeAdapter(AnswerSentence)


class ChatTeller:
    """Implements `Teller`: `status`, `sentence`, `citation`, `answer`, and `done` or `error`."""

    def __init__(
        self,
        *,
        keep: Callable[[Answer], str | None],
        problem: Callable[[ProblemError], str],
    ) -> None:
        """`keep` stores an answer and returns the id of its conversation, where it has one;
        `problem` writes an error as JSON."""
        self._keep = keep
        self._problem = problem
        self._told: list[AnswerSentence] = []

    def begun(self) -> Iterator[ServerEvent]:
        """Retrieval begins."""
        yield _status("retrieving", "searching the archive")

    def told(self, event: AnswerEvent) -> Iterator[ServerEvent]:
        """The events for something that happened."""
        match event:
            case PassagesFound():
                found = f"found {_counted(event.passages, 'passage')}"
                yield _status(
                    "reading",
                    found,
                    passages=event.passages,
                    standalone_question=event.standalone_question,
                )
            case WritingBegun():
                shown = f"wording an answer from {_counted(event.quotes, 'quote')}"
                yield _status("writing", shown, quotes=event.quotes)
            case SentenceWritten():
                self._told.append(event.sentence)
                yield from _said(event.sentence, event.citations)
            case AnswerGiven():
                yield from self._concluded(event.answer)

    def failed(self, problem: ProblemError) -> Iterator[ServerEvent]:
        """The problem document, as a response with a status would have it."""
        yield ServerEvent(name="error", data=self._problem(problem))

    def _concluded(self, answer: Answer) -> Iterator[ServerEvent]:
        """What was not said yet, and the whole answer, which replaces what was."""
        if list(answer.sentences[: len(self._told)]) == self._told:
            cited = {n for sentence in self._told for n in sentence.citations}
            for sentence in answer.sentences[len(self._told) :]:
                new = [
                    c for c in answer.citations if c.n in sentence.citations and c.n not in cited
                ]
                cited.update(sentence.citations)
                yield from _said(sentence, new)
        conversation_id = self._keep(answer)
        yield ServerEvent(name="answer", data=_answer.dump_json(answer).decode())
        done = {"answer_id": answer.id, "conversation_id": conversation_id}
        yield ServerEvent(name="done", data=json.dumps(done))


def _status(stage: str, message: str, **more: Any) -> ServerEvent:
    data = {"stage": stage, "message": message} | more
    return ServerEvent(name="status", data=json.dumps(data, ensure_ascii=False))


def _said(sentence: AnswerSentence, citations: Sequence[Citation]) -> Iterator[ServerEvent]:
    yield ServerEvent(name="sentence", data=_sentence.dump_json(sentence).decode())
    for citation in citations:
        yield ServerEvent(name="citation", data=_citation.dump_json(citation).decode())


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
