from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from eval.public.exact_search import ExactDenseIndex, exact_retriever
from index.archive import Archive
from index.bootstrap import open_archive
from index.embedding.hashing import HashingEmbedder
from index.followers.base import IndexedPassage
from index.followers.memory import MemoryDenseIndex
from index.settings import IndexSettings
from rag.bootstrap import build_retriever
from rag.records import Query
from rag.settings import RagSettings


def passages(count: int) -> list[IndexedPassage]:
    """Passages with random vectors, every third one a copy of the one before it."""
    chance = np.random.default_rng(1)
    vectors = chance.normal(size=(count, 8)).astype(np.float32)
    vectors[2::3] = vectors[1::3][: len(vectors[2::3])]
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return [
        IndexedPassage(
            passage_id=f"p{number:03}", article_id=f"a{number}", title="", text="", vector=vector
        )
        for number, vector in enumerate(vectors)
    ]


def test_neighbours_are_those_of_the_reference() -> None:
    exact, reference = ExactDenseIndex(), MemoryDenseIndex()
    held = passages(60)
    for index in (exact, reference):
        index.apply(remove=[], add=held, seq=1)
    for number in (0, 7, 31):
        ours, theirs = (i.nearest(held[number].vector, 20) for i in (exact, reference))
        assert [s.passage_id for s in ours] == [s.passage_id for s in theirs]
        assert [s.score for s in ours] == pytest.approx([s.score for s in theirs], abs=1e-6)
    exact.apply(remove=["a0"], add=[], seq=2)
    assert "p000" not in {s.passage_id for s in exact.nearest(held[0].vector, 99)}
    exact.reset()
    assert exact.nearest(held[0].vector, 5) == []


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    return open_archive(IndexSettings(data_dir=tmp_path), embedder=HashingEmbedder())


def test_a_small_archive_is_searched_as_the_engine_searches_it(archive: Archive) -> None:
    with archive:
        texts = [f"The ferry number {n} leaves the harbour for island {n * n}." for n in range(9)]
        records = [{"id": str(n), "text": text} for n, text in enumerate(texts)]
        archive.ingest_records(records, origin="test")
        query = Query(question="when does the ferry leave for island 49?")
        ours = exact_retriever(archive, RagSettings()).retrieve(query, limit=5)
        theirs = build_retriever(archive, RagSettings()).retrieve(query, limit=5)
        assert [c.passage.passage_id for c in ours] == [c.passage.passage_id for c in theirs]
        # Chroma's cosines are a little off, and min-max fusion stretches them
        assert [c.score for c in ours] == pytest.approx([c.score for c in theirs], abs=0.01)
