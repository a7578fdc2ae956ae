"""The service in a process of its own, which says what it holds and whether its loop is free."""

from __future__ import annotations

import asyncio
import gc
import os
import re
import socket
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path

REMEMBERED = 200
"""Answers that can be rated. Unlimited growth up to the usual 10,000 would look like a leak."""
TICK = 0.01
"""Seconds between looks at the loop."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """What the process holds at one moment."""

    tasks: int
    threads: int
    files: int
    megabytes: float
    """Resident memory, after a collection of garbage."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ObservedServer:
    """A service to ask, and to look into."""

    url: str
    process: int
    _pipe: Connection

    def held(self) -> Held:
        """What it holds now."""
        self._pipe.send("held")
        held: Held = self._pipe.recv()
        return held

    def lags(self) -> list[float]:
        """Milliseconds by which the loop was late at each look since it was last asked."""
        self._pipe.send("lags")
        lags: list[float] = self._pipe.recv()
        return lags


@contextmanager
def observed_server(data_dir: Path, seeds: Path) -> Iterator[ObservedServer]:
    """A service over the seeds on a free port."""
    context = get_context("spawn")
    here, there = context.Pipe()
    process = context.Process(target=_serve, args=(there, data_dir, seeds))
    process.start()
    there.close()
    try:
        url, number = here.recv()
        yield ObservedServer(url=url, process=number, _pipe=here)
        here.send("stop")
    finally:
        process.join(timeout=60)
        if process.is_alive():
            process.terminate()


def memory_by_owner(process: int) -> list[tuple[str, float]]:
    """Resident megabytes of a process by what they were taken for, most first: files by package,
    and what is in no file."""
    owners: Counter[str] = Counter()
    owner = ""
    for line in Path(f"/proc/{process}/smaps").read_text(encoding="utf-8").splitlines():
        if mapping := re.fullmatch(r"[0-9a-f]+-[0-9a-f]+ \S+ \S+ \S+ \d+ *(.*)", line):
            owner = _owner(mapping[1])
        elif resident := re.match(r"Rss: +(\d+) kB", line):
            owners[owner] += int(resident[1])
    return [(name, kilobytes / 1000) for name, kilobytes in owners.most_common()]


def _owner(path: str) -> str:
    if not path or path.startswith("["):
        return "objects and buffers (in no file)"
    package = re.search(r"site-packages/([^/]+?)(?:\.libs|\.py|\.cpython[^/]*)?(?:/|$)", path)
    return package[1] if package else "Python and system libraries"


def _serve(pipe: Connection, data_dir: Path, seeds: Path) -> None:
    from api.bootstrap import build_access, build_engine, build_service, configure, open_archive
    from api.given_answers import GivenAnswers
    from api.http.app import create_app
    from api.http.server import server_config

    os.environ["QUOTH_LOG_LEVEL"] = "error"
    configuration = configure({"data_dir": data_dir})
    with open_archive(configuration) as archive, socket.create_server(("127.0.0.1", 0)) as listener:
        if not archive.status().articles:
            archive.ingest([str(seeds)])
        service = build_service(configuration, archive, build_engine(configuration, archive))
        service = replace(service, given=GivenAnswers(REMEMBERED))
        app = create_app(service, build_access(configuration, archive, keyed=False))
        archive.embedder.embed_query("warm")
        port = listener.getsockname()[1]
        config = server_config(app, host="127.0.0.1", port=port)
        with asyncio.Runner(loop_factory=config.get_loop_factory()) as runner:
            runner.run(_observed(config, listener, pipe))


async def _observed(config: object, listener: socket.socket, pipe: Connection) -> None:
    import uvicorn

    assert isinstance(config, uvicorn.Config)
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve([listener]))
    while not server.started:  # noqa: ASYNC110 - uvicorn has no event for it
        await asyncio.sleep(TICK)
    pipe.send((f"http://127.0.0.1:{config.port}", os.getpid()))
    lags: list[float] = []
    while not serving.done():
        asked = time.perf_counter()
        await asyncio.sleep(TICK)
        lags.append((time.perf_counter() - asked - TICK) * 1000)
        if pipe.poll():
            match pipe.recv():
                case "held":
                    pipe.send(_held())
                case "lags":
                    pipe.send(lags)
                    lags = []
                case "stop":
                    server.should_exit = True
                    break
    await serving


def _held() -> Held:
    gc.collect()
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    resident = re.search(r"VmRSS:\s+(\d+) kB", status)
    return Held(
        tasks=len(asyncio.all_tasks()),
        threads=threading.active_count(),
        files=len(os.listdir("/proc/self/fd")),  # noqa: PTH208 - paths of open files are no files
        megabytes=int(resident[1]) / 1000 if resident else float("nan"),
    )
