"""Where settings become an archive. The only place that names concrete stores and models."""

from __future__ import annotations

import contextlib
import os
import shutil
import uuid
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import TypeVar

import structlog

from index.archive import Archive, ArchiveParts
from index.catalogue.copying import restoring_file
from index.catalogue.database import connect, sqlite_file, sqlite_url
from index.catalogue.store import Catalogue
from index.catalogue.writing import CatalogueWriter
from index.embedding.base import Embedder
from index.embedding.huggingface import OnnxEmbedder
from index.errors import ArchiveDamaged, ArchiveReadOnly
from index.followers.base import DenseIndex, LexicalIndex
from index.loading.base import MEBIBYTE, LoadLimits
from index.lock import DirectoryLock
from index.passages import PassageShape
from index.settings import IndexSettings

log = structlog.get_logger(__name__)

F = TypeVar("F")

ARCHIVE_KEY = "archive_id"
CATALOGUE_FILE = "catalogue.sqlite"


def open_archive(settings: IndexSettings, *, embedder: Embedder | None = None) -> Archive:
    """The archive of a data directory, made where it is missing, with followers caught up.

    Raises:
        ArchiveLocked, ArchiveReadOnly, ArchiveTooNew, ArchiveDamaged, StoreUnavailable: the
            data directory or a server that it needs cannot be used.
    """
    lock = DirectoryLock(settings.data_dir)
    with ExitStack() as opened:
        lock.acquire()
        opened.callback(lock.release)
        _check_writable(settings.data_dir)
        _drop_unfinished(settings)
        catalogue = Catalogue(connect(catalogue_url(settings)))
        opened.callback(catalogue.close)
        writer = CatalogueWriter(catalogue.engine)
        archive_id = _archive_id(catalogue, writer)
        dense = _open_dense(settings, archive_id)
        opened.callback(dense.close)
        lexical = _open_lexical(settings, archive_id)
        opened.callback(lexical.close)
        parts = ArchiveParts(
            data_dir=settings.data_dir,
            lock=lock,
            catalogue=catalogue,
            writer=writer,
            dense=dense,
            lexical=lexical,
            embedder=embedder or build_embedder(settings),
            shape=PassageShape(max_words=settings.passage_words, overlap=settings.passage_overlap),
            limits=LoadLimits(max_file_bytes=settings.max_file_mb * MEBIBYTE),
            models_dir=settings.models_dir,
        )
        archive = Archive(parts)
        archive.catch_up()
        opened.pop_all()
    return archive


def build_embedder(settings: IndexSettings) -> Embedder:
    """The embedding model that the settings name; it is loaded on first use."""
    return OnnxEmbedder(
        settings.embedding_model,
        cache=settings.models_dir,
        batch_size=settings.embed_batch_size,
    )


def catalogue_url(settings: IndexSettings) -> str:
    """The SQLAlchemy URL of the catalogue."""
    return settings.catalogue_url or sqlite_url(settings.data_dir / CATALOGUE_FILE)


def _check_writable(data_dir: Path) -> None:
    """Refuse files that another user left behind, before one of them is taken for damaged."""
    for name in (CATALOGUE_FILE, "chroma", "chroma/chroma.sqlite3", "lexical"):
        path = data_dir / name
        if path.exists() and not os.access(path, os.W_OK):
            raise ArchiveReadOnly(
                f"{path} cannot be written",
                hint="make the data directory and all in it writable for this user",
            )


def _drop_unfinished(settings: IndexSettings) -> None:
    """Remove what a restore that was killed left behind."""
    catalogue = sqlite_file(catalogue_url(settings))
    if catalogue is not None:
        with contextlib.suppress(OSError):  # another user's; it takes space and does no harm
            restoring_file(catalogue).unlink(missing_ok=True)


def _archive_id(catalogue: Catalogue, writer: CatalogueWriter) -> str:
    known = catalogue.meta(ARCHIVE_KEY)
    if known is None:
        known = uuid.uuid4().hex[:12]
        writer.set_meta(ARCHIVE_KEY, known)
    return known


def _open_dense(settings: IndexSettings, archive_id: str) -> DenseIndex:
    from index.followers.chroma import ChromaDenseIndex

    folder = settings.data_dir / "chroma"

    def build() -> ChromaDenseIndex:
        return ChromaDenseIndex(archive_id=archive_id, folder=folder, url=settings.chroma_url)

    return _healed(build, folder)


def _open_lexical(settings: IndexSettings, archive_id: str) -> LexicalIndex:
    from index.followers.tantivy_index import TantivyLexicalIndex

    folder = settings.data_dir / "lexical"

    def build() -> TantivyLexicalIndex:
        return TantivyLexicalIndex(folder, archive_id=archive_id)

    return _healed(build, folder)


def _healed(build: Callable[[], F], folder: Path) -> F:
    """The follower, with damaged files dropped: the catalogue holds all that it needs."""
    try:
        return build()
    except ArchiveDamaged as damage:
        log.warning("follower_damaged", folder=str(folder), reason=damage.message, action="rebuild")
        shutil.rmtree(folder, ignore_errors=True)
        return build()
