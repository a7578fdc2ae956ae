"""The words of the quotes that answer: marked in each quote, and as one short answer."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from index.records import Span
from rag.presentation.background import Background
from rag.presentation.lists import asks_for_list, distinct, in_one, items_in, number_asked
from rag.reading.answer_types import find_spans, is_figure
from rag.reading.base import SentenceReading
from rag.reading.question import AnswerType, Question
from rag.reading.terms import terms_of
from rag.records import Citation, Mark

LISTED = 0.2
"""Share of the best score from which what a sentence enumerates belongs to the answer."""
_FEWEST_LETTERS = 2
_NOUNS = frozenset({AnswerType.PERSON, AnswerType.PLACE, AnswerType.ORGANISATION})
_PREDICATE = re.compile(r",? (?:is|are|was|were|has|have|had|will|would)\b")
_MEASURED = re.compile(r"\d[\d,.]*(?: [a-z]+){1,2}")
_OF_EACH = re.compile(r"\b(?:each|respectively)\b", re.IGNORECASE)


def list_items(
    question: Question, citations: Sequence[Citation], backgrounds: Mapping[str, Background]
) -> dict[int, list[Span]]:
    """The items that each citation lists, by its number; nothing where no list is asked for."""
    if not asks_for_list(question.text):
        return {}
    items = {}
    least = LISTED * max((citation.score for citation in citations), default=0.0)
    for citation in citations:
        if citation.score < least:
            continue
        span = Span(citation.start, citation.end)
        people = backgrounds[citation.article_id].people(span)
        found = items_in(citation.quote, citation.start, people, question)
        if found:
            items[citation.n] = found
    asked = number_asked(question.text)
    if asked is not None and items:
        return {n: found for n, found in items.items() if len(found) == asked}
    return items


def answering_span(
    question: Question, sentence: SentenceReading, background: Background
) -> Span | None:
    """The words that the reader found in the sentence, as a whole figure or date where they are
    part of one; None where they say nothing."""
    if sentence.answer is None or not _within(sentence.answer, sentence.span):
        return None
    answer = sentence.answer
    if is_figure(question.main_type):
        start = sentence.span.start
        figures = find_spans(background.words(sentence.span), question.main_type)
        around = [Span(a + start, b + start) for a, b in figures]
        answer = next((span for span in around if _within(answer, span)), answer)
    answer = _without_predicate(answer, question, background)
    return answer if says_something(background.words(answer), question) else None


def _without_predicate(answer: Span, question: Question, background: Background) -> Span:
    """The answering words without what is then said of them, where a name or figure is asked for:
    of "Osk, has asked for more" that is Osk, of "22 minutes was the record" the figure."""
    words = background.words(answer)
    verb = _PREDICATE.search(words)
    if verb is None:
        return answer
    kind, subject = question.main_type, words[: verb.start()]
    told = (
        (is_figure(kind) and kind is not AnswerType.DATE)
        or kind in _NOUNS
        or (kind is AnswerType.OTHER and verb.group().startswith(","))
        or (kind is AnswerType.DEFINITION and _MEASURED.fullmatch(subject))
    )
    if not told or not says_something(subject, question):
        return answer
    return Span(answer.start, answer.start + verb.start())


def short_answer(
    question: Question,
    citations: Sequence[Citation],
    items: Mapping[int, Sequence[Span]],
    best: Span | None,
    answers: Mapping[int, Span | None],
) -> str | None:
    """The listed items in one, else the answering words of the best sentence where that is
    quoted, else None: also where the question asks for the answer of each of several."""
    listed = [_words(c, item) for c in citations for item in items.get(c.n, ())]
    if listed:
        return in_one(distinct(listed))
    if len(citations) > 1 and _OF_EACH.search(question.text):
        return None
    for citation in citations:
        answer = answers[citation.n]
        if (citation.start, citation.end) == best and answer is not None:
            return _words(citation, answer)
    return None


def marks_of(items: Sequence[Span], answer: Span | None) -> tuple[Mark, ...]:
    """The answering words of one quote, in order and disjoint."""
    spans = sorted({*items, *([answer] if answer and not items else [])})
    return tuple(Mark(start=span.start, end=span.end) for span in spans)


def says_something(words: str, question: Question) -> bool:
    """Whether the words could be an answer: more than a letter, and not the question's own."""
    letters = [character for character in words if character.isalnum()]
    if len(letters) < _FEWEST_LETTERS and not words.strip().isdigit():
        return False
    terms = [term for term in terms_of(words) if not term.is_stop_word]
    if question.main_type is AnswerType.YES_NO and all(
        term.is_capitalised or term.is_number for term in terms
    ):
        return False  # a name or a day is neither yes nor no
    asked = {term.key for term in terms_of(question.text)}
    return any(term.key not in asked for term in terms)


def _within(inner: Span, outer: Span) -> bool:
    return outer.start <= inner.start < inner.end <= outer.end


def _words(citation: Citation, span: Span) -> str:
    return citation.quote[span.start - citation.start : span.end - citation.start]
