"""What an engine tells while it answers a question, in the order in which it happens."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from rag.records import Answer, AnswerSentence, Citation

Cancelled = Callable[[], bool]
"""Whether nobody waits for the answer any more; asked between steps, from any thread."""


def never() -> bool:
    """False: somebody waits to the end."""
    return False


@dataclass(frozen=True, slots=True, kw_only=True)
class PassagesFound:
    """Retrieval is done, and reading begins."""

    standalone_question: str
    passages: int
    """How many were found."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WritingBegun:
    """A language model is asked to word the answer."""

    quotes: int
    """How many it is shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SentenceWritten:
    """A sentence that passed its check, with the citations that are new with it."""

    sentence: AnswerSentence
    citations: tuple[Citation, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerGiven:
    """The whole answer: the last event. It replaces the sentences before it, which it repeats
    unless the model failed after it had written them."""

    answer: Answer


AnswerEvent = PassagesFound | WritingBegun | SentenceWritten | AnswerGiven
