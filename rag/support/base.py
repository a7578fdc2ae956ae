"""The seam to whatever says that evidence supports a sentence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Support:
    """What a checker says of a sentence."""

    score: float
    """In [0, 1]; more is better supported."""
    supported: bool
    """The checker's own verdict, at its own threshold. Never where something is lacking."""
    lacking: tuple[str, ...] = ()
    """Figures, days, names and quoted words of the sentence that the evidence does not hold."""


class SupportChecker(Protocol):
    """Says whether evidence, taken together, supports all of a sentence."""

    def check(self, claim: str, evidence: Sequence[str], sources: Sequence[str] = ()) -> Support:
        """Check a sentence. `sources` are who published the evidence: they may be named.
        Deterministic, and independent of what was checked before."""
