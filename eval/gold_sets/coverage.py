"""What a gold set asks about, and how much of the archive it touches."""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from eval.gold import GoldQuestion
from eval.gold_sets.articles import KnownArticles
from rag.reading.question import analyse

UNDATED = "undated"
UNNAMED = "unnamed"


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchiveCoverage:
    """How the evidence lies in the archive."""

    archive: str
    articles: int
    touched: int
    """Articles that some evidence quotes from."""
    share: float | None
    """`touched / articles`; None where the archive is empty."""
    unknown: int
    """Pieces of evidence whose article is not in the archive."""
    by_publisher: Mapping[str, tuple[int, int]]
    """Publisher → questions with evidence from it, and articles that it has; most questions
    first, those with none last."""
    by_month: Mapping[str, tuple[int, int]]
    """`2026-01` → the same, ascending, undated last."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GoldCoverage:
    """What a gold set is made of. Counts are of questions."""

    questions: int
    answerable: int
    unanswerable: int
    with_as_of: int
    with_conversation: int
    by_tag: Mapping[str, tuple[int, int]]
    """Tag → questions, and how many of them are answerable; most questions first."""
    by_kind: Mapping[str, tuple[int, int]]
    """Kind of answer that the question's words ask for → the same."""
    words: Mapping[str, float]
    """Words of a question: `least`, `median`, `mean`, `most`; empty without questions."""
    evidence: Mapping[int, int]
    """Pieces of evidence → answerable questions that have so many, ascending."""
    archive: ArchiveCoverage | None


def coverage(questions: Sequence[GoldQuestion], articles: KnownArticles | None) -> GoldCoverage:
    """Return what the questions cover, also of the articles where they are known."""
    answerable = [question for question in questions if question.answerable]
    lengths = [len(question.question.split()) for question in questions]
    return GoldCoverage(
        questions=len(questions),
        answerable=len(answerable),
        unanswerable=len(questions) - len(answerable),
        with_as_of=sum(question.as_of is not None for question in questions),
        with_conversation=sum(bool(question.conversation) for question in questions),
        by_tag=_counted((tag, q.answerable) for q in questions for tag in sorted(set(q.tags))),
        by_kind=_counted((analyse(q.question).main_type.value, q.answerable) for q in questions),
        words=_spread(lengths),
        evidence=dict(sorted(Counter(len(q.evidence) for q in answerable).items())),
        archive=_of_archive(questions, articles) if articles is not None else None,
    )


def _counted(pairs: Iterable[tuple[str, bool]]) -> dict[str, tuple[int, int]]:
    counts: Counter[str] = Counter()
    answerable: Counter[str] = Counter()
    for name, is_answerable in pairs:
        counts[name] += 1
        answerable[name] += is_answerable
    ordered = sorted(counts, key=lambda name: (-counts[name], name))
    return {name: (counts[name], answerable[name]) for name in ordered}


def _spread(lengths: Sequence[int]) -> dict[str, float]:
    if not lengths:
        return {}
    return {
        "least": min(lengths),
        "median": statistics.median(lengths),
        "mean": round(statistics.fmean(lengths), 2),
        "most": max(lengths),
    }


def _of_archive(questions: Iterable[GoldQuestion], articles: KnownArticles) -> ArchiveCoverage:
    publishers: Counter[str] = Counter()
    months: Counter[str] = Counter()
    touched: set[str] = set()
    unknown = 0
    for question in questions:
        named = [articles.resolve(evidence.article) for evidence in question.quoted]
        unknown += sum(not ids for ids in named)
        ids = {article_id for found in named for article_id in found}
        touched |= ids
        publishers.update({_publisher(articles, article_id) for article_id in ids})
        months.update({_month(articles, article_id) for article_id in ids})
    held = Counter(_publisher(articles, name) for name in articles.summaries)
    dated = Counter(_month(articles, name) for name in articles.summaries)
    total = len(articles.summaries)
    by_publisher = sorted(held, key=lambda name: (-publishers[name], name))
    by_month = sorted(dated, key=lambda name: (name == UNDATED, name))
    return ArchiveCoverage(
        archive=articles.name,
        articles=total,
        touched=len(touched),
        share=len(touched) / total if total else None,
        unknown=unknown,
        by_publisher={name: (publishers[name], held[name]) for name in by_publisher},
        by_month={name: (months[name], dated[name]) for name in by_month},
    )


def _publisher(articles: KnownArticles, article_id: str) -> str:
    return articles.summaries[article_id].publisher or UNNAMED


def _month(articles: KnownArticles, article_id: str) -> str:
    day = articles.summaries[article_id].published_at
    return f"{day:%Y-%m}" if day else UNDATED
