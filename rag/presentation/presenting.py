"""From the sentences that answer to an answer that a person understands.

Before quoting, `sentences_to_show` adds what the sentences need: the one before where a pronoun
hangs in the air, further ones where they add to a list. After quoting, `present` words the answer:
each quote as it stands, with brackets behind what its reader could not know.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from index.records import Confidence, Span
from rag.presentation.answering_words import (
    LISTED,
    answering_span,
    list_items,
    marks_of,
    short_answer,
)
from rag.presentation.antecedents import Leaning, leaning, opens_with_pronoun
from rag.presentation.background import Background
from rag.presentation.glosses import spoken
from rag.presentation.lists import asks_for_list, items_in
from rag.presentation.relative_days import relative_days
from rag.reading.base import Reading, SentenceReading
from rag.reading.question import Question
from rag.reading.terms import terms_of
from rag.records import Candidate, Citation, Gloss

MARKED = 0.6
"""Share of the best score from which the words that the reader found in a sentence are marked."""
_LOOKED_AT = 12
"""Best sentences that are looked at for items."""
_STEPS_BACK = 2
"""Sentences before a quote that may be quoted for its sake."""
_AMONG = re.compile(r"(?:Among|With) them\b|(?:They|These|Those) (?:are|were|include|included)\b")
_OPEN_BRACKETS = ("[", "(")


@dataclass(frozen=True, slots=True, kw_only=True)
class Presented:
    """Citations with their glosses and the answering words marked, and the direct answer."""

    short_answer: str | None
    citations: tuple[Citation, ...]


def backgrounds_of(texts: Mapping[str, str]) -> dict[str, Background]:
    """The stored texts of articles, by id, as the steps here ask for them."""
    return {article_id: Background(text) for article_id, text in texts.items()}


def sentences_to_show(
    question: Question,
    chosen: Sequence[SentenceReading],
    reading: Reading,
    candidates: Sequence[Candidate],
    backgrounds: Mapping[str, Background],
    *,
    most: int,
) -> list[SentenceReading]:
    """The chosen sentences in their order, with those that they need; at most `most`, and
    none of the chosen is left out for it but where a list is asked for. `backgrounds` are their
    articles by id."""
    shown = list(chosen)
    if asks_for_list(question.text):
        shown = _with_items(question, shown, reading, candidates, backgrounds, most)
    scores = {(_article(s, candidates), s.span): s for s in reversed(reading.sentences)}
    room = most - len(shown)
    made: list[SentenceReading] = []
    for sentence in shown:
        article = _article(sentence, candidates)
        held = {s.span for s in (*shown, *made) if _article(s, candidates) == article}
        background = backgrounds.get(article)
        needed = _needed(background, sentence.span, held) if background else []
        if len(needed) <= room:
            room -= len(needed)
            made += [
                replace(scores[article, span], candidate=sentence.candidate)
                if (article, span) in scores
                else SentenceReading(candidate=sentence.candidate, span=span, score=0.0)
                for span in needed
            ]
        made.append(sentence)
    return made


def present(
    question: Question,
    shown: Sequence[SentenceReading],
    citations: Sequence[Citation],
    backgrounds: Mapping[str, Background],
    *,
    best: SentenceReading,
    compared: Collection[SentenceReading] = (),
) -> Presented:
    """The quotes with what helps to understand them. `shown` are the sentences that were to be
    quoted, `citations` those quotes that hold, and `best` is the sentence whose words are the short
    answer. `compared` are those whose words agree with its words, or differ from them, which is
    told: they are marked, however much surer the reader is of the best."""
    least = MARKED * best.score
    by_span = {s.span: s for s in shown if s.score >= least or s in compared}
    items = list_items(question, citations, backgrounds)
    answers: dict[int, Span | None] = dict.fromkeys((c.n for c in citations), None)
    for citation in citations:
        sentence = by_span.get(Span(citation.start, citation.end))
        background = backgrounds[citation.article_id]
        if sentence is not None:
            answers[citation.n] = answering_span(question, sentence, background)
    glosses = [
        _glosses(c, place, citations, backgrounds[c.article_id])
        for place, c in enumerate(citations)
    ]
    told = tuple(
        replace(
            c,
            marks=marks_of(items.get(c.n, ()), answers[c.n] if not items else None),
            glosses=tuple(sorted(explained, key=lambda gloss: gloss.at)),
        )
        for c, explained in zip(citations, glosses, strict=True)
    )
    return Presented(
        short_answer=short_answer(question, citations, items, best.span, answers),
        citations=told,
    )


def glossed(citation: Citation) -> str:
    """The quote with its glosses in square brackets."""
    return spoken(citation.quote, citation.start, citation.glosses)


def _with_items(
    question: Question,
    shown: Sequence[SentenceReading],
    reading: Reading,
    candidates: Sequence[Candidate],
    backgrounds: Mapping[str, Background],
    most: int,
) -> list[SentenceReading]:
    """The sentences, and nearly as good ones of their articles that list what they do not; these
    take the place of those that list nothing, the best apart."""

    def items(sentence: SentenceReading) -> list[str]:
        background = backgrounds.get(_article(sentence, candidates))
        if background is None:
            return []
        quote, people = background.words(sentence.span), background.people(sentence.span)
        found = items_in(quote, sentence.span.start, people, question)
        return [background.words(item) for item in found]

    articles = [_article(s, candidates) for s in shown]
    made = list(shown)
    idle = [s for s in shown if s != reading.sentences[0] and not items(s)]
    asked = {term.key for term in question.terms}
    words = " ".join(
        backgrounds[article].words(s.span)
        for article, s in zip(articles, made, strict=True)
        if article in backgrounds
    )
    for sentence in reading.sentences[:_LOOKED_AT]:
        article = _article(sentence, candidates)
        if sentence.score < LISTED * reading.sentences[0].score or len(made) - len(idle) >= most:
            break
        if article not in articles or article not in backgrounds:
            continue
        if any(_is_same(sentence, s, candidates) for s in made):
            continue
        background = backgrounds[article]
        quote = background.words(sentence.span)
        if not _goes_on(sentence, article, made, candidates, background) and asked.isdisjoint(
            term.key for term in terms_of(quote)
        ):
            continue
        if any(item not in words for item in items(sentence)):
            if len(made) >= most:
                made.remove(idle.pop())
            made.append(sentence)
            words += quote
    return sorted(made, key=lambda s: (articles.index(_article(s, candidates)), s.span))


def _goes_on(
    sentence: SentenceReading,
    article: str,
    shown: Sequence[SentenceReading],
    candidates: Sequence[Candidate],
    background: Background,
) -> bool:
    """Whether it lists whom a shown sentence right before it speaks of: "Among them were …"."""
    if _AMONG.match(background.words(sentence.span)) is None:
        return False
    before = background.before(sentence.span.start)[:_STEPS_BACK]
    return any(_article(s, candidates) == article and s.span in before for s in shown)


def _needed(background: Background, span: Span, held: set[Span]) -> list[Span]:
    """The sentences to quote before this one, in text order; none where it stands alone or where
    brackets will do. Where even they would leave open who is meant, only the nearest, and only if
    it names somebody."""
    found: list[Span] = []
    while _leaning_shown(background, span, held).needs_more:
        if found and not opens_with_pronoun(background.words(span)):
            break  # whom else the sentence before speaks of does not matter
        before = next(iter(background.before(span.start)), None)
        if before is None or len(found) == _STEPS_BACK:
            return [nearest for nearest in found[-1:] if background.people(nearest).persons]
        if before in held:
            break
        found.insert(0, before)
        span = before
    return found


def _leaning_shown(background: Background, span: Span, held: set[Span]) -> Leaning:
    """What the sentence needs; nothing where the sentence before it is quoted as well."""
    before = next(iter(background.before(span.start)), None)
    return Leaning() if before is not None and before in held else leaning(background, span)


def _glosses(
    citation: Citation, place: int, citations: Sequence[Citation], background: Background
) -> list[Gloss]:
    """What the reader of this quote could not know, but for what the quote before it says."""
    span = Span(citation.start, citation.end)
    previous = citations[place - 1] if place else None
    leans = leaning(background, span)
    glosses = []
    if leans.gloss is not None and not (
        previous is not None
        and previous.article_id == citation.article_id
        and leans.found_in == Span(previous.start, previous.end)
    ):
        glosses.append(leans.gloss)
    if citation.published_at and citation.published_at_confidence != Confidence.LOW:
        glosses += [
            replace(gloss, at=gloss.at + citation.start)
            for gloss in relative_days(citation.quote, citation.published_at)
        ]
    return [g for g in glosses if not background.text[g.at :].lstrip().startswith(_OPEN_BRACKETS)]


def _article(sentence: SentenceReading, candidates: Sequence[Candidate]) -> str:
    return candidates[sentence.candidate].passage.article_id


def _is_same(one: SentenceReading, other: SentenceReading, candidates: Sequence[Candidate]) -> bool:
    return one.span == other.span and _article(one, candidates) == _article(other, candidates)
