"""How soon a streamed chat tells something, over HTTP on the seeds: `python -m
benchmarks.chat_speed`."""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
from rich.console import Console
from rich.table import Table

from benchmarks.corpus import SEEDS
from benchmarks.speed import FULL, SHORT, server
from eval.gold import load_gold

MOMENTS = {
    "first event": "the service is at work",
    "passages found": "retrieval is done",
    "first sentence": "or the abstention",
    "done": "the whole answer was told",
}


def moments(client: httpx.Client, question: str) -> dict[str, float]:
    """Milliseconds from sending a question until each moment, by the client's clock."""
    body = {"messages": [{"role": "user", "content": question}], "stream": True}
    started = time.perf_counter()
    told: dict[str, float] = {}
    with client.stream("POST", "/v1/chat", json=body) as response:
        response.raise_for_status()
        for name, data in _events(response.iter_lines()):
            told.setdefault("first event", _since(started))
            if '"reading"' in data:
                told.setdefault("passages found", _since(started))
            if name in {"sentence", "answer"}:
                told.setdefault("first sentence", _since(started))
    return told | {"done": _since(started)}


def measure_chat(client: httpx.Client, questions: list[str], requests: int) -> Table:
    """p50 and p95 of each moment, over questions asked one after another."""
    for question in questions:  # the figures are those of a service that has been asked before
        moments(client, question)
    taken = [moments(client, questions[n % len(questions)]) for n in range(requests)]
    table = Table("streamed chat on the seeds", "", "p50 ms", "p95 ms")
    for name, meaning in MOMENTS.items():
        cuts = statistics.quantiles([each[name] for each in taken], n=100)
        table.add_row(name, meaning, f"{cuts[49]:.1f}", f"{cuts[94]:.1f}")
    return table


def _events(lines: Iterator[str]) -> Iterator[tuple[str, str]]:
    name = ""
    for line in lines:
        if line.startswith("event: "):
            name = line.removeprefix("event: ")
        elif line.startswith("data: "):
            yield name, line


def _since(started: float) -> float:
    return (time.perf_counter() - started) * 1000


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--short", action="store_true", help="only see that it works")
    scale = SHORT if parser.parse_args().short else FULL
    questions = [gold.question for gold in load_gold(SEEDS / "gold.jsonl")]
    with tempfile.TemporaryDirectory(prefix="quoth-bench-") as folder:
        work = Path(folder)
        with server(work) as (url, _, _), httpx.Client(base_url=url, timeout=60) as client:
            Console().print(measure_chat(client, questions[: scale.requests], scale.requests))


if __name__ == "__main__":
    main()
