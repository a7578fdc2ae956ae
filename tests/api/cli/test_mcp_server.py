"""`quoth mcp` as an assistant starts it: a process of its own, asked by the protocol's client."""

from __future__ import annotations

import json
import signal
import subprocess
from pathlib import Path

import anyio
import pytest
from mcp import Client, StdioServerParameters
from mcp.types import CallToolResult, TextResourceContents

from index.bootstrap import open_archive
from index.settings import IndexSettings
from tests.api.cli.running import QUESTION, QUOTH, environment, run_quoth

INITIALIZE = {
    "jsonrpc": "2.0",
    "id": 1,
    "method": "initialize",
    "params": {
        "protocolVersion": "2025-06-18",
        "capabilities": {},
        "clientInfo": {"name": "test", "version": "1"},
    },
}


def test_an_assistant_asks_reads_and_lists(archive_dir: Path, model_cache: Path) -> None:
    started = StdioServerParameters(
        command=str(QUOTH),
        args=["mcp", "--data-dir", str(archive_dir)],
        env=environment(model_cache),
    )

    async def use() -> None:
        async with Client(started, mode="legacy") as client:
            result = await client.call_tool("ask", {"question": QUESTION})
            assert isinstance(result, CallToolResult)
            assert result.structured_content is not None
            citations = result.structured_content["citations"]
            citation = next(each for each in citations if "15-year" in each["quote"])
            resources = (await client.list_resources()).resources
            assert len(resources) == 10
            uri = f"quoth://articles/{citation['article_id']}"
            assert uri in {resource.uri for resource in resources}
            (content,) = (await client.read_resource(uri)).contents
            assert isinstance(content, TextResourceContents)
            assert content.text[citation["start"] : citation["end"]] == citation["quote"]
            empty = await client.call_tool("ask", {"question": "x" * 5_000})
            assert isinstance(empty, CallToolResult)
            assert empty.is_error

    anyio.run(use)
    assert not (archive_dir / "holder").exists(), "the archive was closed"


def test_standard_output_is_the_protocol_and_nothing_else(
    archive_dir: Path, model_cache: Path
) -> None:
    done = subprocess.run(
        [str(QUOTH), "mcp", "--data-dir", str(archive_dir)],
        env=environment(model_cache, QUOTH_LOG_LEVEL="debug"),
        input=json.dumps(INITIALIZE) + "\nno json\n",
        capture_output=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    said = [json.loads(line) for line in done.stdout.splitlines()]
    assert said[0]["result"]["serverInfo"]["name"] == "quoth"
    assert all(each["jsonrpc"] == "2.0" for each in said)


def test_it_says_who_holds_the_archive_and_that_there_is_none(
    archive_dir: Path, tmp_path: Path, model_cache: Path
) -> None:
    env = environment(model_cache)
    with open_archive(IndexSettings(data_dir=archive_dir, model_cache=model_cache)):
        held = run_quoth("mcp", "--data-dir", archive_dir, env=env, cwd=tmp_path)
    assert (held.code, "process" in held.complaint) == (2, True)
    none = run_quoth("mcp", "--data-dir", tmp_path / "none", env=env, cwd=tmp_path)
    assert (none.code, "there is no archive" in none.complaint) == (2, True)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_it_in_order(
    archive_dir: Path, model_cache: Path, number: signal.Signals
) -> None:
    with subprocess.Popen(
        [str(QUOTH), "mcp", "--data-dir", str(archive_dir)],
        env=environment(model_cache),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        encoding="utf-8",
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(json.dumps(INITIALIZE) + "\n")
        process.stdin.flush()
        assert "serverInfo" in process.stdout.readline()
        process.send_signal(number)
        assert process.wait(timeout=20) == 0
    assert not (archive_dir / "holder").exists(), "the archive was closed"
