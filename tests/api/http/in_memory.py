"""An archive and an engine in memory: exact words stand in for meaning."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from threading import get_ident

from sqlalchemy import Engine, create_engine, insert
from sqlalchemy.pool import StaticPool

from index.catalogue.conversations import ConversationTable
from index.catalogue.history import ArchiveHistory
from index.catalogue.schema import ARTICLES, METADATA, VERSIONS
from index.catalogue.store import Catalogue
from index.errors import AnswerNotFound, ArticleNotFound
from index.records import (
    Article,
    ArticlePage,
    ArticleSummary,
    Confidence,
    Feedback,
    GivenAnswer,
    IngestItem,
    IngestOutcome,
    IngestReport,
    PublishedDate,
    Rating,
    Readiness,
)
from rag.events import AnswerEvent, AnswerGiven, Cancelled, PassagesFound, never
from rag.records import (
    Agreement,
    Answer,
    AnswerSentence,
    CarriedBy,
    Citation,
    Outcome,
    Query,
    RetrievedPassage,
)

FERRY = """\
⛴️ 渡𠮷 The ferry to Osk runs again from Monday, the harbour office said on Friday.
Storms had kept it in port for eleven days.
“We counted 340 stranded passengers,” said the harbour master, Ilse Varn. \
Fares stay at 12 crowns until the end of May. 🎉
<script>document.title = "broken"</script> <img src=x onerror="document.title='broken'">
Freight went by the northern route meanwhile, and two trawlers helped with the post."""

BRIDGE = """\
عُقد الاجتماع في المدينة القديمة بعد ظهر الثلاثاء.
The bridge at Harrowmouth will close for repairs in September, the county decided.
Engineers found rust in six of its forty cables during the spring inspection.
The county expects the work to cost 4.2 million crowns and to last until the new year."""


def article(article_id: str, title: str, text: str, **more: object) -> Article:
    """An article with sensible metadata."""
    fields: dict[str, object] = {
        "version": 1,
        "origin": f"{article_id}.txt",
        "publisher": "Skerry Post",
        "authors": (),
        "url": None,
        "published": PublishedDate(
            day=date(2026, 3, 6), source="metadata", confidence=Confidence.HIGH
        ),
        "ingested_at": datetime(2026, 3, 7, 8, 30, tzinfo=UTC),
        "content_hash": f"hash-{article_id}",
        "story_id": f"story-{article_id}",
    }
    fields.update(more)
    return Article(article_id=article_id, title=title, text=text, **fields)  # type: ignore[arg-type]


def two_articles() -> list[Article]:
    """One full of characters that browsers count twice, one that begins right-to-left."""
    ferry = article(
        "art-ferry",
        "Ferry to Osk runs again after eleven days ⛴️",
        FERRY,
        url="https://skerry.example/ferry?id=1&lang=en",
        authors=("Una Brae", "Jón Teitsson"),
    )
    bridge = article(
        "art-bridge",
        "Harrowmouth bridge to close in September",
        BRIDGE,
        publisher="Harrowmouth Echo",
        url="javascript:alert(1)",
        published=PublishedDate(
            day=date(2026, 2, 17), source="page_date", confidence=Confidence.MEDIUM
        ),
    )
    return [ferry, bridge]


def database_in_memory(articles: Sequence[Article] = ()) -> Engine:
    """The real tables, in a database that is gone with them and knows of these articles."""
    engine = create_engine(
        "sqlite://", poolclass=StaticPool, connect_args={"check_same_thread": False}
    )
    METADATA.create_all(engine)
    hold(engine, articles)
    return engine


def hold(engine: Engine, articles: Sequence[Article]) -> None:
    """Make a database know of these articles."""
    with engine.begin() as connection:
        for each in articles:
            values = insert(ARTICLES).values(
                article_id=each.article_id,
                identity_key=each.origin,
                version=each.version,
                story_id=each.story_id,
            )
            connection.execute(values)
            connection.execute(insert(VERSIONS).values(**_version(each)))


def _version(source: Article) -> dict[str, object]:
    published = source.published
    return {
        "article_id": source.article_id,
        "version": source.version,
        "origin": source.origin,
        "title": source.title,
        "text": source.text,
        "publisher": source.publisher,
        "authors": list(source.authors),
        "url": source.url,
        "published_at": published.day if published else None,
        "published_source": published.source if published else None,
        "published_confidence": published.confidence if published else None,
        "content_hash": source.content_hash,
        "signature": b"",
        "ingested_at": source.ingested_at,
    }


@dataclass
class MemoryArchive:
    """Satisfies `api.service.Archive`; remembers what it was asked to take in."""

    held: dict[str, Article] = field(default_factory=dict)
    received: list[tuple[str, str | None, bytes]] = field(default_factory=list)
    """Origin, publisher and content of each file or record."""
    reasons: tuple[str, ...] = ()
    rated: dict[str, Feedback] = field(default_factory=dict)
    database: Engine = field(default_factory=database_in_memory)
    threads: set[int] = field(default_factory=set)
    conversations: ConversationTable = field(init=False)
    history: ArchiveHistory = field(init=False)

    def __post_init__(self) -> None:
        self.conversations = ConversationTable(self.database)
        self.history = ArchiveHistory(Catalogue(self.database))

    @classmethod
    def of(cls, articles: Sequence[Article]) -> MemoryArchive:
        """An archive with these articles."""
        return cls(
            held={each.article_id: each for each in articles},
            database=database_in_memory(articles),
        )

    def article(self, article_id: str) -> Article:
        self.threads.add(get_ident())
        if article_id not in self.held:
            raise ArticleNotFound(f"No article has the id {article_id}")
        return self.held[article_id]

    def articles(
        self,
        *,
        limit: int,
        offset: int,
        publisher: str | None = None,
        contains: str | None = None,
    ) -> ArticlePage:
        rows = [
            _summary(each)
            for each in self.held.values()
            if (publisher is None or each.publisher == publisher)
            and (contains is None or contains.casefold() in each.title.casefold())
        ]
        return ArticlePage(
            articles=rows[offset : offset + limit], total=len(rows), limit=limit, offset=offset
        )

    def delete(self, article_ids: Sequence[str]) -> int:
        return sum(self.held.pop(each, None) is not None for each in article_ids)

    def ingest_files(
        self,
        paths: Sequence[Path],
        *,
        publisher: str | None = None,
        origins: Sequence[str] | None = None,
    ) -> IngestReport:
        names = origins or [str(path) for path in paths]
        items = []
        for path, name in zip(paths, names, strict=True):
            content = path.read_bytes()
            assert path.name == name, "loaders go by the name"
            self.received.append((name, publisher, content))
            items.append(_item(name, "no text in it" if not content.strip() else None))
        return IngestReport(items=items, seconds=0.01)

    def ingest_records(
        self, records: Sequence[Mapping[str, object]], *, origin: str
    ) -> IngestReport:
        items = []
        for number, record in enumerate(records, start=1):
            self.received.append((f"{origin}:{number}", None, repr(record).encode()))
            reason = None if record.get("text") or record.get("html") else "neither text nor html"
            items.append(_item(f"{origin}:{number}", reason))
        return IngestReport(items=items, seconds=0.01)

    def rate(self, given: GivenAnswer, rating: Rating, comment: str | None = None) -> Feedback:
        self.threads.add(get_ident())
        rated_at = datetime(2026, 3, 7, 9, tzinfo=UTC)
        self.rated[given.answer_id] = Feedback(
            given=given, rating=rating, comment=comment, rated_at=rated_at
        )
        return self.rated[given.answer_id]

    def rate_again(self, answer_id: str, rating: Rating, comment: str | None = None) -> Feedback:
        if answer_id not in self.rated:
            raise AnswerNotFound(f"no answer has the id {answer_id}", hint="ask again")
        return self.rate(self.rated[answer_id].given, rating, comment)

    def readiness(self) -> Readiness:
        return Readiness(
            ready=not self.reasons,
            reasons=self.reasons,
            articles=len(self.held),
            passages=len(self.held),
        )


@dataclass
class MemoryEngine:
    """Satisfies `api.service.Engine`: quotes the sentences that `quotes` names for a question."""

    archive: MemoryArchive
    quotes: Mapping[str, Sequence[tuple[str, str]]]
    """Question to (article id, quoted words)."""
    asked: list[Query] = field(default_factory=list)
    threads: set[int] = field(default_factory=set)

    def ask(self, query: Query) -> Answer:
        self.asked.append(query)
        self.threads.add(get_ident())
        wanted = self.quotes.get(query.question, ())
        citations = [self._citation(n, *pair) for n, pair in enumerate(wanted, start=1)]
        sentences = [AnswerSentence(text=each.quote, citations=(each.n,)) for each in citations]
        said = " ".join(f"{each.quote} [{each.n}]" for each in citations)
        return Answer(
            id="ans_1",
            question=query.question,
            standalone_question=query.question,
            outcome=Outcome.ANSWERED if citations else Outcome.NOT_FOUND,
            answer=said or "The archive does not say.",
            short_answer="from Monday" if citations else None,
            confidence=0.91 if citations else 0.04,
            sentences=sentences,
            citations=citations,
            agreement=Agreement(independent_publishers=len({c.publisher for c in citations})),
            disagreements=[],
            retrieved=self.search(query),
            mode="extractive",
            timings_ms={"retrieve": 1.0, "read": 2.0, "total": 3.0},
        )

    def ask_stream(self, query: Query, cancelled: Cancelled = never) -> Iterator[AnswerEvent]:
        yield PassagesFound(standalone_question=query.question, passages=len(self.archive.held))
        if not cancelled():
            yield AnswerGiven(answer=self.ask(query))

    def search(self, query: Query) -> Sequence[RetrievedPassage]:
        return [_passage(each) for each in self.archive.held.values()][: query.top_k]

    def _citation(self, n: int, article_id: str, quote: str) -> Citation:
        source = self.archive.article(article_id)
        start = source.text.index(quote)
        others = [a for a in self.archive.held.values() if a.article_id != article_id]
        return Citation(
            n=n,
            article_id=article_id,
            passage_id=f"psg-{article_id}-{n}",
            title=source.title,
            publisher=source.publisher,
            url=source.url,
            published_at=source.published.day if source.published else None,
            published_at_source=source.published.source if source.published else None,
            quote=quote,
            start=start,
            end=start + len(quote),
            score=0.9,
            also_carried_by=tuple(
                CarriedBy(article_id=a.article_id, publisher=a.publisher, title=a.title)
                for a in others[: n - 1]
            ),
        )


def _item(origin: str, reason: str | None) -> IngestItem:
    if reason:
        return IngestItem(origin=origin, outcome=IngestOutcome.REFUSED, reason=reason)
    return IngestItem(
        origin=origin, outcome=IngestOutcome.ADDED, article_id="art-new", title="New", passages=1
    )


def _summary(source: Article) -> ArticleSummary:
    return ArticleSummary(
        article_id=source.article_id,
        version=source.version,
        title=source.title,
        publisher=source.publisher,
        url=source.url,
        published_at=source.published.day if source.published else None,
        published_at_source=source.published.source if source.published else None,
        origin=source.origin,
        story_id=source.story_id,
        characters=len(source.text),
        passages=1,
        ingested_at=source.ingested_at,
    )


def _passage(source: Article) -> RetrievedPassage:
    start = source.text.index("\n") + 1
    end = source.text.index("\n", start)
    return RetrievedPassage(
        passage_id=f"psg-{source.article_id}-0",
        article_id=source.article_id,
        title=source.title,
        publisher=source.publisher,
        url=source.url,
        published_at=source.published.day if source.published else None,
        text=source.text[start:end],
        start=start,
        end=end,
        score=0.4,
    )
