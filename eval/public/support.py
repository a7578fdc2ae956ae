"""The seam to whatever says that evidence supports a claim, and a baseline to stand behind it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from index.embedding.base import Embedder
from rag.reading.terms import Term, same_name, terms_of
from rag.support.checker import LearnedSupportChecker

LEAST_SHARE = 0.75
"""Share of a claim's content words from which the baseline calls it supported. Not tuned."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Support:
    """What a checker says of a claim."""

    score: float
    """In [0, 1]; more is better supported."""
    supported: bool
    """The checker's own verdict, at its own threshold."""


class SupportChecker(Protocol):
    """Says whether evidence supports a claim, and which words of it are not supported."""

    @property
    def name(self) -> str:
        """What reports call it."""

    def check(self, claim: str, evidence: Sequence[str]) -> Support:
        """Return whether the evidence, taken together, supports all of the claim."""

    def unsupported(self, tokens: Sequence[str], evidence: Sequence[str]) -> tuple[bool, ...]:
        """Return for each token of a claim whether the evidence lacks it."""


class WordContainment:
    """Looks for a claim's content words in the evidence. A baseline: it knows no meaning.

    The score is the share of content words that the evidence has in any form, halved where a
    figure or a name is missing; such a claim is never called supported.
    """

    name = "word containment (baseline)"

    def check(self, claim: str, evidence: Sequence[str]) -> Support:
        """Return whether enough of the claim's words are in the evidence."""
        held = _keys(evidence)
        terms = terms_of(claim)
        wanted = [term for term in terms if not term.is_stop_word]
        if not wanted:
            return Support(score=0.0, supported=False)
        missing = [term for term in wanted if not _is_held(term, held)]
        share = 1 - len(missing) / len(wanted)
        if any(_must_match(term) and term is not terms[0] for term in missing):
            return Support(score=share / 2, supported=False)
        return Support(score=share, supported=share >= LEAST_SHARE)

    def unsupported(self, tokens: Sequence[str], evidence: Sequence[str]) -> tuple[bool, ...]:
        """Return the tokens that hold a content word which the evidence lacks."""
        held = _keys(evidence)
        return tuple(
            any(not term.is_stop_word and not _is_held(term, held) for term in terms_of(token))
            for token in tokens
        )


def _keys(evidence: Sequence[str]) -> frozenset[str]:
    return frozenset(term.key for text in evidence for term in terms_of(text))


def _must_match(term: Term) -> bool:
    """Whether it is a figure or, away from the start of the claim, a name."""
    return term.is_number or term.is_capitalised


def _is_held(term: Term, held: frozenset[str]) -> bool:
    if term.key in held:
        return True
    return term.is_capitalised and any(same_name(term.key, key) for key in held)


class FactsAndWords:
    """What checks the sentences of Quoth's own language model mode (`rag.support`)."""

    name = "facts, words and similarity"

    def __init__(self, embedder: Embedder) -> None:
        self._checker = LearnedSupportChecker(embedder)
        self._words = WordContainment()

    def check(self, claim: str, evidence: Sequence[str]) -> Support:
        """Return its verdict, before it is made stricter for sentences written from few quotes."""
        found = self._checker.check(claim, evidence)
        return Support(score=found.score, supported=found.supported)

    def unsupported(self, tokens: Sequence[str], evidence: Sequence[str]) -> tuple[bool, ...]:
        """Return the tokens that hold a content word which the evidence lacks, as the baseline."""
        return self._words.unsupported(tokens, evidence)


def checkers_with(embedder: Embedder) -> tuple[SupportChecker, ...]:
    """Return the checkers that there are."""
    return (WordContainment(), FactsAndWords(embedder))
