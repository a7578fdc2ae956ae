"""Ranking metrics over relevance judgements and runs, by ir-measures.

Judgements (`Qrels`) map a query's id to its documents' grades; a document is relevant from grade 1.
Runs (`Run`) map a query's id to its documents' scores. A run is put into the order of trec_eval
first: better score first, scores compared as 32-bit floats, and where they are equal the greater
document id first. Every measure therefore sees the same order, also RR@10, for which ir-measures
asks MS MARCO's script, and that breaks ties the other way round.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Mapping

from eval.statistics.estimates import mean_of

Qrels = Mapping[str, Mapping[str, int]]
Run = Mapping[str, Mapping[str, float]]

MEASURES = (
    "nDCG@10",
    "nDCG@100",
    "AP@10",
    "AP",
    "R@10",
    "R@100",
    "RR@10",
    "Success@1",
    "Success@5",
    "Success@10",
)
RELEVANT = 1
"""Least grade of a relevant document."""


def trec_order(scores: Mapping[str, float]) -> list[str]:
    """Return the documents in the order in which trec_eval ranks them."""
    return sorted(scores, key=lambda name: (_single(scores[name]), name), reverse=True)


def score_run(qrels: Qrels, run: Run) -> dict[str, dict[str, float]]:
    """Return query id → name of the measure → value in [0, 1], for every judged query.

    A judged query that the run does not answer scores 0 (trec_eval's `-c`), and so does one
    without a relevant document; what the run says about other queries is left out.
    """
    if not qrels:
        return {}
    import ir_measures
    from ir_measures import AP, RR, Qrel, R, ScoredDoc, Success, nDCG

    measures = (nDCG @ 10, nDCG @ 100, AP @ 10, AP, R @ 10, R @ 100, RR @ 10,
                Success @ 1, Success @ 5, Success @ 10)  # fmt: skip
    judged = [
        Qrel(query, document, grade)
        for query, grades in qrels.items()
        for document, grade in grades.items()
    ]
    ranked = [
        ScoredDoc(query, document, -float(rank))
        for query, scores in run.items()
        if query in qrels
        for rank, document in enumerate(trec_order(scores))
    ]
    values = {query: dict.fromkeys(MEASURES, 0.0) for query in qrels}
    for found in ir_measures.iter_calc(measures, judged, ranked):
        values[found.query_id][str(found.measure)] = float(found.value)
    return values


def mean_over_queries(by_query: Mapping[str, Mapping[str, float]]) -> dict[str, float | None]:
    """Return the mean of each measure over the queries; None without queries."""
    return {
        measure: (
            math.fsum(values[measure] for values in by_query.values()) / len(by_query)
            if by_query
            else None
        )
        for measure in MEASURES
    }


def intervals_over_queries(
    by_query: Mapping[str, Mapping[str, float]],
) -> dict[str, list[float] | None]:
    """Return the 95 % interval of each of these means; queries are drawn anew."""
    return {
        measure: mean_of(values[measure] for values in by_query.values()).interval
        for measure in MEASURES
    }


def _single(score: float) -> float:
    """Return the score as trec_eval stores it, in 32 bits."""
    try:
        return float(struct.unpack("<f", struct.pack("<f", score))[0])
    except OverflowError:
        return math.copysign(math.inf, score)
