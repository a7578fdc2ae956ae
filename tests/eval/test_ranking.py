"""Our ranking figures against those of other people's code, on random judgements and runs."""

from __future__ import annotations

import math
import random

import ir_measures
import pytest
import pytrec_eval
from hypothesis import given
from hypothesis import strategies as st

from eval.ranking import (
    MEASURES,
    Qrels,
    Run,
    intervals_over_queries,
    mean_over_queries,
    score_run,
    trec_order,
)

TREC_EVAL = {
    "nDCG@10": "ndcg_cut_10",
    "nDCG@100": "ndcg_cut_100",
    "AP@10": "map_cut_10",
    "AP": "map",
    "R@10": "recall_10",
    "R@100": "recall_100",
    "Success@1": "success_1",
    "Success@5": "success_5",
    "Success@10": "success_10",
}
"""Our names, and those of trec_eval, which knows no cut of the reciprocal rank."""


def random_case(seed: int, *, ties: bool = True) -> tuple[Qrels, Run]:
    """Graded judgements of some documents, and a run with ties, gaps and strangers."""
    chance = random.Random(seed)
    documents = [f"d{number}" for number in range(chance.choice((5, 40, 250)))]
    queries = [f"q{number}" for number in range(chance.randint(1, 8))]
    qrels = {
        query: {
            document: chance.choice((0, 0, 1, 2, 3))
            for document in chance.sample(documents, chance.randint(1, min(60, len(documents))))
        }
        for query in queries
    }
    run: dict[str, dict[str, float]] = {}
    for query in [*queries, "not judged"]:
        if chance.random() < 0.2:
            continue
        ranked = chance.sample(documents, chance.randint(1, len(documents)))
        if ties:
            run[query] = {document: chance.randint(0, 9) / 10 for document in ranked}
        else:
            run[query] = {document: -float(rank) for rank, document in enumerate(ranked)}
    return qrels, run


@pytest.mark.parametrize("seed", range(200))
def test_figures_are_those_of_trec_eval(seed: int) -> None:
    qrels, run = random_case(seed)
    theirs = pytrec_eval.RelevanceEvaluator(
        {query: dict(grades) for query, grades in qrels.items()},
        {*TREC_EVAL.values(), "recip_rank"},
    ).evaluate({query: dict(scores) for query, scores in run.items()})
    ours = score_run(qrels, run)
    assert ours.keys() == qrels.keys()
    for query, values in ours.items():
        found = theirs.get(query, {})
        for measure, name in TREC_EVAL.items():
            assert values[measure] == found.get(name, 0.0), (query, measure)
        reciprocal = found.get("recip_rank", 0.0)
        assert values["RR@10"] == (reciprocal if reciprocal >= 0.1 else 0.0), query
    for measure, name in TREC_EVAL.items():
        mean = math.fsum(values.get(name, 0.0) for values in theirs.values()) / len(qrels)
        assert mean_over_queries(ours)[measure] == pytest.approx(mean, abs=1e-15)


@pytest.mark.parametrize("seed", range(200))
def test_figures_are_those_of_ir_measures(seed: int) -> None:
    # without ties: ir-measures breaks them one way for RR@10 and the other way for the rest
    qrels, run = random_case(seed, ties=False)
    measures = [ir_measures.parse_measure(name) for name in MEASURES]
    theirs = ir_measures.iter_calc(
        measures,
        {query: dict(grades) for query, grades in qrels.items()},
        {query: dict(scores) for query, scores in run.items()},
    )
    ours = score_run(qrels, run)
    seen = 0
    for found in theirs:
        assert ours[found.query_id][str(found.measure)] == found.value
        seen += 1
    assert seen == len(qrels) * len(MEASURES)


def test_a_query_without_answer_and_one_without_relevant_documents_score_0() -> None:
    qrels = {"found": {"d1": 1}, "missed": {"d1": 1}, "nothing": {"d1": 0}}
    scores = score_run(qrels, {"found": {"d1": 0.5}, "nothing": {"d1": 0.5}})
    assert scores["found"] == dict.fromkeys(MEASURES, 1.0)
    assert scores["missed"] == scores["nothing"] == dict.fromkeys(MEASURES, 0.0)
    assert mean_over_queries(scores) == dict.fromkeys(MEASURES, 1 / 3)


def test_no_queries_are_no_figures() -> None:
    assert score_run({}, {"q": {"d": 1.0}}) == {}
    assert mean_over_queries({}) == dict.fromkeys(MEASURES, None)
    assert intervals_over_queries({}) == dict.fromkeys(MEASURES, None)
    assert score_run({"q": {"d": 1}}, {}) == {"q": dict.fromkeys(MEASURES, 0.0)}


def test_intervals_are_over_queries_and_lie_around_the_means() -> None:
    qrels, run = random_case(0)
    by_query = score_run(qrels, run)
    assert len(by_query) == 7
    means, intervals = mean_over_queries(by_query), intervals_over_queries(by_query)
    for measure in ("nDCG@10", "AP", "R@10"):
        ends, value = intervals[measure], means[measure]
        assert ends is not None
        assert value is not None
        assert ends[0] < value < ends[1]
    backwards = dict(reversed(by_query.items()))
    assert intervals_over_queries(backwards) == intervals


def test_scores_are_compared_as_trec_eval_stores_them() -> None:
    assert trec_order({"a": 0.1, "b": 0.1 + 1e-12, "c": 0.2}) == ["c", "b", "a"]
    assert trec_order({"b": 0.1, "a": 0.1 + 1e-12, "c": 0.2}) == ["c", "b", "a"]
    assert trec_order({"a": 1e300, "b": 0.0, "c": -1e300}) == ["a", "b", "c"]


@given(st.integers(0, 10**6))
def test_figures_lie_between_0_and_1_and_an_ideal_run_scores_1(seed: int) -> None:
    qrels, run = random_case(seed)
    for values in score_run(qrels, run).values():
        assert all(0.0 <= value <= 1.0 for value in values.values())
    few = {query: dict(list(grades.items())[:10]) for query, grades in qrels.items()}
    ideal = score_run(few, {query: dict(grades) for query, grades in few.items()})
    for query, values in ideal.items():
        expected = 1.0 if max(few[query].values()) else 0.0
        assert values == pytest.approx(dict.fromkeys(MEASURES, expected))
