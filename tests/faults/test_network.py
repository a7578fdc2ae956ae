"""Nothing leaves the machine: not at opening, taking in, or answering."""

from __future__ import annotations

import os
import socket
import sys
from pathlib import Path
from typing import Any

from index.bootstrap import open_archive
from index.followers.chroma import ChromaDenseIndex
from rag.bootstrap import build_engine
from rag.records import Query
from rag.settings import RagSettings
from tests.api.cli.running import QUESTION, SEEDS, run_quoth
from tests.faults.jobs import settings_of
from tests.faults.process import run
from tests.index.building import archive_in, record, text_of

WATCHED = ("socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "socket.sendto")


def watched_use(folder: Path, model_cache: Path | None, address: str | None) -> list[str]:
    """Use an archive with the real model; the addresses that were asked for."""
    seen: list[str] = []

    def watch(name: str, arguments: tuple[Any, ...]) -> None:
        if name in WATCHED:
            seen.append(f"{name} {arguments[1] if name == 'socket.connect' else arguments[0]}")

    sys.addaudithook(watch)
    if address is not None:
        with socket.socket() as probe:
            probe.settimeout(0.01)
            probe.connect_ex((address, 9))
        return seen
    for name in ("HF_HUB_OFFLINE", "HF_HUB_DISABLE_TELEMETRY", "ANONYMIZED_TELEMETRY"):
        os.environ.pop(name, None)
    with open_archive(settings_of(folder, model_cache=model_cache)) as archive:
        report = archive.ingest_records([record("one", text_of(1))], origin="network")
        assert report.items[0].passages > 0
        answer = build_engine(archive, RagSettings()).ask(Query(question="Who met the harbour?"))
        assert answer.retrieved
        assert archive.verify().sound
    return seen


def test_using_an_archive_connects_to_nothing(tmp_path: Path, model_cache: Path) -> None:
    seen = run(watched_use, tmp_path, model_cache, None).result
    assert [s for s in seen if "127.0.0.1" not in s and "localhost" not in s] == []


def test_the_watch_would_have_seen_a_connection(tmp_path: Path) -> None:
    (seen,) = run(watched_use, tmp_path, None, "203.0.113.1").result
    assert "203.0.113.1" in seen


REPORTING = ("ORT_DISABLE_TELEMETRY", "CI", "GITHUB_ACTIONS", "XDG_CACHE_HOME")
"""What keeps libraries from reporting, or has them put elsewhere what they have yet to send."""


def test_nothing_is_left_in_the_home_for_a_library_to_send(
    tmp_path: Path, model_cache: Path
) -> None:
    """Python sees no connection of native code; what it would send waits in the home first."""
    home = tmp_path / "home"
    home.mkdir()
    own = {name: value for name, value in os.environ.items() if name not in REPORTING}
    env = {**own, "HOME": str(home), "QUOTH_MODEL_CACHE": str(model_cache)}
    for command in (["ingest", str(SEEDS)], ["ask", QUESTION]):
        done = run_quoth(*command, "--data-dir", tmp_path / "archive", env=env, cwd=tmp_path)
        assert done.code == 0, done.err
    assert [path.name for path in home.rglob("*")] == []


def test_chroma_is_told_to_report_nothing(tmp_path: Path) -> None:
    with archive_in(tmp_path) as archive:
        assert isinstance(archive.dense, ChromaDenseIndex)
        assert archive.dense._client.get_settings().anonymized_telemetry is False
