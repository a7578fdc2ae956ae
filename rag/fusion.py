"""Making one ranking of a dense and a lexical one. Pure; independent of the order of the inputs."""

from __future__ import annotations

from collections.abc import Mapping

RRF_K = 60
"""The constant of Cormack, Clarke and Büttcher (2009)."""


def min_max(scores: Mapping[str, float]) -> dict[str, float]:
    """The scores stretched to [0, 1]; all 1 where they are equal."""
    if not scores:
        return {}
    low, high = min(scores.values()), max(scores.values())
    if high == low:
        return dict.fromkeys(scores, 1.0)
    return {name: (score - low) / (high - low) for name, score in scores.items()}


def convex(
    dense: Mapping[str, float], lexical: Mapping[str, float], weight: float
) -> dict[str, float]:
    """`weight` · dense + (1 - `weight`) · lexical, each min-max normalised, in [0, 1].

    A passage that one side lacks scores 0 there. Bruch, Gai and Ingber, "An Analysis of Fusion
    Functions for Hybrid Retrieval" (2023), find it ahead of reciprocal rank fusion.
    """
    near, alike = min_max(dense), min_max(lexical)
    names = dense.keys() | lexical.keys()
    return {n: weight * near.get(n, 0.0) + (1 - weight) * alike.get(n, 0.0) for n in names}


def mixed(
    scores: Mapping[str, float], others: Mapping[str, float], weight: float
) -> dict[str, float]:
    """The scores with `weight` parts of another one to one part of theirs: in [0, 1] where both
    are. What the other lacks scores 0 there."""
    return {n: (score + weight * others.get(n, 0.0)) / (1 + weight) for n, score in scores.items()}


def reciprocal_rank(dense: Mapping[str, float], lexical: Mapping[str, float]) -> dict[str, float]:
    """Sum of 1 / (60 + rank) over both rankings, scaled so that first in both scores 1."""
    fused: dict[str, float] = {}
    for scores in (dense, lexical):
        ranked = sorted(scores, key=lambda name: (-scores[name], name))
        for rank, name in enumerate(ranked, start=1):
            fused[name] = fused.get(name, 0.0) + (RRF_K + 1) / (2 * (RRF_K + rank))
    return fused
