"""The seam between an evaluation and what it evaluates."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from eval.gold import GoldQuestion
from rag.records import Answer

TOP_K = 10
"""How many passages a target is asked to list: as deep as the deepest ranking metric looks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TimedAnswer:
    """An answer and how long it took, as the asker saw it."""

    answer: Answer
    milliseconds: float


class Target(Protocol):
    """Something that answers questions about an archive that can be looked into."""

    @property
    def name(self) -> str:
        """What the report calls it."""
        ...

    def ask(self, question: GoldQuestion) -> TimedAnswer:
        """Return the answer to one question. Raises: QuothError where there is none."""
        ...

    def article_text(self, article_id: str) -> str | None:
        """Return the stored text into which citations point; None where no article has the id."""
        ...

    def resolve(self, article_ref: str) -> frozenset[str]:
        """Return ids of the articles whose id, URL, file path or file name is the reference."""
        ...
