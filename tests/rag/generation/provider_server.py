"""A loopback socket that speaks the streams of Anthropic's and Ollama's own protocols."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

PIECES = ("Good ", "day ", "to you.")


@dataclass
class ProviderServer:
    """What it was sent, and what it does instead of answering well."""

    url: str = ""
    status: int = 200
    endless: bool = False
    asked: list[tuple[str, Mapping[str, str], dict[str, Any]]] = field(default_factory=list)
    """Path, headers with names in lower case, body."""
    stopping: threading.Event = field(default_factory=threading.Event)


@contextmanager
def provider_server(*, status: int = 200, endless: bool = False) -> Iterator[ProviderServer]:
    """Yield a running server; an endless one never says that the reply is over."""
    state = ProviderServer(status=status, endless=endless)

    class Handler(_Handler):
        server_state = state

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    state.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield state
    finally:
        state.stopping.set()
        server.shutdown()
        server.server_close()
        thread.join()


class _Handler(BaseHTTPRequestHandler):
    server_state: ProviderServer

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.server_state.asked.append((self.path, headers, body))
        self.send_response(self.server_state.status)
        kind = "text/event-stream" if self.path == "/v1/messages" else "application/x-ndjson"
        self.send_header("Content-Type", kind)
        self.end_headers()
        if self.server_state.status != 200:
            return
        with suppress(OSError):  # whoever listened has gone
            for line in _anthropic(body) if self.path == "/v1/messages" else _ollama(body):
                self.wfile.write(line)
                self.wfile.flush()
                while self.server_state.endless and not self.server_state.stopping.wait(0.02):
                    self.wfile.write(line)
                    self.wfile.flush()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the library's name
        """Say nothing."""


def _anthropic(body: Mapping[str, Any]) -> Iterator[bytes]:
    message = {"id": "msg_1", "type": "message", "role": "assistant", "model": body["model"],
               "content": [], "stop_reason": None, "stop_sequence": None,
               "usage": {"input_tokens": 120, "output_tokens": 1}}  # fmt: skip
    events: list[tuple[str, dict[str, Any]]] = [
        ("message_start", {"message": message}),
        ("content_block_start", {"index": 0, "content_block": {"type": "text", "text": ""}}),
        *(
            ("content_block_delta", {"index": 0, "delta": {"type": "text_delta", "text": piece}})
            for piece in PIECES
        ),
        ("content_block_stop", {"index": 0}),
        (
            "message_delta",
            {
                "delta": {"stop_reason": "end_turn", "stop_sequence": None},
                "usage": {"output_tokens": 8},
            },
        ),
        ("message_stop", {}),
    ]
    for name, data in events:
        yield f"event: {name}\ndata: {json.dumps({'type': name, **data})}\n\n".encode()


def _ollama(body: Mapping[str, Any]) -> Iterator[bytes]:
    head = {"model": body["model"], "created_at": "2026-01-01T00:00:00Z"}
    for piece in PIECES:
        message = {"role": "assistant", "content": piece}
        yield json.dumps({**head, "message": message, "done": False}).encode() + b"\n"
    last = {"message": {"role": "assistant", "content": ""}, "done": True, "done_reason": "stop",
            "prompt_eval_count": 120, "eval_count": 8}  # fmt: skip
    yield json.dumps({**head, **last}).encode() + b"\n"
