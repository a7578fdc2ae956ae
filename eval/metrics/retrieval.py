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
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from eval.evidence import EvidenceItem, passage_covers
from eval.metrics.aggregate import mean
from eval.records import QuestionResult
from rag.records import RetrievedPassage

MEASURES = ("Success@1", "Success@5", "R@10", "RR@10", "nDCG@10")


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceRanking:
    """A ranking of passages, told as a ranking of evidence."""

    relevant: tuple[str, ...]
    """The ids of all evidence items."""
    ranked: tuple[str, ...]
    """Ids in rank order: of evidence items, and unique ones for what is not relevant."""
    first_hit: int | None
    """Rank, among passages, of the first that covers an item; from 1."""


def rank_evidence(
    items: Sequence[EvidenceItem], retrieved: Sequence[RetrievedPassage]
) -> EvidenceRanking:
    """Return the ranking of evidence that a ranking of passages amounts to."""
    ranked: list[str] = []
    seen: set[str] = set()
    first_hit: int | None = None
    places_to_save = 0
    for rank, passage in enumerate(retrieved, start=1):
        covered = [item.key for item in items if passage_covers(passage, item)]
        new = [key for key in covered if key not in seen]
        if new:
            first_hit = first_hit or rank
            seen.update(new)
            ranked.extend(new)
            places_to_save += len(new) - 1
        elif places_to_save:
            places_to_save -= 1
        else:
            ranked.append(f"passage-{rank}")
    return EvidenceRanking(
        relevant=tuple(item.key for item in items), ranked=tuple(ranked), first_hit=first_hit
    )


def score_rankings(rankings: Mapping[str, EvidenceRanking]) -> dict[str, dict[str, float]]:
    """Return question id → name of the measure → value in [0, 1], as ir-measures computes it."""
    if not rankings:
        return {}
    import ir_measures
    from ir_measures import RR, Qrel, R, ScoredDoc, Success, nDCG

    measures = (Success @ 1, Success @ 5, R @ 10, RR @ 10, nDCG @ 10)
    qrels = [
        Qrel(question_id, item, 1)
        for question_id, ranking in rankings.items()
        for item in ranking.relevant
    ]
    run = [
        ScoredDoc(question_id, document, -float(rank))
        for question_id, ranking in rankings.items()
        for rank, document in enumerate(ranking.ranked)
    ]
    scores: dict[str, dict[str, float]] = {question_id: {} for question_id in rankings}
    for metric in ir_measures.iter_calc(measures, qrels, run):
        scores[metric.query_id][str(metric.measure)] = float(metric.value)
    return {
        question_id: {measure: values[measure] for measure in MEASURES}
        for question_id, values in scores.items()
    }


def retrieval_metrics(results: Sequence[QuestionResult]) -> dict[str, float | None]:
    """Return the mean of each measure over the answerable questions."""
    judged = [result.retrieval for result in results if result.retrieval is not None]
    return {measure: mean(values[measure] for values in judged) for measure in MEASURES}
