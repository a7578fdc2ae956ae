"""What a trained reader's spans add to the measures of sentences. Pure functions."""

from __future__ import annotations

import re
from collections.abc import Hashable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from math import exp

from index.records import Span
from rag.reading.answer_types import has_form, is_country
from rag.reading.features import CandidateView, Needs, SentenceMeasure, answer_features
from rag.reading.gazetteer import CITY_STATES
from rag.reading.pooling import FLATTENING, pool
from rag.reading.premise import (
    is_consent_missing,
    is_consent_refused,
    is_denial_missing,
    subject_of,
)
from rag.reading.question import AnswerType, Question
from rag.reading.terms import Term, fold, terms_of

SPAN_SENTENCE_FEATURES = ("span", "span_below_best", "span_unread", "words_void")
"""What is added to `SENTENCE_FEATURES`."""
SPAN_CHOICE_FEATURES = (
    *SPAN_SENTENCE_FEATURES, "cosine", "cosine_context", "cosine_below_best", "fused",
    "figure_missing", "statement_by_name", "is_question", "words_void",
)  # fmt: skip
"""What the sentence model weighs. No matching words: they count only where a question is worded
as its article is, and the network has read those words anyway."""
SPAN_ANSWER_FEATURES = (
    "answer_share", "span", "span_best", "words_asked", "words_mistyped", "words_void",
    "cosine", "cosine_passage", "passage_margin", "coverage_context", "coverage_passage",
    "words_coverage_context", "pairs", "rarest_missing", "names_missing", "names_missing_context",
    "names_missing_all", "numbers_missing_context", "type_missing", "figure_missing",
    "unit_missing", "statement_missing", "point_missing", "denial_missing", "consent_missing",
    "consent_refused", "subject_missing", "nearest_elsewhere", "reason_denied", "log_terms",
)  # fmt: skip
"""What the answer model weighs: its own twelve, and those of `ANSWER_FEATURES` that still help."""
NEARER = 0.15
"""By so much the cosine of the sentence nearest to the question exceeds the best one's, where it
says more of what is asked."""
DENIED = -0.5
"""Below this the network flatly denies that the words answer. It counts twice where a reason is
asked for, which has no form that rules could look for: of those questions of SQuAD 2's development
half .163 of the unanswerable ones are so, and .031 of the answerable ones of three sets."""
REACH = 300
"""Code points, about two sentences: what stands so near in the article belongs together."""
SPAN_LIMIT = 12.0
"""Scores beyond this are as good as certain."""

_IN_A_COUNTRY = re.compile(
    r"\b(?:what|which)(?: \w+)? "
    r"(?:cit(?:y|ies)|towns?|villages?|capitals?|streets?|buildings?|venues?)\b",
    re.IGNORECASE,
)
"""Questions for a place that no whole country is."""

_OF_THE_BEST = ("span", "words_asked", "words_mistyped", "words_void")

Ranked = Sequence[tuple[SentenceMeasure, float]]


def with_span_scores(
    question: Question,
    candidates: Sequence[CandidateView],
    measures: Sequence[SentenceMeasure],
    read: Mapping[tuple[int, int], tuple[float, Span]],
) -> list[SentenceMeasure]:
    """The measures with `SPAN_SENTENCE_FEATURES` and what is known of the words. `read` holds
    score and words of the sentences that the trained reader was shown, by candidate and position;
    the others count as the worst."""
    best = max((_limited(score) for score, _ in read.values()), default=-SPAN_LIMIT)
    asked = frozenset(term.key for term in terms_of(question.text))
    made = []
    for found in measures:
        seen = read.get((found.candidate, found.position))
        score = _limited(seen[0]) if seen else -SPAN_LIMIT
        words = seen[1] if seen else None
        text = _text(candidates, found, words)
        terms = [term for term in terms_of(text) if not term.is_stop_word]
        answer = frozenset(term.key for term in terms)
        values = {
            **found.values,
            "span": score / SPAN_LIMIT,
            "span_below_best": (best - score) / SPAN_LIMIT,
            "span_unread": float(seen is None),
            "words_asked": _share_asked(terms, asked) if terms else float(bool(text)),
            "words_mistyped": float(_is_mistyped(question, candidates, found, words)),
        }
        values["words_void"] = float(_is_void(question, text, values["words_asked"]))
        made.append(replace(found, values=values, words=words, answer=answer))
    return made


def pooled(
    candidates: Sequence[CandidateView],
    measures: Sequence[SentenceMeasure],
    scores: Sequence[float],
) -> list[tuple[SentenceMeasure, float]]:
    """The measures with their pooled scores, best first; of those with one answer, the one that
    scores best by itself. Ties keep their order."""
    places = [
        (candidates[m.candidate].article_id, candidates[m.candidate].sentences[m.position].span)
        for m in measures
    ]
    raised = pool(scores, [found.answer for found in measures], places).tolist()
    order = sorted(range(len(measures)), key=lambda i: (-raised[i], -scores[i]))
    return [(measures[i], raised[i]) for i in order]


