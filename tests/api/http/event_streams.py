"""Server-sent events as a client reads them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import httpx


@dataclass(frozen=True)
class Told:
    """One event of a stream."""

    name: str
    data: Any
    event_id: str


def events_in(lines: Iterator[str]) -> Iterator[Told]:
    """The events, by the rules of the HTML standard (9.2.6); a comment is an event `:`."""
    fields: dict[str, str] = {}
    for line in lines:
        if line.startswith(":"):
            yield Told(name=":", data=line, event_id="")
        elif line:
            name, _, value = line.partition(": ")
            assert name not in fields, "one line of data an event"
            fields[name] = value
        else:
            if "data" in fields:
                yield Told(
                    name=fields["event"], data=json.loads(fields["data"]), event_id=fields["id"]
                )
            fields.clear()
    assert not fields, "an event that was cut short"


def asking(*contents: str, **more: Any) -> dict[str, Any]:
    """The body of a chat in which user and assistant took turns."""
    roles = ("user", "assistant")
    messages = [{"role": roles[n % 2], "content": said} for n, said in enumerate(contents)]
    return {"messages": messages} | more


@contextmanager
def streaming(client: httpx.Client, *contents: str, **more: Any) -> Iterator[Iterator[Told]]:
    """The events of a streamed chat, while the connection is open."""
    body = asking(*contents, stream=True, **more)
    with client.stream("POST", "/v1/chat", json=body) as response:
        assert response.status_code == 200, response.read()
        assert response.headers["content-type"].startswith("text/event-stream")
        yield events_in(response.iter_lines())


def streamed(client: httpx.Client, *contents: str, **more: Any) -> list[Told]:
    """All events of a streamed chat."""
    with streaming(client, *contents, **more) as events:
        return list(events)
