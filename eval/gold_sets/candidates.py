"""Rated answers as candidates for gold questions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from pydantic import TypeAdapter, ValidationError

from eval.evidence import find_quote
from eval.gold_sets.articles import KnownArticles
from eval.gold_sets.drafts import Draft
from eval.normalise import contains_answer, normalise_answer
from index.records import Feedback, Filters, Rating
from rag.records import Answer, Outcome

TAG = "from-feedback"
_answer: TypeAdapter[Answer] = TypeAdapter(Answer)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rated:
    """A rated answer, read."""

    feedback: Feedback
    answer: Answer | None
    """None where it is not of a shape that this version knows."""


def candidates_from(feedback: Iterable[Feedback], articles: KnownArticles) -> list[Draft]:
    """Return one candidate for each question that was rated, in the order of first ratings.

    An answer that was found good becomes an answerable question with the quotes that still stand
    in the archive; "not found" that was found good becomes an unanswerable one. All else is left
    for a person to finish: what was found bad, what people disagree about, what was asked under
    filters that gold questions do not have, and what lost its quotes or has no short answer.
    """
    asked: dict[tuple[str, date | None], list[_Rated]] = {}
    for each in feedback:
        key = (" ".join(each.given.question.casefold().split()), each.given.filters.as_of)
        asked.setdefault(key, []).append(_Rated(feedback=each, answer=_read(each)))
    return [_candidate(same, articles) for same in asked.values()]


def _read(feedback: Feedback) -> Answer | None:
    try:
        return _answer.validate_python(feedback.given.document)
    except ValidationError:
        return None


def _candidate(same: Sequence[_Rated], articles: KnownArticles) -> Draft:
    """Return the candidate for all ratings of one question, oldest first."""
    latest = same[-1]
    good = [each for each in same if each.feedback.rating is Rating.UP]
    outcomes = {each.answer.outcome if each.answer else None for each in good}
    evidence = _evidence(good, articles)
    answers = _answers(good, evidence)
    reason = _unfinished(same, outcomes)
    answerable = outcomes != {Outcome.NOT_FOUND}
    if reason is None and answerable and not (answers and evidence):
        missing = "its quotes are not in the archive any more" if not evidence else ""
        reason = missing or "it has no short answer"
    return Draft(
        question=latest.feedback.given.question,
        answerable=answerable,
        answers=answers,
        evidence=evidence,
        as_of=latest.feedback.given.filters.as_of,
        tags=(TAG, *dict.fromkeys(sorted(each.feedback.rating.value for each in same))),
        note="; ".join(part for part in (reason, *_remarks(same)) if part) or None,
        finished=reason is None,
    )


def _unfinished(same: Sequence[_Rated], outcomes: set[Outcome | None]) -> str | None:
    """Return why a person has to look at it, or None."""
    ratings = {each.feedback.rating for each in same}
    filtered = any(_narrowed(each.feedback.given.filters) for each in same)
    if ratings == {Rating.DOWN}:
        found = same[-1].answer is not None and same[-1].answer.outcome is Outcome.ANSWERED
        said = "the answer was rated down" if found else "that nothing was found was rated down"
        return f"{said}: give answers and evidence, or make it unanswerable"
    if len(ratings) > 1:
        return "it was rated up and down"
    if len(outcomes) > 1 or None in outcomes:
        return "it was answered, and it was not found" if len(outcomes) > 1 else "it cannot be read"
    if filtered:
        return "it was asked of a part of the archive only"
    return None


def _narrowed(filters: Filters) -> bool:
    return bool(filters.publishers or filters.since or filters.until)


def _evidence(good: Sequence[_Rated], articles: KnownArticles) -> tuple[tuple[str, str], ...]:
    """Return the quotes that still stand in their articles, each once."""
    cited = [
        (citation.article_id, citation.quote)
        for each in good
        if each.answer is not None
        for citation in each.answer.citations
    ]
    return tuple(
        (articles.reference(article_id), quote)
        for article_id, quote in dict.fromkeys(cited)
        if article_id in articles.summaries and find_quote(quote, articles.text(article_id))
    )


def _answers(good: Sequence[_Rated], evidence: Sequence[tuple[str, str]]) -> tuple[str, ...]:
    """Return the short answers that the evidence holds, each once."""
    found: dict[str, str] = {}
    for each in good:
        short = each.answer.short_answer if each.answer else None
        if short and any(contains_answer(quote, short) for _, quote in evidence):
            found.setdefault(normalise_answer(short), short)
    return tuple(found.values())


def _remarks(same: Sequence[_Rated]) -> list[str]:
    """Return what helps to finish it: what was answered, filters, and comments."""
    latest = same[-1]
    remarks = []
    if latest.answer is not None and latest.feedback.rating is Rating.DOWN:
        remarks.append(f"answered: {latest.answer.answer or 'with words that were deleted'}")
    filters = latest.feedback.given.filters
    if _narrowed(filters):
        named = {"publishers": ", ".join(filters.publishers), "since": filters.since}
        named |= {"until": filters.until}
        remarks.append("asked with " + ", ".join(f"{k} {v}" for k, v in named.items() if v))
    comments = dict.fromkeys(each.feedback.comment for each in same if each.feedback.comment)
    return [*remarks, *(f"comment: {' '.join(comment.split())}" for comment in comments if comment)]
