"""Copies of one story become one result that names the others. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from index.stories import shingles
from rag.records import Candidate, CarriedBy

COPY_CONTAINMENT = 0.5
"""Share of the smaller passage's word 3-grams from which two passages of a story are copies."""


def containment(left: str, right: str) -> float:
    """Share of the smaller text's word 3-grams that the other holds, in [0, 1] (Broder 1997)."""
    one, other = shingles(left), shingles(right)
    return len(one & other) / min(len(one), len(other))


def collapse(candidates: Sequence[Candidate]) -> list[Candidate]:
    """The candidates in order, without those that copy a better one of another article.

    A copy is named under the passage that stands for it. Copies come again at the very end, so
    that a small archive still lists as many passages as are asked for.
    """
    kept: list[Candidate] = []
    copies: list[Candidate] = []
    for candidate in candidates:
        original = next((i for i, held in enumerate(kept) if _is_copy(candidate, held)), None)
        if original is None:
            kept.append(candidate)
            continue
        copies.append(candidate)
        kept[original] = _carried(kept[original], candidate)
    return kept + copies


def _is_copy(candidate: Candidate, held: Candidate) -> bool:
    return (
        candidate.story_id == held.story_id
        and candidate.passage.article_id != held.passage.article_id
        and containment(candidate.passage.text, held.passage.text) >= COPY_CONTAINMENT
    )


def _carried(original: Candidate, copy: Candidate) -> Candidate:
    known = {carrier.article_id for carrier in original.also_carried_by}
    if copy.passage.article_id in known:
        return original
    carrier = CarriedBy(
        article_id=copy.passage.article_id,
        publisher=copy.publisher,
        title=copy.title,
        shared=round(containment(copy.passage.text, original.passage.text), 3),
    )
    return replace(original, also_carried_by=(*original.also_carried_by, carrier))
