"""Versions, publishers and ingests over a socket."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from api.http.access.scopes import required_scope
from api.service import Service
from index.archive import Archive
from index.catalogue.keys import Scope
from tests.api.http.in_memory import MemoryArchive, MemoryEngine
from tests.api.http.serving import serving
from tests.api.http.test_questions import problem
from tests.index.building import archive_in, ingest, only_id, record


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with archive_in(tmp_path) as archive:
        yield archive


@pytest.fixture
def client(archive: Archive) -> Iterator[httpx.Client]:
    engine = MemoryEngine(archive=MemoryArchive(), quotes={})
    with (
        serving(Service(engine=engine, archive=archive)) as url,
        httpx.Client(base_url=url, timeout=10) as client,
    ):
        yield client


def test_versions_are_listed_and_read(client: httpx.Client, archive: Archive) -> None:
    quay = record("quay", "The quay is open.", publisher="Skerry Post")
    article_id = only_id(ingest(archive, quay))
    ingest(archive, quay | {"text": "The quay is closed."})
    listed = client.get(f"/v1/articles/{article_id}/versions").json()["versions"]
    assert [each["version"] for each in listed] == [2, 1]
    for number, text in ((1, "The quay is open."), (2, "The quay is closed.")):
        document = client.get(f"/v1/articles/{article_id}/versions/{number}").json()
        assert (document["version"], document["text"]) == (number, text)
    assert document == client.get(f"/v1/articles/{article_id}").json()
    problem(client.get(f"/v1/articles/{article_id}/versions/3"), 404, "article_not_found")
    problem(client.get("/v1/articles/none/versions"), 404, "article_not_found")
    problem(client.get(f"/v1/articles/{article_id}/versions/0"), 422, "invalid_request")


def test_publishers_and_ingests_are_listed(client: httpx.Client, archive: Archive) -> None:
    ingest(archive, record("a", "One stood here.", publisher="Skerry Post"), record("b", ""))
    assert client.get("/v1/publishers").json() == {
        "publishers": [{"publisher": "Skerry Post", "articles": 1}]
    }
    (run,) = client.get("/v1/ingests").json()["ingests"]
    assert (run["added"], run["updated"], run["unchanged"]) == (1, 0, 0)
    assert [each["origin"] for each in run["refused"]] == ["test:2"]
    assert run["refused"][0]["reason"]
    assert run["started_at"].endswith("Z")
    problem(client.get("/v1/ingests?limit=0"), 422, "invalid_request")


def test_ingests_name_files_and_are_for_keepers() -> None:
    assert required_scope("GET", "/v1/ingests") is Scope.ADMIN
    assert required_scope("GET", "/v1/publishers") is Scope.ASK
    assert required_scope("GET", "/v1/articles/a/versions/1") is Scope.ASK
