"""Engine and archive as before, with figures and spans of what they do."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, cast

from api.http.observing.metrics import Metrics
from api.http.observing.tracing import Traces, now
from api.service import Archive, Engine, Service
from index.errors import QuestionInvalid
from index.records import IngestOutcome, IngestReport
from rag.events import AnswerEvent, AnswerGiven, Cancelled, PassagesFound, WritingBegun, never
from rag.records import Answer, Query, RetrievedPassage


def observed(service: Service, metrics: Metrics, traces: Traces) -> Service:
    """The service, watched."""
    archive = ObservedArchive(service.archive, metrics, traces)
    return replace(
        service,
        engine=ObservedEngine(service.engine, metrics, traces),
        archive=cast("Archive", archive),
    )


@dataclass(slots=True)
class _Stages:
    """Tells by its events in which stage an engine is."""

    traces: Traces
    stage: str
    started: int

    def heard(self, event: AnswerEvent) -> None:
        match event:
            case PassagesFound():
                self.ended("read", {"quoth.passages": event.passages})
            case WritingBegun():
                self.ended("write", {})
            case AnswerGiven():
                answer = event.answer
                self.ended(
                    "done", {"quoth.outcome": answer.outcome.value, "quoth.mode": answer.mode}
                )

    def ended(self, following: str, attributes: Mapping[str, str | int]) -> None:
        at = now()
        self.traces.stage(self.stage, self.started, at, attributes)
        self.stage, self.started = following, at


class ObservedEngine:
    """Satisfies `api.service.Engine`."""

    def __init__(self, engine: Engine, metrics: Metrics, traces: Traces) -> None:
        self._engine = engine
        self._metrics = metrics
        self._traces = traces

    def ask(self, query: Query) -> Answer:
        """As the engine."""
        for event in self.ask_stream(query):
            if isinstance(event, AnswerGiven):
                return event.answer
        raise AssertionError("the last event is the answer")

    def ask_stream(self, query: Query, cancelled: Cancelled = never) -> Iterator[AnswerEvent]:
        """As the engine."""
        stages = _Stages(self._traces, "retrieve", now())
        try:
            for event in self._engine.ask_stream(query, cancelled):
                stages.heard(event)
                if isinstance(event, AnswerGiven):
                    self._metrics.answered(event.answer)
                yield event
        except QuestionInvalid:
            raise
        except Exception as error:
            self._metrics.engine_failed()
            stages.ended("failed", {"error.type": type(error).__name__})
            raise

    def search(self, query: Query) -> Sequence[RetrievedPassage]:
        """As the engine."""
        started, clock = now(), time.perf_counter()
        try:
            passages = self._engine.search(query)
        except QuestionInvalid:
            raise
        except Exception:
            self._metrics.engine_failed()
            raise
        self._metrics.searched(time.perf_counter() - clock)
        self._traces.stage("search", started, now(), {"quoth.passages": len(passages)})
        return passages


class ObservedArchive:
    """Stands in for an `api.service.Archive`."""

    def __init__(self, archive: Archive, metrics: Metrics, traces: Traces) -> None:
        self._archive = archive
        self._metrics = metrics
        self._traces = traces

    def ingest_files(
        self,
        paths: Sequence[Path],
        *,
        publisher: str | None = None,
        origins: Sequence[str] | None = None,
    ) -> IngestReport:
        """As the archive."""
        return self._ingest(
            lambda: self._archive.ingest_files(paths, publisher=publisher, origins=origins)
        )

    def ingest_records(
        self, records: Sequence[Mapping[str, object]], *, origin: str
    ) -> IngestReport:
        """As the archive."""
        return self._ingest(lambda: self._archive.ingest_records(records, origin=origin))

    def _ingest(self, call: Callable[[], IngestReport]) -> IngestReport:
        started = now()
        report = call()
        self._metrics.ingested(report)
        counts = {f"quoth.{each.value}": report.count(each) for each in IngestOutcome}
        self._traces.stage("ingest", started, now(), counts)
        return report

    def delete(self, article_ids: Sequence[str]) -> int:
        """As the archive."""
        deleted = self._archive.delete(article_ids)
        self._metrics.deleted(deleted)
        return deleted

    def __getattr__(self, name: str) -> Any:
        """All else is the archive's own."""
        return getattr(self._archive, name)
