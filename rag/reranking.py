"""Passages ordered anew by what reading found in them. Pure."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

from rag.reading.base import Reading
from rag.records import Candidate

CERTAIN = 1e-6
"""Probabilities are kept this far from 0 and 1, so that their log-odds are finite."""


def rerank(candidates: Sequence[Candidate], reading: Reading, weight: float) -> list[Candidate]:
    """The candidates by fused score + `weight` · log-odds of their best sentence, best first.

    Each carries that sentence's probability as its `reading`. A passage that was not read counts
    as the worst of those that were. The new score is the logistic of that sum, in (0, 1); ties
    keep their order.
    """
    best: dict[int, float] = {}
    for sentence in reading.sentences:
        best[sentence.candidate] = max(best.get(sentence.candidate, 0.0), sentence.score)
    read = [replace(c, reading=best.get(position)) for position, c in enumerate(candidates)]
    if not best or weight == 0:
        return read
    worst = min(best.values())
    scored = [
        (c.score + weight * _log_odds(worst if c.reading is None else c.reading), c) for c in read
    ]
    ranked = sorted(scored, key=lambda pair: -pair[0])
    return [replace(candidate, score=1 / (1 + math.exp(-total))) for total, candidate in ranked]


def _log_odds(probability: float) -> float:
    kept = min(max(probability, CERTAIN), 1 - CERTAIN)
    return math.log(kept / (1 - kept))
