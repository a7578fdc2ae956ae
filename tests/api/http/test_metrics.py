"""`/metrics` over a real socket, read by Prometheus' own parser."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from api.http.access.rules import AccessRules
from api.http.access.scopes import required_scope
from api.service import Limits, Service
from index.archive import ArchiveStatus, FollowerStatus
from index.catalogue.keys import Scope
from index.errors import QuothError
from index.keys import open_keys
from index.records import Readiness
from index.settings import IndexSettings
from rag.events import AnswerEvent, Cancelled, never
from rag.records import Answer, Query
from tests.api.http.conftest import QUESTION
from tests.api.http.in_memory import MemoryArchive, MemoryEngine
from tests.api.http.leaving import PATIENCE
from tests.api.http.serving import serving

Labels = tuple[tuple[str, str], ...]


def figures(client: httpx.Client) -> dict[str, dict[Labels, float]]:
    """Sample name to labels to value."""
    response = client.get("/metrics")
    assert response.status_code == 200
    assert response.headers["content-type"].startswith("text/plain; version=1.0.0")
    found: dict[str, dict[Labels, float]] = {}
    for family in text_string_to_metric_families(response.text):
        for sample in family.samples:
            labels = tuple(sorted(sample.labels.items()))
            found.setdefault(sample.name, {})[labels] = sample.value
    return found


def test_requests_answers_stages_and_what_is_held(client: httpx.Client) -> None:
    for question in (QUESTION, QUESTION, "Who won the cup?"):
        client.post("/v1/ask", json={"question": question})
    client.post("/v1/search", json={"question": "ferry"})
    client.get("/v1/articles/art-ferry")
    client.get("/v1/articles/secret")
    client.get("/secret")
    found = figures(client)
    requests = found["quoth_http_requests_total"]
    ask = (("method", "POST"), ("route", "/v1/ask"), ("status", "200"))
    assert requests[ask] == 3
    one = "/v1/articles/{article_id}"
    assert requests[(("method", "GET"), ("route", one), ("status", "200"))] == 1
    assert requests[(("method", "GET"), ("route", one), ("status", "404"))] == 1
    assert requests[(("method", "GET"), ("route", "unmatched"), ("status", "404"))] == 1
    assert found["quoth_http_request_seconds_count"][ask[:2]] == 3
    assert found["quoth_http_requests_in_flight"][()] == 1, "the one that asks"
    answers = found["quoth_answers_total"]
    assert answers[(("mode", "extractive"), ("outcome", "answered"))] == 2
    assert answers[(("mode", "extractive"), ("outcome", "not_found"))] == 1
    stages = found["quoth_stage_seconds_count"]
    assert {dict(labels)["stage"]: n for labels, n in stages.items()} == {
        "retrieve": 3,
        "read": 3,
        "total": 3,
        "search": 1,
    }
    assert found["quoth_stage_seconds_sum"][(("stage", "read"),)] == pytest.approx(0.006)
    assert (found["quoth_articles"][()], found["quoth_passages"][()]) == (2, 2)
    assert found["quoth_ready"][()] == 1
    assert found["quoth_build_info"][(("version", "0"),)] == 1
    assert found["process_resident_memory_bytes"][()] > 1e6


def test_no_figure_tells_what_was_asked(client: httpx.Client) -> None:
    client.post("/v1/ask", json={"question": "Zyzzyva whereabouts?"})
    client.get("/v1/articles", params={"contains": "Zyzzyva"})
    client.get("/Zyzzyva")
    client.request("PROPFIND", "/v1/ask")
    said = client.get("/metrics").text
    assert 'method="other"' in said
    assert "zyzzyva" not in said.lower()
    assert "Ferry" not in said


def test_ingests_by_outcome(client: httpx.Client) -> None:
    client.post("/v1/articles", json=[{"text": "It rained."}, {"text": ""}, {"text": "It froze."}])
    client.delete("/v1/articles/art-ferry")
    found = figures(client)
    ingested = {dict(labels)["outcome"]: n for labels, n in found["quoth_ingested_total"].items()}
    assert ingested == {"added": 2, "updated": 0, "unchanged": 0, "refused": 1}
    assert found["quoth_ingest_seconds_sum"][()] == pytest.approx(0.01)
    assert (found["quoth_articles_deleted_total"][()], found["quoth_articles"][()]) == (1, 1)


class StoppedEngine(MemoryEngine):
    """Waits until it may go on."""

    begun = threading.Event()
    go_on = threading.Event()

    def ask_stream(self, query: Query, cancelled: Cancelled = never) -> Iterator[AnswerEvent]:
        self.begun.set()
        assert self.go_on.wait(PATIENCE)
        return super().ask_stream(query, cancelled)


def test_the_queue_and_what_it_refuses(archive: MemoryArchive) -> None:
    engine = StoppedEngine(archive=archive, quotes={})
    engine.begun, engine.go_on = threading.Event(), threading.Event()
    limits = Limits(engine_threads=1, waiting=1)
    service = Service(engine=engine, archive=archive, limits=limits)

    def ask(client: httpx.Client) -> int:
        return client.post("/v1/ask", json={"question": QUESTION}).status_code

    pool = (("pool", "engine"),)
    with (
        serving(service) as url,
        httpx.Client(base_url=url, timeout=PATIENCE) as client,
        ThreadPoolExecutor(3) as asking,
    ):
        asked = [asking.submit(ask, client) for _ in range(3)]
        try:
            ended, _ = wait(asked, PATIENCE, return_when=FIRST_COMPLETED)
            assert [each.result() for each in ended] == [503], "the others cannot end yet"
            assert engine.begun.wait(PATIENCE)
            found = figures(client)
        finally:
            engine.go_on.set()
        assert sorted(each.result() for each in asked) == [200, 200, 503]
    assert found["quoth_queue_working"][pool] == 1
    assert found["quoth_queue_waiting"][pool] == 1
    assert found["quoth_queue_refusals_total"][pool] == 1


class BrokenEngine(MemoryEngine):
    """Fails as no engine should."""

    def ask(self, query: Query) -> Answer:
        raise RuntimeError(f"broken by {len(query.question)} characters")


class LaggingArchive(MemoryArchive):
    """Has an index that is behind."""

    def status(self) -> ArchiveStatus:
        return ArchiveStatus(
            data_dir="",
            articles=2,
            versions=2,
            passages=2,
            stories=2,
            last_change=9,
            embedding_model=None,
            rated_answers=0,
            followers=[
                FollowerStatus(name="dense", applied=4, passages=1),
                FollowerStatus(name="lexical", applied=9, passages=2),
            ],
            last_ingests=[],
        )


def test_failures_and_lag(service: Service, archive: MemoryArchive) -> None:
    lagging = LaggingArchive(held=archive.held, reasons=("the dense index is at change 4 of 9",))
    broken = replace(service, engine=BrokenEngine(archive=lagging, quotes={}), archive=lagging)
    with serving(broken) as url, httpx.Client(base_url=url, timeout=60) as client:
        assert client.post("/v1/ask", json={"question": QUESTION}).status_code == 500
        found = figures(client)
    assert found["quoth_engine_failures_total"][()] == 1
    ask = (("method", "POST"), ("route", "/v1/ask"), ("status", "500"))
    assert found["quoth_http_requests_total"][ask] == 1
    lag = found["quoth_follower_lag"]
    assert (lag[(("follower", "dense"),)], lag[(("follower", "lexical"),)]) == (5, 0)
    assert found["quoth_ready"][()] == 0


class UnreadableArchive(MemoryArchive):
    """Cannot be read any more."""

    def readiness(self) -> Readiness:
        raise QuothError("the disk is gone")


def test_an_archive_that_cannot_be_read_still_has_figures(service: Service) -> None:
    with (
        serving(replace(service, archive=UnreadableArchive())) as url,
        httpx.Client(base_url=url) as client,
    ):
        assert figures(client)["quoth_ready"][()] == 0


def test_where_keys_are_asked_for_figures_are_for_the_keeper(
    service: Service, tmp_path: Path
) -> None:
    assert required_scope("GET", "/metrics") is Scope.ADMIN

    with (
        open_keys(IndexSettings(data_dir=tmp_path / "archive")) as keys,
        serving(service, AccessRules(keys=keys)) as url,
    ):
        assert httpx.get(f"{url}/metrics").status_code == 401
