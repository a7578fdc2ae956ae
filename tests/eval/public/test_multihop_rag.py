"""MultiHop-RAG's own figures, and the set on invented news."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eval.public.base import OpenScratch, PublicOptions
from eval.public.multihop_rag import evaluate, figures_of, score_query
from index.errors import GoldInvalid
from tests.eval.public.figures import values_of
from tests.eval.public.writing import write_list

WORDS = st.lists(st.sampled_from(["ab", "c", "de", "\n", "b c"]), min_size=1, max_size=3)
TEXTS = WORDS.map(" ".join).filter(lambda text: bool(text.strip()))
QUERIES = st.lists(
    st.tuples(st.lists(TEXTS, max_size=13), st.lists(TEXTS, min_size=1, max_size=4)),
    min_size=1,
    max_size=6,
)


def as_the_script_counts(
    queries: Sequence[tuple[Sequence[str], Sequence[str]]],
) -> dict[str, float]:
    """The steps of `retrieval_evaluate.py`, one after another, written down anew."""
    hits_10 = hits_4 = precision = reciprocal = 0.0
    for retrieved, facts in queries:
        texts = ["".join(text.replace("\n", "").split(" ")) for text in retrieved][:10]
        wanted = ["".join(fact.replace("\n", "").split(" ")) for fact in facts]
        already: list[str] = []
        first = 0
        total = 0.0
        for place, text in enumerate(texts):
            relevant = [fact for fact in wanted if fact in text]
            if not relevant:
                continue
            first = first or place + 1
            fresh = 0
            for fact in relevant:
                if fact not in already:
                    already.append(fact)
                    fresh += 1
            total += fresh / (place + 1)
        hits_10 += first > 0
        hits_4 += 0 < first <= 4
        precision += total / min(len(wanted), 10)
        reciprocal += 1 / first if first else 0.0
    n = len(queries)
    return {
        "Hits@10": hits_10 / n,
        "Hits@4": hits_4 / n,
        "MAP@10": precision / n,
        "MRR@10": reciprocal / n,
    }


@settings(max_examples=30)
@given(QUERIES)
def test_figures_are_those_of_the_script(queries: list[tuple[list[str], list[str]]]) -> None:
    scores = [score_query(retrieved, facts) for retrieved, facts in queries]
    ours = values_of(figures_of(scores))
    assert ours == pytest.approx(as_the_script_counts(queries), abs=1e-12)
    assert all(value is not None and value >= 0 for value in ours.values())


def test_figures_are_those_counted_by_hand() -> None:
    retrieved = ["nothing", "the mill  burned\ndown, ok", "a b c", "the mill burned down, a b"]
    score = score_query(retrieved, ["mill burned down", "a b"])
    assert score.hits_at_10
    assert score.hits_at_4
    assert score.reciprocal_rank == 1 / 2
    assert score.average_precision == pytest.approx((1 / 2 + 1 / 3 + 0 / 4) / 2)


def test_average_precision_divides_what_is_new_by_the_rank() -> None:
    both = score_query(["x", "a b and c d"], ["a b", "c d"])
    assert both.average_precision == pytest.approx((2 / 2) / 2)
    late = score_query(["x"] * 4 + ["a b"], ["a b"])
    assert (late.hits_at_10, late.hits_at_4) == (True, False)
    beyond = score_query(["x"] * 10 + ["a b"], ["a b"])
    assert (beyond.hits_at_10, beyond.reciprocal_rank, beyond.average_precision) == (False, 0, 0)


def article(title: str, body: str) -> dict[str, Any]:
    return {
        "title": title,
        "author": None,
        "source": "Skerry Post",
        "published_at": "2026-03-06T12:00:00+00:00",
        "category": "news",
        "url": f"https://news.example/{title.replace(' ', '-').lower()}",
        "body": body,
    }


FERRY = "The ferry to Osk runs again from Monday, the harbour office said."
BRIDGE = "The bridge at Harrowmouth will close for repairs in September."
CORPUS = [
    article("Ferry to Osk runs again", FERRY + " Freight went by the northern route."),
    article("Bridge to close", "Rust was found in six cables. " + BRIDGE),
    article("Bread", "Rye bread needs a sour dough that has stood for sixteen hours."),
]


def query(words: str, kind: str, *facts: str) -> dict[str, Any]:
    evidence = [{"title": "t", "url": "u", "source": "s", "fact": fact} for fact in facts]
    return {"query": words, "answer": "Yes", "question_type": kind, "evidence_list": evidence}


QUERIES_FILE = [
    query(
        "Do both ferry to Osk and bridge at Harrowmouth close?", "comparison_query", FERRY, BRIDGE
    ),
    query("What does the harbour office of Osk say?", "inference_query", FERRY),
    query("Who paints the lighthouse of Tharn?", "null_query"),
]


def folder_of(tmp_path: Path, corpus: list[Any], queries: list[Any]) -> Path:
    write_list(tmp_path / "corpus.json", corpus)
    write_list(tmp_path / "MultiHopRAG.json", queries)
    return tmp_path


def test_null_queries_are_left_out(tmp_path: Path, by_words: OpenScratch) -> None:
    folder = folder_of(tmp_path, CORPUS, QUERIES_FILE)
    result = evaluate(folder, PublicOptions(), by_words)
    assert [(row.label, row.n) for row in result.rows] == [
        ("search, without null queries", 2),
        ("comparison_query", 1),
        ("inference_query", 1),
    ]
    overall = result.rows[0].values
    assert overall["Hits@10"] == overall["Hits@4"] == 1.0
    assert overall["MRR@10"] == 1.0
    assert result.notes == ()


def test_articles_without_a_sentence_are_noted(tmp_path: Path, by_words: OpenScratch) -> None:
    folder = folder_of(tmp_path, [*CORPUS, article("None", "—")], QUERIES_FILE)
    result = evaluate(folder, PublicOptions(), by_words)
    assert result.notes == ("1 of 4 articles hold no sentence and were not taken in",)


@pytest.mark.parametrize(
    ("corpus", "queries", "complaint"),
    [
        (CORPUS, [query("Who?", "inference_query")], "item 1: .*'evidence_list' is empty"),
        (CORPUS, [QUERIES_FILE[0], QUERIES_FILE[0]], "item 2: it has the query"),
        (CORPUS, [query("Who?", "inference_query", " ")], "'evidence_list.0.fact' is blank"),
        ([{"title": "t"}], QUERIES_FILE, r"corpus\.json: item 1: 'body' is missing"),
        (CORPUS, QUERIES_FILE[2:], "only null queries"),
    ],
)
def test_wrong_sets_are_refused(
    tmp_path: Path,
    by_words: OpenScratch,
    corpus: list[Any],
    queries: list[Any],
    complaint: str,
) -> None:
    folder = folder_of(tmp_path, corpus, queries)
    with pytest.raises(GoldInvalid, match=complaint):
        evaluate(folder, PublicOptions(), by_words)
