"""What each article claims in answer to a question: its sentences that answer, with comparable
values. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from index.records import Span
from rag.agreement.values import (
    Stance,
    Value,
    amount_of,
    moment_of,
    name_of,
    phrase_of,
    whole_figure,
)
from rag.reading.answer_types import is_figure
from rag.reading.base import Reading, SentenceReading
from rag.reading.gazetteer import CALENDAR
from rag.reading.question import AnswerType, Question
from rag.reading.selection import text_of
from rag.reading.terms import terms_of
from rag.records import Candidate

LEAST_SCORE = 0.005
"""Probability of answering below which a sentence claims nothing."""
_NAMED = frozenset({AnswerType.PERSON, AnswerType.PLACE, AnswerType.ORGANISATION, AnswerType.OTHER})
_WORDLESS = frozenset({AnswerType.REASON, AnswerType.STATEMENT, AnswerType.DEFINITION})
"""Kinds whose answers are put in so many ways that words do not tell whether they agree."""
_NEGATION = re.compile(
    r"\b(?:not?|never|none|nobody|neither|nor|without|cannot)\b|n['’]t\b", re.IGNORECASE
)
_DENIAL = re.compile(r"\b(?:den(?:y|ies|ied)|refus(?:e|es|ed)|reject(?:s|ed)?)\b", re.IGNORECASE)
_NEAR = 30
"""Code points before a word of the question within which a negation is about it."""
_ENOUGH_OF_A_QUESTION = 0.5
"""Share of the words of a yes-or-no question that a sentence must hold to take a stance on it; of
those that are no names it must hold more than that."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A sentence that answers, and what it answers."""

    sentence: SentenceReading
    candidate: Candidate
    text: str
    words: str
    """The answering words, letter for letter."""
    value: Value
    covered: frozenset[str]
    """Keys of the question's words that the sentence holds, names apart: an article that is about
    something does not name it in each sentence."""
    named: frozenset[str] = frozenset()
    """Keys of the question's names that the sentence holds."""
    asked: frozenset[str] = frozenset()
    """Keys of all the question's words, names apart."""

    @property
    def source(self) -> str:
        """Whose claim it is: its publisher, or where that is not known its article."""
        return self.candidate.publisher or self.candidate.passage.article_id

    @property
    def carriers(self) -> frozenset[str]:
        """Whose claim it may be: its source, and those whose copies its passage stands for."""
        copies = self.candidate.also_carried_by
        return frozenset({self.source, *(copy.publisher or copy.article_id for copy in copies)})

    @property
    def published_at(self) -> date | None:
        """The day of its article."""
        return self.candidate.published_at


def claims_of(reading: Reading, candidates: Sequence[Candidate], question: Question) -> list[Claim]:
    """The sentences that claim something comparable, best first, each once."""
    seen: set[tuple[str, Span]] = set()
    claims = []
    for sentence in reading.sentences:
        candidate = candidates[sentence.candidate]
        place = (candidate.passage.article_id, sentence.span)
        if sentence.score < LEAST_SCORE or place in seen:
            continue
        seen.add(place)
        claim = _claim(sentence, candidate, question)
        if claim is not None:
            claims.append(claim)
    return claims


def _claim(sentence: SentenceReading, candidate: Candidate, question: Question) -> Claim | None:
    text = text_of(sentence.span, candidate)
    asked = {term.key for term in question.terms}
    covered = frozenset(asked & {term.key for term in terms_of(text)})
    if question.main_type is AnswerType.YES_NO:
        value: Value | None = _stance(text, question, covered)
        words = text
    elif sentence.answer is None:
        return None
    else:
        words = text_of(sentence.answer, candidate)
        opening = sentence.answer.start - sentence.span.start
        value = next(
            _values(words, text[:opening], text[opening + len(words) :], question.main_type), None
        )
    if value is None:
        return None
    return Claim(
        sentence=sentence,
        candidate=candidate,
        text=text,
        words=words,
        value=value,
        covered=covered - question.names,
        named=covered & question.names,
        asked=frozenset(asked - question.names),
    )


def _values(words: str, before: str, after: str, kind: AnswerType) -> Iterator[Value]:
    """Readings of the answering words as a value of the expected kind, the plainest first."""
    if kind in _WORDLESS:
        if kind is AnswerType.DEFINITION and (one := whole_figure(words)) is not None:
            yield one  # "What was the turnout?"
        return
    if kind is AnswerType.DATE:
        moment = moment_of(words)
        if moment is not None:
            yield moment
        return
    if is_figure(kind) or kind is AnswerType.OTHER:
        amount = amount_of(words, before, after)
        if amount is not None:
            yield amount
    if kind in _NAMED:
        name = name_of(words)
        yield name if name is not None else phrase_of(words)


def _stance(text: str, question: Question, covered: frozenset[str]) -> Stance | None:
    """Yes or no to the question; None where the sentence holds too little of it, or may be about
    somebody else."""
    asked = {term.key for term in question.terms}
    plain = asked - question.names
    if len(covered) < _ENOUGH_OF_A_QUESTION * len(asked) or _DENIAL.search(text):
        return None
    if plain and len(covered & plain) <= _ENOUGH_OF_A_QUESTION * len(plain):
        return None
    if _is_of_others(text, question):
        return None
    places = [term.start for term in terms_of(text) if term.key in covered]
    negated = any(
        0 <= place - match.end() <= _NEAR for match in _NEGATION.finditer(text) for place in places
    )
    return Stance(affirmed=not negated)


def _is_of_others(text: str, question: Question) -> bool:
    """Whether a name of the question is missing from the sentence, and another stands in it: "Did
    Osk win the cup?" is not answered by "The cup was won by Ternby"."""
    said = terms_of(text)
    keys = {term.key for term in said}
    missing = [name for name in _names(question) if keys.isdisjoint(name)]
    asked = {term.key for term in question.terms}
    others = (
        term.is_capitalised and term.start > 0 and term.text.lower() not in CALENDAR
        for term in said
        if term.key not in asked and not term.is_stop_word
    )
    return bool(missing) and any(others)


def _names(question: Question) -> list[set[str]]:
    """The question's names, each as the keys of its words side by side."""
    found: list[set[str]] = []
    end = -2
    for term in question.terms:
        if term.key in question.names:
            if term.start > end + 1:
                found.append(set())
            found[-1].add(term.key)
            end = term.end
    return found
