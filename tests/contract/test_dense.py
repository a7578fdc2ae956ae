"""Dense indexes: in memory, in Chroma's own process, on a Chroma server."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from index.errors import ArchiveDamaged, QuothError, StoreUnavailable
from index.followers.base import DenseIndex
from index.followers.chroma import ChromaDenseIndex
from index.followers.memory import MemoryDenseIndex
from tests.contract.chroma_server import ChromaServer, free_port, running_chroma
from tests.contract.followers import (
    ALL,
    BRIDGE,
    FARES,
    FERRY,
    IDS,
    DenseIndexContract,
    Storage,
)


@pytest.fixture(scope="session")
def chroma_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ChromaServer]:
    with running_chroma(tmp_path_factory.mktemp("chroma-server")) as server:
        yield server


class TestMemoryDenseIndex(DenseIndexContract):
    @pytest.fixture
    def storage(self) -> Storage[DenseIndex]:
        held: dict[str, MemoryDenseIndex] = {}
        return Storage(build=lambda name: held.setdefault(name, MemoryDenseIndex()))


class ChromaContract(DenseIndexContract):
    """What holds for Chroma wherever it runs."""

    def test_an_apply_that_fails_half_way_does_not_move_the_sequence_number(
        self, storage: Storage[DenseIndex]
    ) -> None:
        index = storage.open()
        index.apply(remove=[], add=[FERRY], seq=1)
        flat = replace(BRIDGE, vector=np.ones(3, dtype=np.float32))
        for broken in ([flat], [FARES, flat]):
            with pytest.raises(QuothError):
                index.apply(remove=["ferry"], add=broken, seq=2)
            assert index.applied() == 1
        assert storage.reopen().applied() == 1
        index = storage.open()
        index.apply(remove=["ferry"], add=ALL, seq=2)
        assert (index.applied(), index.ids()) == (2, IDS)


class TestChromaEmbedded(ChromaContract):
    @pytest.fixture
    def storage(self, tmp_path: Path) -> Iterator[Storage[DenseIndex]]:
        def damage() -> None:
            (tmp_path / "chroma" / "chroma.sqlite3").write_bytes(b"not a database" * 400)

        storage: Storage[DenseIndex] = Storage(
            build=lambda name: ChromaDenseIndex(archive_id=name, folder=tmp_path / "chroma"),
            damage=damage,
        )
        yield storage
        storage.close()

    def test_damaged_files_are_an_archive_error_and_can_be_replaced(self, tmp_path: Path) -> None:
        folder = tmp_path / "chroma"
        index = ChromaDenseIndex(archive_id="first", folder=folder)
        index.apply(remove=[], add=ALL, seq=3)
        index.close()
        (folder / "chroma.sqlite3").write_bytes(b"not a database" * 400)
        with pytest.raises(ArchiveDamaged, match="quoth rebuild --follower dense"):
            ChromaDenseIndex(archive_id="first", folder=folder)
        (folder / "chroma.sqlite3").unlink()
        fresh = ChromaDenseIndex(archive_id="first", folder=folder)
        assert (fresh.applied(), fresh.count()) == (0, 0)
        fresh.close()


class TestChromaServer(ChromaContract):
    @pytest.fixture
    def storage(self, chroma_server: ChromaServer) -> Iterator[Storage[DenseIndex]]:
        # The server is shared by all tests: each has archives of its own.
        ours = uuid.uuid4().hex[:8]
        storage: Storage[DenseIndex] = Storage(
            build=lambda name: ChromaDenseIndex(
                archive_id=f"{ours}-{name}", folder=None, url=chroma_server.url
            )
        )
        yield storage
        storage.close()

    def test_archives_on_one_server_do_not_see_each_other(
        self, storage: Storage[DenseIndex]
    ) -> None:
        first, second = storage.open("first"), storage.open("second")
        first.apply(remove=[], add=ALL, seq=5)
        second.reset()
        assert (first.count(), second.count()) == (3, 0)
        assert second.nearest(FERRY.vector, 5) == []


def test_a_server_that_stops_and_comes_back(tmp_path: Path) -> None:
    with running_chroma(tmp_path) as server:
        index = ChromaDenseIndex(archive_id="first", folder=None, url=server.url)
        index.apply(remove=[], add=ALL, seq=5)
        server.stop()
        for use in (
            index.count,
            index.ids,
            index.reset,
            lambda: index.nearest(FERRY.vector, 1),
            lambda: index.apply(remove=["ferry"], add=ALL, seq=6),
        ):
            with pytest.raises(StoreUnavailable) as raised:
                use()
            assert raised.value.retryable
            assert "\n" not in str(raised.value)
            assert server.url in str(raised.value)
        server.start()
        assert (index.applied(), index.count()) == (5, 3)
        assert index.nearest(FERRY.vector, 1)[0].passage_id == FERRY.passage_id
        index.close()


def test_a_server_that_is_not_there_is_named_in_one_line() -> None:
    url = f"http://127.0.0.1:{free_port()}"
    with pytest.raises(StoreUnavailable) as raised:
        ChromaDenseIndex(archive_id="first", folder=None, url=url)
    assert "\n" not in str(raised.value)
    assert url in str(raised.value)
    assert "QUOTH_CHROMA_URL" in raised.value.hint
