"""Counts, times and traces each request."""

from __future__ import annotations

import time

import structlog
from opentelemetry.trace import Span, StatusCode
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.http.observing.metrics import UNMATCHED, Metrics
from api.http.observing.tracing import Traces, trace_id_of


class Observing:
    """Stands outside everything else, so that it sees what becomes of a request in the end."""

    def __init__(self, app: ASGIApp, *, metrics: Metrics, traces: Traces) -> None:
        self.app = app
        self.metrics = metrics
        self.traces = traces

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        with (
            self.metrics.in_flight.track_inprogress(),
            self.traces.request(scope["method"], Headers(scope=scope)) as span,
        ):
            trace_id = trace_id_of(span)
            bound = {"trace_id": trace_id} if trace_id else {}
            with structlog.contextvars.bound_contextvars(**bound):
                await self._serve(scope, receive, send, span)

    async def _serve(self, scope: Scope, receive: Receive, send: Send, span: Span) -> None:
        started = time.perf_counter()
        status = 0

        async def noting_status(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = int(message["status"])
            await send(message)

        try:
            await self.app(scope, receive, noting_status)
        finally:
            seconds = time.perf_counter() - started
            route = getattr(scope.get("route"), "path", None) or UNMATCHED
            self.metrics.request_answered(scope["method"], route, status, seconds)
            span.update_name(f"{scope['method']} {route}")
            span.set_attribute("http.route", route)
            span.set_attribute("http.response.status_code", status)
            if status >= 500:
                span.set_status(StatusCode.ERROR)
