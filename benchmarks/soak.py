"""Whether the service holds out: `make soak`, or `python -m benchmarks.soak`.

Over the seeds, in a process of its own: memory at rest and what holds it; searches a second; how
late the event loop is under load; asking during a bulk ingest against asking in quiet; thousands of
mixed requests, many of them broken off, and what is left of them; and requests made up from the
OpenAPI document, which may find no fault with the replies. Ends with 1 where something leaks or is
at fault; figures of speed are told and judged by nobody, since machines differ.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import aclosing, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from rich.console import Console
from rich.table import Table

from api.client import AsyncQuoth, CallError, Quoth, ServiceError
from api.logs import configure_logs
from benchmarks.corpus import SEEDS, articles
from benchmarks.observed_server import Held, ObservedServer, memory_by_owner, observed_server
from eval.gold import load_gold

CLIENTS = 16
SCHEMATHESIS = Path(sys.executable).with_name("schemathesis")
MORE_THREADS = 4
MORE_FILES = 8
MORE_MEMORY = 1.1
"""What may differ between two moments without anything having leaked: pools that fill on demand,
connections that are being closed, and buffers that the allocator keeps."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """How much is done."""

    requests: int
    rounds: int
    searches: int
    asked: int
    bulk: int
    examples: int
    """Made-up requests of each route."""


FULL = Scale(requests=10_000, rounds=10, searches=3_000, asked=200, bulk=300, examples=100)
SHORT = Scale(requests=400, rounds=4, searches=160, asked=10, bulk=10, examples=5)


# -- speed ----------------------------------------------------------------------------------


async def timed(calls: Sequence[Callable[[], Awaitable[object]]], clients: int) -> list[float]:
    """Milliseconds of each call, so many at a time."""
    taken: list[float] = []
    left = iter(calls)

    async def work() -> None:
        for call in left:
            started = time.perf_counter()
            await call()
            taken.append((time.perf_counter() - started) * 1000)

    async with asyncio.TaskGroup() as group:
        for _ in range(clients):
            group.create_task(work())
    return taken


async def measure_searches(server: ObservedServer, questions: Sequence[str], scale: Scale) -> Table:
    """Searches a second at 16 clients, and how late the loop is meanwhile. The vector of a question
    that was asked before is remembered."""
    again = [questions[n % len(questions)] for n in range(scale.searches)]
    new = [f"{question} ({n})" for n, question in enumerate(again)]
    table = Table(
        f"search, {CLIENTS} clients", "requests/s", "p50 ms", "p99 ms", "loop late, p99 ms"
    )
    async with AsyncQuoth(server.url) as quoth:
        await timed([partial(quoth.search, question) for question in questions], CLIENTS)
        for name, asked in (("asked before", again), ("each a new question", new)):
            server.lags()
            started = time.perf_counter()
            taken = await timed([partial(quoth.search, question) for question in asked], CLIENTS)
            seconds = time.perf_counter() - started
            table.add_row(
                name,
                f"{len(taken) / seconds:.0f}",
                f"{cut(taken, 50):.0f}",
                f"{cut(taken, 99):.0f}",
                f"{cut(server.lags(), 99):.1f}",
            )
    return table


async def measure_asking(server: ObservedServer, questions: Sequence[str], scale: Scale) -> Table:
    """p95 of asking one after another, in quiet and while articles are taken in."""
    asked = [questions[n % len(questions)] for n in range(scale.asked)]
    async with AsyncQuoth(server.url, timeout_seconds=600) as quoth:
        calls = [lambda q=question: quoth.ask(q) for question in asked]
        await timed(calls[: len(questions)], 1)
        quiet = await timed(calls, 1)
        server.lags()
        records = articles(scale.bulk)
        ingest = asyncio.create_task(quoth.add_articles(records))
        busy: list[float] = []
        while not ingest.done():
            busy += await timed(calls[len(busy) % len(calls) :][:1], 1)
        await ingest
    table = Table("ask, one client", "asked", "p50 ms", "p95 ms", "loop late, p99 ms")
    table.add_row("quiet", str(len(quiet)), f"{cut(quiet, 50):.0f}", f"{cut(quiet, 95):.0f}", "")
    late = f"{cut(server.lags(), 99):.1f}"
    row = [f"{cut(busy, 50):.0f}", f"{cut(busy, 95):.0f}", late]
    table.add_row(f"while {scale.bulk} articles are taken in", str(len(busy)), *row)
    table.caption = f"p95 while taking in: {cut(busy, 95) / cut(quiet, 95):.1f} times that in quiet"
    return table


def cut(values: Sequence[float], percent: int) -> float:
    """A percentile; not a number where there are too few values."""
    if len(values) < 2:
        return float("nan")
    return statistics.quantiles(values, n=100, method="inclusive")[percent - 1]


# -- what is left behind --------------------------------------------------------------------


class Visitors:
    """People who ask all sorts of things, and often leave in the middle."""

    def __init__(
        self,
        quoth: AsyncQuoth,
        questions: Sequence[str],
        records: Sequence[Mapping[str, str]],
        seed: int,
    ) -> None:
        self._quoth = quoth
        self._questions = questions
        self._records = records
        self._chance = random.Random(seed)
        self.told: Counter[str] = Counter()
        """How often each thing was done, and each error was met."""

    async def visit(self) -> None:
        """One request of some kind, or a few that belong together."""
        doings = (self.ask, self.search, self.stream, self.read, self.keep, self.rate, self.add)
        doing = self._chance.choices(doings, weights=(25, 25, 30, 8, 5, 5, 2))[0]
        leaves = self._chance.random() < 0.4
        self.told[doing.__name__ + (", left" if leaves else "")] += 1
        try:
            async with asyncio.timeout(self._chance.uniform(0.001, 0.15) if leaves else 120):
                await doing()
        except TimeoutError:
            pass
        except ServiceError as error:
            self.told[f"error {error.code}"] += 1
            if error.status >= 500 and not error.retryable:
                raise

    async def ask(self) -> None:
        """A question; now and then one that cannot be used."""
        await self._quoth.ask(self._question(), top_k=self._chance.choice((1, 10, 100, 101)))

    async def search(self) -> None:
        """Passages only."""
        await self._quoth.search(self._question())

    async def stream(self) -> None:
        """A streamed chat, read to some point."""
        events = self._chance.choice((1, 2, 4, 1_000))
        async with aclosing(self._quoth.stream_chat(self._question())) as told:
            async for _ in told:
                events -= 1
                if not events:
                    return

    async def read(self) -> None:
        """The listing and an article."""
        page = await self._quoth.articles(limit=5, offset=self._chance.randrange(5))
        for summary in page.articles[:1]:
            await self._quoth.article(summary.article_id)

    async def keep(self) -> None:
        """A conversation, from beginning to end."""
        begun = await self._quoth.create_conversation()
        try:
            await self._quoth.chat(self._question(), conversation_id=begun.conversation_id)
        finally:
            await self._quoth.delete_conversation(begun.conversation_id)

    async def rate(self) -> None:
        """An answer, and what somebody thought of it."""
        answer = await self._quoth.ask(self._question())
        await self._quoth.rate(answer.id, "up")

    async def add(self) -> None:
        """An article that the archive mostly holds already."""
        await self._quoth.add_articles([self._chance.choice(self._records)])

    def _question(self) -> str:
        return self._chance.choice(self._questions)


async def soak(
    server: ObservedServer, questions: Sequence[str], scale: Scale, console: Console
) -> list[Held]:
    """What the service holds after each round, when all have gone; told as it comes."""
    held: list[Held] = []
    told: Counter[str] = Counter()
    records = articles(5)
    each = scale.requests // scale.rounds
    for turn in range(scale.rounds):
        async with AsyncQuoth(server.url) as quoth:
            visitors = Visitors(quoth, questions, records, seed=turn)
            await timed([visitors.visit] * each, CLIENTS)
            told += visitors.told
        await asyncio.sleep(3)  # streams linger for two seconds
        now = server.held()
        held.append(now)
        console.print(
            f"after {(turn + 1) * each:,} requests: {now.tasks} tasks, {now.threads} threads, "
            f"{now.files} files, {now.megabytes:.0f} MB"
        )
    console.print(", ".join(f"{name}: {count}" for name, count in told.most_common()))
    return held


def leaks(held: Sequence[Held]) -> list[str]:
    """What grew since the service was warm, which is after a third of the rounds."""
    warm, last = held[len(held) // 3], held[-1]
    found = {
        "tasks": last.tasks > warm.tasks,
        "threads": last.threads > warm.threads + MORE_THREADS,
        "files": last.files > warm.files + MORE_FILES,
        "memory": last.megabytes > warm.megabytes * MORE_MEMORY,
    }
    return [name for name, grew in found.items() if grew]


# -- what the document promises -------------------------------------------------------------


def contract_holds(url: str, scale: Scale, folder: Path) -> bool:
    """Whether replies to requests made up from the OpenAPI document are as it says; what is
    wrong goes to standard output."""
    command = [str(SCHEMATHESIS), "run", f"{url}/openapi.json", "--generation-deterministic"]
    command += ["--max-examples", str(scale.examples)]
    command += ["--checks", ",".join(CHECKS), "--continue-on-failure", "--no-color"]
    return subprocess.run(command, cwd=folder, check=False).returncode == 0


CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
    "missing_required_header",
    "unsupported_method",
    "use_after_free",
)


def measure(scale: Scale, work: Path, console: Console) -> list[str]:
    """Do it all, and tell; what went wrong."""
    questions = [gold.question for gold in load_gold(SEEDS / "gold.jsonl")]
    with observed_server(work / "served", SEEDS):
        pass  # the first start exports the model and takes the seeds in
    with observed_server(work / "served", SEEDS) as server:
        table = Table("memory at rest", "MB", title=f"{server.held().megabytes:.0f} MB in all")
        for owner, megabytes in memory_by_owner(server.process)[:8]:
            table.add_row(owner, f"{megabytes:.0f}")
        console.print(table)
        console.print(asyncio.run(measure_searches(server, questions, scale)))
        held = asyncio.run(soak(server, questions, scale, console))
        console.print(asyncio.run(measure_asking(server, questions, scale)))
        wrong = [f"{name} leak" for name in leaks(held)]
        if not contract_holds(server.url, scale, work):
            wrong.append("replies are not as the OpenAPI document says")
        with suppress(CallError), Quoth(server.url) as quoth:
            return wrong if quoth.readiness().ready else [*wrong, "it is not ready afterwards"]
        return [*wrong, "it does not answer afterwards"]


def main() -> None:
    """Measure, print, and judge what can be judged on any machine."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--short", action="store_true", help="only see that it works")
    configure_logs("error", "console")
    scale = SHORT if parser.parse_args().short else FULL
    with tempfile.TemporaryDirectory(prefix="quoth-soak-") as folder:
        wrong = measure(scale, Path(folder), Console())
    sys.exit("; ".join(wrong) or None)


if __name__ == "__main__":
    main()
