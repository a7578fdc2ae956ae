"""Story grouping: near-duplicates, wire copies and updates of one story.

Candidates come from MinHash (Broder 1997) over word 3-grams with banding (Leskovec et al.,
Mining of Massive Datasets, ch. 3); because true wire duplicates may share only a third of their
3-grams, the bands are loose and the vectors of the articles confirm.
"""

from __future__ import annotations

import re

import numpy as np
from numpy.typing import NDArray

PERMUTATIONS = 128
BANDS = 32
ROWS = 2
SEED = 20260106

COPY_JACCARD = 0.5
"""Estimated 3-gram overlap from which two articles are one story, whatever their vectors."""
RELATED_JACCARD = 0.12
"""Estimated overlap from which near-equal vectors make two articles one story."""
RELATED_COSINE = 0.9
"""Cosine of the articles' mean passage vectors that confirms."""

WORD = re.compile(r"\w+")


def shingles(text: str) -> set[str]:
    """Word 3-grams, lower-cased; the whole text where it has fewer than three words."""
    words = WORD.findall(text.lower())
    if len(words) < 3:
        return {" ".join(words)}
    return {" ".join(words[i : i + 3]) for i in range(len(words) - 2)}


def signature(text: str) -> NDArray[np.uint32]:
    """MinHash signature: uint32 (128,)."""
    from rensa import RMinHash

    minhash = RMinHash(num_perm=PERMUTATIONS, seed=SEED)
    minhash.update(sorted(shingles(text)))
    return np.array(minhash.digest(), dtype="<u4")


def bands(values: NDArray[np.uint32]) -> list[str]:
    """Keys of the bands: articles that share one are candidates."""
    return [
        f"{band}:{values[band * ROWS : (band + 1) * ROWS].tobytes().hex()}" for band in range(BANDS)
    ]


def jaccard(left: NDArray[np.uint32], right: NDArray[np.uint32]) -> float:
    """Estimated overlap of two 3-gram sets, in [0, 1]; standard error below 0.045."""
    return float(np.mean(left == right))


def same_story(overlap: float, cosine: float) -> bool:
    """Whether two articles tell one story in much the same words."""
    return overlap >= COPY_JACCARD or (overlap >= RELATED_JACCARD and cosine >= RELATED_COSINE)


def mean_vector(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    """The direction of an article: normalised mean of its passage vectors (n, dim), (dim,)."""
    mean = np.mean(vectors, axis=0)
    norm = float(np.linalg.norm(mean))
    return np.asarray(mean / norm if norm else mean, dtype=np.float32)
