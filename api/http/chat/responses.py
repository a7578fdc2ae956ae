"""An event stream as a response (WHATWG HTML, section 9.2: server-sent events)."""

from __future__ import annotations

from collections.abc import AsyncIterator

from fastapi.sse import KEEPALIVE_COMMENT, format_sse_event
from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from api.http.chat.streams import EventStream

RECONNECT_MILLISECONDS = 500
"""How long clients wait before they come back."""


class EventStreamResponse(StreamingResponse):
    """Sends the events after a number; a client that goes away is one reader less."""

    media_type = "text/event-stream"

    def __init__(self, stream: EventStream, *, after: int = 0, resumable: bool = True) -> None:
        """`resumable`: events have ids, `stream:number`, by which a client can go on."""
        self._stream = stream
        # A proxy that gathers the response would hold every event back (nginx reads the header).
        headers = {"X-Accel-Buffering": "no", "Cache-Control": "no-store"}
        super().__init__(_encoded(stream, after, resumable=resumable), headers=headers)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the response; Starlette ends it as soon as the client has gone."""
        self._stream.enter()
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._stream.leave()


async def _encoded(stream: EventStream, after: int, *, resumable: bool) -> AsyncIterator[bytes]:
    if resumable:
        yield format_sse_event(retry=RECONNECT_MILLISECONDS)
    async for told in stream.read(after):
        if told is None:
            yield KEEPALIVE_COMMENT
        else:
            number, event = told
            event_id = f"{stream.stream_id}:{number}" if resumable else None
            yield format_sse_event(data_str=event.data, event=event.name, id=event_id)
