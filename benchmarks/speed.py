"""Speed, as ratios measured side by side in one run: `make bench`.

Ingest against the ceiling of the embedding model (`encode` on the same texts) and against
LlamaIndex's default pipeline; `ask` and `search` over HTTP; peak memory of both.
"""

from __future__ import annotations

import argparse
import os
import re
import resource
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
from rich.console import Console
from rich.table import Table

from benchmarks.corpus import SEEDS, articles
from eval.gold import load_gold
from index.bootstrap import open_archive
from index.embedding.huggingface import OnnxEmbedder
from index.passages import embedding_input
from index.settings import IndexSettings

QUOTH = Path(sys.executable).with_name("quoth")


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """How much is measured."""

    articles: int
    rounds: int
    requests: int


FULL = Scale(articles=300, rounds=3, requests=400)
SHORT = Scale(articles=20, rounds=1, requests=20)


# -- ingest ---------------------------------------------------------------------------------


def quoth_rate(records: list[dict[str, str]], folder: Path, models: Path) -> float:
    """Passages a second from records to an archive that is ready to be asked."""
    with open_archive(IndexSettings(data_dir=folder, model_cache=models)) as archive:
        archive.embedder.embed_query("warm")
        started = time.perf_counter()
        archive.ingest_records(records, origin="bench")
        seconds = time.perf_counter() - started
        return archive.status().passages / seconds


def ceiling_rate(records: list[dict[str, str]], folder: Path, models: Path) -> float:
    """Passages a second of the model's own `encode` on exactly the texts that Quoth embeds."""
    with open_archive(IndexSettings(data_dir=folder, model_cache=models)) as archive:
        if not archive.status().articles:
            archive.ingest_records(records, origin="bench")
        embedder = archive.embedder
        assert isinstance(embedder, OnnxEmbedder)
        rows = archive.catalogue.passages_of(
            [a.article_id for a in archive.articles(limit=10**6, offset=0).articles]
        )
        texts = [embedding_input(row.title, row.passage) for row in rows]
        model = embedder.llama_index()._model  # noqa: SLF001 - the raw model is what is measured
        model.encode(texts[:8], batch_size=32)
        started = time.perf_counter()
        model.encode(texts, batch_size=32, normalize_embeddings=True, show_progress_bar=False)
        return len(texts) / (time.perf_counter() - started)


def llama_index_rate(records: list[dict[str, str]], folder: Path, _models: Path) -> float:
    """Passages a second of LlamaIndex's defaults: SentenceSplitter, Chroma, the same model."""
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
    collection = client.get_or_create_collection("bench")
    model = HuggingFaceEmbedding(
        model_name=str(weights_folder(BUILT_IN)), device="cpu", cache_folder=str(folder)
    )
    model.get_query_embedding("warm")
    documents = [Document(text=f"{r['title']}\n{r['text']}", doc_id=r["id"]) for r in records]
    started = time.perf_counter()
    VectorStoreIndex.from_documents(
        documents,
        storage_context=StorageContext.from_defaults(
            vector_store=ChromaVectorStore(chroma_collection=collection)
        ),
        embed_model=model,
        transformations=[SentenceSplitter()],
    )
    return collection.count() / (time.perf_counter() - started)


def measure_ingest(scale: Scale, work: Path) -> Table:
    """Rounds in turn, so that a noisy minute hits all alike; medians of the rounds."""
    records = articles(scale.articles)
    models = work / "models"
    ways: dict[str, Callable[[list[dict[str, str]], Path, Path], float]] = {
        "encode, the ceiling": ceiling_rate,
        "Quoth": quoth_rate,
        "LlamaIndex default": llama_index_rate,
    }
    rates: dict[str, list[float]] = {name: [] for name in ways}
    for turn in range(scale.rounds):
        for name, rate in ways.items():
            folder = work / f"{re.sub('[^a-z]', '', name.lower())}-{turn}"
            rates[name].append(rate(records, folder, models))
    median = {name: statistics.median(values) for name, values in rates.items()}
    table = Table("ingest", "passages/s", "Quoth is", title=f"{scale.articles} articles")
    for name, value in median.items():
        table.add_row(name, f"{value:.1f}", f"{median['Quoth'] / value:.2f} ×")
    return table


# -- serving --------------------------------------------------------------------------------


@contextmanager
def server(work: Path) -> Iterator[tuple[str, int, float]]:
    """A `quoth serve` over the seeds: its URL, its process, and seconds until it was ready."""
    environment = os.environ | {"QUOTH_MODEL_CACHE": str(work / "models")}
    command = [str(QUOTH), "serve", "--port", "0", "--data-dir", str(work / "served")]
    command += ["--seed", str(SEEDS)]
    started = time.perf_counter()
    log = work / "serve.log"
    with log.open("w", encoding="utf-8") as stream:
        process = subprocess.Popen(command, env=environment, stderr=stream)
    try:
        while (found := re.search(r"http://\S+", log.read_text(encoding="utf-8"))) is None:
            if process.poll() is not None:
                sys.exit(log.read_text(encoding="utf-8"))
            time.sleep(0.02)
        url = found.group().rstrip("/")
        while httpx.get(f"{url}/readyz").status_code != httpx.codes.OK:
            time.sleep(0.05)
        yield url, process.pid, time.perf_counter() - started
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=30)


def peak_megabytes(process: int) -> float:
    """Peak resident memory of a running process, in MB."""
    status = Path(f"/proc/{process}/status").read_text(encoding="utf-8")
    found = re.search(r"VmHWM:\s+(\d+) kB", status)
    return int(found.group(1)) / 1000 if found else float("nan")


def milliseconds(client: httpx.Client, path: str, questions: list[str], count: int) -> list[float]:
    """How long each of `count` requests took, one after another."""
    taken = []
    for number in range(count):
        question = questions[number % len(questions)]
        started = time.perf_counter()
        client.post(path, json={"question": question}).raise_for_status()
        taken.append((time.perf_counter() - started) * 1000)
    return taken


def measure_serving(scale: Scale, work: Path) -> Table:
    """p50 and p95 over HTTP: first asked (sentences not yet read) and asked again."""
    questions = [gold.question for gold in load_gold(SEEDS / "gold.jsonl")]
    table = Table("HTTP on the seeds", "p50 ms", "p95 ms")
    with server(work):  # the first start ingests and exports; the second is what users see
        pass
    with server(work) as (url, process, ready), httpx.Client(base_url=url) as client:
        rows = {
            "ask, first time": ("/v1/ask", questions, len(questions)),
            "ask": ("/v1/ask", questions, scale.requests),
            "search": ("/v1/search", questions, scale.requests),
        }
        for name, (path, asked, count) in rows.items():
            taken = milliseconds(client, path, asked, count)
            cuts = statistics.quantiles(taken, n=100)
            table.add_row(name, f"{cuts[49]:.1f}", f"{cuts[94]:.1f}")
        table.caption = (
            f"ready after {ready:.1f} s; peak memory of the server {peak_megabytes(process):.0f} MB"
        )
    return table


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--short", action="store_true", help="only see that it works")
    scale = SHORT if parser.parse_args().short else FULL
    console = Console()
    with tempfile.TemporaryDirectory(prefix="quoth-bench-") as folder:
        work = Path(folder)
        console.print(measure_serving(scale, work))
        console.print(measure_ingest(scale, work))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000
    console.print(f"peak memory of the ingest benchmark, all three ways: {peak:.0f} MB")


if __name__ == "__main__":
    main()
