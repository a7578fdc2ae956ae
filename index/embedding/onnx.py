"""Sentence networks from their ONNX export: text in, unit vectors out, without torch.

The only importer of onnxruntime and tokenizers in `index`. It does what sentence-transformers does
with the same folder: tokens, network, pooling, normalisation.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from onnxruntime import InferenceSession
    from tokenizers import Encoding, Tokenizer

Pooling = Literal["mean", "cls"]

TOKENIZER_FILE = "tokenizer.json"
STEPS = (["Transformer", "Pooling"], ["Transformer", "Pooling", "Normalize"])
"""The modules of sentence-transformers that are done here; others need that library itself."""
SMALLEST = 1e-12
"""A vector shorter than this is not made longer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkShape:
    """What is done around a network, as its folder states it."""

    pooling: Pooling
    """Mean of the tokens' vectors, or that of the first."""
    max_tokens: int
    """The rest of a text is cut off."""
    pad_token: str


def network_shape(folder: Path) -> NetworkShape | None:
    """How the vectors of an exported sentence-transformers model are made; None where that takes
    more than tokens, network, pooling and normalisation, or is not stated."""
    try:
        modules = [each["type"].rpartition(".")[2] for each in _json(folder / "modules.json")]
        pooling = _json(folder / "1_Pooling" / "config.json")["pooling_mode"]
        tokenizer = _json(folder / "tokenizer_config.json")
        longest = tokenizer["model_max_length"]
        pad = tokenizer["pad_token"]
        positions = _json(folder / "config.json")["max_position_embeddings"]
        lower = _json(folder / "sentence_bert_config.json").get("do_lower_case", False)
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        return None
    known = modules in STEPS and pooling in ("mean", "cls") and isinstance(pad, str)
    if not known or lower or longest > positions or not (folder / TOKENIZER_FILE).is_file():
        return None
    return NetworkShape(pooling=pooling, max_tokens=longest, pad_token=pad)


class SentenceNetwork:
    """An exported network with what stands around it. Safe to share between threads."""

    def __init__(
        self, folder: Path, file_name: str, shape: NetworkShape, *, threads: int = 0
    ) -> None:
        """It is loaded on first use. `threads` work on one batch; 0 means one a core."""
        self._threads = threads
        self._folder = folder
        self._file = folder / file_name
        self._shape = shape
        self._loaded: tuple[InferenceSession, Tokenizer, frozenset[str]] | None = None
        self._lock = Lock()

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """The vectors of one batch of texts, in order: (n, dim), L2-normalised."""
        session, tokenizer, known = self._load()
        encodings = tokenizer.encode_batch_fast([text.strip() for text in texts])
        given = {
            "input_ids": _array(encodings, "ids"),
            "attention_mask": _array(encodings, "attention_mask"),
            "token_type_ids": _array(encodings, "type_ids"),
        }
        (tokens,) = session.run(
            ["last_hidden_state"], {name: given[name] for name in given if name in known}
        )
        vectors = self._pooled(tokens, given["attention_mask"])
        vectors /= np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), SMALLEST)
        return vectors

    def _pooled(self, tokens: NDArray[np.float32], mask: NDArray[np.int64]) -> NDArray[np.float32]:
        if self._shape.pooling == "cls":
            return tokens[:, 0].copy()
        weights = mask[:, :, None].astype(np.float32)
        vectors: NDArray[np.float32] = (tokens * weights).sum(axis=1)
        vectors /= np.maximum(weights.sum(axis=1), 1)
        return vectors

    def _load(self) -> tuple[InferenceSession, Tokenizer, frozenset[str]]:
        """Session, tokenizer and the names of the network's inputs."""
        with self._lock:
            if self._loaded is None:
                session = open_session(self._file, threads=self._threads)
                known = frozenset(given.name for given in session.get_inputs())
                self._loaded = session, self._tokenizer(), known
            return self._loaded

    def _tokenizer(self) -> Tokenizer:
        from tokenizers import Tokenizer

        tokenizer: Tokenizer = Tokenizer.from_file(str(self._folder / TOKENIZER_FILE))
        tokenizer.enable_truncation(self._shape.max_tokens)
        pad = self._shape.pad_token
        tokenizer.enable_padding(pad_id=tokenizer.token_to_id(pad), pad_token=pad)
        return tokenizer


def open_session(file: Path, *, threads: int = 0) -> InferenceSession:
    """A network, opened for questions that come from several threads. `threads` work on one of
    them; 0 means one a core."""
    from onnxruntime import InferenceSession, SessionOptions

    options = SessionOptions()
    options.intra_op_num_threads = threads
    # An arena keeps for good what the largest batch, or several runs at once, took: over 300 MB
    # after taking articles in.
    options.enable_cpu_mem_arena = False
    # Threads that wait by spinning take the cores from whoever else asks.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    return InferenceSession(str(file), options, providers=["CPUExecutionProvider"])


def _array(encodings: Sequence[Encoding], field: str) -> NDArray[np.int64]:
    return np.array([getattr(each, field) for each in encodings], dtype=np.int64)


def _json(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))
