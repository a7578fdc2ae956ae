"""Answering with a service that runs elsewhere: no archive and no model in this process."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import aclosing, contextmanager

from api.client import AsyncQuoth
from api.client.errors import CallError, NotFound, ServiceUnreachable
from api.client.events import AnswerTold, SentenceTold, StatusTold
from api.slack.answering import ArticleWords, CannotAnswer
from index.records import GivenAnswer, Rating
from rag.events import AnswerEvent, AnswerGiven, PassagesFound, SentenceWritten
from rag.records import Query

RateHere = Callable[[GivenAnswer, Rating, str | None], Awaitable[None]]
"""Keeps a rating in the catalogue beside the service."""


class Remote:
    """Implements `Answering`."""

    def __init__(self, quoth: AsyncQuoth, rate_here: RateHere) -> None:
        """`rate_here` is for answers that the service no longer remembers."""
        self._quoth = quoth
        self._rate_here = rate_here

    async def answer(self, query: Query) -> AsyncIterator[AnswerEvent]:
        """As `Answering`."""
        with _in_words():
            told = self._quoth.stream_chat(query.question, history=query.history)
            async with aclosing(told) as events:
                async for event in events:
                    match event:
                        case StatusTold(stage="reading"):
                            yield PassagesFound(standalone_question=query.question, passages=0)
                        case SentenceTold():
                            yield SentenceWritten(sentence=event.sentence, citations=())
                        case AnswerTold():
                            yield AnswerGiven(answer=event.answer)

    async def article(self, article_id: str) -> ArticleWords | None:
        """As `Answering`."""
        try:
            with _in_words():
                found = await self._quoth.article(article_id)
        except CannotAnswer as error:
            if isinstance(error.__cause__, NotFound):
                return None
            raise
        return ArticleWords(article_id=found.article_id, title=found.title, text=found.text)

    async def latest_titles(self, most: int) -> list[str]:
        """As `Answering`."""
        with _in_words():
            return [each.title for each in (await self._quoth.articles(limit=most)).articles]

    async def rate(self, given: GivenAnswer, rating: Rating, comment: str | None) -> None:
        """As `Answering`."""
        try:
            with _in_words():
                await self._quoth.rate(given.answer_id, rating, comment=comment)
        except CannotAnswer as error:
            if not isinstance(error.__cause__, NotFound):
                raise
            await self._rate_here(given, rating, comment)


@contextmanager
def _in_words() -> Iterator[None]:
    try:
        yield
    except CallError as error:
        raise CannotAnswer(
            error.message,
            hint=error.hint,
            retryable=error.retryable,
            unreachable=isinstance(error, ServiceUnreachable),
        ) from error
