"""A model at the end of a socket, for all tests here."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from index.archive import Archive
from tests.llm_server import llm_server
from tests.rag.generation.conversing import Talk


@pytest.fixture(scope="session")
def talk(archive: Archive) -> Iterator[Talk]:
    """Engines over `archive`, and the server that they ask."""
    with llm_server("") as server:
        yield Talk(archive, server)
