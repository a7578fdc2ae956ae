"""The write path: prepare, compare with what is known, embed what is new, store, follow."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from operator import itemgetter

import numpy as np
from numpy.typing import NDArray

from index import stories
from index.catalogue.store import Catalogue, IngestRun
from index.catalogue.writing import ArticleWrite, CatalogueWriter, EmbeddedPassage
from index.embedding.base import Embedder
from index.errors import SourceRefused
from index.followers.base import Follower
from index.passages import PassageShape, embedding_input, input_hash, split_passages
from index.preparation import PreparedArticle, prepare
from index.records import (
    Article,
    IngestItem,
    IngestOutcome,
    IngestReport,
    Passage,
    Refusal,
    SourceDocument,
)
from index.sentences import split_sentences
from index.synchronising import catch_up

WINDOW = 512
"""Passages that are embedded together: enough to sort by length, little enough to hold."""
STORY_CANDIDATES = 50

OnItem = Callable[[IngestItem], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Pending:
    """An article that waits for its vectors."""

    number: int
    """Of its document, in input order."""
    article: Article
    identity_key: str
    passages: Sequence[Passage]
    outcome: IngestOutcome


@dataclass(frozen=True, slots=True, kw_only=True)
class IngestOptions:
    """How one ingest is to be done."""

    publisher: str | None = None
    """Overrides what the sources say."""
    dry_run: bool = False
    """Say what would happen; embed and store nothing."""


class Ingester:
    """Takes documents in. Not for use by several threads at once."""

    def __init__(
        self,
        *,
        catalogue: Catalogue,
        writer: CatalogueWriter,
        embedder: Embedder,
        followers: Sequence[Follower],
        shape: PassageShape,
    ) -> None:
        self._catalogue = catalogue
        self._writer = writer
        self._embedder = embedder
        self._followers = followers
        self._shape = shape

    def run(
        self,
        documents: Iterable[SourceDocument | Refusal],
        options: IngestOptions,
        on_item: OnItem = lambda _item: None,
    ) -> IngestReport:
        """Take the documents in, one transaction each; refused ones never stop the others.

        `on_item` hears of each document as soon as it is stored, or found to need nothing.
        """
        started, clock = datetime.now(UTC), time.monotonic()
        numbered = []
        for number, item in self._items(documents, options):
            numbered.append((number, item))
            on_item(item)
        items = [item for _, item in sorted(numbered, key=itemgetter(0))]
        report = IngestReport(
            items=items, seconds=time.monotonic() - clock, dry_run=options.dry_run
        )
        if not options.dry_run:
            self._writer.record_run(_run_of(report, started))
        return report

    def _items(
        self, documents: Iterable[SourceDocument | Refusal], options: IngestOptions
    ) -> Iterator[tuple[int, IngestItem]]:
        """Each document's number and outcome, as soon as that is known."""
        window: list[_Pending] = []
        for number, document in enumerate(documents):
            planned = self._plan(number, document, options, window)
            if isinstance(planned, IngestItem):
                yield number, planned
                continue
            if any(planned.identity_key == held.identity_key for held in window):
                yield from self._store(window, options)
                window = []
                planned = self._plan(number, document, options, window)
                if isinstance(planned, IngestItem):
                    yield number, planned
                    continue
            window.append(planned)
            if sum(len(held.passages) for held in window) >= WINDOW:
                yield from self._store(window, options)
                window = []
        yield from self._store(window, options)

    # -- deciding what a document is --------------------------------------------------------

    def _plan(
        self,
        number: int,
        document: SourceDocument | Refusal,
        options: IngestOptions,
        window: Sequence[_Pending],
    ) -> _Pending | IngestItem:
        if isinstance(document, Refusal):
            return _refused(document.origin, document.reason)
        try:
            prepared = prepare(document, publisher=options.publisher)
        except SourceRefused as refusal:
            return _refused(document.origin, refusal.message)
        digest = content_hash(prepared)
        known = self._catalogue.known(prepared.identity_key)
        if known is None or known.content_hash != digest:
            twin = self._catalogue.same_content(digest)
            twin_id = twin.article_id if twin else _pending_twin(digest, window)
            if known is None and twin_id is not None:
                return _unchanged(prepared, twin_id)
        else:
            return _unchanged(prepared, known.article_id)
        pending = self._build(number, prepared, digest, known.version + 1 if known else 1)
        if not pending.passages:
            return _refused(prepared.origin, "no sentence was found in it")
        return pending

    def _build(self, number: int, prepared: PreparedArticle, digest: str, version: int) -> _Pending:
        article_id = article_id_of(prepared.identity_key)
        article = Article(
            article_id=article_id,
            version=version,
            origin=prepared.origin,
            title=prepared.title,
            text=prepared.text,
            publisher=prepared.publisher,
            authors=prepared.authors,
            url=prepared.url,
            published=prepared.published,
            ingested_at=datetime.now(UTC),
            content_hash=digest,
            story_id="",
        )
        passages = split_passages(
            article_id=article_id,
            version=version,
            text=article.text,
            sentences=split_sentences(article.text),
            shape=self._shape,
        )
        return _Pending(
            number=number,
            article=article,
            identity_key=prepared.identity_key,
            passages=passages,
            outcome=IngestOutcome.ADDED if version == 1 else IngestOutcome.UPDATED,
        )

    # -- storing ----------------------------------------------------------------------------

    def _store(
        self, window: Sequence[_Pending], options: IngestOptions
    ) -> Iterator[tuple[int, IngestItem]]:
        if not window:
            return
        if not options.dry_run:
            vectors = self._embed(window)
            if self._catalogue.meta(MODEL_KEY) is None:
                self._writer.set_meta(MODEL_KEY, self._embedder.model_id)
        for pending in window:
            if not options.dry_run:
                self._writer.put(self._write_of(pending, vectors))
            yield (
                pending.number,
                IngestItem(
                    origin=pending.article.origin,
                    outcome=pending.outcome,
                    article_id=pending.article.article_id,
                    title=pending.article.title,
                    passages=len(pending.passages),
                ),
            )
        if not options.dry_run:
            for follower in self._followers:
                catch_up(self._catalogue, follower)

    def _embed(self, window: Sequence[_Pending]) -> dict[str, NDArray[np.float32]]:
        """Vectors by input hash; inputs that the catalogue has seen are not embedded again."""
        inputs = {
            input_hash(text): text
            for pending in window
            for text in (embedding_input(pending.article.title, p) for p in pending.passages)
        }
        vectors = self._catalogue.embedded(list(inputs))
        fresh = [name for name in inputs if name not in vectors]
        if fresh:
            embedded = self._embedder.embed_documents([inputs[name] for name in fresh])
            vectors |= dict(zip(fresh, embedded, strict=True))
        return vectors

    def _write_of(self, pending: _Pending, vectors: dict[str, NDArray[np.float32]]) -> ArticleWrite:
        embedded = []
        for passage in pending.passages:
            name = input_hash(embedding_input(pending.article.title, passage))
            embedded.append(EmbeddedPassage(passage=passage, input_hash=name, vector=vectors[name]))
        signature = stories.signature(pending.article.text)
        bands = stories.bands(signature)
        mean = stories.mean_vector(np.stack([e.vector for e in embedded]))
        story_id = self._story_of(pending.article, signature, bands, mean)
        return ArticleWrite(
            article=replace(pending.article, story_id=story_id),
            identity_key=pending.identity_key,
            signature=signature.tobytes(),
            bands=bands,
            passages=embedded,
        )

    def _story_of(
        self,
        article: Article,
        signature: NDArray[np.uint32],
        bands: Sequence[str],
        mean: NDArray[np.float32],
    ) -> str:
        """The story of the most alike article that tells the same one, or a new story.

        A new story is named after its text: the article may have founded one with another text,
        which its copies still tell.
        """
        best: tuple[float, str] | None = None
        for other in self._catalogue.sharing_bands(bands)[:STORY_CANDIDATES]:
            if other == article.article_id:
                continue
            story_id, stored = self._catalogue.signature(other)
            overlap = stories.jaccard(signature, np.frombuffer(stored, dtype="<u4"))
            if overlap < stories.RELATED_JACCARD or (best and overlap <= best[0]):
                continue
            cosine = float(mean @ stories.mean_vector(self._catalogue.vectors_of(other)))
            if stories.same_story(overlap, cosine):
                best = (overlap, story_id)
        return best[1] if best else f"s{article.content_hash[:16]}"


