"""Dense search without approximation: the same neighbours in every run, as BEIR searches.

Chroma's graph is built by several threads and differs from process to process; among a few hundred
neighbours it now and then misses another one (about 1 in 3,000).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from index.archive import Archive
from index.followers.base import IndexedPassage, Scored
from index.followers.memory import MemoryDenseIndex
from index.synchronising import rebuild
from rag.retrieval import HybridRetriever, RetrievalShape
from rag.settings import RagSettings


class ExactDenseIndex(MemoryDenseIndex):
    """Exact cosine search over one matrix: about 1.5 kB of memory a passage."""

    def __init__(self) -> None:
        super().__init__()
        self._stacked: tuple[list[str], NDArray[np.float32]] | None = None

    def apply(self, *, remove: Sequence[str], add: Sequence[IndexedPassage], seq: int) -> None:
        """As the protocol says."""
        super().apply(remove=remove, add=add, seq=seq)
        self._stacked = None

    def reset(self) -> None:
        """Empty the index."""
        super().reset()
        self._stacked = None

    def nearest(self, vector: NDArray[np.float32], limit: int) -> list[Scored]:
        """The passages nearest by cosine, best first, ties by id."""
        if not self._held or limit < 1:
            return []
        if self._stacked is None:
            names = sorted(self._held)
            self._stacked = names, np.stack([self._held[name].vector for name in names])
        names, vectors = self._stacked
        cosines = vectors @ vector
        best = np.argsort(-cosines, kind="stable")[:limit]
        return [Scored(names[i], float(cosines[i])) for i in best]


def exact_retriever(archive: Archive, settings: RagSettings) -> HybridRetriever:
    """Return the retriever that the settings name, with exact search on its dense side."""
    dense = ExactDenseIndex()
    rebuild(archive.catalogue, dense)
    shape = RetrievalShape(
        fusion=settings.fusion, weight=settings.fusion_weight, depth=settings.candidate_depth
    )
    return HybridRetriever(
        catalogue=archive.catalogue,
        embedder=archive.embedder,
        dense=dense,
        lexical=archive.lexical,
        shape=shape,
    )
