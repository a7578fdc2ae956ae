"""Ranking metrics by ir-measures, judged by quoted evidence rather than by passage ids.

ir-measures compares lists of document ids. Passage ids would tie a gold set to one chunking and
would count overlapping passages over the same quote several times, so **the document is the
evidence item**: the qrels of a question hold one relevant id per item, and the ranked passages
are turned into a ranking of such ids, from the top:

- a passage that covers items not seen before stands for these items, one id each;
- any other passage stands for an id of its own that is not relevant, and so keeps its place: that
  goes for passages that cover nothing and for repeats of items already found;
- where one passage covers m > 1 new items they stand one below another, and the m - 1 places they
  take are saved on the next passages that stand for nothing. An item is therefore never ranked
  above its passage, and what follows is pushed down only where relevant items crowd.

A passage covers an item if it is of an article that the evidence names and its span holds at
least half of the quote, or if it names such an article as a copy (`also_carried_by`) and holds
the quote whole. Items whose words the archive does not hold stay in the qrels: they are
missed. Success asks for any item (alternatives carry the same fact), R@10 for all of them.

At article level the documents are the articles that the evidence names, and the ranking is that
of the retrieved passages' articles, each at its best passage.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from eval.evidence import EvidenceItem, passage_covers
from eval.metrics.base import Metric, Ratio
from eval.records import QuestionResult
from eval.replies import ReplyPassage

MEASURES = ("Success@1", "Success@5", "Success@10", "R@10", "RR@10", "AP@10", "nDCG@10")


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranking:
    """A ranked list of ids, and which ids are relevant."""

    relevant: tuple[str, ...]
    ranked: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """What the retrieved passages show of the evidence."""

    covers: tuple[tuple[int, ...], ...]
    """For each passage, the positions of the items that it covers."""
    ranks: tuple[int | None, ...]
    """For each item, the rank of the first passage that covers it, from 1."""


def coverage_of(items: Sequence[EvidenceItem], retrieved: Sequence[ReplyPassage]) -> Coverage:
    """Return which passage covers which item."""
    covers = tuple(
        tuple(position for position, item in enumerate(items) if passage_covers(passage, item))
        for passage in retrieved
    )
    ranks = tuple(
        next((rank for rank, held in enumerate(covers, start=1) if position in held), None)
        for position in range(len(items))
    )
    return Coverage(covers=covers, ranks=ranks)


def evidence_ranking(items: Sequence[EvidenceItem], coverage: Coverage) -> Ranking:
    """Return the ranking of evidence that a ranking of passages amounts to."""
    ranked: list[str] = []
    seen: set[int] = set()
    places_to_save = 0
    for rank, covered in enumerate(coverage.covers, start=1):
        new = [position for position in covered if position not in seen]
        if new:
            seen.update(new)
            ranked.extend(items[position].key for position in new)
            places_to_save += len(new) - 1
        elif places_to_save:
            places_to_save -= 1
        else:
            ranked.append(f"passage-{rank}")
    return Ranking(relevant=tuple(item.key for item in items), ranked=tuple(ranked))


def article_ranking(
    items: Sequence[EvidenceItem], retrieved: Sequence[ReplyPassage]
) -> Ranking | None:
    """Return the ranking of articles; None where a passage does not name its article.

    A copy of an article stands for it. An evidence reference that names several articles (files
    of one name) is met by any of them.
    """
    if any(passage.article is None for passage in retrieved):
        return None
    wanted = {item.articles or frozenset({item.evidence.article}): item.key for item in items}
    names = {article: key for articles, key in wanted.items() for article in articles}
    ranked: dict[str, None] = {}
    for passage in retrieved:
        carriers = (passage.article or "", *passage.copies)
        met = [names[carrier] for carrier in carriers if carrier in names]
        for key in met or [f"article {passage.article}"]:
            ranked.setdefault(key)
    return Ranking(relevant=tuple(wanted.values()), ranked=tuple(ranked))


def score_rankings(rankings: Mapping[str, Ranking]) -> dict[str, dict[str, float]]:
    """Return question id → name of the measure → value in [0, 1], as ir-measures computes it."""
    if not rankings:
        return {}
    import ir_measures
    from ir_measures import AP, RR, Qrel, R, ScoredDoc, Success, nDCG

    measures = (
        *(Success @ 1, Success @ 5, Success @ 10),
        *(R @ 10, RR @ 10, AP @ 10, nDCG @ 10),
    )
    # Questions go by number: C code cuts an id at a NUL.
    numbered = {str(number): ranking for number, ranking in enumerate(rankings.values())}
    qrels = [
        Qrel(number, document, 1)
        for number, ranking in numbered.items()
        for document in ranking.relevant
    ]
    run = [
        ScoredDoc(number, document, -float(rank))
        for number, ranking in numbered.items()
        for rank, document in enumerate(ranking.ranked)
    ]
    scores: dict[str, dict[str, float]] = {number: {} for number in numbered}
    for metric in ir_measures.iter_calc(measures, qrels, run):
        scores[metric.query_id][str(metric.measure)] = float(metric.value)
    return {
        question_id: {measure: values[measure] for measure in MEASURES}
        for question_id, values in zip(rankings, scores.values(), strict=True)
    }


def retrieval_metrics() -> tuple[Metric, ...]:
    """Return the ranking metrics, by evidence and then by article: means per question."""
    by_evidence = [_mean("retrieval", measure) for measure in MEASURES]
    by_article = [_mean("article_retrieval", measure) for measure in MEASURES]
    return (*by_evidence, *by_article)


def _mean(group: str, measure: str) -> Metric:
    def terms(row: QuestionResult) -> tuple[float, float] | None:
        values: Mapping[str, float] | None = getattr(row, group)
        return None if values is None else (values[measure], 1.0)

    return Ratio(group=group, name=measure, terms=terms)
