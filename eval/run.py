"""Runs a gold set against a target: asks every question once and judges what comes back."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from eval.evidence import EvidenceItem, locate_evidence, missing_evidence
from eval.gold import GoldQuestion
from eval.metrics.answer import score_answer
from eval.metrics.citation import count_supported, judge_citations
from eval.metrics.retrieval import EvidenceRanking, rank_evidence, score_rankings
from eval.metrics.summary import Metrics, summarise, summarise_by_tag
from eval.records import JudgedCitation, QuestionResult
from eval.targets.base import Target, TimedAnswer
from index.errors import GoldInvalid, QuothError

FAILURES = (QuothError, OSError, RuntimeError, ValueError)
"""What one question may fail with, from a store, a model or the network, without ending the run.
A programming error (TypeError, AttributeError …) still does."""

Progress = Callable[[int, int], None]
"""Called with how many questions are done, and how many there are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation:
    """What a gold set says about a target."""

    target: str
    questions: tuple[QuestionResult, ...]
    """In the order of the gold set."""
    metrics: Metrics
    by_tag: Mapping[str, tuple[int, Metrics]]
    warnings: tuple[str, ...]

    @property
    def errors(self) -> int:
        """How many questions could not be asked."""
        return sum(result.error is not None for result in self.questions)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Judged:
    result: QuestionResult
    """All but the ranking metrics, which ir-measures gives for all questions at once."""
    ranking: EvidenceRanking


def run_evaluation(
    gold: Sequence[GoldQuestion], target: Target, *, on_progress: Progress | None = None
) -> Evaluation:
    """Return the target's answers to a gold set, judged and summed up.

    Questions are asked one after another, so that latency is that of one asker. A question that
    fails becomes a row with an error and scores as unanswered.

    Raises: GoldInvalid where the archive holds none of the evidence; StoreUnavailable where the
    target's articles cannot be read.
    """
    located = {question.id: locate_evidence(question, target) for question in gold}
    warnings = _check_fit(gold, located) + _check_conversations(gold)
    judged: list[_Judged] = []
    for done, question in enumerate(gold, start=1):
        judged.append(_ask(question, located[question.id], target))
        if on_progress is not None:
            on_progress(done, len(gold))
    rankings = {one.result.id: one.ranking for one in judged if one.result.answerable}
    scores = score_rankings(rankings)
    rows = tuple(replace(one.result, retrieval=scores.get(one.result.id)) for one in judged)
    return Evaluation(
        target=target.name,
        questions=rows,
        metrics=summarise(rows),
        by_tag=summarise_by_tag(rows),
        warnings=tuple(warnings),
    )


def _check_fit(
    gold: Sequence[GoldQuestion], located: Mapping[str, Sequence[EvidenceItem]]
) -> list[str]:
    """Return a warning for each piece of evidence that the archive does not hold."""
    total = sum(len(items) for items in located.values())
    missing = [
        line for question in gold for line in missing_evidence(question, located[question.id])
    ]
    if total and len(missing) == total:
        raise GoldInvalid(
            f"the gold set seems written for another archive; first, {missing[0]}",
            hint="ingest the articles that it names, or name the archive that holds them",
        )
    return missing


def _check_conversations(gold: Sequence[GoldQuestion]) -> list[str]:
    count = sum(bool(question.conversation) for question in gold)
    if not count:
        return []
    return [f"{count} of {len(gold)} questions follow a conversation, and were asked without it"]


def _ask(question: GoldQuestion, items: Sequence[EvidenceItem], target: Target) -> _Judged:
    """Return the question's row, with the error in one line where there is no answer."""
    try:
        timed = target.ask(question)
        citations = judge_citations(timed.answer, question, items, target.article_text)
    except FAILURES as error:
        reason = " ".join(str(error).split()) or type(error).__name__
        return _Judged(result=_failed(question, reason), ranking=rank_evidence(items, ()))
    ranking = rank_evidence(items, timed.answer.retrieved)
    return _Judged(result=_answered(question, timed, citations, ranking), ranking=ranking)


def _answered(
    question: GoldQuestion,
    timed: TimedAnswer,
    citations: tuple[JudgedCitation, ...],
    ranking: EvidenceRanking,
) -> QuestionResult:
    answer = timed.answer
    score = score_answer(question, answer)
    return QuestionResult(
        id=question.id,
        question=question.question,
        answerable=question.answerable,
        tags=question.tags,
        outcome=answer.outcome,
        answer=answer.answer,
        short_answer=answer.short_answer,
        confidence=answer.confidence,
        correct=score.correct,
        em=score.em,
        f1=score.f1,
        citations=citations,
        sentences=len(answer.sentences),
        supported_sentences=count_supported(answer, citations),
        evidence_rank=ranking.first_hit,
        milliseconds=timed.milliseconds,
    )


def _failed(question: GoldQuestion, reason: str) -> QuestionResult:
    score = score_answer(question, None)
    return QuestionResult(
        id=question.id,
        question=question.question,
        answerable=question.answerable,
        tags=question.tags,
        correct=score.correct,
        em=score.em,
        f1=score.f1,
        error=reason,
    )
