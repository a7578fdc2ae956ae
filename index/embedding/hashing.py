"""A deterministic embedder of hashed words, for tests and trials where meaning does not matter."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray


class HashingEmbedder:
    """Each word adds ±1 at a hashed place (the hashing trick, Weinberger et al. 2009)."""

    def __init__(self, dimension: int = 64) -> None:
        self._dimension = dimension
        self.embedded = 0
        """How many documents were embedded so far."""

    @property
    def model_id(self) -> str:
        """Name of the scheme and its size."""
        return f"hashing-{self._dimension}"

    @property
    def dimension(self) -> int:
        """Length of a vector."""
        return self._dimension

    def embed_query(self, text: str) -> NDArray[np.float32]:
        """The vector of a question: (dim,), L2-normalised."""
        return self._vector(text)

    def embed_documents(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """The vectors of texts, in order: (n, dim), L2-normalised."""
        self.embedded += len(texts)
        vectors = [self._vector(text) for text in texts]
        return np.array(vectors, dtype=np.float32).reshape(len(texts), self._dimension)

    def _vector(self, text: str) -> NDArray[np.float32]:
        vector = np.zeros(self._dimension, dtype=np.float32)
        for word in re.findall(r"\w+", text.lower()) or [""]:
            digest = hashlib.blake2b(word.encode(), digest_size=8).digest()
            place = int.from_bytes(digest[:4], "little") % self._dimension
            vector[place] += 1.0 if digest[4] % 2 else -1.0
        norm = float(np.linalg.norm(vector))
        if norm == 0.0:
            vector[0] = norm = 1.0
        return vector / norm
