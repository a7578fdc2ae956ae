"""Traces, sent by the real exporter to a collector that listens on a real socket."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx
import pytest
import structlog
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from api.http.observing.tracing import build_traces
from api.service import Service
from index.errors import ConfigurationError
from rag.events import AnswerEvent, AnswerGiven, Cancelled, PassagesFound, WritingBegun, never
from rag.records import Query
from tests.api.http.conftest import QUESTION
from tests.api.http.in_memory import MemoryEngine
from tests.api.http.serving import serving

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
SENDER = "00f067aa0ba902b7"


@dataclass
class Collector:
    """What was sent to it."""

    url: str = ""
    paths: list[str] = field(default_factory=list)
    resources: list[dict[str, str]] = field(default_factory=list)
    spans: list[Span] = field(default_factory=list)

    def take(self, path: str, body: bytes) -> None:
        self.paths.append(path)
        for resource in ExportTraceServiceRequest.FromString(body).resource_spans:
            named = {each.key: each.value.string_value for each in resource.resource.attributes}
            self.resources.append(named)
            for scope in resource.scope_spans:
                self.spans.extend(scope.spans)

    def named(self, name: str) -> Span:
        (span,) = (each for each in self.spans if each.name == name)
        return span


def attributes(span: Span) -> dict[str, Any]:
    return {
        each.key: getattr(each.value, each.value.WhichOneof("value")) for each in span.attributes
    }


@contextmanager
def collecting() -> Iterator[Collector]:
    collector = Collector()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            collector.take(self.path, self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(200)
            self.send_header("Content-Type", "application/x-protobuf")
            self.end_headers()
            self.wfile.write(ExportTraceServiceResponse().SerializeToString())

        def log_message(self, *said: object) -> None: ...

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        collector.url = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield collector
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture
def collector(monkeypatch: pytest.MonkeyPatch) -> Iterator[Collector]:
    with collecting() as collector:
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", collector.url)
        yield collector


class WritingEngine(MemoryEngine):
    """Tells of each stage."""

    def ask_stream(self, query: Query, cancelled: Cancelled = never) -> Iterator[AnswerEvent]:
        yield PassagesFound(standalone_question=query.question, passages=2)
        if not cancelled():
            yield WritingBegun(quotes=1)
            yield AnswerGiven(answer=self.ask(query))


def test_a_span_for_each_stage_below_the_sender_s(
    service: Service, engine: MemoryEngine, collector: Collector
) -> None:
    writing = WritingEngine(archive=engine.archive, quotes=engine.quotes)
    with (
        serving(replace(service, engine=writing, version="1.2.3")) as url,
        httpx.Client(base_url=url, timeout=30) as client,
    ):
        headers = {"traceparent": f"00-{TRACE}-{SENDER}-01"}
        client.post("/v1/ask", json={"question": QUESTION}, headers=headers)
        client.post("/v1/search?secret=Zyzzyva", json={"question": "Zyzzyva"})
        client.post("/v1/articles", json=[{"text": "It rained."}, {"text": ""}])
    assert set(collector.paths) == {"/v1/traces"}
    assert collector.resources[0]["service.name"] == "quoth"
    assert collector.resources[0]["service.version"] == "1.2.3"
    request = collector.named("POST /v1/ask")
    assert (request.trace_id.hex(), request.parent_span_id.hex()) == (TRACE, SENDER)
    assert attributes(request)["http.response.status_code"] == 200
    stages = [collector.named(name) for name in ("retrieve", "read", "write")]
    assert {span.parent_span_id for span in stages} == {request.span_id}
    assert {span.trace_id.hex() for span in stages} == {TRACE}
    times = [at for span in stages for at in (span.start_time_unix_nano, span.end_time_unix_nano)]
    assert times == sorted(times)
    assert attributes(stages[0]) == {"quoth.passages": 2}
    assert attributes(stages[2]) == {"quoth.outcome": "answered", "quoth.mode": "extractive"}
    search = collector.named("search")
    assert search.parent_span_id == collector.named("POST /v1/search").span_id
    ingest = attributes(collector.named("ingest"))
    assert (ingest["quoth.added"], ingest["quoth.refused"]) == (1, 1)
    assert "Zyzzyva" not in str(collector.spans)
    assert "ferry" not in str(collector.spans)


def test_log_lines_have_the_trace_s_id(service: Service, collector: Collector) -> None:
    with (
        structlog.testing.capture_logs(
            processors=[structlog.contextvars.merge_contextvars]
        ) as lines,
        serving(service) as url,
    ):
        httpx.get(f"{url}/v1/articles", headers={"traceparent": f"00-{TRACE}-{SENDER}-01"})
        httpx.get(f"{url}/v1/articles", headers={"traceparent": f"00-{TRACE}-{SENDER}-00"})
    (first, second) = (line for line in lines if line["event"] == "request")
    assert (first["trace_id"], second["trace_id"]) == (TRACE, TRACE)
    assert first["request_id"] != second["request_id"]
    assert len(collector.spans) == 1, "the sender of the second does not want it kept"


def test_the_environment_names_the_service(
    service: Service, collector: Collector, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OTEL_SERVICE_NAME", "archive-north")
    with serving(service) as url:
        httpx.get(f"{url}/v1/articles")
    assert collector.resources[0]["service.name"] == "archive-north"


@pytest.mark.parametrize("more", [{"OTEL_SDK_DISABLED": "true"}, {"OTEL_TRACES_EXPORTER": "none"}])
def test_what_is_switched_off_sends_nothing(
    service: Service, collector: Collector, monkeypatch: pytest.MonkeyPatch, more: dict[str, str]
) -> None:
    for name, value in more.items():
        monkeypatch.setenv(name, value)
    with serving(service) as url:
        assert httpx.get(f"{url}/v1/articles").status_code == 200
    assert collector.paths == []


@pytest.mark.parametrize(
    ("more", "complaint"),
    [
        ({"OTEL_TRACES_EXPORTER": "zipkin"}, "zipkin"),
        ({"OTEL_EXPORTER_OTLP_PROTOCOL": "http/json"}, "http/json"),
    ],
)
def test_what_there_is_not_is_refused(more: dict[str, str], complaint: str) -> None:
    wanted = {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:1"} | more
    with pytest.raises(ConfigurationError, match=complaint):
        build_traces("1", wanted)


def test_without_an_endpoint_nothing_of_the_sdk_is_imported() -> None:
    program = (
        "import sys\n"
        "from api.http.app import create_app\n"
        "from api.http.observing.tracing import build_traces\n"
        "build_traces('1', {})\n"
        "print([name for name in sys.modules if name.startswith(('opentelemetry.sdk', "
        "'opentelemetry.exporter'))])\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, encoding="utf-8", check=True
    )
    assert done.stdout.strip() == "[]"
