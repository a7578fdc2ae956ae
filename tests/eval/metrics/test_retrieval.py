from __future__ import annotations

import math
from collections.abc import Sequence

import ir_measures
import pytest
from hypothesis import given
from hypothesis import strategies as st
from ir_measures import AP, RR, Qrel, R, ScoredDoc, Success, nDCG

from eval.evidence import EvidenceItem, locate_evidence
from eval.metrics.base import value_of
from eval.metrics.retrieval import (
    MEASURES,
    Ranking,
    article_ranking,
    coverage_of,
    evidence_ranking,
    retrieval_metrics,
    score_rankings,
)
from eval.replies import ReplyPassage, reply_of
from rag.records import RetrievedPassage
from tests.eval.fakes import (
    FakeTarget,
    abstained,
    gold,
    passage,
    right_answer,
    sentence_passage,
)

TWO = [("a1", "It burned down in 1901."), ("a2", "A fire took the mill in 1901.")]


def items(*evidence: tuple[str, str]) -> tuple[EvidenceItem, ...]:
    return locate_evidence(gold(evidence=evidence or TWO), FakeTarget(right_answer))


def listed(retrieved: Sequence[RetrievedPassage]) -> tuple[ReplyPassage, ...]:
    return reply_of(abstained(retrieved=retrieved), None).retrieved or ()


def rank_evidence(wanted: Sequence[EvidenceItem], retrieved: Sequence[RetrievedPassage]) -> Ranking:
    return evidence_ranking(wanted, coverage_of(wanted, listed(retrieved)))


def test_a_ranking_of_passages_becomes_a_ranking_of_evidence() -> None:
    retrieved = [
        passage("a3", 0, 20),
        sentence_passage("a2", "A fire took the mill in 1901."),
        passage("a2", 0, 60),
        sentence_passage("a1", "It burned down in 1901."),
    ]
    ranking = rank_evidence(items(), retrieved)
    assert ranking.relevant == ("evidence-1", "evidence-2")
    assert ranking.ranked == ("passage-1", "evidence-2", "passage-3", "evidence-1")
    assert coverage_of(items(), listed(retrieved)).ranks == (4, 2)


def test_a_passage_with_two_items_takes_the_places_of_what_follows() -> None:
    pair = items(("a1", "The mill opened in 1842."), ("a1", "It burned down in 1901."))
    retrieved = [passage("a1", 0, 66), passage("a3", 0, 20), passage("a3", 20, 40)]
    ranking = rank_evidence(pair, retrieved)
    assert ranking.ranked == ("evidence-1", "evidence-2", "passage-3")
    assert set(score_rankings({"q": ranking})["q"].values()) == {1.0}


def test_overlapping_passages_over_one_quote_count_once() -> None:
    retrieved = [passage("a1", 20, 50), passage("a1", 10, 60), passage("a1", 25, 48)]
    scores = score_rankings({"q": rank_evidence(items(), retrieved)})["q"]
    assert scores["R@10"] == 0.5
    assert scores["Success@1"] == 1.0


def test_any_alternative_is_a_success_and_recall_wants_all() -> None:
    retrieved = [passage("a3", 0, 20), sentence_passage(*TWO[1])]
    scores = score_rankings({"q": rank_evidence(items(), retrieved)})["q"]
    assert (scores["Success@1"], scores["Success@5"]) == (0.0, 1.0)
    assert (scores["R@10"], scores["RR@10"]) == (0.5, 0.5)
    assert scores["nDCG@10"] == pytest.approx((1 / math.log2(3)) / (1 + 1 / math.log2(3)))


def test_evidence_that_the_archive_lacks_is_missed() -> None:
    ranking = rank_evidence(items(TWO[0], ("a9", "x")), [sentence_passage(*TWO[0])])
    assert score_rankings({"q": ranking})["q"]["R@10"] == 0.5


