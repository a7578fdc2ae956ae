"""The seam between an evaluation and a language model that judges answers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


class JudgeKind(StrEnum):
    """What a judge is asked about an answer."""

    FAITHFULNESS = "faithfulness"
    """Do the texts say what the answer says?"""
    RELEVANCY = "relevancy"
    """Are the answer and the texts in line with the question?"""
    CORRECTNESS = "correctness"
    """How good is the answer beside the gold answer?"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One answer before one judge."""

    kind: JudgeKind
    question_id: str
    question: str
    answer: str
    contexts: tuple[str, ...] = ()
    """The texts, best first; correctness has none."""
    reference: str | None = None
    """The gold answer; only correctness has one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What a judge says to a case."""

    value: float | None
    """In [0, 1]; None where the judge said nothing that could be read."""
    reason: str | None = None
    """Why there is no value, on one line."""


Progress = Callable[[int, int], None]
"""Called with how many cases are judged, and how many there are."""


class JudgeModel(Protocol):
    """A language model that judges."""

    @property
    def name(self) -> str:
        """What the report calls it."""

    def judge(
        self, cases: Sequence[Case], *, parallel: int = 1, on_progress: Progress | None = None
    ) -> list[Verdict]:
        """Return a verdict for each case, in order. A case that fails ends nothing."""
