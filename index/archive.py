"""The archive as the rest of Quoth sees it: catalogue, followers and ingest under one lock."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from index.catalogue.conversations import ConversationTable
from index.catalogue.feedback import FeedbackTable
from index.catalogue.history import ArchiveHistory
from index.catalogue.store import Catalogue, IngestRun
from index.catalogue.writing import CatalogueWriter
from index.embedding.base import Embedder
from index.errors import ConfigurationError, ModelMismatch, SourceRefused
from index.followers.base import DenseIndex, Follower, LexicalIndex
from index.ingest import MODEL_KEY, Ingester, IngestOptions, OnItem
from index.loading.base import LoadLimits
from index.loading.discover import discover
from index.loading.files import load_path
from index.loading.records import read_record
from index.lock import DirectoryLock
from index.passages import PassageShape
from index.records import (
    Article,
    ArticlePage,
    Feedback,
    GivenAnswer,
    IngestReport,
    Rating,
    Readiness,
    Refusal,
    SourceDocument,
)
from index.synchronising import Verification, catch_up, rebuild, verify

Document = SourceDocument | Refusal

FORGET_BY_REBUILDING = 50_000
"""Passages up to which the word index is built anew after a deletion: until its segments are merged
it would keep the deleted words on disk."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowerStatus:
    """How far a follower is."""

    name: str
    applied: int
    passages: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchiveStatus:
    """What an archive holds."""

    data_dir: str
    articles: int
    versions: int
    passages: int
    stories: int
    last_change: int
    embedding_model: str | None
    rated_answers: int
    followers: Sequence[FollowerStatus]
    last_ingests: Sequence[IngestRun]

    @property
    def lagging(self) -> tuple[str, ...]:
        """Names of followers that have not applied every change."""
        return tuple(f.name for f in self.followers if f.applied < self.last_change)


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchiveParts:
    """The objects that an archive is made of; `index.bootstrap` chooses them."""

    data_dir: Path
    lock: DirectoryLock
    catalogue: Catalogue
    writer: CatalogueWriter
    dense: DenseIndex
    lexical: LexicalIndex
    embedder: Embedder
    shape: PassageShape
    limits: LoadLimits
    models_dir: Path


