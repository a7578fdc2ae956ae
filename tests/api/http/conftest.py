"""An archive in memory behind a real socket."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from api.service import Limits, Service
from tests.api.http.in_memory import MemoryArchive, MemoryEngine, two_articles
from tests.api.http.serving import serving

QUESTION = "When does the ferry to Osk run again?"
QUOTE = "The ferry to Osk runs again from Monday, the harbour office said on Friday."


@pytest.fixture
def archive() -> MemoryArchive:
    return MemoryArchive.of(two_articles())


@pytest.fixture
def engine(archive: MemoryArchive) -> MemoryEngine:
    return MemoryEngine(archive=archive, quotes={QUESTION: [("art-ferry", QUOTE)]})


@pytest.fixture
def service(engine: MemoryEngine, archive: MemoryArchive, tmp_path: Path) -> Service:
    limits = Limits(body_bytes=20_000, upload_bytes=300_000, upload_files=3)
    return Service(engine=engine, archive=archive, limits=limits, scratch=tmp_path)


@pytest.fixture
def client(service: Service) -> Iterator[httpx.Client]:
    with serving(service) as url, httpx.Client(base_url=url, timeout=10) as client:
        yield client
