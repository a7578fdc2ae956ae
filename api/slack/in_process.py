"""Answering with the service of this process."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from functools import partial
from typing import Protocol, TypeVar

from anyio import CapacityLimiter, to_thread

from api.http.problems import ProblemError
from api.service import Service
from api.slack.answering import ArticleWords, CannotAnswer
from index.errors import AnswerNotFound, ArticleNotFound, QuothError
from index.records import GivenAnswer, Rating
from rag.events import AnswerEvent
from rag.records import Query

T = TypeVar("T")


class Hop(Protocol):
    """Runs a call in a thread."""

    async def __call__(self, call: Callable[[], T]) -> T:
        """What the call returns. Raises: CannotAnswer where there is no thread for it."""


class OwnThreads:
    """So many threads. Calls beyond them wait."""

    def __init__(self, most: int) -> None:
        self._limiter = CapacityLimiter(most)

    async def __call__(self, call: Callable[[], T]) -> T:
        """What the call returns."""
        return await to_thread.run_sync(call, limiter=self._limiter)


class SharedThreads:
    """The threads of the service, where it is asked over HTTP as well."""

    def __init__(self, run: Hop) -> None:
        self._run = run

    async def __call__(self, call: Callable[[], T]) -> T:
        """What the call returns. Raises: CannotAnswer where too many wait already."""
        try:
            return await self._run(call)
        except ProblemError as error:
            raise CannotAnswer(error.detail, hint=error.hint, retryable=error.retryable) from None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ended:
    """The last thing that the thread says."""

    error: BaseException | None


class InProcess:
    """Implements `Answering`."""

    def __init__(self, service: Service, *, engine: Hop, archive: Hop) -> None:
        self._service = service
        self._engine = engine
        self._archive = archive

    async def answer(self, query: Query) -> AsyncIterator[AnswerEvent]:
        """As `Answering`."""
        loop = asyncio.get_running_loop()
        told: asyncio.Queue[AnswerEvent | _Ended] = asyncio.Queue()
        gone = threading.Event()

        def say(what: AnswerEvent | _Ended) -> None:
            loop.call_soon_threadsafe(told.put_nowait, what)

        def work() -> None:
            for event in self._service.ask_stream(query, gone.is_set):
                say(event)

        async def run() -> None:
            error: BaseException | None = None
            try:
                await self._engine(work)
            except Exception as failed:  # noqa: BLE001 - raised where the events are asked for
                error = failed
            say(_Ended(error=error))

        working = asyncio.create_task(run())
        try:
            while not isinstance(event := await told.get(), _Ended):
                yield event
            if event.error is not None:
                raise _in_words(event.error)
        finally:
            gone.set()
            await asyncio.shield(working)

    async def article(self, article_id: str) -> ArticleWords | None:
        """As `Answering`."""
        try:
            found = await self._archive(partial(self._service.archive.article, article_id))
        except ArticleNotFound:
            return None
        return ArticleWords(article_id=found.article_id, title=found.title, text=found.text)

    async def latest_titles(self, most: int) -> list[str]:
        """As `Answering`."""
        call = partial(self._service.archive.articles, limit=most, offset=0)
        return [each.title for each in (await self._archive(call)).articles]

    async def rate(self, given: GivenAnswer, rating: Rating, comment: str | None) -> None:
        """As `Answering`."""
        await self._archive(partial(self._rate, given, rating, comment))

    def _rate(self, given: GivenAnswer, rating: Rating, comment: str | None) -> None:
        try:
            self._service.rate(given.answer_id, rating, comment)
        except AnswerNotFound:
            self._service.archive.rate(given, rating, comment)


def _in_words(error: BaseException) -> BaseException:
    if isinstance(error, QuothError) and not isinstance(error, CannotAnswer):
        return CannotAnswer(error.message, hint=error.hint, retryable=error.retryable)
    return error