MODEL_KEY = "embedding_model"
"""Catalogue fact: which model the vectors come from."""


def article_id_of(identity_key: str) -> str:
    """A stable id for whatever identifies an article."""
    return "a" + hashlib.sha256(identity_key.encode()).hexdigest()[:16]


def content_hash(prepared: PreparedArticle) -> str:
    """SHA-256 over text and metadata: two articles of equal hash are one article."""
    published = prepared.published
    parts = [
        prepared.title,
        prepared.text,
        prepared.publisher,
        list(prepared.authors),
        prepared.url,
        [published.day.isoformat(), published.source] if published else None,
    ]
    return hashlib.sha256(json.dumps(parts, ensure_ascii=False).encode()).hexdigest()


def _pending_twin(digest: str, window: Sequence[_Pending]) -> str | None:
    for held in window:
        if held.article.content_hash == digest:
            return held.article.article_id
    return None


def _refused(origin: str, reason: str) -> IngestItem:
    return IngestItem(origin=origin, outcome=IngestOutcome.REFUSED, reason=reason)


def _unchanged(prepared: PreparedArticle, article_id: str) -> IngestItem:
    return IngestItem(
        origin=prepared.origin,
        outcome=IngestOutcome.UNCHANGED,
        article_id=article_id,
        title=prepared.title,
    )


def _run_of(report: IngestReport, started: datetime) -> IngestRun:
    refused = [(i.origin, i.reason or "") for i in report.items if i.reason]
    return IngestRun(
        started_at=started,
        seconds=round(report.seconds),
        added=report.count(IngestOutcome.ADDED),
        updated=report.count(IngestOutcome.UPDATED),
        unchanged=report.count(IngestOutcome.UNCHANGED),
        refused=refused,
    )
