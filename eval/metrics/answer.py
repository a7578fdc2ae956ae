"""Whether answers are right. Normalisation, EM and F1 are SQuAD's; see `eval.normalise`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from eval.evidence import EvidenceItem, citation_overlaps
from eval.gold import GoldQuestion
from eval.metrics.base import Metric, Ratio
from eval.normalise import contains_answer, exact_match, token_f1
from eval.records import QuestionResult
from eval.replies import Reply
from rag.records import Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerScore:
    """How right one answer is; a figure is None where there is nothing to compare with."""

    correct: bool
    em: float | None = None
    f1: float | None = None
    list_recall: float | None = None


def score_answer(
    question: GoldQuestion, reply: Reply | None, items: Sequence[EvidenceItem] = ()
) -> AnswerScore:
    """Return how right the answer is; `None` is a question that could not be asked.

    Answerable: right if the sentences contain any gold answer (a list without gold answers: all
    of its items); EM and F1 are the best over the gold answers, of the short answer or, where
    there is none, of the best sentence; list recall is the share of the list's items that the
    sentences contain; all are 0 where the question went unanswered. Unanswerable: right if the
    outcome is `not_found`, or if nothing is quoted but what contradicts the question's premise;
    `items` say where that stands.
    """
    if not question.answerable:
        return AnswerScore(correct=reply is not None and _is_undeceived(reply, items))
    sentences: list[str] = []
    short: list[str] = []
    if reply is not None and reply.outcome is Outcome.ANSWERED:
        sentences = [sentence.text for sentence in reply.sentences] or [reply.answer]
        short = sentences if reply.short_answer is None else [reply.short_answer]
    said = " ".join(sentences)
    found = [_holds_any(said, item) for item in question.items]
    pairs = [(prediction, truth) for prediction in short for truth in question.answers]
    right = any(contains_answer(said, truth) for truth in question.answers)
    return AnswerScore(
        correct=right if question.answers else all(found),
        em=_best([exact_match(*pair) for pair in pairs]) if question.answers else None,
        f1=_best([token_f1(*pair) for pair in pairs]) if question.answers else None,
        list_recall=sum(found) / len(found) if found else None,
    )


def answer_metrics() -> tuple[Metric, ...]:
    """Return the answer metrics: means over the answerable questions, but for the last two.

    `false_premises_handled` is over the questions whose premise the archive contradicts.
    `overall_accuracy` is over all questions.
    """
    return (
        Ratio(group="answer", name="accuracy", terms=_accuracy),
        Ratio(group="answer", name="em", terms=lambda row: _term(row.em)),
        Ratio(group="answer", name="f1", terms=lambda row: _term(row.f1)),
        Ratio(group="answer", name="list_recall", terms=lambda row: _term(row.list_recall)),
        Ratio(group="answer", name="false_premises_handled", terms=_false_premise),
        Ratio(
            group="answer",
            name="overall_accuracy",
            terms=lambda row: (float(row.correct), 1.0),
        ),
    )


def _accuracy(row: QuestionResult) -> tuple[float, float] | None:
    return (float(row.correct), 1.0) if row.answerable else None


def _false_premise(row: QuestionResult) -> tuple[float, float] | None:
    """Only a false premise has evidence without being answerable: what contradicts it."""
    return (float(row.correct), 1.0) if row.evidence and not row.answerable else None


def _is_undeceived(reply: Reply, items: Sequence[EvidenceItem]) -> bool:
    """Return whether the reply says nothing, or in each sentence only what contradicts."""
    if reply.outcome is Outcome.NOT_FOUND:
        return True
    contradicting = {
        citation.n
        for citation in reply.citations or ()
        if any(citation_overlaps(citation, item) for item in items)
    }
    return (
        bool(contradicting)
        and contradicting.issuperset(citation.n for citation in reply.citations or ())
        and all(contradicting.intersection(sentence.citations) for sentence in reply.sentences)
    )


def _term(value: float | None) -> tuple[float, float] | None:
    return None if value is None else (value, 1.0)


def _holds_any(said: str, item: str | tuple[str, ...]) -> bool:
    names = (item,) if isinstance(item, str) else item
    return any(contains_answer(said, name) for name in names)


def _best(scores: Sequence[float]) -> float:
    return max(scores, default=0.0)
