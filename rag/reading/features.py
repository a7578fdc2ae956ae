"""What a sentence has to offer to a question, as numbers: the input of the two logistic models.

Pure functions. Vectors come from outside; everything else is read off the words.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from math import log, log1p
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from index.records import Span
from rag.reading.answer_types import VERBS_OF_SPEECH, find_spans, has_form, is_figure
from rag.reading.question import AnswerType, Question
from rag.reading.terms import Term, same_name, terms_of

Vector = NDArray[np.float32]

SENTENCE_FEATURES = (
    "cosine", "cosine_context", "cosine_passage", "cosine_below_best", "fused", "rank",
    "coverage", "coverage_context", "coverage_passage", "words_coverage",
    "words_coverage_context", "pairs", "names_missing", "names_missing_context",
    "numbers_missing_context", "type_found", "type_missing", "figure_found", "figure_missing",
    "type_found_cosine", "unit_found", "unit_missing", "statement_by_name", "is_question",
    "log_length", "is_short", "position", "rarest_missing",
)  # fmt: skip
ANSWER_FEATURES = (
    "score", "score_margin", "best_score", "cosine", "cosine_passage", "passage_margin",
    "coverage", "coverage_context", "coverage_passage", "coverage_all", "words_coverage",
    "words_coverage_context", "rarest_missing", "rarest_missing_all", "pairs", "names_missing",
    "names_missing_context", "names_missing_all", "numbers_missing_context", "type_found",
    "type_missing", "figure_found", "figure_missing", "unit_found", "unit_missing",
    "statement_by_name", "statement_missing", "point_missing", "log_terms",
)  # fmt: skip

_CONTEXT_SENTENCES = 2
_PAIR_DISTANCE = 4
_UNIT_DISTANCE = 3
_SHORT = 5
_NAME_WEIGHT = 1.5
_LEAST_WEIGHT = 0.1
_PRONOUNS = ("he", "she", "they")
_PLACE_OR_TIME = (AnswerType.PLACE, AnswerType.DATE)
_SPANS_THAT_POINT = (AnswerType.REASON, AnswerType.STATEMENT)


class TermStatistics(Protocol):
    """How common terms are in the archive."""

    @property
    def document_count(self) -> int:
        """Number of passages."""

    def document_frequency(self, term: str) -> int:
        """Number of passages that hold the word `term`, as the question writes it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SentenceView:
    """A sentence of a candidate with what is known of it before a question comes."""

    text: str
    span: Span
    """In the article's text."""
    terms: tuple[Term, ...]
    """Offsets from the start of the sentence."""
    keys: frozenset[str]
    """Of its content words."""
    name_keys: frozenset[str]
    """Of its words with a capital that the start of a sentence does not explain."""
    vector: Vector
    """float32, (dim,), L2-normalised."""

    @classmethod
    def of(cls, text: str, span: Span, vector: Vector) -> SentenceView:
        """A sentence, analysed."""
        terms = terms_of(text)
        content = [term for term in terms if not term.is_stop_word]
        capitals = [t for t in content if t.is_capitalised and t.start != terms[0].start]
        return cls(
            text=text,
            span=span,
            terms=terms,
            keys=frozenset(term.key for term in content),
            name_keys=frozenset(term.key for term in capitals if not term.is_number),
            vector=vector,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class CandidateView:
    """A candidate with its sentences, ready to be scored."""

    article_id: str
    title_keys: frozenset[str]
    sentences: Sequence[SentenceView]
    dense: float
    """Cosine of question and passage."""
    fused: float
    keys: frozenset[str]
    """Keys of all its sentences and the title."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """How much of the question's words a set of keys holds."""

    share: float
    """Weighted by rarity, in [0, 1]."""
    words: float
    """The same over words that are neither names nor numbers: what is said of the names; 1
    without any."""
    names_missing: float
    """Share of the question's names without a like one, in [0, 1]; 0 without names."""
    numbers_missing: float
    rarest_missing: float
    """Weight of the rarest missing term over the greatest weight, in [0, 1]."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Needs:
    """The question's terms as the words of the candidates can meet them."""

    weights: Mapping[str, float]
    """By key of the term; positive."""
    variants: Mapping[str, frozenset[str]]
    """By key of the term: keys that count as the same word, itself included."""


def needs_of(
    question: Question, candidates: Sequence[CandidateView], statistics: TermStatistics | None
) -> Needs:
    """Terms with their weight, the inverse document frequency
    log(1 + (N - n + 0.5) / (n + 0.5)) (Robertson and Spärck Jones 1976, as BM25 uses it);
    without statistics 1, and more for names and numbers."""
    vocabulary = frozenset().union(*(candidate.keys for candidate in candidates))
    weights: dict[str, float] = {}
    variants: dict[str, frozenset[str]] = {}
    for term in question.terms:
        special = term.key in question.names or term.key in question.numbers
        weights[term.key] = _NAME_WEIGHT if special else 1.0
        if statistics is not None:
            seen = statistics.document_frequency(term.text)
            count = max(statistics.document_count, seen)
            weights[term.key] = log(1 + (count - seen + 0.5) / (seen + 0.5)) + _LEAST_WEIGHT
        alike = {key for key in vocabulary if same_name(term.key, key)}
        variants[term.key] = frozenset(alike | {term.key})
    return Needs(weights=weights, variants=variants)


def with_names(question: Question, candidates: Sequence[CandidateView]) -> Question:
    """The question with those of its words counted as names that the candidates write with a
    capital wherever they have them: questions are often typed without."""
    sentences = [sentence for candidate in candidates for sentence in candidate.sentences]
    capitals: Counter[str] = Counter()
    seen: Counter[str] = Counter()
    for sentence in sentences:
        first = sentence.terms[0].key if sentence.terms else ""
        capitals.update(sentence.name_keys)
        seen.update(sentence.keys - ({first} - sentence.name_keys))
    found = {
        term.key
        for term in question.terms
        if not term.is_number and 0 < capitals[term.key] == seen[term.key]
    }
    return replace(question, names=question.names | found)


def coverage(question: Question, needs: Needs, keys: AbstractSet[str]) -> Coverage:
    """How much of the question `keys` covers."""
    weights = needs.weights
    missing = {key for key, alike in needs.variants.items() if alike.isdisjoint(keys)}
    total = sum(weights.values())
    if not total:
        return Coverage(
            share=0.0, words=0.0, names_missing=0.0, numbers_missing=0.0, rarest_missing=0.0
        )
    names, numbers = question.names, question.numbers
    plain = [key for key in weights if key not in names and key not in numbers]
    said = sum(weights[key] for key in plain)
    return Coverage(
        share=1 - sum(weights[key] for key in weights if key in missing) / total,
        words=1 - sum(weights[key] for key in plain if key in missing) / said if plain else 1.0,
        names_missing=len(names & missing) / len(names) if names else 0.0,
        numbers_missing=len(numbers & missing) / len(numbers) if numbers else 0.0,
        rarest_missing=max((weights[key] for key in missing), default=0.0) / max(weights.values()),
    )


def answer_spans(
    question: Question, sentence: SentenceView
) -> tuple[list[Span], AnswerType | None]:
    """Spans of the sentence, offsets from its start, that could answer and say more than the
    question does: those of the likeliest kind that has any, and that kind."""
    known = {term.key for term in question.terms}
    for kind in question.types:
        spans = [
            span
            for span in find_spans(sentence.text, kind)
            if kind in _SPANS_THAT_POINT or _adds_something(span, sentence.terms, known)
        ]
        if spans:
            return spans, kind
    return [], None


def _adds_something(span: Span, terms: Sequence[Term], known: set[str]) -> bool:
    inside = [t for t in terms if t.start < span.end and span.start < t.end and not t.is_stop_word]
    return any(
        term.key not in known and not any(same_name(term.key, key) for key in known)
        for term in inside
    )


def counted_spans(question: Question, sentence: SentenceView, spans: Sequence[Span]) -> list[Span]:
    """Those spans that count the asked unit: "35 European countries" for "how many countries"."""
    if question.unit is None:
        return []
    return [
        span
        for span in spans
        if question.unit
        in [term.key for term in sentence.terms if term.start >= span.end][:_UNIT_DISTANCE]
    ]


def pair_share(question: Question, terms: Sequence[Term]) -> float:
    """Share of the question's neighbouring content words that stand near each other here too."""
    pairs = list(zip(question.terms, question.terms[1:], strict=False))
    if not pairs:
        return 0.0
    places: dict[str, list[int]] = {}
    for position, term in enumerate(terms):
        places.setdefault(term.key, []).append(position)
    near = sum(
        any(
            abs(i - j) <= _PAIR_DISTANCE
            for i in places.get(left.key, ())
            for j in places.get(right.key, ())
        )
        for left, right in pairs
    )
    return near / len(pairs)


def is_said_by(
    needs: Needs, question: Question, terms: Sequence[Term], before: Sequence[SentenceView]
) -> bool:
    """Whether the one whose statement is asked for is the speaker: the name stands next to a
    verb of speech, or a pronoun does and the name is in this sentence or the one before."""
    speakers = frozenset().union(*(needs.variants[key] for key in question.speakers))
    named = {key for sentence in before[-1:] for key in sentence.keys}
    named.update(term.key for term in terms)
    verbs = [i for i, term in enumerate(terms) if term.key in VERBS_OF_SPEECH]
    around = {terms[j].key for i in verbs for j in range(max(0, i - 2), min(len(terms), i + 3))}
    if not speakers.isdisjoint(around):
        return True
    return not speakers.isdisjoint(named) and not around.isdisjoint(_PRONOUNS)


def context_vector(sentences: Sequence[SentenceView], position: int) -> Vector:
    """Direction of a sentence together with the one before it: the normalised sum of their
    vectors, which spares a second pass through the model."""
    vector = sentences[position].vector
    if position:
        vector = vector + sentences[position - 1].vector
    return vector / max(float(np.linalg.norm(vector)), 1e-9)


@dataclass(frozen=True, slots=True, kw_only=True)
class SentenceMeasure:
    """One sentence of one candidate, measured against the question."""

    candidate: int
    position: int
    """In its passage."""
    values: Mapping[str, float]
    """Keyed by `SENTENCE_FEATURES`."""
    spans: tuple[Span, ...]
    """Possible answers, offsets from the start of the sentence, likeliest first."""
    is_short_answer: bool
    """Whether one of the spans can stand alone: not so where they only show that the sentence
    gives a reason or reports a statement."""
    words: Span | None = None
    """What a trained reader takes for the answer in this sentence, in the article's text."""
    answer: frozenset[str] = frozenset()
    """Keys of those words, without stop words."""


def measure(
    question: Question,
    query: Vector,
    candidates: Sequence[CandidateView],
    needs: Needs,
) -> list[SentenceMeasure]:
    """Every sentence of every candidate, in candidate order, then text order."""
    cosines = [[float(s.vector @ query) for s in c.sentences] for c in candidates]
    best = max((value for row in cosines for value in row), default=0.0)
    return [
        _measure_sentence(question, query, candidates, needs, (rank, position), best)
        for rank, candidate in enumerate(candidates)
        for position in range(len(candidate.sentences))
    ]


def _measure_sentence(
    question: Question,
    query: Vector,
    candidates: Sequence[CandidateView],
    needs: Needs,
    place: tuple[int, int],
    best_cosine: float,
) -> SentenceMeasure:
    rank, position = place
    candidate = candidates[rank]
    sentence = candidate.sentences[position]
    before = candidate.sentences[max(0, position - _CONTEXT_SENTENCES) : position]
    here = coverage(question, needs, sentence.keys)
    context_keys = sentence.keys.union(candidate.title_keys, *(s.keys for s in before))
    context = coverage(question, needs, context_keys)
    cosine = float(sentence.vector @ query)
    spans, kind = answer_spans(question, sentence)
    counted = counted_spans(question, sentence, spans)
    formed, figure = has_form(question.main_type), is_figure(question.main_type)
    said = question.main_type is AnswerType.STATEMENT and is_said_by(
        needs, question, sentence.terms, before
    )
    values = {
        "cosine": cosine,
        "cosine_context": float(context_vector(candidate.sentences, position) @ query),
        "cosine_passage": candidate.dense,
        "cosine_below_best": best_cosine - cosine,
        "fused": candidate.fused,
        "rank": 1 / (1 + rank),
        "coverage": here.share,
        "coverage_context": context.share,
        "coverage_passage": coverage(question, needs, candidate.keys).share,
        "words_coverage": here.words,
        "words_coverage_context": context.words,
        "pairs": pair_share(question, sentence.terms),
        "names_missing": here.names_missing,
        "names_missing_context": context.names_missing,
        "numbers_missing_context": context.numbers_missing,
        "type_found": float(kind is question.main_type and not figure),
        "type_missing": float(formed and not figure and not spans),
        "figure_found": float(bool(spans) and figure),
        "figure_missing": float(figure and not spans),
        "type_found_cosine": cosine if spans and formed else 0.0,
        "unit_found": float(bool(counted)),
        "unit_missing": float(question.unit is not None and not counted),
        "statement_by_name": float(said),
        "is_question": float(sentence.text.rstrip("”\"' ").endswith("?")),
        "log_length": log1p(len(sentence.terms)) / 4,
        "is_short": float(len(sentence.terms) < _SHORT),
        "position": 1 / (1 + position),
        "rarest_missing": context.rarest_missing,
    }
    return SentenceMeasure(
        candidate=rank,
        position=position,
        values=values,
        spans=tuple(counted or spans),
        is_short_answer=question.main_type not in _SPANS_THAT_POINT,
    )


def is_point_missing(
    question: Question,
    best: SentenceMeasure,
    candidates: Sequence[CandidateView],
    needs: Needs,
) -> bool:
    """Whether the best sentence and the text around it lack what the question turns on: the noun
    of "which hotel …", or all that is asked of a name in "where was … born"."""
    if question.main_type in _PLACE_OR_TIME and best.values["words_coverage_context"] == 0.0:
        return True
    if question.focus is None:
        return False
    candidate = candidates[best.candidate]
    around = candidate.sentences[max(0, best.position - _CONTEXT_SENTENCES) : best.position + 2]
    keys = candidate.title_keys.union(*(sentence.keys for sentence in around))
    return needs.variants[question.focus].isdisjoint(keys)


def answer_features(
    question: Question,
    candidates: Sequence[CandidateView],
    needs: Needs,
    ranked: Sequence[tuple[SentenceMeasure, float]],
) -> dict[str, float]:
    """What speaks for an answer being there at all, keyed by `ANSWER_FEATURES`.

    `ranked` are the sentences with their scores before the sigmoid, best first, at least one.
    """
    best, score = ranked[0]
    rival = next(
        (value for other, value in ranked[1:]
         if other.candidate != best.candidate or abs(other.position - best.position) > 1), score,
    )  # fmt: skip
    everything = coverage(question, needs, frozenset().union(*(c.keys for c in candidates)))
    dense = sorted((candidate.dense for candidate in candidates), reverse=True)
    values = dict(best.values)
    statement = question.main_type is AnswerType.STATEMENT
    values |= {
        "score": score,
        "score_margin": score - rival,
        "best_score": max(value["cosine"] for value in (m.values for m, _ in ranked)),
        "cosine_passage": dense[0],
        "passage_margin": dense[0] - float(np.mean(dense)),
        "coverage_all": everything.share,
        "rarest_missing_all": everything.rarest_missing,
        "names_missing_all": everything.names_missing,
        "statement_missing": float(statement and not best.values["statement_by_name"]),
        "point_missing": float(is_point_missing(question, best, candidates, needs)),
        "log_terms": log1p(len(needs.weights)) / 2,
    }
    return {name: values[name] for name in ANSWER_FEATURES}
