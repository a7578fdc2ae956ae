"""Which sentences to quote: the best one, and others only where they clearly add."""

from __future__ import annotations

import re
from collections.abc import Sequence

from index.records import Span
from rag.reading.answer_types import find_spans, has_form, is_figure
from rag.reading.base import Reading, SentenceReading
from rag.reading.question import AnswerType, Question
from rag.reading.terms import terms_of
from rag.records import Candidate

NEAR_THE_BEST = 0.6
"""Share of the best score from which a sentence elsewhere is quoted too (decision 0006: 1.5
sentences in the mean, and the right one among them in 84 of 100 answers instead of 74)."""
NEIGHBOUR = 0.35
"""Share of the best score from which a neighbour is quoted that holds the expected kind."""
NEIGHBOUR_IN_KIND = 0.05
"""The same for kinds that seldom stand in two neighbours by chance: durations, shares, sums."""
CONTINUATION = 0.1
"""The same for the sentence after the best one, where it begins with a pronoun."""
_CONTINUES = re.compile(r"[“\"'‘]?(?:It|He|She|They|This|That|These|Those|Its|Their|His|Her)\b")
_TELLING_KINDS = (AnswerType.DURATION, AnswerType.PERCENT, AnswerType.MONEY, AnswerType.AGE)
SAME_STATEMENT = 0.6
"""Share of common words from which two sentences say the same."""


def select(
    reading: Reading,
    candidates: Sequence[Candidate],
    question: Question,
    *,
    max_sentences: int = 4,
) -> list[SentenceReading]:
    """The sentences to quote, at least one where the reading has any: best source first, within
    an article in text order."""
    if not reading.sentences:
        return []
    best = reading.sentences[0]
    chosen = [best]
    for sentence in _neighbours(best, reading, candidates, question) + _rivals(best, reading):
        if len(chosen) >= max_sentences:
            break
        if not any(_repeats(sentence, other, candidates) for other in chosen):
            chosen.append(sentence)
    return _in_order(chosen, candidates)


def _neighbours(
    best: SentenceReading,
    reading: Reading,
    candidates: Sequence[Candidate],
    question: Question,
) -> list[SentenceReading]:
    """The sentences right before and after the best in its passage that belong to the answer,
    better score first."""
    candidate = candidates[best.candidate]
    spans = candidate.passage.sentences
    place = spans.index(best.span)
    beside = {spans[i]: i > place for i in (place - 1, place + 1) if 0 <= i < len(spans)}
    return [
        sentence
        for sentence in reading.sentences
        if sentence.candidate == best.candidate
        and sentence.span in beside
        and sentence.score
        >= best.score
        * _least_share(
            text_of(best.span, candidate),
            text_of(sentence.span, candidate),
            question.main_type,
            follows=beside[sentence.span],
        )
    ]


def _least_share(best: str, neighbour: str, kind: AnswerType, *, follows: bool) -> float:
    """Share of the best score that a neighbour needs: less where it holds the expected kind of
    answer, goes on with a pronoun, or may hold the reason that the best sentence does not."""
    shares = [1.0]
    if has_form(kind) and find_spans(neighbour, kind):
        shares.append(NEIGHBOUR_IN_KIND if kind in _TELLING_KINDS else NEIGHBOUR)
    if follows and not is_figure(kind):
        if _CONTINUES.match(neighbour):
            shares.append(CONTINUATION)
        if kind is AnswerType.REASON and not find_spans(best, kind):
            shares.append(NEIGHBOUR)
    return min(shares)


def _rivals(best: SentenceReading, reading: Reading) -> list[SentenceReading]:
    """Sentences anywhere that are nearly as good as the best."""
    return [s for s in reading.sentences[1:] if s.score >= NEAR_THE_BEST * best.score]


def text_of(span: Span, candidate: Candidate) -> str:
    """The words of a span of the article's text that lies in the candidate's passage."""
    passage = candidate.passage
    return passage.text[span.start - passage.start : span.end - passage.start]


def _repeats(one: SentenceReading, other: SentenceReading, candidates: Sequence[Candidate]) -> bool:
    """Whether both are the same sentence, or say the same in nearly the same words."""
    first, second = candidates[one.candidate], candidates[other.candidate]
    if first.passage.article_id == second.passage.article_id and one.span == other.span:
        return True
    left = _content(text_of(one.span, first))
    right = _content(text_of(other.span, second))
    smaller = min(len(left), len(right))
    return not smaller or len(left & right) / smaller >= SAME_STATEMENT


def _content(text: str) -> frozenset[str]:
    return frozenset(term.key for term in terms_of(text) if not term.is_stop_word)


def _in_order(
    chosen: Sequence[SentenceReading], candidates: Sequence[Candidate]
) -> list[SentenceReading]:
    """Articles in the order in which they were chosen, and each in text order."""
    articles = [candidates[s.candidate].passage.article_id for s in chosen]
    return [
        sentence
        for _, sentence in sorted(
            zip(articles, chosen, strict=True),
            key=lambda pair: (articles.index(pair[0]), pair[1].span),
        )
    ]
