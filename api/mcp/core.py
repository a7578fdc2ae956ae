"""How tools reach the synchronous core without holding the event loop up."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Protocol, TypeVar

import anyio

from api.service import Service
from index.records import Article, ArticlePage
from rag.events import AnswerGiven, Cancelled, never
from rag.records import Answer, Query, RetrievedPassage

T = TypeVar("T")


class CallRefused(Exception):
    """The call is not made, or not to its end, though nothing is wrong with it; says why."""


class Hop(Protocol):
    """Runs a call in a thread. Raises: CallRefused where there is no thread for it."""

    async def __call__(self, call: Callable[[], T]) -> T:
        """What the call returns."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Core:
    """The service, as tools call it."""

    service: Service
    engine: Hop
    """For calls of the engine."""
    archive: Hop
    """For calls that read the archive."""
    late: Cancelled = never
    """Whether the call that is worked on has taken too long; asked between steps."""

    async def ask(self, query: Query) -> Answer:
        """One answer. The work stops when the caller leaves.

        Raises: QuothError. CallRefused: it took too long.
        """
        gone = threading.Event()
        failure: Exception | None = None
        answer: Answer | None = None
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(_set_when_cancelled, gone)
            try:
                answer = await self.engine(partial(self._ask, query, gone))
            except Exception as error:  # noqa: BLE001 - raised below, where no group wraps it
                failure = error
            tasks.cancel_scope.cancel()
        if failure is not None:
            raise failure
        if answer is None:
            raise CallRefused("the answer took too long and was given up; ask again later")
        return answer

    async def search(self, query: Query) -> Sequence[RetrievedPassage]:
        """The passages nearest to the question. Raises: QuothError, CallRefused."""
        return await self.engine(partial(self.service.engine.search, query))

    async def article(self, article_id: str) -> Article:
        """The current version. Raises: ArticleNotFound, CallRefused."""
        return await self.archive(partial(self.service.archive.article, article_id))

    async def articles(self, *, limit: int, offset: int) -> ArticlePage:
        """A page of the listing. Raises: CallRefused."""
        return await self.archive(
            partial(self.service.archive.articles, limit=limit, offset=offset)
        )

    def _ask(self, query: Query, gone: threading.Event) -> Answer | None:
        def cancelled() -> bool:
            return gone.is_set() or self.late()

        for event in self.service.ask_stream(query, cancelled):
            if isinstance(event, AnswerGiven):
                return event.answer
        return None


async def _set_when_cancelled(gone: threading.Event) -> None:
    """Set it once this task is cancelled. The one beside it cannot: it waits for a thread, and goes
    on only when that is done."""
    try:
        await anyio.sleep_forever()
    finally:
        gone.set()
