"""What the ways in need from the core: an engine that answers, and an archive that holds.

The composition roots build the real ones; tests hand in their own. Everything here is
synchronous, and may be called from several threads at once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from api.given_answers import GivenAnswers
from eval.targets.base import Provenance
from index.catalogue.conversations import ConversationTable
from index.catalogue.history import ArchiveHistory
from index.records import (
    Article,
    ArticlePage,
    Feedback,
    GivenAnswer,
    IngestReport,
    Rating,
    Readiness,
)
from rag.events import AnswerEvent, AnswerGiven, Cancelled, never
from rag.records import Answer, Query, RetrievedPassage

LOOPBACK_HOSTS = frozenset({"localhost", "127.0.0.1", "::1"})


class Engine(Protocol):
    """Answers questions."""

    def ask(self, query: Query) -> Answer:
        """One answer; `not_found` is an answer like any other."""

    def ask_stream(self, query: Query, cancelled: Cancelled) -> Iterator[AnswerEvent]:
        """What happens until the answer is given, which is last. Once it is cancelled there is
        no further step, and no answer."""

    def search(self, query: Query) -> Sequence[RetrievedPassage]:
        """The passages nearest to the question, nearest first, at most `query.top_k`."""


class Archive(Protocol):
    """Holds articles."""

    def article(self, article_id: str) -> Article:
        """The current version. Raises: ArticleNotFound."""

    def articles(
        self,
        *,
        limit: int,
        offset: int,
        publisher: str | None = None,
        contains: str | None = None,
    ) -> ArticlePage:
        """A page of the listing; `contains` looks in titles, without regard to case."""

    def delete(self, article_ids: Sequence[str]) -> int:
        """How many of these articles were there and are now gone."""

    def ingest_files(
        self,
        paths: Sequence[Path],
        *,
        publisher: str | None = None,
        origins: Sequence[str] | None = None,
    ) -> IngestReport:
        """Take in files. `origins` says what to call each of them; None: its path."""

    def ingest_records(
        self, records: Sequence[Mapping[str, object]], *, origin: str
    ) -> IngestReport:
        """Take in records with the fields of article JSONL; one item of the report for each."""

    def rate(self, given: GivenAnswer, rating: Rating, comment: str | None = None) -> Feedback:
        """Keep an answer with its rating, or replace the rating that it has. None as a comment
        keeps the earlier one. Does not wait for an ingest."""

    def rate_again(self, answer_id: str, rating: Rating, comment: str | None = None) -> Feedback:
        """Replace the rating of an answer that was rated before. Raises: AnswerNotFound."""

    @property
    def conversations(self) -> ConversationTable:
        """Conversations that somebody asked to keep."""

    @property
    def history(self) -> ArchiveHistory:
        """Versions of articles, what ingests did, and who published what is held."""

    def readiness(self) -> Readiness:
        """Cheap enough to be asked every few seconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How much one request, and all of them together, may ask for."""

    question_characters: int = 2_000
    body_bytes: int = 1024 * 1024
    """Largest request body, except where articles are sent."""
    upload_bytes: int = 64 * 1024 * 1024
    """Largest request body where articles are sent."""
    upload_files: int = 1_000
    engine_threads: int = 4
    """Questions worked on at once."""
    archive_threads: int = 4
    """Requests to read articles worked on at once; changes are made one at a time."""
    waiting: int = 64
    """Requests that may wait for a thread; the next one is told to come back later."""
    heartbeat_seconds: float = 15.0
    """Silence in a stream after which a comment is sent, so that no proxy thinks it is dead."""
    linger_seconds: float = 2.0
    """How long a stream is worked on with nobody reading; who comes back in time misses nothing."""
    kept_seconds: float = 120.0
    """How long the events of an ended stream are kept for who comes back."""
    kept_streams: int = 256
    """Ended streams that are kept; the one that ended first goes first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """All that a way in is given."""

    engine: Engine
    archive: Archive
    limits: Limits = field(default_factory=Limits)
    allowed_hosts: frozenset[str] | None = LOOPBACK_HOSTS
    """Names under which the service answers (`Host` header, without port); None: any name.
    A fixed set keeps a web page that points its own name at this machine from using it."""
    scratch: Path | None = None
    """Where uploads lie while they are read; None: the system's folder for temporary files."""
    version: str = "0"
    describe: Callable[[], Provenance] = Provenance
    """What answers depend on: corpus, models, settings."""
    given: GivenAnswers = field(default_factory=GivenAnswers)
    """The latest answers, which can be rated."""

    def ask(self, query: Query) -> Answer:
        """One answer, remembered so that it can be rated."""
        answer = self.engine.ask(query)
        self.given.remember(query, answer)
        return answer

    def ask_stream(self, query: Query, cancelled: Cancelled = never) -> Iterator[AnswerEvent]:
        """What happens until the answer is given, which is last, and remembered like any other."""
        for event in self.engine.ask_stream(query, cancelled):
            if isinstance(event, AnswerGiven):
                self.given.remember(query, event.answer)
            yield event

    def rate(self, answer_id: str, rating: Rating, comment: str | None = None) -> Feedback:
        """Keep a rating of an answer.

        Raises:
            AnswerNotFound: the answer is not one of the latest, and was never rated.
        """
        given = self.given.get(answer_id)
        if given is None:
            return self.archive.rate_again(answer_id, rating, comment)
        return self.archive.rate(given, rating, comment)
