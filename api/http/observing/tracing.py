"""Traces for OpenTelemetry.

Where they go is said by the standard variables, which its SDK reads: `OTEL_EXPORTER_OTLP_ENDPOINT`,
`OTEL_TRACES_SAMPLER`, `OTEL_SERVICE_NAME` and so on. Without an endpoint there are no traces, and
nothing of the SDK is imported.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING

from opentelemetry import propagate, trace
from starlette.datastructures import Headers

from index.errors import ConfigurationError

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import SpanExporter

ENDPOINTS = ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT")
PROTOCOLS = ("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "OTEL_EXPORTER_OTLP_PROTOCOL")
Attributes = Mapping[str, str | int | float | bool]


def now() -> int:
    """Nanoseconds since 1970, as spans have them."""
    return time.time_ns()


class Traces:
    """Writes spans down. Their attributes hold no words of a question or of an article."""

    def __init__(self, provider: TracerProvider | None = None) -> None:
        """Without a provider it does nothing."""
        self._provider = provider
        self._tracer = (provider or trace.NoOpTracerProvider()).get_tracer("quoth")

    @contextmanager
    def request(self, method: str, headers: Headers) -> Iterator[trace.Span]:
        """The span of a request, below that of its sender where the headers name one."""
        with self._tracer.start_as_current_span(
            method,
            context=propagate.extract(headers),
            kind=trace.SpanKind.SERVER,
            attributes={"http.request.method": method},
            record_exception=False,
        ) as span:
            yield span

    def stage(self, name: str, started: int, ended: int, attributes: Attributes) -> None:
        """Write down a stage that is over, below the request that is worked on."""
        span = self._tracer.start_span(name, start_time=started, attributes=dict(attributes))
        span.end(ended)

    def close(self) -> None:
        """Send what has not been sent."""
        if self._provider is not None:
            self._provider.shutdown()


def trace_id_of(span: trace.Span) -> str | None:
    """The id of the trace in hexadecimal digits, as logs have it; None where there is no trace."""
    context = span.get_span_context()
    return trace.format_trace_id(context.trace_id) if context.is_valid else None


def build_traces(version: str, environment: Mapping[str, str]) -> Traces:
    """Traces as the environment wants them.

    Raises: ConfigurationError: it wants what there is not.
    """
    exporters = environment.get("OTEL_TRACES_EXPORTER", "otlp").strip().lower()
    disabled = environment.get("OTEL_SDK_DISABLED", "").strip().lower() == "true"
    if disabled or exporters == "none" or not any(environment.get(each) for each in ENDPOINTS):
        return Traces()
    if exporters != "otlp":
        raise ConfigurationError(
            f"OTEL_TRACES_EXPORTER={exporters} is none that Quoth has", hint="set otlp, or none"
        )
    from opentelemetry.sdk.resources import OTELResourceDetector, Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    own = Resource.create({"service.name": "quoth", "service.version": version})
    provider = TracerProvider(resource=own.merge(OTELResourceDetector().detect()))
    provider.add_span_processor(BatchSpanProcessor(_exporter(environment)))
    return Traces(provider)


def _exporter(environment: Mapping[str, str]) -> SpanExporter:
    named = (environment.get(each) for each in PROTOCOLS)
    protocol = next(filter(None, named), "http/protobuf").strip().lower()
    match protocol:
        case "http/protobuf":
            from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter

            return OTLPSpanExporter()
        case "grpc":
            from opentelemetry.exporter.otlp.proto.grpc import trace_exporter

            return trace_exporter.OTLPSpanExporter()
        case _:
            raise ConfigurationError(
                f"the OTLP protocol {protocol} is none that Quoth has",
                hint="set http/protobuf or grpc",
            )
