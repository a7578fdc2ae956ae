"""MultiHop-RAG (Tang and Yang, "MultiHop-RAG: Benchmarking Retrieval-Augmented Generation for
Multi-Hop Queries", COLM 2024): a folder with `corpus.json`, news articles, and
`MultiHopRAG.json`, questions whose evidence is spread over two to four of them.

The figures are those of the authors' `retrieval_evaluate.py` (github.com/yixuantt/MultiHop-RAG),
which defines them in its own way: a passage is relevant if it holds a fact of the evidence as a
substring once spaces and line breaks are taken out, and nothing else is changed; questions of the
type `null_query` are left out; and average precision at a rank counts the facts that the passage
is the first to hold, divided by the rank, in place of the share of relevant passages so far.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import model_validator

from eval.gold import gold_source
from eval.public.base import OpenScratch, PublicOptions, PublicResult, Published, Row, sampled
from eval.public.lines import Layout, NonBlank, check_unique, find_file, read_records
from eval.statistics.estimates import Estimate, mean_of
from index.archive import Archive
from index.errors import GoldInvalid
from rag.records import Query

NAME = "multihop-rag"
CORPUS = "corpus.json"
QUERIES = "MultiHopRAG.json"
NULL_QUERY = "null_query"
DEPTH = 10
SMALL_DEPTH = 4
BATCH = 100
"""Articles that are taken in before progress is told."""

PUBLISHED = (
    Published(
        label="best of the paper: voyage-02 with bge-reranker-large, passages of 256 tokens",
        figures={"Hits@10": 0.7467, "Hits@4": 0.6625, "MRR@10": 0.5860},
        source="Tang and Yang, 2024",
    ),
)


class CorpusArticle(Layout):
    """One item of `corpus.json`."""

    title: str
    body: NonBlank
    url: str | None = None
    source: str | None = None
    author: str | None = None
    published_at: str | None = None


class Fact(Layout):
    """One piece of evidence."""

    fact: NonBlank


class MultiHopQuery(Layout):
    """One item of `MultiHopRAG.json`."""

    query: NonBlank
    question_type: NonBlank
    evidence_list: tuple[Fact, ...]

    @model_validator(mode="after")
    def _check_evidence(self) -> MultiHopQuery:
        if not self.evidence_list and self.question_type != NULL_QUERY:
            raise ValueError(f"'evidence_list' is empty, and this is no {NULL_QUERY}")
        return self


@dataclass(frozen=True, slots=True, kw_only=True)
class QueryScore:
    """What the ranking of one question scores."""

    hits_at_10: bool
    hits_at_4: bool
    average_precision: float
    reciprocal_rank: float


def evaluate(path: Path, options: PublicOptions, open_scratch: OpenScratch) -> PublicResult:
    """Return Hits@10, Hits@4, MAP@10 and MRR@10, overall and by type. Raises: GoldInvalid."""
    articles = [record for _, record in read_records(find_file(path, CORPUS), CorpusArticle)]
    placed = read_records(find_file(path, QUERIES), MultiHopQuery)
    check_unique(placed, lambda one: one.query, called="query")
    queries = [record for _, record in placed if record.question_type != NULL_QUERY]
    if not queries:
        raise GoldInvalid(f"{path} holds only null queries", hint="take the whole file")
    chosen = sampled(queries, options)
    scores: list[tuple[str, QueryScore]] = []
    with open_scratch() as (archive, engine):
        refused = _take_in(archive, articles, options)
        for query in chosen:
            passages = engine.search(Query(question=query.query, top_k=DEPTH))
            facts = [evidence.fact for evidence in query.evidence_list]
            score = score_query([passage.text for passage in passages], facts)
            scores.append((query.question_type, score))
            options.on_progress("searching", len(scores), len(chosen))
    note = f"{refused} of {len(articles)} articles hold no sentence and were not taken in"
    return PublicResult(
        name=NAME,
        sources=tuple(gold_source(find_file(path, name)) for name in (CORPUS, QUERIES)),
        rows=_rows(scores),
        published=PUBLISHED,
        notes=(note,) if refused else (),
    )


def score_query(retrieved: Sequence[str], facts: Sequence[str]) -> QueryScore:
    """Return the score of the retrieved texts, best first, against at least one fact."""
    wanted = [_squeezed(fact) for fact in facts]
    found: set[str] = set()
    precisions = []
    hits = []
    for rank, text in enumerate(map(_squeezed, retrieved[:DEPTH]), start=1):
        held = {fact for fact in wanted if fact in text}
        if held:
            hits.append(rank)
            precisions.append(len(held - found) / rank)
            found |= held
    return QueryScore(
        hits_at_10=bool(hits),
        hits_at_4=bool(hits) and hits[0] <= SMALL_DEPTH,
        average_precision=sum(precisions) / min(len(wanted), DEPTH),
        reciprocal_rank=1 / hits[0] if hits else 0.0,
    )


def figures_of(scores: Sequence[QueryScore]) -> dict[str, Estimate]:
    """Return the means over the questions."""
    return {
        "Hits@10": mean_of(score.hits_at_10 for score in scores),
        "Hits@4": mean_of(score.hits_at_4 for score in scores),
        "MAP@10": mean_of(score.average_precision for score in scores),
        "MRR@10": mean_of(score.reciprocal_rank for score in scores),
    }


def _squeezed(text: str) -> str:
    return text.replace(" ", "").replace("\n", "")


def _take_in(archive: Archive, articles: Sequence[CorpusArticle], options: PublicOptions) -> int:
    """Store the articles; return how many were refused."""
    refused = 0
    for start in range(0, len(articles), BATCH):
        batch = articles[start : start + BATCH]
        report = archive.ingest_records([one.model_dump() for one in batch], origin=CORPUS)
        refused += sum(item.article_id is None for item in report.items)
        options.on_progress("taking in", start + len(batch), len(articles))
    return refused


def _rows(scores: Sequence[tuple[str, QueryScore]]) -> tuple[Row, ...]:
    kinds = sorted({kind for kind, _ in scores})
    groups = {kind: [score for held, score in scores if held == kind] for kind in kinds}
    overall = [score for _, score in scores]
    rows = [Row(label="search, without null queries", n=len(overall), figures=figures_of(overall))]
    if len(groups) > 1:
        rows += [
            Row(label=kind, n=len(group), figures=figures_of(group))
            for kind, group in groups.items()
        ]
    return tuple(rows)
