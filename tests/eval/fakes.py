"""A small archive in memory, and answers cut from it. Handed in through constructors."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime

from eval.gold import Evidence, GoldQuestion, GoldSource
from eval.replies import Reply, reply_of
from eval.run import Evaluation, run_evaluation
from eval.targets.base import Articles, Provenance, Target
from eval.targets.references import ArticleNames, ReferenceIndex
from index.errors import ArticleNotFound
from index.records import Article, ArticlePage, ArticleSummary
from rag.records import (
    Agreement,
    Answer,
    AnswerSentence,
    CarriedBy,
    Citation,
    Outcome,
    RetrievedPassage,
)

TEXTS: Mapping[str, str] = {
    "a1": "The mill opened in 1842. It burned down in 1901. Nobody was hurt.",
    "a2": "A fire took the mill in 1901. The owner, Ada Brook, rebuilt it. It spins wool.",
    "a3": "The harbour froze for nine weeks. Ships waited. The thaw came in April.",
}

SOURCE = GoldSource(name="gold.jsonl", sha256="0" * 64)

UNFOUND = "The archive does not say."


def gold(
    question_id: str = "q1",
    *,
    answers: Sequence[str] = ("1901",),
    evidence: Sequence[tuple[str, str]] = (("a1", "It burned down in 1901."),),
    tags: Sequence[str] = (),
) -> GoldQuestion:
    """Return an answerable question, or, with no answers, an unanswerable one."""
    return GoldQuestion(
        id=question_id,
        question=f"What about {question_id}?",
        answerable=bool(answers),
        answers=tuple(answers),
        evidence=tuple(Evidence(article=a, quote=q) for a, q in evidence) if answers else (),
        tags=tuple(tags),
    )


def passage(
    article_id: str, start: int, end: int, *, carried_by: Sequence[str] = ()
) -> RetrievedPassage:
    """Return the passage of one of the articles at these offsets."""
    return RetrievedPassage(
        passage_id=f"{article_id}:{start}-{end}",
        article_id=article_id,
        title=article_id,
        publisher=None,
        url=None,
        published_at=None,
        text=TEXTS[article_id][start:end],
        start=start,
        end=end,
        score=1.0,
        also_carried_by=_copies(carried_by),
    )


def sentence_passage(article_id: str, quote: str) -> RetrievedPassage:
    """Return the passage that is exactly this quote."""
    start = TEXTS[article_id].index(quote)
    return passage(article_id, start, start + len(quote))


def citation(
    n: int, article_id: str, quote: str, *, shift: int = 0, carried_by: Sequence[str] = ()
) -> Citation:
    """Return the citation of this quote; `shift` moves its offsets away from it."""
    start = TEXTS[article_id].index(quote) + shift
    return Citation(
        n=n,
        article_id=article_id,
        passage_id=f"{article_id}:0",
        title=article_id,
        publisher=None,
        url=None,
        published_at=None,
        published_at_source=None,
        quote=quote,
        start=start,
        end=start + len(quote),
        score=1.0,
        also_carried_by=_copies(carried_by),
    )


def answered(
    *citations: Citation,
    short_answer: str | None = None,
    confidence: float = 0.9,
    retrieved: Sequence[RetrievedPassage] = (),
) -> Answer:
    """Return an answer with one sentence for each citation."""
    return _answer(
        outcome=Outcome.ANSWERED,
        answer=" ".join(f"{c.quote} [{c.n}]" for c in citations),
        short_answer=short_answer,
        confidence=confidence,
        citations=citations,
        retrieved=retrieved,
    )


def abstained(*, confidence: float = 0.1, retrieved: Sequence[RetrievedPassage] = ()) -> Answer:
    """Return an abstention."""
    return _answer(
        outcome=Outcome.NOT_FOUND,
        answer=UNFOUND,
        short_answer=None,
        confidence=confidence,
        citations=(),
        retrieved=retrieved,
    )


def right_answer(question: GoldQuestion) -> Answer:
    """Return the ideal answer: every piece of evidence cited, found first; or an abstention."""
    if not question.answerable:
        return abstained(confidence=0.0)
    cited = [
        citation(n, evidence.article, evidence.quote)
        for n, evidence in enumerate(question.evidence, start=1)
    ]
    return answered(
        *cited,
        short_answer=question.answers[0],
        confidence=1.0,
        retrieved=[passage(c.article_id, c.start, c.end) for c in cited],
    )


class FakeTarget:
    """Answers from a function; an exception in place of an answer is raised."""

    def __init__(
        self,
        answer: Callable[[GoldQuestion], Answer | Exception],
        texts: Mapping[str, str] = TEXTS,
    ) -> None:
        self.name = "fake"
        self.conversational = False
        self._answer = answer
        self._texts = texts
        self._references = ReferenceIndex(names(texts))

    @property
    def articles(self) -> Articles:
        """Return the articles that the answers are about."""
        return self

    def fit(self, gold: Sequence[GoldQuestion]) -> list[str]:  # noqa: ARG002
        """Return nothing."""
        return []

    def provenance(self) -> Provenance:
        """Return nothing."""
        return Provenance()

    def ask(self, question: GoldQuestion) -> Reply:
        """Return or raise what the function returns."""
        answer = self._answer(question)
        if isinstance(answer, Exception):
            raise answer
        return reply_of(answer, 5.0)

    def article_text(self, article_id: str) -> str | None:
        """Return the article's text."""
        return self._texts.get(article_id)

    def resolve(self, article_ref: str) -> frozenset[str]:
        """Return the ids that the reference names."""
        return self._references.resolve(article_ref)


