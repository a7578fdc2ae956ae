"""An archive for each way of indexing: built once, and found again by what went into it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import Protocol

from eval.bootstrap import scratch_archive
from eval.sweeping.plan import INDEXING
from index.archive import Archive
from index.bootstrap import build_embedder, open_archive
from index.embedding.base import Embedder
from index.errors import InputError
from index.loading.discover import discover
from index.records import IngestOutcome, Refusal
from index.settings import IndexSettings
from rag.settings import RagSettings

COMPLETE = "complete.json"
"""Lies beside an archive that holds all of its articles; without it, taking in goes on."""


class Archives(Protocol):
    """Where runs find their articles."""

    def opened(
        self, settings: IndexSettings, rag: RagSettings, /
    ) -> AbstractContextManager[Archive]:
        """Yield the archive that these settings index."""
        ...


class Embedders:
    """One embedder for each model, so that it is loaded once."""

    def __init__(self, build: Callable[[IndexSettings], Embedder] = build_embedder) -> None:
        self._build = build
        self._held: dict[str, Embedder] = {}

    def of(self, settings: IndexSettings) -> Embedder:
        """Return the embedder of the model that the settings name."""
        name = settings.embedding_model
        if name not in self._held:
            self._held[name] = self._build(settings)
        return self._held[name]


class ExistingArchive:
    """The archive that the settings name, for runs that index nothing."""

    def __init__(self, embedders: Embedders) -> None:
        self._embedders = embedders

    @contextmanager
    def opened(self, settings: IndexSettings, _rag: RagSettings) -> Iterator[Archive]:
        """Yield the archive. Raises: ArchiveError where it cannot be used."""
        with open_archive(settings, embedder=self._embedders.of(settings)) as archive:
            yield archive


class OwnArchives:
    """Archives of the sweep's own articles, below `folder`, kept for the next time.

    Each is named after the content of the articles and all that indexing depends on: the settings
    in `INDEXING`, the checksum of the model and the version of Quoth.
    """

    def __init__(
        self, articles: Sequence[str], *, recursive: bool, folder: Path, embedders: Embedders
    ) -> None:
        self._files = list(_files(articles, recursive=recursive))
        self._content = _digest_of(self._files)
        self._folder = folder
        self._embedders = embedders

    @contextmanager
    def opened(self, settings: IndexSettings, rag: RagSettings) -> Iterator[Archive]:
        """Yield the archive, with all articles in it.

        Raises: InputError where no article could be taken in; ModelUnavailable; ArchiveError.
        """
        embedder = self._embedders.of(settings)
        folder = self._folder / self._key(settings, embedder)
        kept = scratch_archive(settings, rag, data_dir=folder, embedder=embedder)
        with kept as (archive, _engine):
            if not (folder / COMPLETE).is_file():
                self._fill(archive, folder)
            yield archive

    def _key(self, settings: IndexSettings, embedder: Embedder) -> str:
        made_of = {name: getattr(settings, name) for name in INDEXING} | {
            "content": self._content,
            "model": embedder.model_id,
            "version": version("quoth"),
        }
        return hashlib.sha256(json.dumps(made_of, sort_keys=True).encode()).hexdigest()[:16]

    def _fill(self, archive: Archive, folder: Path) -> None:
        report = archive.ingest([str(path) for path in self._files])
        refused = [item for item in report.items if item.outcome is IngestOutcome.REFUSED]
        if len(refused) == len(report.items):
            raise InputError(f"no article could be taken in; first, {refused[0].reason}")
        held = {"articles": len(report.items) - len(refused), "refused": len(refused)}
        (folder / COMPLETE).write_text(json.dumps(held) + "\n", encoding="utf-8")


def _files(articles: Sequence[str], *, recursive: bool) -> Iterator[Path]:
    """Yield the files to take in. Raises: InputError where a path names none."""
    for found in discover(articles, recursive=recursive):
        if isinstance(found, Refusal):
            raise InputError(f"{found.origin}: {found.reason}", hint="correct articles")
        yield found


def _digest_of(files: Sequence[Path]) -> str:
    """Return a digest of names and bytes: gold questions may name articles by path."""
    digest = hashlib.sha256()
    for path in files:
        try:
            content = path.read_bytes()
        except OSError as error:
            raise InputError(f"{path} cannot be read: {error.strerror}") from error
        digest.update(f"{path}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()
