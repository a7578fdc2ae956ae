"""What an answer costs beside its parts: `python -m benchmarks.answering_parts`.

`ask` over HTTP on the seeds, in one process with the service, so that the time spent inside the
embedding model, the dense index, the lexical index and the reader's network is taken in the very
same requests.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock
from typing import Any

import httpx
from rich.console import Console
from rich.table import Table

from api.logs import configure_logs
from api.service import Service
from benchmarks.corpus import SEEDS
from benchmarks.speed import FULL, SHORT
from eval.gold import load_gold
from index.archive import Archive
from index.bootstrap import open_archive
from index.settings import IndexSettings
from rag.answering import AnswerShape
from rag.bootstrap import SentenceEmbedder, build_retriever
from rag.engine import AnswerEngine
from rag.quoting import Quoter
from rag.reading.span_model import SpanModel
from rag.reading.span_reader import SpanReader
from rag.settings import RagSettings
from tests.api.http.serving import serving

PARTS = ("embedding model", "dense index", "lexical index", "reader's network")


class Timed:
    """Passes every call on, and adds the seconds in which any was at work to a part's clock."""

    def __init__(self, wrapped: object, part: str, clock: dict[str, float]) -> None:
        self._wrapped = wrapped
        self._part = part
        self._clock = clock
        self._lock = Lock()
        self._working = 0
        self._since = 0.0

    def __getattr__(self, name: str) -> Any:
        held = getattr(self._wrapped, name)
        return self._timing(held) if callable(held) else held

    def _timing(self, call: Callable[..., Any]) -> Callable[..., Any]:
        def timed(*given: Any, **named: Any) -> Any:
            with self._lock:
                if not self._working:
                    self._since = time.perf_counter()
                self._working += 1
            try:
                return call(*given, **named)
            finally:
                with self._lock:
                    self._working -= 1
                    if not self._working:
                        self._clock[self._part] += time.perf_counter() - self._since

        return timed


def timed_engine(archive: Archive, clock: dict[str, float]) -> AnswerEngine:
    """The engine of the default settings, its parts under a clock."""
    settings = RagSettings()
    held: Any = archive
    held.embedder = Timed(archive.embedder, PARTS[0], clock)
    held.dense = Timed(archive.dense, PARTS[1], clock)
    held.lexical = Timed(archive.lexical, PARTS[2], clock)
    network: Any = Timed(SpanModel(), PARTS[3], clock)
    reader = SpanReader(
        SentenceEmbedder(archive.embedder),
        network,
        archive.lexical,
        passages=settings.read_passages,
    )
    return AnswerEngine(
        retriever=build_retriever(archive, settings),
        reader=reader,
        quoter=Quoter(archive.catalogue),
        shape=AnswerShape(
            threshold=reader.threshold,
            read_passages=settings.read_passages,
            reading_weight=settings.reading_weight,
            max_sentences=settings.max_sentences,
            max_question_chars=settings.max_question_chars,
        ),
    )


@contextmanager
def timed_service(folder: Path, clock: dict[str, float]) -> Iterator[str]:
    """The base URL of a service over the seeds whose parts are under a clock."""
    with open_archive(IndexSettings(data_dir=folder)) as archive:
        archive.ingest([str(SEEDS)])
        service = Service(engine=timed_engine(archive, clock), archive=archive)
        with serving(service) as url:
            yield url


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--short", action="store_true", help="only see that it works")
    requests = (SHORT if parser.parse_args().short else FULL).requests
    questions = [gold.question for gold in load_gold(SEEDS / "gold.jsonl")]
    configure_logs("warning", "console")
    clock = dict.fromkeys(PARTS, 0.0)
    taken: list[float] = []
    with (
        tempfile.TemporaryDirectory(prefix="quoth-bench-") as folder,
        timed_service(Path(folder), clock) as url,
        httpx.Client(base_url=url, timeout=60) as client,
    ):
        for question in questions[:requests]:  # the figures are those of what was asked before
            client.post("/v1/ask", json={"question": question}).raise_for_status()
        clock.update(dict.fromkeys(PARTS, 0.0))
        for number in range(requests):
            started = time.perf_counter()
            body = {"question": questions[number % len(questions)]}
            client.post("/v1/ask", json=body).raise_for_status()
            taken.append(time.perf_counter() - started)
    cuts = statistics.quantiles(taken, n=100)
    table = Table(f"ask over HTTP, {requests} requests", "ms a request")
    for part in PARTS:
        table.add_row(part, f"{1000 * clock[part] / requests:.1f}")
    table.add_row("their sum", f"{1000 * sum(clock.values()) / requests:.1f}")
    table.add_row("ask, mean", f"{1000 * statistics.fmean(taken):.1f}")
    table.add_row("ask, p50 / p95", f"{1000 * cuts[49]:.1f} / {1000 * cuts[94]:.1f}")
    table.caption = f"ask takes {sum(taken) / sum(clock.values()):.2f} times the sum of its parts"
    Console().print(table)


if __name__ == "__main__":
    main()
