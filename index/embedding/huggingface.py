"""Sentence-transformers models through LlamaIndex's `HuggingFaceEmbedding`, ONNX int8 on CPU."""

from __future__ import annotations

import os
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from index.embedding.export import ExportedModel, exported_model

if TYPE_CHECKING:
    from llama_index.embeddings.huggingface import HuggingFaceEmbedding


class OnnxEmbedder:
    """An `Embedder` that loads its model on first use: opening an archive stays quick.

    Activations are quantised per batch, so a text's vector depends (in the third decimal) on the
    batch that it is embedded in. Whoever needs the same vector twice gives the same batch twice.
    """

    def __init__(self, model: str, *, cache: Path, batch_size: int) -> None:
        os.environ.setdefault("HF_HUB_OFFLINE", "1")
        os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
        os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
        self._name = model
        self._cache = cache
        self._batch_size = batch_size
        self._model: HuggingFaceEmbedding | None = None

    @cached_property
    def _exported(self) -> ExportedModel:
        return exported_model(self._name, self._cache)

    @property
    def model_id(self) -> str:
        """Name and checksum of the weights."""
        return self._exported.model_id

    @property
    def dimension(self) -> int:
        """Length of a vector."""
        return len(self.embed_query("dimension"))

    def llama_index(self) -> HuggingFaceEmbedding:
        """The LlamaIndex embedding underneath, for LlamaIndex programs."""
        if self._model is None:
            from llama_index.embeddings.huggingface import HuggingFaceEmbedding

            self._model = HuggingFaceEmbedding(
                model_name=str(self._exported.folder),
                backend="onnx",
                device="cpu",
                cache_folder=str(self._exported.folder.parent),
                embed_batch_size=self._batch_size,
                model_kwargs={
                    "file_name": self._exported.file_name,
                    "provider": "CPUExecutionProvider",
                },
            )
        return self._model

    def embed_query(self, text: str) -> NDArray[np.float32]:
        """The vector of a question: (dim,), L2-normalised."""
        return np.asarray(self.llama_index().get_query_embedding(text), dtype=np.float32)

    def embed_documents(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """The vectors of texts, in order: (n, dim), L2-normalised.

        Texts of like length share a batch, so that little is spent on padding.
        """
        if not texts:
            return np.zeros((0, self.dimension), dtype=np.float32)
        order = sorted(range(len(texts)), key=lambda i: (len(texts[i]), i))
        vectors = self.llama_index().get_text_embedding_batch([texts[i] for i in order])
        result = np.empty((len(texts), len(vectors[0])), dtype=np.float32)
        result[order] = vectors
        return result
