"""Taking an article's words out of an answer."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from index.withdrawing import articles_in, without_articles

IDS = "abcd"


def citation(n: int, article: str, *copies: str) -> dict[str, Any]:
    return {
        "n": n,
        "article_id": article,
        "publisher": f"Words of {article}.",
        "published_at": f"2026-01-0{n}",
        "quote": f"Words of {article}.",
        **carried(copies),
    }


def position(*cited: dict[str, Any]) -> dict[str, Any]:
    return {
        "answer": cited[0]["quote"],
        "citations": [c["n"] for c in cited],
        "publishers": list(dict.fromkeys(c["publisher"] for c in cited)),
        "published_at": max(c["published_at"] for c in cited),
    }


def disagreement(*positions: dict[str, Any]) -> dict[str, Any]:
    cited = [n for each in positions for n in each["citations"]]
    return {"kind": "differ", "positions": list(positions), "citations": cited}


def agreement(*cited: dict[str, Any]) -> dict[str, Any]:
    names = list(dict.fromkeys(c["publisher"] for c in cited))
    return {
        "independent_publishers": len(names),
        "publishers": names,
        "citations": [c["n"] for c in cited],
    }


def passage(article: str, *copies: str) -> dict[str, Any]:
    return {"article_id": article, "text": f"Words of {article}.", **carried(copies)}


def carried(copies: tuple[str, ...]) -> dict[str, Any]:
    return {"also_carried_by": [{"article_id": c, "title": f"Words of {c}."} for c in copies]}


def answer(cited: list[dict[str, Any]], retrieved: list[dict[str, Any]]) -> dict[str, Any]:
    sentences = [{"text": c["quote"], "citations": [c["n"]]} for c in cited]
    return {
        "id": "ans_1",
        "outcome": "answered",
        "answer": " ".join(f"{c['quote']} [{c['n']}]" for c in cited),
        "short_answer": cited[0]["quote"] if cited else None,
        "sentences": sentences,
        "citations": cited,
        "agreement": agreement(*cited),
        "disagreements": [disagreement(*map(position, cited))] if len(cited) > 1 else [],
        "retrieved": retrieved,
    }


def test_quotes_passages_and_titles_go_and_the_rest_is_said_anew() -> None:
    given_answer = answer([citation(1, "a", "c"), citation(2, "b")], [passage("b"), passage("a")])
    assert articles_in(given_answer) == {"a", "b", "c"}
    kept = without_articles(given_answer, {"b", "c"})
    assert kept["citations"] == [citation(1, "a")]
    assert kept["sentences"] == [{"text": "Words of a.", "citations": [1]}]
    assert kept["answer"] == "Words of a. [1]"
    assert kept["short_answer"] is None
    assert kept["disagreements"] == []
    assert kept["agreement"] == agreement(citation(1, "a"))
    assert kept["retrieved"] == [passage("a")]


def test_a_disagreement_stays_while_two_positions_are_left() -> None:
    a, b, c, d = (citation(n, article) for n, article in enumerate(IDS, start=1))
    positions = [position(a, b), position(c), position(d)]
    given_answer = answer([a, b, c, d], []) | {"disagreements": [disagreement(*positions)]}
    kept = without_articles(given_answer, {"b"})["disagreements"]
    assert kept == [disagreement(position(a), position(c), position(d))]
    kept = without_articles(given_answer, {"a"})["disagreements"]
    assert kept == [disagreement(position(c), position(d))]
    assert without_articles(given_answer, {"c", "d"})["disagreements"] == []


def test_an_answer_of_before_publishers_were_named_keeps_its_count_within_what_is_left() -> None:
    cited = [citation(1, "a"), citation(2, "b")]
    given_answer = answer(cited, []) | {"agreement": {"independent_publishers": 2}}
    kept = without_articles(given_answer, {"b"})
    assert kept["agreement"]["independent_publishers"] == 1
    kept = without_articles(given_answer, {"a", "b"})
    assert kept["agreement"]["independent_publishers"] == 0


def test_where_only_a_passage_goes_the_answer_stays() -> None:
    given_answer = answer([citation(1, "a")], [passage("a"), passage("b")])
    kept = without_articles(given_answer, {"b"})
    assert kept == given_answer | {"retrieved": [passage("a")]}


def test_an_answer_of_one_article_becomes_empty() -> None:
    kept = without_articles(answer([citation(1, "a")], [passage("a")]), {"a"})
    assert (kept["answer"], kept["sentences"], kept["citations"]) == ("", [], [])
    assert kept["agreement"] == agreement()


ARTICLES = st.sampled_from(IDS)
COPIES = st.lists(ARTICLES, max_size=2)


@st.composite
def answers(draw: st.DrawFn) -> dict[str, Any]:
    cited = draw(st.lists(st.tuples(ARTICLES, COPIES), max_size=4))
    retrieved = draw(st.lists(st.tuples(ARTICLES, COPIES), max_size=5))
    return answer(
        [citation(n, article, *copies) for n, (article, copies) in enumerate(cited, start=1)],
        [passage(article, *copies) for article, copies in retrieved],
    )


@given(answers(), st.sets(ARTICLES))
def test_nothing_of_what_goes_is_left_and_nothing_else_is_lost(
    given_answer: dict[str, Any], gone: set[str]
) -> None:
    kept = without_articles(given_answer, gone)
    assert articles_in(kept) == {
        article
        for article in articles_in(kept)
        if article not in gone and article in articles_in(given_answer)
    }
    for article in gone:
        assert f"Words of {article}." not in str(kept)
    assert [c["n"] for c in kept["citations"]] == [
        c["n"] for c in given_answer["citations"] if c["article_id"] not in gone
    ]
    assert without_articles(kept, gone) == kept
    if gone.isdisjoint(articles_in(given_answer)):
        assert kept == given_answer
