"""A target in this process: an answer engine and the archive that it answers from."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Protocol

from eval.gold import GoldQuestion
from eval.replies import Reply, reply_of
from eval.targets.base import TOP_K, Articles, Provenance
from eval.targets.references import ArticleNames, ReferenceIndex
from index.errors import ArticleNotFound
from index.records import Article, ArticlePage, Filters
from rag.records import Answer, Query, Turn

_PAGE_SIZE = 500


class Engine(Protocol):
    """What answers."""

    def ask(self, query: Query) -> Answer:
        """Return the answer to a query."""
        ...


class Archive(Protocol):
    """Where the articles are."""

    def article(self, article_id: str) -> Article:
        """Return the article as stored. Raises: ArticleNotFound."""
        ...

    def articles(self, *, limit: int, offset: int) -> ArticlePage:
        """Return a page of the archive's listing."""
        ...


class EngineTarget:
    """Asks an engine directly; milliseconds are those of the call alone."""

    def __init__(
        self,
        engine: Engine,
        archive: Archive,
        *,
        name: str = "engine",
        provenance: Provenance | None = None,
    ) -> None:
        self._engine = engine
        self._archive = archive
        self._name = name
        self._provenance = provenance or Provenance()
        self._texts: dict[str, str | None] = {}

    @property
    def name(self) -> str:
        """What the report calls it."""
        return self._name

    @property
    def articles(self) -> Articles:
        """The archive that the engine answers from."""
        return self

    @property
    def conversational(self) -> bool:
        """True: it is given the conversation that leads up to a question."""
        return True

    def fit(self, gold: Sequence[GoldQuestion]) -> list[str]:  # noqa: ARG002
        """Return nothing: it can be asked anything."""
        return []

    def provenance(self) -> Provenance:
        """Return what it was given."""
        return self._provenance

    def ask(self, question: GoldQuestion) -> Reply:
        """Return the engine's answer, as of the question's day where it has one."""
        query = Query(
            question=question.question,
            history=tuple(
                Turn(role=turn.role, content=turn.content)
                for turn in question.conversation
                if turn.role != "system"
            ),
            filters=Filters(as_of=question.as_of),
            top_k=TOP_K,
        )
        started = time.perf_counter()
        answer = self._engine.ask(query)
        return reply_of(answer, (time.perf_counter() - started) * 1000)

    def article_text(self, article_id: str) -> str | None:
        """Return the stored text; None where no article has the id."""
        if article_id not in self._texts:
            self._texts[article_id] = self._read_text(article_id)
        return self._texts[article_id]

    def resolve(self, article_ref: str) -> frozenset[str]:
        """Return the ids of the articles that the reference names."""
        return self._references.resolve(article_ref)

    def _read_text(self, article_id: str) -> str | None:
        try:
            return self._archive.article(article_id).text
        except ArticleNotFound:
            return None

    @cached_property
    def _references(self) -> ReferenceIndex:
        return ReferenceIndex(self._listing())

    def _listing(self) -> Iterator[ArticleNames]:
        offset = 0
        while True:
            page = self._archive.articles(limit=_PAGE_SIZE, offset=offset)
            for summary in page.articles:
                yield ArticleNames(summary.article_id, summary.url, summary.origin)
            offset += len(page.articles)
            if not page.articles or offset >= page.total:
                return
