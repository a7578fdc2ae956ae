"""Engines that a test can look into, hold up and break."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from uuid import uuid4

from rag.events import (
    AnswerEvent,
    AnswerGiven,
    Cancelled,
    PassagesFound,
    SentenceWritten,
    never,
)
from rag.records import Answer, Query
from tests.api.http.in_memory import MemoryEngine


@dataclass
class TestedEngine(MemoryEngine):
    """Answers like the one in memory, with an id for each answer; tells sentences first where it
    is to, waits where it is to, and fails as often as it is to."""

    __test__ = False

    telling: bool = False
    go_on: threading.Event = field(default_factory=threading.Event)
    """Awaited before each sentence and the answer; set unless a test clears it."""
    begun: threading.Event = field(default_factory=threading.Event)
    failures: list[Exception] = field(default_factory=list)
    """Raised by the next questions, one each."""

    def __post_init__(self) -> None:
        self.go_on.set()

    def ask(self, query: Query) -> Answer:
        return replace(super().ask(query), id=f"ans_{uuid4().hex}")

    def ask_stream(self, query: Query, cancelled: Cancelled = never) -> Iterator[AnswerEvent]:
        self.begun.set()
        if self.failures:
            raise self.failures.pop(0)
        yield PassagesFound(standalone_question=query.question, passages=len(self.archive.held))
        answer = self.ask(query)
        for sentence in answer.sentences if self.telling else ():
            if not self._waited(cancelled):
                return
            cited = [each for each in answer.citations if each.n in sentence.citations]
            yield SentenceWritten(sentence=sentence, citations=tuple(cited))
        if self._waited(cancelled):
            yield AnswerGiven(answer=answer)

    def _waited(self, cancelled: Cancelled) -> bool:
        while not self.go_on.wait(timeout=0.02):
            if cancelled():
                return False
        return not cancelled()