class Archive:
    """Articles in, articles out. Reading is safe from several threads; writing takes turns."""

    def __init__(self, parts: ArchiveParts) -> None:
        self._parts = parts
        self._writing = threading.Lock()
        self._feedback = FeedbackTable(parts.catalogue.engine)
        self.catalogue = parts.catalogue
        self.conversations = ConversationTable(parts.catalogue.engine)
        self.history = ArchiveHistory(parts.catalogue)
        self.dense = parts.dense
        self.lexical = parts.lexical
        self.embedder = parts.embedder
        self.models_dir = parts.models_dir
        """Where exported models lie."""

    # -- writing ----------------------------------------------------------------------------

    def ingest(
        self,
        paths: Sequence[str],
        *,
        recursive: bool = False,
        options: IngestOptions | None = None,
        on_item: OnItem = lambda _item: None,
    ) -> IngestReport:
        """Take in files and folders; what is refused is named in the report."""

        def documents() -> Iterator[Document]:
            for found in discover(paths, recursive=recursive):
                if isinstance(found, Refusal):
                    yield found
                else:
                    for loaded in load_path(found, limits=self._parts.limits):
                        yield _placed(loaded, found)

        return self._ingest(documents(), options or IngestOptions(), on_item)

    def ingest_files(
        self,
        paths: Sequence[Path],
        *,
        publisher: str | None = None,
        origins: Sequence[str] | None = None,
    ) -> IngestReport:
        """Take in files that lie under other names than they were given: `origins` names them."""
        named = zip(paths, origins or [str(path) for path in paths], strict=True)
        documents = chain.from_iterable(
            load_path(path, origin=origin, limits=self._parts.limits) for path, origin in named
        )
        return self._ingest(documents, IngestOptions(publisher=publisher))

    def ingest_records(self, records: Sequence[Mapping[str, Any]], *, origin: str) -> IngestReport:
        """Take in article records; `origin` is what they are said to come from."""

        def documents() -> Iterator[Document]:
            for number, record in enumerate(records, start=1):
                place = f"{origin}:{number}"
                try:
                    yield read_record(record, origin=place)
                except SourceRefused as refusal:
                    yield Refusal(origin=place, reason=str(refusal))

        return self._ingest(documents(), IngestOptions())

    def _ingest(
        self,
        documents: Iterable[Document],
        options: IngestOptions,
        on_item: OnItem = lambda _item: None,
    ) -> IngestReport:
        parts = self._parts
        ingester = Ingester(
            catalogue=parts.catalogue,
            writer=parts.writer,
            embedder=parts.embedder,
            followers=self._followers(),
            shape=parts.shape,
        )
        with self._writing:
            self.check_model()
            return ingester.run(documents, options, on_item)

    def check_model(self) -> None:
        """Make sure that new vectors are comparable with those that are stored.

        Raises:
            ModelMismatch: they are not.
        """
        stored = self.catalogue.meta(MODEL_KEY)
        if stored is not None and stored != self.embedder.model_id:
            raise ModelMismatch(
                f"this archive was embedded with {stored}, the settings say "
                f"{self.embedder.model_id}",
                hint="set QUOTH_EMBEDDING_MODEL back, or ingest into a new data directory",
            )

    def delete(self, article_ids: Sequence[str]) -> int:
        """Remove articles from all stores, from rated answers, conversations and answers in Slack;
        how many there were."""
        with self._writing:
            removed = sum(self._parts.writer.delete(name) for name in article_ids)
            for follower in self._followers():
                catch_up(self.catalogue, follower)
            if removed:
                self._parts.writer.forget_deleted()
                if self.lexical.count() <= FORGET_BY_REBUILDING:
                    rebuild(self.catalogue, self.lexical)
        return removed

    def rebuild(self, name: str = "all") -> dict[str, int]:
        """Build followers anew from the catalogue, embedding nothing; passages held by each.

        Raises:
            ConfigurationError: there is no follower of this name.
        """
        chosen = [f for f in self._followers() if name in {"all", f.name}]
        if not chosen:
            raise ConfigurationError(
                f"there is no follower {name!r}", hint="give dense, lexical or all"
            )
        with self._writing:
            return {f.name: rebuild(self.catalogue, f) for f in chosen}

    def catch_up(self) -> None:
        """Bring followers up to the catalogue: what a crash interrupted is completed."""
        with self._writing:
            for follower in self._followers():
                catch_up(self.catalogue, follower)

    # -- rated answers ----------------------------------------------------------------------

    def rate(self, given: GivenAnswer, rating: Rating, comment: str | None = None) -> Feedback:
        """Keep an answer with its rating, or replace the rating that it has. None as a comment
        keeps the earlier one. Does not wait for an ingest.

        What the answer holds of articles that are gone is not kept, nor is it once they go.
        """
        return self._feedback.rate(given, rating, comment)

    def rate_again(self, answer_id: str, rating: Rating, comment: str | None = None) -> Feedback:
        """Replace the rating of an answer that was rated before.

        Raises:
            AnswerNotFound: it was not.
        """
        return self._feedback.rate_again(answer_id, rating, comment)

    def feedback(self, rating: Rating | None = None) -> Iterator[Feedback]:
        """Rated answers, or those with this rating, oldest first."""
        return self._feedback.each(rating)

    # -- reading ----------------------------------------------------------------------------

    def article(self, article_id: str) -> Article:
        """The current version of an article.

        Raises:
            ArticleNotFound: no article has this id.
        """
        return self.catalogue.article(article_id)

    def articles(
        self, *, limit: int, offset: int, publisher: str | None = None, contains: str | None = None
    ) -> ArticlePage:
        """A page of articles, newest publication first; `contains` looks in titles."""
        return self.catalogue.page(
            limit=limit, offset=offset, publisher=publisher, contains=contains
        )

    def status(self) -> ArchiveStatus:
        """What the archive holds, and how far its followers are."""
        counts = self.catalogue.counts()
        return ArchiveStatus(
            data_dir=str(self._parts.data_dir),
            articles=counts["articles"],
            versions=counts["versions"],
            passages=counts["passages"],
            stories=counts["stories"],
            last_change=self.catalogue.last_seq(),
            embedding_model=self.catalogue.meta(MODEL_KEY),
            rated_answers=self._feedback.count(),
            followers=[
                FollowerStatus(name=f.name, applied=f.applied(), passages=f.count())
                for f in self._followers()
            ],
            last_ingests=self.catalogue.runs(limit=5),
        )

    def readiness(self) -> Readiness:
        """Whether questions can be answered from all that is held. Cheap.

        While articles are taken in, the indexes are a little behind, and that is no reason.
        """
        counts = self.catalogue.counts()
        last = 0 if self._writing.locked() else self.catalogue.last_seq()
        reasons = tuple(
            f"the {f.name} index is at change {f.applied()} of {last}"
            for f in self._followers()
            if f.applied() < last
        )
        return Readiness(
            ready=not reasons,
            reasons=reasons,
            articles=counts["articles"],
            passages=counts["passages"],
        )

    def verify(self) -> Verification:
        """Compare catalogue and followers; changes nothing."""
        with self._writing:
            return verify(self.catalogue, self.dense, self.lexical)

    def _followers(self) -> tuple[Follower, ...]:
        return (self._parts.dense, self._parts.lexical)

    # -- life -------------------------------------------------------------------------------

    def close(self) -> None:
        """Give everything back; the data directory is free afterwards."""
        with ExitStack() as steps:  # each is taken, last to first, also where one fails
            steps.callback(self._parts.lock.release)
            steps.callback(self.catalogue.close)
            steps.callback(self.lexical.close)
            steps.callback(self.dense.close)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()


def _placed(loaded: Document, path: Path) -> Document:
    """A document that is a whole file, with the place of that file."""
    if isinstance(loaded, Refusal) or loaded.origin != str(path):
        return loaded
    return replace(loaded, place=os.path.realpath(path))
