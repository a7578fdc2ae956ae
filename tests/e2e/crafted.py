"""An archive whose sources differ, and an engine that can be made to wait between sentences."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from index.records import Article, Confidence, PublishedDate
from rag.events import AnswerEvent, AnswerGiven, Cancelled, PassagesFound, SentenceWritten, never
from rag.records import (
    Agreement,
    Answer,
    Disagreement,
    Mark,
    Position,
    Query,
    RetrievedPassage,
)
from tests.api.http.in_memory import MemoryArchive, MemoryEngine, article, two_articles
from tests.api.http.leaving import PATIENCE

QUESTION = "How many trawlers helped?"
WAITING = "How many trawlers helped, and when?"
"""Its second sentence is written when the test lets it be."""
NINE = "𝔑ine trawlers helped, the coastguard counted."
FOUR = "Four trawlers helped with the tow, the skippers say."
DEEP = "At the very end stands the sentence that was looked for."
LONG = "\n\n".join(
    " ".join(f"word{paragraph}n{n}" for n in range(100)) + "." for paragraph in range(100)
)


def articles() -> list[Article]:
    """Two reports of a tow, a month apart, and one of ten thousand words."""
    return [
        *two_articles(),
        article("art-nine", "Nine trawlers at the tow", f"A tow. 🎉🎉\n{NINE}\nMore came later."),
        article(
            "art-four",
            "Skippers count again",
            f"Another count.\n{FOUR}\nThat is all.",
            publisher="Harrowmouth Echo",
            published=PublishedDate(
                day=date(2026, 4, 6), source="metadata", confidence=Confidence.HIGH
            ),
        ),
        article("art-long", "The long report", f"It begins.\n{LONG}\n{DEEP}"),
    ]


@dataclass
class CraftedEngine:
    """Satisfies `api.service.Engine`."""

    archive: MemoryArchive
    go_on: threading.Event = field(default_factory=threading.Event)

    def ask(self, query: Query) -> Answer:
        """The answer of `_memory`, its answering words marked and set against each other."""
        answer = self._memory().ask(query)
        if len(answer.citations) < 2:
            return answer
        marked = [
            replace(c, marks=(Mark(start=c.start, end=c.start + 4),)) for c in answer.citations
        ]
        positions = [
            Position(
                answer=c.quote[:4],
                citations=(c.n,),
                publishers=(c.publisher or "",),
                published_at=c.published_at,
            )
            for c in marked
        ]
        numbers = tuple(c.n for c in marked)
        differ = Disagreement(kind="differ", positions=tuple(positions), citations=numbers)
        updated = Disagreement(
            kind="updated", positions=tuple(reversed(positions)), citations=numbers
        )
        agreement = Agreement(
            independent_publishers=2,
            publishers=tuple(c.publisher or "" for c in marked),
            citations=numbers,
        )
        return replace(
            answer,
            citations=marked,
            agreement=agreement,
            disagreements=[differ, updated],
            short_answer=None,
        )

    def ask_stream(self, query: Query, cancelled: Cancelled = never) -> Iterator[AnswerEvent]:
        """Sentence by sentence."""
        answer = self.ask(query)
        yield PassagesFound(standalone_question=query.question, passages=len(answer.retrieved))
        for sentence, citation in zip(answer.sentences, answer.citations, strict=True):
            if citation.n > 1 and query.question == WAITING:
                assert self.go_on.wait(PATIENCE)
            yield SentenceWritten(sentence=sentence, citations=(citation,))
        if not cancelled():
            yield AnswerGiven(answer=answer)

    def search(self, query: Query) -> Sequence[RetrievedPassage]:
        """Whatever is held."""
        return self._memory().search(query)

    def _memory(self) -> MemoryEngine:
        both = [("art-nine", NINE), ("art-four", FOUR)]
        quotes = {QUESTION: both, WAITING: both, "What was looked for?": [("art-long", DEEP)]}
        return MemoryEngine(archive=self.archive, quotes=quotes)
