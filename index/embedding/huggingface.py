"""Sentence-transformers models as ONNX int8 on CPU: run directly, or by LlamaIndex's
`HuggingFaceEmbedding` where a model takes more than a network, pooling and normalisation."""

from __future__ import annotations

import os
from collections.abc import Sequence
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from index.embedding.export import ExportedModel, exported_model
from index.embedding.onnx import SentenceNetwork, network_shape

if TYPE_CHECKING:
    from llama_index.embeddings.huggingface import HuggingFaceEmbedding

QUESTIONS = 1024
"""Questions whose vectors are remembered: 1.5 MB for vectors of 384."""


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
        self._llama_index: HuggingFaceEmbedding | None = None
        self._question_vector = lru_cache(maxsize=QUESTIONS)(self._embed_question)

    @cached_property
    def _exported(self) -> ExportedModel:
        return exported_model(self._name, self._cache)

    @cached_property
    def _network(self) -> SentenceNetwork | None:
        return self._opened(threads=0)

    @cached_property
    def _question_network(self) -> SentenceNetwork | None:
        """For texts so short that one core is as quick as two, and half as busy."""
        return self._opened(threads=1)

    def _opened(self, *, threads: int) -> SentenceNetwork | None:
        shape = network_shape(self._exported.folder)
        if shape is None:
            return None
        folder, name = self._exported.folder, self._exported.file_name
        return SentenceNetwork(folder, name, shape, threads=threads)

    @property
    def model_id(self) -> str:
        """Name and checksum of the weights."""
        return self._exported.model_id

    @property
    def dimension(self) -> int:
        """Length of a vector."""
        return len(self.embed_query("dimension"))

    def llama_index(self) -> HuggingFaceEmbedding:
        """The model as LlamaIndex runs it, for LlamaIndex programs; it brings torch with it."""
        if self._llama_index is None:
            from llama_index.embeddings.huggingface import HuggingFaceEmbedding

            self._llama_index = HuggingFaceEmbedding(
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
        return self._llama_index

    def embed_query(self, text: str) -> NDArray[np.float32]:
        """The vector of a question: (dim,), L2-normalised; not to be written to. Answering asks for
        the one that retrieval asked for, and so do those who ask again."""
        return self._question_vector(text)

    def _embed_question(self, text: str) -> NDArray[np.float32]:
        if self._question_network is not None:
            (vector,) = self._question_network.embed([text])
        else:
            vector = self.llama_index().get_query_embedding(text)
        made = np.asarray(vector, dtype=np.float32)
        made.flags.writeable = False
        return made

    def embed_documents(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """The vectors of texts, in order: (n, dim), L2-normalised.

        Texts of like length share a batch, so that little is spent on padding.
        """
        if not texts:
            return np.zeros((0, self.dimension), dtype=np.float32)
        order = sorted(range(len(texts)), key=lambda i: (len(texts[i]), i))
        vectors = self._embed_in_batches([texts[i] for i in order])
        result = np.empty_like(vectors)
        result[order] = vectors
        return result

    def _embed_in_batches(self, texts: Sequence[str]) -> NDArray[np.float32]:
        if self._network is None:
            vectors = self.llama_index().get_text_embedding_batch(list(texts))
            return np.asarray(vectors, dtype=np.float32)
        size = self._batch_size
        batches = [texts[at : at + size] for at in range(0, len(texts), size)]
        return np.concatenate([self._network.embed(batch) for batch in batches])
