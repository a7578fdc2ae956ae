"""Retrieval on RealTimeQA 2023: hybrid against dense alone, BM25 alone and LlamaIndex's defaults.

    python -m benchmarks.realtimeqa FOLDER --work DIR [--words 150 --overlap 1] [--llama-index]

FOLDER holds `articles.jsonl.gz` and `questions.jsonl.gz`. All articles but the quiz pages are
searched; a question counts as found at k when one of the k best articles is a silver one.
Archives are kept in DIR and used again.
"""

from __future__ import annotations

import argparse
import gzip
import json
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from index.archive import Archive
from index.bootstrap import open_archive
from index.settings import IndexSettings
from rag.bootstrap import build_retriever
from rag.records import Query
from rag.settings import RagSettings

DEPTHS = (1, 5, 10)
PASSAGES = 60
"""Passages that are turned into a ranking of articles."""

Ranker = Callable[[str], list[str]]
"""A question to article ids of the set, best first, each once."""


def read(path: Path) -> Iterator[dict[str, Any]]:
    """The records of a gzipped JSONL file."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


def articles_of(folder: Path) -> list[dict[str, Any]]:
    """The articles to search."""
    return [
        record
        for record in read(folder / "articles.jsonl.gz")
        if "quiz-of-the-week" not in record["url"]
    ]


def fill(archive: Archive, articles: Sequence[dict[str, Any]]) -> None:
    """Ingest what the archive does not hold yet."""
    if archive.status().articles >= len(articles) - 50:
        return
    started = time.monotonic()
    report = archive.ingest_records(
        [{k: record[k] for k in ("id", "title", "text")} for record in articles],
        origin="realtimeqa",
    )
    seconds = time.monotonic() - started
    refused = [item for item in report.items if item.reason]
    print(f"ingested {len(report.items)} in {seconds:.0f} s, {len(refused)} refused", flush=True)


def unique(names: Iterator[str]) -> list[str]:
    """The names in order, each once."""
    return list(dict.fromkeys(names))


def quoth_rankers(archive: Archive, settings: RagSettings) -> dict[str, Ranker]:
    """Quoth's hybrid retrieval and its two halves."""
    names = _names(archive)

    def hybrid(fusion: str) -> Ranker:
        chosen = settings.model_copy(update={"fusion": fusion})
        retriever = build_retriever(archive, chosen)
        return lambda question: unique(
            names[c.passage.article_id]
            for c in retriever.retrieve(Query(question=question), limit=PASSAGES)
        )

    def article(passage_id: str) -> str:
        return names[passage_id.partition(".")[0]]

    def dense(question: str) -> list[str]:
        vector = archive.embedder.embed_query(question)
        return unique(article(hit.passage_id) for hit in archive.dense.nearest(vector, PASSAGES))

    def lexical(question: str) -> list[str]:
        return unique(article(h.passage_id) for h in archive.lexical.matching(question, PASSAGES))

    return {
        "dense": dense,
        "BM25": lexical,
        "hybrid, RRF": hybrid("rrf"),
        "hybrid, min-max": hybrid("min-max"),
    }


def _names(archive: Archive) -> dict[str, str]:
    from sqlalchemy import select

    from index.catalogue.schema import ARTICLES

    with archive.catalogue.engine.connect() as connection:
        rows = connection.execute(select(ARTICLES.c.article_id, ARTICLES.c.identity_key)).all()
    return {row.article_id: row.identity_key.rpartition(":")[2] for row in rows}


def llama_index_ranker(folder: Path, articles: Sequence[dict[str, Any]]) -> Ranker:
    """LlamaIndex's default pipeline: SentenceSplitter, VectorStoreIndex on Chroma, same model."""
    import chromadb
    from chromadb.config import Settings
    from llama_index.core import Document, StorageContext, VectorStoreIndex
    from llama_index.core.node_parser import SentenceSplitter
    from llama_index.embeddings.huggingface import HuggingFaceEmbedding
    from llama_index.vector_stores.chroma import ChromaVectorStore

    from index.embedding.export import weights_folder
    from index.settings import BUILT_IN

    client = chromadb.PersistentClient(
        path=str(folder), settings=Settings(anonymized_telemetry=False)
    )
    collection = client.get_or_create_collection("default")
    model = HuggingFaceEmbedding(
        model_name=str(weights_folder(BUILT_IN)), device="cpu", cache_folder=str(folder)
    )
    store = ChromaVectorStore(chroma_collection=collection)
    if collection.count() == 0:
        documents = [Document(text=f"{a['title']}\n{a['text']}", doc_id=a["id"]) for a in articles]
        started = time.monotonic()
        index = VectorStoreIndex.from_documents(
            documents,
            storage_context=StorageContext.from_defaults(vector_store=store),
            embed_model=model,
            transformations=[SentenceSplitter()],
        )
        print(f"LlamaIndex: ingested in {time.monotonic() - started:.0f} s", flush=True)
    else:
        index = VectorStoreIndex.from_vector_store(store, embed_model=model)
    retriever = index.as_retriever(similarity_top_k=PASSAGES)
    return lambda question: unique(str(hit.node.ref_doc_id) for hit in retriever.retrieve(question))


def success(ranker: Ranker, questions: Sequence[dict[str, Any]]) -> list[float]:
    """Success@k for each of `DEPTHS`."""
    ranks = []
    for question in questions:
        silver = set(question["silver_ids"])
        ranking = ranker(question["question"])
        ranks.append(next((i for i, name in enumerate(ranking, 1) if name in silver), 10**6))
    return [sum(rank <= depth for rank in ranks) / len(ranks) for depth in DEPTHS]


def main() -> None:
    """Measure and print one table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument(
        "--words", type=int, default=IndexSettings.model_fields["passage_words"].default
    )
    parser.add_argument(
        "--overlap", type=int, default=IndexSettings.model_fields["passage_overlap"].default
    )
    parser.add_argument("--weights", type=float, nargs="*", default=[])
    parser.add_argument("--llama-index", action="store_true")
    given = parser.parse_args()
    articles = articles_of(given.folder)
    questions = [q for q in read(given.folder / "questions.jsonl.gz") if q["silver_ids"]]
    settings = IndexSettings(
        data_dir=given.work / f"words{given.words}-overlap{given.overlap}",
        model_cache=given.work / "models",
        passage_words=given.words,
        passage_overlap=given.overlap,
    )
    table = Table(*("retrieval", *(f"Success@{k}" for k in DEPTHS)))
    with open_archive(settings) as archive:
        fill(archive, articles)
        print(archive.status().passages, "passages", flush=True)
        rankers = quoth_rankers(archive, RagSettings())
        for weight in given.weights:
            tuned = quoth_rankers(archive, RagSettings(fusion_weight=weight))
            rankers[f"hybrid, min-max, weight {weight}"] = tuned["hybrid, min-max"]
        if given.llama_index:
            rankers["LlamaIndex default"] = llama_index_ranker(given.work / "llama", articles)
        for name, ranker in rankers.items():
            table.add_row(name, *(f"{value:.3f}" for value in success(ranker, questions)))
    Console().print(table)


if __name__ == "__main__":
    main()
