"""Retrieval on RealTimeQA 2023: hybrid against dense alone, BM25 alone and LlamaIndex's defaults.

    python -m benchmarks.realtimeqa FOLDER --work DIR [--words 150 --overlap 1] [--llama-index]

FOLDER holds `articles.jsonl.gz` and `questions.jsonl.gz`. All articles but the quiz pages are
searched; a question counts as found at k when one of the k best articles is a silver one. Settings
are chosen on one half of the questions and checked on the other: the table has all, and each half.
Archives are kept in DIR and used again.
"""

from __future__ import annotations

import argparse
import hashlib
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table

from eval.public.realtimeqa import (
    DEPTHS,
    PASSAGES,
    NewsArticle,
    Question,
    read_articles,
    read_questions,
    success,
    take_in,
)
from index.archive import Archive
from index.bootstrap import open_archive
from index.settings import IndexSettings
from rag.bootstrap import build_retriever
from rag.records import Query
from rag.settings import RagSettings

Ranker = Callable[[str], list[str]]
"""A question to article ids of the set, best first, each once."""


def fill(archive: Archive, articles: Sequence[NewsArticle]) -> dict[str, str]:
    """Ingest what the archive does not hold yet; the set's id of each article by the archive's."""
    started = time.monotonic()
    names, refused = take_in(archive, articles, lambda _doing, _done, _total: None)
    seconds = time.monotonic() - started
    print(f"ingested {len(articles)} in {seconds:.0f} s, {refused} refused", flush=True)
    return names


def unique(names: Iterator[str]) -> list[str]:
    """The names in order, each once."""
    return list(dict.fromkeys(names))


def quoth_rankers(
    archive: Archive, settings: RagSettings, names: Mapping[str, str]
) -> dict[str, Ranker]:
    """Quoth's hybrid retrieval and its two halves."""

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


def llama_index_ranker(folder: Path, articles: Sequence[NewsArticle]) -> Ranker:
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
        documents = [Document(text=f"{a.title}\n{a.text}", doc_id=a.id) for a in articles]
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


def is_held_out(question: Question) -> bool:
    """Whether settings are checked on this question, and not chosen on it: one in two."""
    return hashlib.sha256(question.id.encode()).digest()[0] % 2 == 1


def row_of(ranker: Ranker, questions: Sequence[Question]) -> list[str]:
    """Success@k for each of `DEPTHS`: of all questions, those to choose on, those to check on."""
    ranked = [(question, ranker(question.question)) for question in questions]
    checked = [pair for pair in ranked if is_held_out(pair[0])]
    chosen = [pair for pair in ranked if not is_held_out(pair[0])]
    figures = [success(pairs) for pairs in (ranked, chosen, checked)]
    return [
        " / ".join(f"{found[f'Success@{depth}'].value:.3f}" for depth in DEPTHS)
        for found in figures
    ]


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
    articles = read_articles(given.folder)
    questions = [question for question in read_questions(given.folder) if question.silver_ids]
    settings = IndexSettings(
        data_dir=given.work / f"words{given.words}-overlap{given.overlap}",
        model_cache=given.work / "models",
        passage_words=given.words,
        passage_overlap=given.overlap,
    )
    depths = " / ".join(f"@{depth}" for depth in DEPTHS)
    table = Table(
        "retrieval", *(f"{each}: Success {depths}" for each in ("all", "chosen", "checked"))
    )
    with open_archive(settings) as archive:
        names = fill(archive, articles)
        print(archive.status().passages, "passages", flush=True)
        rankers = quoth_rankers(archive, RagSettings(), names)
        for weight in given.weights:
            tuned = quoth_rankers(archive, RagSettings(fusion_weight=weight), names)
            rankers[f"hybrid, min-max, weight {weight}"] = tuned["hybrid, min-max"]
        if given.llama_index:
            rankers["LlamaIndex default"] = llama_index_ranker(given.work / "llama", articles)
        for name, ranker in rankers.items():
            table.add_row(name, *row_of(ranker, questions))
    Console().print(table)


if __name__ == "__main__":
    main()
