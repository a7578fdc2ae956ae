"""What LlamaIndex's `ChromaVectorStore` costs over Chroma itself: adding, and 100 hits a query.

python -m benchmarks.vector_store
"""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import chromadb
import numpy as np
from chromadb.config import Settings
from llama_index.core.schema import TextNode
from llama_index.core.vector_stores.types import VectorStoreQuery
from llama_index.vector_stores.chroma import ChromaVectorStore
from rich.console import Console
from rich.table import Table

from index.followers.base import IndexedPassage
from index.followers.chroma import ChromaDenseIndex

PASSAGES, DIMENSION, HITS, ROUNDS, QUERIES = 2000, 384, 100, 5, 50
TEXT = "The council met on Monday and put off the vote on the harbour wall. " * 12


def seconds(action: Callable[[], object]) -> float:
    """How long the action takes."""
    started = time.perf_counter()
    action()
    return time.perf_counter() - started


def main() -> None:
    """Measure in turn, print medians."""
    chance = np.random.default_rng(1)
    vectors = chance.standard_normal((PASSAGES, DIMENSION)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    passages = [
        IndexedPassage(passage_id=f"a.1.{i}", article_id="a", title="", text=TEXT, vector=v)
        for i, v in enumerate(vectors)
    ]
    taken: dict[str, list[float]] = {"add": [], "add, LlamaIndex": [], "query": [], "query, L": []}
    for turn in range(ROUNDS):
        with tempfile.TemporaryDirectory() as folder:
            ours = ChromaDenseIndex(archive_id=str(turn), folder=Path(folder) / "ours")
            client = chromadb.PersistentClient(
                path=str(Path(folder) / "theirs"), settings=Settings(anonymized_telemetry=False)
            )
            theirs = ChromaVectorStore(chroma_collection=client.create_collection("nodes"))
            nodes = [
                TextNode(id_=p.passage_id, text=p.text, embedding=p.vector.tolist())
                for p in passages
            ]
            taken["add"].append(seconds(partial(ours.apply, remove=[], add=passages, seq=1)))
            taken["add, LlamaIndex"].append(seconds(partial(theirs.add, list(nodes))))
            for vector in vectors[:QUERIES]:
                query = VectorStoreQuery(query_embedding=vector.tolist(), similarity_top_k=HITS)
                taken["query"].append(seconds(partial(ours.nearest, vector, HITS)))
                taken["query, L"].append(seconds(partial(theirs.query, query)))
            ours.close()
    middle = {name: statistics.median(values) * 1000 for name, values in taken.items()}
    table = Table("step", "Chroma itself, ms", "ChromaVectorStore, ms", "ratio")
    for step, other in (("add", "add, LlamaIndex"), ("query", "query, L")):
        ratio = middle[other] / middle[step]
        table.add_row(step, f"{middle[step]:.1f}", f"{middle[other]:.1f}", f"{ratio:.1f}")
    Console().print(table)


if __name__ == "__main__":
    main()
