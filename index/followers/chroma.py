"""The dense follower: vectors in Chroma, embedded or on a server. The only importer of chromadb."""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlsplit

import numpy as np
from numpy.typing import NDArray

from index.errors import ArchiveDamaged, QuothError, StoreUnavailable
from index.followers.base import IndexedPassage, Scored

if TYPE_CHECKING:
    from chromadb.api import ClientAPI
    from chromadb.api.models.Collection import Collection

COLLECTION = "quoth-passages"
PAGE = 5000
"""Records per call, below Chroma's own limit."""
HNSW = {"space": "cosine", "ef_construction": 200, "ef_search": 200, "max_neighbors": 32}


class ChromaDenseIndex:
    """One collection of vectors with article ids; no text leaves the catalogue.

    The sequence number lies in the collection's metadata and is written last, so the index never
    believes to be further than it is.
    """

    name = "dense"

    def __init__(self, *, archive_id: str, folder: Path | None, url: str | None = None) -> None:
        self._archive_id = archive_id
        self._folder = folder
        self._url = url
        self._client = self._connect()
        self._collection = self._get_collection()

    def _connect(self) -> ClientAPI:
        import chromadb
        from chromadb.config import Settings

        os.environ.setdefault("ANONYMIZED_TELEMETRY", "False")
        settings = Settings(anonymized_telemetry=False)
        try:
            if self._url is None:
                return chromadb.PersistentClient(path=str(self._folder), settings=settings)
            parts = urlsplit(self._url)
            secure = parts.scheme == "https"
            return chromadb.HttpClient(
                host=parts.hostname or "localhost",
                port=parts.port or (443 if secure else 8000),
                ssl=secure,
                settings=settings,
            )
        except Exception as error:  # noqa: BLE001 - Chroma raises bare exceptions here
            self._forget_failed_start()
            raise self._failure(error) from None

    def _forget_failed_start(self) -> None:
        """Take a back end that did not start out of Chroma's cache, which would hand it out again.

        There is no public call for one back end, only for those of all open archives.
        """
        from chromadb.api.shared_system_client import SharedSystemClient

        if self._url is None:
            with contextlib.suppress(AttributeError):  # stopping what never started
                SharedSystemClient._release_system(str(self._folder))  # noqa: SLF001

    def _get_collection(self) -> Collection:
        try:
            with self._failures():
                collection = self._client.get_or_create_collection(
                    self._collection_name(),
                    configuration={"hnsw": cast("Any", HNSW)},
                    metadata={"archive": self._archive_id, "seq": 0},
                    embedding_function=None,
                )
                collection.count()  # opens the segment's files, so that damage shows here
                return collection
        except QuothError:
            self.close()
            raise

    def _collection_name(self) -> str:
        # A server may serve several archives.
        return f"{COLLECTION}-{self._archive_id}" if self._url else COLLECTION

    @contextlib.contextmanager
    def _failures(self) -> Iterator[None]:
        try:
            yield
        except Exception as error:  # noqa: BLE001 - Chroma raises bare exceptions here
            raise self._failure(error) from None

    def _failure(self, error: Exception) -> QuothError:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        if self._url is not None:
            return StoreUnavailable(
                f"the Chroma server {_without_secrets(self._url)} does not answer ({reason})",
                hint="start it, or correct QUOTH_CHROMA_URL",
            )
        return ArchiveDamaged(
            f"the dense index in {self._folder} cannot be opened ({reason})",
            hint="run: quoth rebuild --follower dense",
        )

    def applied(self) -> int:
        """The last sequence number applied."""
        metadata = self._collection.metadata or {}
        return int(metadata.get("seq", 0)) if metadata.get("archive") == self._archive_id else 0

    def apply(self, *, remove: Sequence[str], add: Sequence[IndexedPassage], seq: int) -> None:
        """Remove articles, add passages, and remember `seq` last."""
        with self._failures():
            for articles in _pages(remove, 100):
                chosen: Any = {"article_id": {"$in": list(articles)}}
                self._collection.delete(where=chosen)
            for passages in _pages(add, PAGE):
                self._collection.upsert(
                    ids=[p.passage_id for p in passages],
                    embeddings=np.stack([p.vector for p in passages]),
                    metadatas=[{"article_id": p.article_id} for p in passages],
                )
            self._collection.modify(metadata={"archive": self._archive_id, "seq": seq})

    def reset(self) -> None:
        """Empty the index, also where its files are damaged."""
        try:
            with self._failures():
                self._client.delete_collection(self._collection_name())
        except ArchiveDamaged:
            self.close()
            shutil.rmtree(str(self._folder), ignore_errors=True)
            self._client = self._connect()
        self._collection = self._get_collection()

    def count(self) -> int:
        """How many passages it holds."""
        with self._failures():
            return self._collection.count()

    def ids(self) -> set[str]:
        """The ids of all passages it holds."""
        found: set[str] = set()
        while True:
            with self._failures():
                page = self._collection.get(include=[], limit=PAGE, offset=len(found))["ids"]
            found.update(page)
            if len(page) < PAGE:
                return found

    def nearest(self, vector: NDArray[np.float32], limit: int) -> list[Scored]:
        """The passages nearest by cosine, best first, ties by id."""
        if limit < 1:
            return []
        with self._failures():
            found = self._collection.query(
                query_embeddings=[cast("Any", vector)], n_results=limit, include=["distances"]
            )
        distances = (found["distances"] or [[]])[0]
        scored = [
            Scored(name, 1.0 - float(distance))
            for name, distance in zip(found["ids"][0], distances, strict=True)
        ]
        return sorted(scored, key=lambda s: (-s.score, s.passage_id))

    def close(self) -> None:
        """Give files and connections back."""
        client = cast("Any", self._client)
        client.close()
        # Chroma leaves the connections of its HTTP clients open.
        for part in (client, getattr(client, "_admin_client", None)):
            session = getattr(getattr(part, "_server", None), "_session", None)
            if session is not None:
                session.close()


def _pages(values: Sequence[Any], size: int) -> Iterator[Sequence[Any]]:
    for first in range(0, len(values), size):
        yield values[first : first + size]


def _without_secrets(url: str) -> str:
    """The URL without a user name and password."""
    parts = urlsplit(url)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()
