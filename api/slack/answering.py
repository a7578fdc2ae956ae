"""What the bot needs of Quoth, whether it is in this process or behind an address."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Protocol

from index.errors import QuothError
from index.records import GivenAnswer, Rating
from rag.events import AnswerEvent
from rag.records import Query


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleWords:
    """What is shown of an article: its title and its stored text."""

    article_id: str
    title: str
    text: str


class CannotAnswer(QuothError):
    """Why there is no answer, in words for the asker; `retryable` says whether there may be one
    soon."""

    code = "cannot_answer"

    def __init__(
        self, message: str, *, hint: str = "", retryable: bool = False, unreachable: bool = False
    ) -> None:
        super().__init__(message, hint=hint)
        self.may_succeed_later = retryable
        self.unreachable = unreachable
        """Whether it is the service that does not answer."""


class Answering(Protocol):
    """Answers, articles and ratings. All may raise `CannotAnswer`."""

    def answer(self, query: Query) -> AsyncIterator[AnswerEvent]:
        """What happens until the answer is given, which is last. The work stops where nobody goes
        on asking for events."""

    async def article(self, article_id: str) -> ArticleWords | None:
        """The current version; None where there is no such article any more."""

    async def latest_titles(self, most: int) -> list[str]:
        """Titles of the articles that were published last."""

    async def rate(self, given: GivenAnswer, rating: Rating, comment: str | None) -> None:
        """Keep a rating, whether or not the answer is still one of the latest."""
