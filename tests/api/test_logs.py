"""What lands on standard error, and in which form."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

PROGRAM = """
import logging, structlog
from api.logs import configure_logs
configure_logs("info", "json", access={access})
log = structlog.get_logger("x")
with structlog.contextvars.bound_contextvars(request_id="r1", trace_id="t1"):
    log.info("request", method="POST", path="/v1/ask", status=200, ms=1.0)
    try:
        question = "Zyzzyva"
        raise RuntimeError("broken")
    except RuntimeError:
        log.exception("request failed", path="/v1/ask")
    logging.getLogger("somebody").warning("look")
    logging.getLogger("mcp.server").warning("chatter")
"""


def lines(*, access: bool) -> list[dict[str, Any]]:
    """The lines that a program writes."""
    command = [sys.executable, "-c", PROGRAM.replace("{access}", str(access))]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", check=True)
    assert done.stdout == ""
    return [json.loads(line) for line in done.stderr.splitlines()]


def test_lines_are_json_with_the_ids_of_request_and_trace() -> None:
    told = lines(access=True)
    assert [line["event"] for line in told] == ["request", "request failed", "look"]
    assert {(line["request_id"], line["trace_id"]) for line in told} == {("r1", "t1")}
    assert (told[0]["status"], told[0]["level"]) == (200, "info")
    assert "RuntimeError: broken" in told[1]["exception"]
    assert "Zyzzyva'" not in told[1]["exception"], "no values of variables"


def test_requests_can_be_left_out_and_failures_cannot() -> None:
    assert [line["event"] for line in lines(access=False)] == ["request failed", "look"]
