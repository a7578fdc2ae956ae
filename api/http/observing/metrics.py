"""Figures for Prometheus. No label has words of a question, a title or an address in it, and each
has a fixed set of values, so that series do not grow with use."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypedDict

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, Info, ProcessCollector
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_1_0_0, generate_latest

from index.records import IngestOutcome, IngestReport, Readiness
from rag.records import Answer, Outcome

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
UNMATCHED = "unmatched"
"""The route of a request that was turned away before its path was looked at, or leads nowhere."""
MEDIA_TYPE = CONTENT_TYPE_PLAIN_1_0_0
REQUEST_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 90)
STAGE_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
INGEST_BUCKETS = (0.1, 0.5, 1, 5, 15, 60, 300, 900, 3600)


class _Place(TypedDict):
    """Where a figure belongs."""

    namespace: str
    registry: CollectorRegistry


class Metrics:
    """All figures of one app. Called from the event loop and from threads."""

    def __init__(self, version: str) -> None:
        own: _Place = {"namespace": "quoth", "registry": CollectorRegistry()}
        self._registry = own["registry"]
        ProcessCollector(registry=self._registry)
        Info("build", "What is running.", **own).info({"version": version})
        self._requests = Counter(
            "http_requests", "Requests answered.", ["method", "route", "status"], **own
        )
        self._request_seconds = Histogram(
            "http_request_seconds",
            "From the request to the end of its response, streams included.",
            ["method", "route"],
            buckets=REQUEST_BUCKETS,
            **own,
        )
        self.in_flight = Gauge("http_requests_in_flight", "Requests being answered.", **own)
        self._answers = Counter(
            "answers", "Answers given; not_found are abstentions.", ["outcome", "mode"], **own
        )
        self._stage_seconds = Histogram(
            "stage_seconds",
            "What the engine took: retrieve, read, write and total of answers, and search.",
            ["stage"],
            buckets=STAGE_BUCKETS,
            **own,
        )
        self._failures = Counter("engine_failures", "Calls of the engine that failed.", **own)
        self._working = Gauge("queue_working", "Calls being worked on.", ["pool"], **own)
        self._waiting = Gauge("queue_waiting", "Calls waiting for a thread.", ["pool"], **own)
        self._refusals = Counter(
            "queue_refusals", "Calls refused as too many waited.", ["pool"], **own
        )
        self._ingested = Counter(
            "ingested", "Articles sent, by what became of them.", ["outcome"], **own
        )
        self._ingest_seconds = Histogram(
            "ingest_seconds", "What one ingest took.", buckets=INGEST_BUCKETS, **own
        )
        self._deleted = Counter("articles_deleted", "Articles deleted.", **own)
        self._slack = Counter(
            "slack_questions",
            "Questions asked in Slack, by how, and what became of them.",
            ["asked_by", "outcome"],
            **own,
        )
        self._ready = Gauge("ready", "1 where questions can be answered.", **own)
        self._articles = Gauge("articles", "Articles held.", **own)
        self._passages = Gauge("passages", "Passages held.", **own)
        self._lag = Gauge(
            "follower_lag", "Changes that an index has yet to apply.", ["follower"], **own
        )
        for outcome in IngestOutcome:
            self._ingested.labels(outcome.value)
        for found in Outcome:
            self._answers.labels(found.value, "extractive")

    def request_answered(self, method: str, route: str, status: int, seconds: float) -> None:
        """A request was answered. `status` is 0 where its sender left before."""
        method = method if method in METHODS else "other"
        self._requests.labels(method, route, str(status) if status else "none").inc()
        self._request_seconds.labels(method, route).observe(seconds)

    def answered(self, answer: Answer) -> None:
        """An answer was given."""
        self._answers.labels(answer.outcome.value, answer.mode).inc()
        for stage, milliseconds in answer.timings_ms.items():
            self._stage_seconds.labels(stage).observe(milliseconds / 1000)

    def searched(self, seconds: float) -> None:
        """Passages were listed."""
        self._stage_seconds.labels("search").observe(seconds)

    def engine_failed(self) -> None:
        """A call of the engine failed."""
        self._failures.inc()

    def ingested(self, report: IngestReport) -> None:
        """Articles were sent."""
        for outcome in IngestOutcome:
            self._ingested.labels(outcome.value).inc(report.count(outcome))
        self._ingest_seconds.observe(report.seconds)

    def deleted(self, articles: int) -> None:
        """Articles were deleted."""
        self._deleted.inc(articles)

    def slack_answered(self, asked_by: str, outcome: str) -> None:
        """A question in Slack has its answer, or will have none (`failed`)."""
        self._slack.labels(asked_by, outcome).inc()

    def refused(self, pool: str) -> None:
        """A call was refused, as too many waited."""
        self._refusals.labels(pool).inc()

    def show_queue(self, pool: str, *, working: int, waiting: int) -> None:
        """How it stands with a pool of threads now."""
        self._working.labels(pool).set(working)
        self._waiting.labels(pool).set(waiting)
        self._refusals.labels(pool)

    def show_archive(self, readiness: Readiness | None, lag: Mapping[str, int]) -> None:
        """How it stands with the archive now; None: it cannot be read."""
        self._ready.set(readiness is not None and readiness.ready)
        if readiness is not None:
            self._articles.set(readiness.articles)
            self._passages.set(readiness.passages)
        for follower, changes in lag.items():
            self._lag.labels(follower).set(changes)

    def exposed(self) -> bytes:
        """All figures in the text format, of media type `MEDIA_TYPE`."""
        return generate_latest(self._registry)
