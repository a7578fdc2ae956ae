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

    A sentence goes with the first of its citations that goes, and so does a disagreement. Where
    anything that was said goes, `answer` is put together anew from the sentences that stay, and
    `short_answer`, whose words may be of either, is None. The numbers of citations stay.
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
        kept["disagreements"] = _unsupported_out(answer.get("disagreements", ()), gone)
        kept["answer"] = " ".join(map(_spoken, kept["sentences"]))
        kept["short_answer"] = None
    return kept


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


def _spoken(sentence: Mapping[str, Any]) -> str:
    return " ".join([sentence["text"], "".join(f"[{n}]" for n in sentence["citations"])])