def span_answer_features(
    question: Question, candidates: Sequence[CandidateView], needs: Needs, ranked: Ranked
) -> dict[str, float]:
    """What speaks for the best words being an answer, keyed by `SPAN_ANSWER_FEATURES`. `ranked`
    are the measures with their pooled scores, best first, at least one."""
    best, top = ranked[0]
    sentence = candidates[best.candidate].sentences[best.position].text
    strongest: dict[Hashable, float] = {}
    for number, (found, score) in enumerate(ranked):
        strongest.setdefault(found.answer or number, score)
    values = {
        **answer_features(question, candidates, needs, ranked),
        **{name: best.values[name] for name in _OF_THE_BEST},
        "answer_share": 1 / sum(exp(FLATTENING * (score - top)) for score in strongest.values()),
        "span_best": max(found.values["span"] for found, _ in ranked),
        "denial_missing": float(is_denial_missing(question.text, sentence)),
        **_premise_features(question, candidates, needs, ranked),
        "reason_denied": float(
            question.main_type is AnswerType.REASON and best.values["span"] < DENIED
        ),
    }
    return {name: values[name] for name in SPAN_ANSWER_FEATURES}


def _premise_features(
    question: Question, candidates: Sequence[CandidateView], needs: Needs, ranked: Ranked
) -> dict[str, float]:
    """What the question takes for granted and the best sentence knows nothing of; a question for
    yes or no takes nothing for granted."""
    best = candidates[ranked[0][0].candidate]
    sentence = best.sentences[ranked[0][0].position].text
    lacking = {
        "consent_missing": is_consent_missing(question.text, sentence),
        "consent_refused": is_consent_refused(question.text, sentence),
        "subject_missing": _is_subject_missing(question, needs, best.keys),
        "nearest_elsewhere": _is_nearest_elsewhere(candidates, ranked),
    }
    asserts = question.main_type is not AnswerType.YES_NO
    return {name: float(asserts and found) for name, found in lacking.items()}


def _is_subject_missing(question: Question, needs: Needs, keys: AbstractSet[str]) -> bool:
    """Whether the passage has nothing of the name that the question takes to have acted."""
    subject = [needs.variants[key] for key in subject_of(question.text) if key in needs.variants]
    return bool(subject) and all(alike.isdisjoint(keys) for alike in subject)


def _is_nearest_elsewhere(candidates: Sequence[CandidateView], ranked: Ranked) -> bool:
    """Whether the sentence nearest to the question is far nearer than the best one, and stands
    away from it. What states the premise and what answers mostly stand together: on SQuAD 2's
    development half .105 of the unanswerable questions have them apart, of the others .056."""
    best = ranked[0][0]
    nearest = max((found for found, _ in ranked), key=lambda found: found.values["cosine"])
    if nearest.values["cosine"] - best.values["cosine"] <= NEARER:
        return False
    here, there = candidates[best.candidate], candidates[nearest.candidate]
    one, other = here.sentences[best.position].span, there.sentences[nearest.position].span
    apart = max(one.start - other.end, other.start - one.end)
    return here.article_id != there.article_id or apart > REACH


def _is_mistyped(
    question: Question,
    candidates: Sequence[CandidateView],
    found: SentenceMeasure,
    words: Span | None,
) -> bool:
    """Whether the words hold nothing of the kind that is asked for, where its form is known."""
    if words is None or not has_form(question.main_type) or not found.is_short_answer:
        return False
    start = candidates[found.candidate].sentences[found.position].span.start
    return not any(
        start + span.start < words.end and words.start < start + span.end for span in found.spans
    )


def _is_void(question: Question, words: str, asked: float) -> bool:
    """Whether the words cannot be the answer, whatever the passage says: a country for a city, or
    for a person nobody but whom the question names itself."""
    of_itself = question.main_type is AnswerType.PERSON and asked == 1.0 and bool(words)
    return of_itself or _is_too_wide(question, words)


def _is_too_wide(question: Question, words: str) -> bool:
    """Whether the words are a country where a city, street or building is asked for."""
    if question.main_type is not AnswerType.PLACE or not _IN_A_COUNTRY.search(question.text):
        return False
    content = [fold(term.text) for term in terms_of(words) if not term.is_stop_word]
    return bool(content) and all(is_country(w) and w not in CITY_STATES for w in content)


def _share_asked(terms: Sequence[Term], asked: frozenset[str]) -> float:
    """Share of the words that the question has itself; all of them where they are a bare name
    that only goes before the name that is asked about ("Steve Witkoff" for "Witkoff")."""
    if terms[-1].key in asked and all(term.is_capitalised for term in terms):
        return 1.0
    keys = {term.key for term in terms}
    return len(keys & asked) / len(keys)


def _limited(score: float) -> float:
    return min(max(score, -SPAN_LIMIT), SPAN_LIMIT)


def _text(candidates: Sequence[CandidateView], found: SentenceMeasure, words: Span | None) -> str:
    if words is None:
        return ""
    sentence = candidates[found.candidate].sentences[found.position]
    return sentence.text[words.start - sentence.span.start : words.end - sentence.span.start]
