"""`quoth serve`: what it refuses, and one server in a process of its own."""

from __future__ import annotations

import json
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from tests.api.cli.conftest import Cli
from tests.api.cli.running import QUESTION, QUOTH, SEEDS, environment

ADDRESS = re.compile(r"(?:Quoth is at |\"url\": \")(http://[^\s/]+)/")


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.7", "quoth.example"])
def test_a_host_that_others_can_reach_needs_a_key(cli: Cli, tmp_path: Path, host: str) -> None:
    done = cli("serve", "--host", host)
    assert done.code == 2
    assert f"listening on {host} needs an API key" in done.complaint
    assert "quoth key create" in done.complaint
    assert "--insecure" in done.complaint
    assert list(tmp_path.iterdir()) == []


def test_a_key_that_opens_nothing_any_more_is_none(cli: Cli) -> None:
    key_id = cli("key", "create", "Bot", "--json").json()["id"]
    cli("key", "revoke", key_id)
    done = cli("serve", "--host", "0.0.0.0")
    assert (done.code, "this archive has none" in done.complaint) == (2, True)


@pytest.mark.parametrize(
    ("auth", "args", "reason"),
    [
        ("off", ("--host", "0.0.0.0"), "listening on 0.0.0.0 with QUOTH_API_AUTH=off"),
        ("on", (), "QUOTH_API_AUTH=on needs an API key"),
        ("on", ("--insecure",), "--insecure and QUOTH_API_AUTH=on contradict each other"),
    ],
)
def test_who_is_let_in_has_to_be_plain(
    cli: Cli, monkeypatch: pytest.MonkeyPatch, auth: str, args: tuple[str, ...], reason: str
) -> None:
    monkeypatch.setenv("QUOTH_API_AUTH", auth)
    done = cli("serve", *args)
    assert (done.code, reason in done.complaint) == (2, True)


def test_a_port_in_use_is_told_in_one_line(cli: Cli, pristine: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = cli("serve", "--port", str(port), "--data-dir", pristine)
    assert done.code == 2
    assert f"port {port} of 127.0.0.1 cannot be listened on" in done.complaint
    assert "another --port" in done.complaint


@contextmanager
def served(
    folder: Path, model_cache: Path, *more: str, **settings: str
) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """A server on a free port, and its address; `more` arguments, and settings by variable."""
    said = folder.with_suffix(".log")
    command = [str(QUOTH), "serve", "--port", "0", "--data-dir", str(folder), "--seed", str(SEEDS)]
    with said.open("wb") as log:
        process = subprocess.Popen(
            [*command, *more],
            env=environment(model_cache, **settings),
            cwd=folder.parent,
            stdout=log,
            stderr=log,
        )
    try:
        yield _address(said, process), process
    finally:
        process.kill()
        process.wait()


def _address(said: Path, process: subprocess.Popen[bytes]) -> str:
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        found = ADDRESS.search(said.read_text(encoding="utf-8"))
        if found:
            return found.group(1)
        assert process.poll() is None, said.read_text(encoding="utf-8")
        time.sleep(0.1)
    raise AssertionError(said.read_text(encoding="utf-8"))


def test_it_plants_seeds_serves_holds_the_archive_and_ends_when_asked(
    cli: Cli, tmp_path: Path, model_cache: Path
) -> None:
    folder = tmp_path / "archive"
    with served(folder, model_cache) as (url, process):
        with httpx.Client(base_url=url, timeout=60) as client:
            assert client.get("/healthz").status_code == 200
            assert client.get("/readyz").json()["articles"] == 10
            answer = client.post("/v1/ask", json={"question": QUESTION}).json()
            assert any("15-year" in citation["quote"] for citation in answer["citations"])
            assert "<title>" in client.get("/").text
        if sys.platform == "linux":
            mapped = Path(f"/proc/{process.pid}/maps").read_text("utf-8")
            assert ("onnxruntime" in mapped, "torch" in mapped) == (True, False), "400 MB saved"
        by_url = cli("eval", "run", SEEDS / "gold.jsonl", "--url", url, "--json", "--sample", "6")
        assert by_url.code == 0, by_url.err
        provenance = by_url.json()["provenance"]
        held = cli("status", "--data-dir", folder)
        assert (held.code, f"process {process.pid}" in held.complaint) == (2, True)
        assert (folder / "holder").exists()
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=30) == 0
    assert not (folder / "holder").exists(), "the archive was closed"
    assert "Traceback" not in folder.with_suffix(".log").read_text("utf-8")
    status = cli("status", "--json", "--data-dir", folder).json()
    assert status["articles"] == 10
    args = ("eval", "run", SEEDS / "gold.jsonl", "--json", "--sample", "6", "--data-dir", folder)
    assert cli(*args).json()["provenance"] == provenance
    assert cli("verify", "--data-dir", folder).code == 0


def test_logs_for_machines_hold_nothing_else(archive_dir: Path, model_cache: Path) -> None:
    with served(archive_dir, model_cache, QUOTH_LOG_FORMAT="json") as (url, process):
        assert httpx.get(f"{url}/v1/status", timeout=60).status_code == 200
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=30) == 0
    log = archive_dir.with_suffix(".log").read_text("utf-8")
    assert [json.loads(line)["event"] for line in log.splitlines()] == ["serving", "request"]


def test_ctrl_c_ends_it_in_order(archive_dir: Path, model_cache: Path) -> None:
    with served(archive_dir, model_cache) as (_, process):
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=30) == 0
    assert not (archive_dir / "holder").exists()
