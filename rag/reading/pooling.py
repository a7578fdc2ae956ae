"""One answer found in several places counts as often: the weight of a sentence is that of its
answer over all sentences that were read. Pure."""

from __future__ import annotations

from collections.abc import Hashable, Sequence

import numpy as np
from numpy.typing import NDArray

FLATTENING = 0.5
"""The scores are those of a conditional logit, which is too sure of itself on archives that it
was not fitted on: they count half before they become probabilities."""
PART = 0.5
"""How much an answer counts for one that holds all its words ("Macron", "Emmanuel Macron")."""


def pool(
    scores: Sequence[float],
    answers: Sequence[frozenset[str]],
    places: Sequence[Hashable],
) -> NDArray[np.float64]:
    """The scores raised, each, to what its answer has in all places together; float64, (n,).

    `answers` are the keys of the words that answer, empty where there are none; a place that
    several passages hold (an overlap, a copy) counts once. With p = softmax(`FLATTENING` · score),
    a sentence is given log(Σ p of equal answers + `PART` · Σ p of parts and wholes) /
    `FLATTENING`, up to a constant that leaves a sentence without company at its own score.
    """
    given = np.array(scores, dtype=np.float64)
    if not len(given):
        return given
    top = float(given.max())
    shares = np.exp(FLATTENING * (given - top))
    best_of: dict[tuple[Hashable, frozenset[str]], float] = {}
    for place, answer, share in zip(places, answers, shares.tolist(), strict=True):
        if answer:
            best_of[place, answer] = max(best_of.get((place, answer), 0.0), share)
    mass: dict[frozenset[str], float] = {}
    for (_, answer), share in best_of.items():
        mass[answer] = mass.get(answer, 0.0) + share
    whole = {answer: _with_parts(answer, mass) for answer in mass}
    pooled = [
        max(share, whole[answer]) if answer else share
        for answer, share in zip(answers, shares.tolist(), strict=True)
    ]
    return np.asarray(top + np.log(pooled) / FLATTENING, dtype=np.float64)


def _with_parts(answer: frozenset[str], mass: dict[frozenset[str], float]) -> float:
    parts = sum(share for other, share in mass.items() if other < answer or answer < other)
    return mass[answer] + PART * parts
