"""An OpenAI-compatible endpoint on a loopback socket that says what a test tells it to.

It speaks chat completions, streaming and not, and remembers what it was sent.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Literal

MODEL = "parrot-1"
PIECE = 7
"""Characters of one event of a stream."""
PROMPT_TOKENS, COMPLETION_TOKENS = 120, 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A request for a chat completion."""

    headers: Mapping[str, str]
    """Names in lower case."""
    body: Mapping[str, Any]

    @property
    def messages(self) -> list[tuple[str, str]]:
        """Role and content of each message."""
        return [(message["role"], message["content"]) for message in self.body["messages"]]

    @property
    def last(self) -> str:
        """What the last message says."""
        return self.messages[-1][1]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """A response as it goes over the wire."""

    body: bytes
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Hang:
    """No response until the server stops."""


@dataclass(frozen=True)
class Drop:
    """No response: the connection is closed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Breaks:
    """The beginning of a stream, then what happens in place of its end."""

    said: str
    then: Literal["hang", "drop", "comments", "words"]
    """Nothing more; a closed connection; comments for ever; words for ever."""


Said = str | Sent | Hang | Drop | Breaks | Mapping[str, Any]
"""What the model says, or a message with more than words, or what happens in its place."""
Script = Callable[[Asked], Said]


def completion(said: str | Mapping[str, Any]) -> Sent:
    """Return a chat completion of one choice."""
    message = {"content": said} if isinstance(said, str) else said
    return as_json(
        {
            "id": "chatcmpl-1",
            "object": "chat.completion",
            "created": 1,
            "model": MODEL,
            "choices": [
                {
                    "index": 0,
                    "message": {"role": "assistant", **message},
                    "finish_reason": "stop",
                }
            ],
            "usage": {
                "prompt_tokens": PROMPT_TOKENS,
                "completion_tokens": COMPLETION_TOKENS,
                "total_tokens": PROMPT_TOKENS + COMPLETION_TOKENS,
            },
        }
    )


def event(delta: Mapping[str, Any], *, finish: str | None = None) -> bytes:
    """Return one event of a stream of one choice."""
    value = {
        "id": "chatcmpl-1",
        "object": "chat.completion.chunk",
        "created": 1,
        "model": MODEL,
        "choices": [{"index": 0, "delta": dict(delta), "finish_reason": finish}],
    }
    return b"data: " + json.dumps(value).encode() + b"\n\n"


def streamed(said: str | Mapping[str, Any]) -> Sent:
    """Return a whole stream: the words in pieces, what they cost, and the end."""
    message = {"content": said} if isinstance(said, str) else dict(said)
    content = message.pop("content", None) or ""
    pieces = [content[at : at + PIECE] for at in range(0, len(content), PIECE)]
    usage = {
        "prompt_tokens": PROMPT_TOKENS,
        "completion_tokens": COMPLETION_TOKENS,
        "total_tokens": PROMPT_TOKENS + COMPLETION_TOKENS,
    }
    last = {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1, "model": MODEL,
            "choices": [], "usage": usage}  # fmt: skip
    body = [event({"role": "assistant", **message}), *(event({"content": p}) for p in pieces)]
    body += [event({}, finish="stop"), b"data: " + json.dumps(last).encode() + b"\n\n"]
    return Sent(
        body=b"".join([*body, b"data: [DONE]\n\n"]), headers={"Content-Type": "text/event-stream"}
    )


def as_json(value: Any, *, status: int = 200, headers: Mapping[str, str] | None = None) -> Sent:
    """Return a JSON response."""
    return Sent(body=json.dumps(value).encode(), status=status, headers=dict(headers or {}))


def failure(
    status: int, message: str = "no", *, param: str | None = None, retry_after: str | None = None
) -> Sent:
    """Return an error as OpenAI words it."""
    error = {"message": message, "type": "error", "param": param, "code": None}
    headers = {} if retry_after is None else {"Retry-After": retry_after}
    return as_json({"error": error}, status=status, headers=headers)


def in_turn(said: Sequence[Said]) -> Script:
    """Return a script that says one after another, then the last one for ever."""
    left = list(said)
    lock = threading.Lock()

    def script(_: Asked) -> Said:
        with lock:
            return left.pop(0) if len(left) > 1 else left[0]

    return script


class LlmServer:
    """The endpoint. `asked` is what it was sent, in order of arrival."""

    def __init__(self, script: Script) -> None:
        self.script = script
        self.asked: list[Asked] = []
        self.stopping = threading.Event()
        self.writing = threading.Event()
        """Set while a reply without end is being written to somebody who listens."""
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
        self._http.daemon_threads = True
        self._http.llm = self  # type: ignore[attr-defined]

    @property
    def url(self) -> str:
        """The base URL, as clients want it."""
        return f"http://127.0.0.1:{self._http.server_address[1]}/v1"

    def serve(self) -> None:
        """Answer until stopped."""
        self._http.serve_forever(poll_interval=0.01)

    def stop(self) -> None:
        """Let go of whoever waits, and close."""
        self.stopping.set()
        self._http.shutdown()
        self._http.server_close()


@contextmanager
def llm_server(script: Script | str) -> Iterator[LlmServer]:
    """Yield a running server; a string is what it always says."""
    server = LlmServer((lambda _: script) if isinstance(script, str) else script)
    thread = threading.Thread(target=server.serve)
    thread.start()
    try:
        yield server
    finally:
        server.stop()
        thread.join()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1
    """A response leaves in one piece: in two, the second waits for the first to be acknowledged."""

    def do_GET(self) -> None:
        if self.path == "/v1/models":
            self._send(as_json({"object": "list", "data": [{"id": MODEL, "object": "model"}]}))
        else:
            self._send(failure(404, "no such page"))

    def do_POST(self) -> None:
        length = int(self.headers["Content-Length"])
        content = self.rfile.read(length)
        if self.path != "/v1/chat/completions":
            self._send(failure(404, "no such page"))
            return
        llm: LlmServer = self.server.llm  # type: ignore[attr-defined]
        headers = {name.lower(): value for name, value in self.headers.items()}
        asked = Asked(headers=headers, body=json.loads(content))
        llm.asked.append(asked)
        said = llm.script(asked)
        if isinstance(said, Hang | Drop):
            if isinstance(said, Hang):
                llm.stopping.wait()
            self.close_connection = True
        elif isinstance(said, Breaks):
            self._break_off(said)
        elif isinstance(said, Sent):
            self._send(said)
        else:
            self._send((streamed if asked.body.get("stream") else completion)(said))

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the library's name
        """Say nothing."""

    def _break_off(self, said: Breaks) -> None:
        self.close_connection = True
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.end_headers()
        self.wfile.write(event({"role": "assistant", "content": said.said}))
        self.wfile.flush()
        llm: LlmServer = self.server.llm  # type: ignore[attr-defined]
        if said.then == "hang":
            llm.stopping.wait()
        more = b": still here\n\n" if said.then == "comments" else event({"content": "and so on "})
        llm.writing.set()
        with suppress(OSError):  # whoever listened has gone
            while said.then in {"comments", "words"} and not llm.stopping.wait(0.02):
                self.wfile.write(more)
                self.wfile.flush()
        llm.writing.clear()

    def _send(self, sent: Sent) -> None:
        self.send_response(sent.status)
        for name, value in {"Content-Type": "application/json", **sent.headers}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(sent.body)))
        self.end_headers()
        self.wfile.write(sent.body)
