"""Archives for the adapters: the real write and read path, over a model or over hashed words."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest

from eval.bootstrap import scratch_archive
from eval.public.base import OpenScratch
from index.embedding.hashing import HashingEmbedder
from index.embedding.huggingface import OnnxEmbedder
from index.settings import BUILT_IN, IndexSettings
from rag.settings import RagSettings


@pytest.fixture
def by_words(tmp_path: Path) -> OpenScratch:
    """Scratch archives where meaning does not matter."""
    settings = IndexSettings(data_dir=tmp_path / "var")
    return partial(scratch_archive, settings, RagSettings(), embedder=HashingEmbedder())


@pytest.fixture(scope="session")
def embedder(model_cache: Path) -> OnnxEmbedder:
    """The built-in model."""
    return OnnxEmbedder(BUILT_IN, cache=model_cache, batch_size=32)


@pytest.fixture
def by_meaning(tmp_path: Path, embedder: OnnxEmbedder) -> OpenScratch:
    """Scratch archives over the built-in model."""
    settings = IndexSettings(data_dir=tmp_path / "var")
    return partial(scratch_archive, settings, RagSettings(), embedder=embedder)
