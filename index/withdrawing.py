"""Taking an article's words out of an answer that was given: pure, on the contract's JSON."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any


def articles_in(answer: Mapping[str, Any]) -> set[str]:
    """Ids of all articles of which the answer holds a quote, a passage or a title."""
    shown = [*answer.get("citations", ()), *answer.get("retrieved", ())]
    copies = [copy for each in shown for copy in each.get("also_carried_by", ())]
    return {each["article_id"] for each in (*shown, *copies)}


def without_articles(answer: Mapping[str, Any], article_ids: Collection[str]) -> dict[str, Any]:
    """The answer without the quotes, passages and titles of these articles.

    A sentence goes with the first of its citations that goes. A position goes with the citation
    whose words it gives, and a disagreement when it has no two positions left; who agrees is who
    is still cited for it. Where anything that was said goes, `answer` is put together anew from
    the sentences that stay, and `short_answer`, whose words may be of either, is None. The
    numbers of citations stay.
    """
    if articles_in(answer).isdisjoint(article_ids):
        return dict(answer)
    cited = answer.get("citations", ())
    gone = {each["n"] for each in cited if each["article_id"] in article_ids}
    kept = dict(answer) | {
        "citations": _without(cited, article_ids),
        "retrieved": _without(answer.get("retrieved", ()), article_ids),
    }
    if gone:
        kept["sentences"] = _unsupported_out(answer.get("sentences", ()), gone)
        held = {each["n"]: each for each in kept["citations"]}
        kept["disagreements"] = _still_differing(answer.get("disagreements", ()), held)
        if "agreement" in answer:
            kept["agreement"] = _still_agreeing(answer["agreement"], held)
        kept["answer"] = " ".join(map(_spoken, kept["sentences"]))
        kept["short_answer"] = None
    return kept


def as_asked(answer: Mapping[str, Any]) -> dict[str, Any]:
    """The answer to the question as it was asked: what it was understood as may hold the words of
    articles that were quoted before."""
    if "standalone_question" not in answer:
        return dict(answer)
    return dict(answer) | {"standalone_question": answer["question"]}


def _without(shown: Collection[Mapping[str, Any]], gone: Collection[str]) -> list[dict[str, Any]]:
    return [
        dict(each)
        | {
            "also_carried_by": [
                c for c in each.get("also_carried_by", ()) if c["article_id"] not in gone
            ]
        }
        for each in shown
        if each["article_id"] not in gone
    ]


def _unsupported_out(
    parts: Collection[Mapping[str, Any]], gone: Collection[int]
) -> list[Mapping[str, Any]]:
    return [part for part in parts if not any(n in gone for n in part.get("citations", ()))]


def _still_differing(
    disagreements: Collection[Mapping[str, Any]], held: Mapping[int, Mapping[str, Any]]
) -> list[dict[str, Any]]:
    kept = []
    for one in disagreements:
        positions = [
            _position(position, held)
            for position in one["positions"]
            if position["citations"][0] in held
        ]
        if len(positions) > 1:
            cited = [n for each in positions for n in each["citations"]]
            kept.append(dict(one) | {"positions": positions, "citations": cited})
    return kept


def _position(position: Mapping[str, Any], held: Mapping[int, Mapping[str, Any]]) -> dict[str, Any]:
    """The position with what is still cited for it; days are ISO, so that the latest is largest."""
    cited = [held[n] for n in position["citations"] if n in held]
    days = [each["published_at"] for each in cited if each.get("published_at")]
    return dict(position) | {
        "citations": [each["n"] for each in cited],
        "publishers": _publishers(cited),
        "published_at": max(days, default=None),
    }


def _still_agreeing(
    agreement: Mapping[str, Any], held: Mapping[int, Mapping[str, Any]]
) -> dict[str, Any]:
    """The agreement with what is still cited for it; answers of before citations were told say
    no more than that somebody is left."""
    cited = [held[n] for n in agreement.get("citations", ()) if n in held]
    names = {each.get("publisher") or each["article_id"] for each in cited}
    left = len(names) if cited else min(1, len(held))
    return dict(agreement) | {
        "independent_publishers": min(agreement["independent_publishers"], left),
        "publishers": _publishers(cited),
        "citations": [each["n"] for each in cited],
    }


def _publishers(cited: Collection[Mapping[str, Any]]) -> list[str]:
    return list(dict.fromkeys(each["publisher"] for each in cited if each.get("publisher")))


def _spoken(sentence: Mapping[str, Any]) -> str:
    return " ".join([sentence["text"], "".join(f"[{n}]" for n in sentence["citations"])])