def evaluate(questions: Sequence[GoldQuestion], target: Target) -> Evaluation:
    """Return the evaluation of a gold set that is in no file, its intervals roughly drawn."""
    return run_evaluation(questions, target, source=SOURCE, resamples=10)


class MemoryArchive:
    """The articles as an archive gives them; remembers which pages were asked for."""

    def __init__(self, texts: Mapping[str, str] = TEXTS, *, page_size: int = 2) -> None:
        self._texts = texts
        self._page_size = page_size
        self.offsets: list[int] = []

    def article(self, article_id: str) -> Article:
        """Return an article."""
        if article_id not in self._texts:
            raise ArticleNotFound(f"no article {article_id}")
        return Article(
            article_id=article_id,
            version=1,
            origin=f"in/{article_id}.txt",
            title=article_id,
            text=self._texts[article_id],
            publisher=None,
            authors=(),
            url=None,
            published=None,
            ingested_at=datetime(2026, 1, 1, tzinfo=UTC),
            content_hash="",
            story_id=article_id,
        )

    def articles(self, *, limit: int, offset: int) -> ArticlePage:
        """Return a page, never longer than the archive's own page size."""
        self.offsets.append(offset)
        size = min(limit, self._page_size)
        shown = list(self._texts)[offset : offset + size]
        return ArticlePage(
            articles=[_summary(self.article(article_id)) for article_id in shown],
            total=len(self._texts),
            limit=size,
            offset=offset,
        )


def names(texts: Mapping[str, str]) -> list[ArticleNames]:
    """Return what each article can be called by."""
    return [
        ArticleNames(article_id, f"https://news.example/{article_id}", f"in/{article_id}.txt")
        for article_id in texts
    ]


def _summary(article: Article) -> ArticleSummary:
    return ArticleSummary(
        article_id=article.article_id,
        version=1,
        title=article.title,
        publisher=None,
        url=f"https://news.example/{article.article_id}",
        published_at=None,
        published_at_source=None,
        origin=article.origin,
        story_id=article.story_id,
        characters=len(article.text),
        passages=1,
        ingested_at=article.ingested_at,
    )


def _copies(article_ids: Sequence[str]) -> tuple[CarriedBy, ...]:
    return tuple(CarriedBy(article_id=one, publisher=None, title=one) for one in article_ids)


def _answer(
    *,
    outcome: Outcome,
    answer: str,
    short_answer: str | None,
    confidence: float,
    citations: Sequence[Citation],
    retrieved: Sequence[RetrievedPassage],
) -> Answer:
    return Answer(
        id="ans_1",
        question="?",
        standalone_question="?",
        outcome=outcome,
        answer=answer,
        short_answer=short_answer,
        confidence=confidence,
        sentences=[AnswerSentence(text=c.quote, citations=(c.n,)) for c in citations],
        citations=citations,
        agreement=Agreement(independent_publishers=len(citations)),
        disagreements=(),
        retrieved=retrieved,
        mode="extractive",
        timings_ms={"total": 5.0},
    )
