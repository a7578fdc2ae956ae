"""The seam between an evaluation and what it evaluates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from eval.gold import GoldQuestion
from eval.replies import Reply

TOP_K = 10
"""How many passages a target is asked to list: as deep as the deepest ranking metric looks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Corpus:
    """Which articles were asked about."""

    fingerprint: str
    """SHA-256 over the content of all current articles: equal archives have equal ones."""
    articles: int
    passages: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """What an evaluation was made of, so that unlike things are not compared."""

    version: str | None = None
    """Of Quoth, where the target is one."""
    corpus: Corpus | None = None
    models: Mapping[str, str] = field(default_factory=dict)
    """Role → name and checksum of the weights."""
    settings: Mapping[str, str | int | float | bool | None] = field(default_factory=dict)
    """The settings that answers depend on."""


class Articles(Protocol):
    """The archive behind the answers, as far as judging needs it."""

    def article_text(self, article_id: str) -> str | None:
        """Return the stored text into which citations point; None where no article has the id."""
        ...

    def resolve(self, article_ref: str) -> frozenset[str]:
        """Return ids of the articles whose id, URL, file path or file name is the reference."""
        ...


class Target(Protocol):
    """Something that answers questions."""

    @property
    def name(self) -> str:
        """What the report calls it."""
        ...

    @property
    def articles(self) -> Articles | None:
        """The archive that it answers from; None where it cannot be looked into."""
        ...

    @property
    def conversational(self) -> bool:
        """Whether it is given the conversation that leads up to a question."""
        ...

    def fit(self, gold: Sequence[GoldQuestion]) -> list[str]:
        """Return warnings where it does not fit the gold set. Raises: GoldInvalid where it cannot
        answer any of it."""
        ...

    def provenance(self) -> Provenance:
        """Return what is known of its articles, models and settings."""
        ...

    def ask(self, question: GoldQuestion) -> Reply:
        """Return the answer to one question. Safe from several threads.

        Raises: QuothError where there is none; one that is `retryable` says that the target
        could not be reached.
        """
        ...
