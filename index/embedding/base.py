"""The seam to embedding models."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray


class Embedder(Protocol):
    """Turns text into unit vectors. Questions and documents are different inputs."""

    @property
    def model_id(self) -> str:
        """Name and checksum of the weights: vectors of different ids are not comparable."""

    @property
    def dimension(self) -> int:
        """Length of a vector."""

    def embed_query(self, text: str) -> NDArray[np.float32]:
        """The vector of a question: (dim,), L2-normalised."""

    def embed_documents(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """The vectors of texts, in order: (n, dim), L2-normalised."""
