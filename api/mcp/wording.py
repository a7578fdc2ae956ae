"""Answers, passages and articles as text that an assistant reads."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from datetime import date

from api.mcp.arguments import ArticleText, PassageList
from rag.records import Answer, Citation, Disagreement, Outcome, RetrievedPassage

ARTICLE_URI = "quoth://articles/"
GLIMPSE = 240
"""Characters of a passage that is only offered."""


def answer_in_words(answer: Answer) -> str:
    """The answer, its quotes by number with where they stand, and what else one should know."""
    if answer.outcome is Outcome.NOT_FOUND:
        nearest = _passages(answer.retrieved[:3], longest=GLIMPSE)
        return "\n\n".join(
            [answer.answer, *_notice(answer), *_under("Nearest, but no answer:", nearest)]
        )
    return "\n\n".join(
        [
            answer.answer,
            *_under("Quotes:", map(_quote, answer.citations)),
            *_under("Sources differ:", map(_differing, answer.disagreements)),
            *_notice(answer),
        ]
    )


def passages_in_words(found: PassageList) -> str:
    """The passages by rank, with where they stand."""
    if not found.passages:
        return "Nothing passes these filters, or the archive is empty."
    return "\n".join(_passages(found.passages))


def article_in_words(article: ArticleText) -> str:
    """The text below a line that says what it is."""
    authors = f" by {', '.join(article.authors)}" if article.authors else ""
    head = f"{article.title}{authors} {_source(article.publisher, article.published_at)}"
    return (
        f"{head}\n{article.url}\n\n{article.text}" if article.url else f"{head}\n\n{article.text}"
    )


def _under(heading: str, lines: Iterator[str]) -> list[str]:
    told = list(lines)
    return ["\n".join([heading, *told])] if told else []


def _notice(answer: Answer) -> list[str]:
    return [f"Note: {answer.notice}"] if answer.notice else []


def _quote(citation: Citation) -> str:
    source = _source(citation.publisher, citation.published_at)
    where = _where(citation.article_id, citation.start, citation.end)
    carriers = "; ".join(each.publisher or each.title for each in citation.also_carried_by)
    also = f"; also carried by {carriers}" if carriers else ""
    return f"[{citation.n}] “{citation.quote}” — {citation.title} {source}, {where}{also}"


def _differing(disagreement: Disagreement) -> str:
    told = [
        f"“{position.answer}” {''.join(f'[{n}]' for n in position.citations)}"
        for position in disagreement.positions
    ]
    return ", updated from ".join(told) if disagreement.kind == "updated" else " or ".join(told)


def _passages(passages: Sequence[RetrievedPassage], *, longest: int | None = None) -> Iterator[str]:
    for rank, passage in enumerate(passages, start=1):
        source = _source(passage.publisher, passage.published_at)
        where = _where(passage.article_id, passage.start, passage.end)
        text = " ".join(passage.text.split())
        if longest is not None:
            text = textwrap.shorten(text, longest, placeholder=" …")
        yield f"{rank}. {passage.title} {source}, {where}\n   {text}"


def _source(publisher: str | None, day: date | None) -> str:
    return f"({publisher or 'unknown publisher'}, {day or 'undated'})"


def _where(article_id: str, start: int, end: int) -> str:
    return f"{ARTICLE_URI}{article_id} characters {start}–{end}"