def test_nothing_retrieved_scores_0_and_nothing_asked_is_no_data() -> None:
    assert set(score_rankings({"q": rank_evidence(items(), [])})["q"].values()) == {0.0}
    assert score_rankings({}) == {}
    assert {value_of(metric, []) for metric in retrieval_metrics()} == {None}
    assert [str(metric) for metric in retrieval_metrics()] == [*MEASURES, *MEASURES]


class TestArticles:
    def test_an_article_stands_at_its_best_passage(self) -> None:
        retrieved = [passage("a3", 0, 20), passage("a2", 0, 20), passage("a3", 5, 30)]
        ranking = article_ranking(items(), listed(retrieved))
        assert ranking is not None
        assert ranking.ranked == ("article a3", "evidence-2")
        assert ranking.relevant == ("evidence-1", "evidence-2")

    def test_a_copy_stands_for_the_article(self) -> None:
        ranking = article_ranking(items(), listed([passage("a3", 0, 20, carried_by=["a1"])]))
        assert ranking is not None
        assert ranking.ranked == ("evidence-1",)

    def test_two_quotes_of_one_article_are_one_article(self) -> None:
        pair = items(TWO[0], ("a1", "Nobody was hurt."))
        ranking = article_ranking(pair, listed([passage("a1", 0, 20)]))
        assert ranking is not None
        assert set(score_rankings({"q": ranking})["q"].values()) == {1.0}

    def test_passages_without_names_tell_nothing(self) -> None:
        assert article_ranking(items(), [ReplyPassage(text="x")]) is None


SENTENCES = ["The mill opened in 1842.", "It burned down in 1901.", "Nobody was hurt."]


@given(st.lists(st.tuples(st.integers(0, 60), st.integers(1, 30)), max_size=14))
def test_metrics_stay_in_range_and_agree_with_plain_definitions(
    spans: list[tuple[int, int]],
) -> None:
    three = items(*(("a1", sentence) for sentence in SENTENCES))
    retrieved = [passage("a1", start, min(66, start + length)) for start, length in spans]
    ranking = rank_evidence(three, retrieved)
    scores = score_rankings({"q": ranking})["q"]
    assert all(0.0 <= value <= 1.0 + 1e-9 for value in scores.values())
    ranks = coverage_of(three, listed(retrieved)).ranks
    first = min((rank for rank in ranks if rank is not None), default=None)
    assert scores["Success@1"] == float(first == 1)
    assert scores["Success@5"] == float(first is not None and first <= 5)
    assert scores["RR@10"] == pytest.approx(1 / first if first and first <= 10 else 0.0)
    assert len(set(ranking.ranked)) == len(ranking.ranked)


@given(
    st.dictionaries(
        st.sampled_from(["q1", "q2", "q 3", "q1\0"]),
        st.tuples(st.integers(1, 12), st.permutations([f"evidence-{n}" for n in range(1, 25)])),
        min_size=1,
    )
)
def test_scores_are_those_of_ir_measures_called_directly(
    questions: dict[str, tuple[int, list[str]]],
) -> None:
    rankings = {
        name: Ranking(
            relevant=tuple(f"evidence-{n}" for n in range(1, count + 1)), ranked=tuple(order)
        )
        for name, (count, order) in questions.items()
    }
    plain = {name: name.replace("\0", "-") for name in rankings}
    qrels = [Qrel(plain[name], item, 1) for name, r in rankings.items() for item in r.relevant]
    run = [
        ScoredDoc(plain[name], item, 1000.0 - place)
        for name, ranking in rankings.items()
        for place, item in enumerate(ranking.ranked)
    ]
    measures = [Success @ 1, Success @ 5, Success @ 10, R @ 10, RR @ 10, AP @ 10, nDCG @ 10]
    expected = ir_measures.calc_aggregate(measures, qrels, run)
    scores = score_rankings(rankings)
    for measure in measures:
        values = [scores[name][str(measure)] for name in rankings]
        assert sum(values) / len(values) == pytest.approx(expected[measure])
