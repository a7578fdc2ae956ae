"""Whether answers are right. Normalisation, EM and F1 are SQuAD's; see `eval.normalise`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from eval.gold import GoldQuestion
from eval.metrics.aggregate import mean, share
from eval.normalise import contains_answer, exact_match, token_f1
from eval.records import QuestionResult
from rag.records import Answer, Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerScore:
    """How right one answer is; `em` and `f1` are None where the question is unanswerable."""

    correct: bool
    em: float | None
    f1: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerMetrics:
    """Means over the answerable questions, but for the last."""

    accuracy: float | None
    em: float | None
    f1: float | None
    overall_accuracy: float | None
    """Over all questions: unanswerable ones are right when the outcome is `not_found`."""


def score_answer(question: GoldQuestion, answer: Answer | None) -> AnswerScore:
    """Return how right the answer is; `None` is a question that could not be asked.

    Answerable: right if the sentences contain any gold answer; EM and F1 are the best over the
    gold answers, of the short answer or, where there is none, of the best sentence; all are 0
    where the question went unanswered. Unanswerable: right if the outcome is `not_found`.
    """
    if not question.answerable:
        abstained = answer is not None and answer.outcome is Outcome.NOT_FOUND
        return AnswerScore(correct=abstained, em=None, f1=None)
    if answer is None or answer.outcome is not Outcome.ANSWERED:
        return AnswerScore(correct=False, em=0.0, f1=0.0)
    sentences = [sentence.text for sentence in answer.sentences]
    said = " ".join(sentences)
    short = sentences if answer.short_answer is None else [answer.short_answer]
    pairs = [(prediction, truth) for prediction in short for truth in question.answers]
    return AnswerScore(
        correct=any(contains_answer(said, truth) for truth in question.answers),
        em=max((exact_match(prediction, truth) for prediction, truth in pairs), default=0.0),
        f1=max((token_f1(prediction, truth) for prediction, truth in pairs), default=0.0),
    )


def answer_metrics(results: Sequence[QuestionResult]) -> AnswerMetrics:
    """Return accuracy, exact match and F1."""
    return AnswerMetrics(
        accuracy=share(result.correct for result in results if result.answerable),
        em=mean(result.em for result in results if result.em is not None),
        f1=mean(result.f1 for result in results if result.f1 is not None),
        overall_accuracy=share(result.correct for result in results),
    )
