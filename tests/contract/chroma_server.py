"""A real Chroma server on a free port of this machine."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

PATIENCE = 60.0
"""Seconds until the server must answer."""


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass(slots=True, kw_only=True)
class ChromaServer:
    """The `chroma run` of this environment; it can be stopped and started again."""

    folder: Path
    port: int
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start it, and wait until it answers."""
        program = Path(sys.executable).parent / "chroma"
        where = ["--path", str(self.folder), "--port", str(self.port), "--host", "127.0.0.1"]
        self.process = subprocess.Popen(
            [program, "run", *where], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        until = time.monotonic() + PATIENCE
        while not self._answers():
            assert self.process.poll() is None, "chroma run ended at once"
            assert time.monotonic() < until, "chroma run does not answer"
            time.sleep(0.05)

    def stop(self) -> None:
        """End it, as a crash would."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None

    def _answers(self) -> bool:
        try:
            return httpx.get(f"{self.url}/api/v2/heartbeat", timeout=1).status_code == 200
        except httpx.TransportError:
            return False


@contextmanager
def running_chroma(folder: Path) -> Iterator[ChromaServer]:
    """A running server that keeps its data in the folder."""
    server = ChromaServer(folder=folder, port=free_port())
    server.start()
    try:
        yield server
    finally:
        server.stop()
