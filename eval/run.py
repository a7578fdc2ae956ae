"""Runs a gold set against a target: asks every question, and judges what comes back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from eval.asking import FAILURES, Journal, Pace, Progress, Replies, ask_all, one_line
from eval.evidence import EvidenceItem, locate_evidence, missing_evidence
from eval.gold import GoldQuestion, GoldSource
from eval.judging import Judged, judge, judge_failure
from eval.metrics.retrieval import Ranking, score_rankings
from eval.records import DIGITS, QuestionResult
from eval.replies import Reply
from eval.statistics.bootstrap import RESAMPLES, Figure
from eval.summary import summarise, summarise_by_tag
from eval.targets.base import Articles, Provenance, Target
from index.errors import GoldInvalid

Located = Mapping[str, Sequence[EvidenceItem]]
"""Question id → its evidence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation:
    """What a gold set says about a target."""

    target: str
    gold: GoldSource
    provenance: Provenance = field(default_factory=Provenance)
    questions: tuple[QuestionResult, ...]
    """In the order of the gold set."""
    figures: tuple[Figure, ...]
    by_tag: Mapping[str, tuple[int, tuple[Figure, ...]]]
    warnings: tuple[str, ...] = ()
    judges: Mapping[str, Any] | None = None
    """What LLM judges said, as the document has it: an opinion, apart from the figures."""

    @property
    def errors(self) -> int:
        """How many questions could not be asked."""
        return sum(result.error is not None for result in self.questions)

    def value(self, name: str) -> float | None:
        """Return a figure by its name, `accuracy`, or by group and name, `citation/recall`.

        A bare name that several groups have is that of the first. Raises: KeyError.
        """
        for figure in self.figures:
            if name in (figure.metric.name, f"{figure.metric.group}/{figure.metric.name}"):
                return figure.value
        raise KeyError(name)


def run_evaluation(
    gold: Sequence[GoldQuestion],
    target: Target,
    *,
    source: GoldSource,
    pace: Pace | None = None,
    journal: Journal | None = None,
    on_progress: Progress | None = None,
    resamples: int = RESAMPLES,
) -> Evaluation:
    """Return the target's answers to a gold set, judged and summed up.

    A question that fails becomes a row with an error and scores as unanswered.

    Raises: GoldInvalid where the archive holds none of the evidence, before anything is asked;
    StoreUnavailable where the target's articles cannot be read.
    """
    located = {question.id: locate_evidence(question, target.articles) for question in gold}
    warnings = [
        *_check_fit(gold, located, target.articles),
        *_check_conversations(gold, target),
        *target.fit(gold),
    ]
    provenance = target.provenance()
    replies = ask_all(gold, target, pace=pace, journal=journal, on_progress=on_progress)
    rows = _judged(gold, replies, located, target.articles)
    return summed_up(
        rows,
        target=target.name,
        source=source,
        provenance=provenance,
        warnings=warnings,
        resamples=resamples,
    )


def summed_up(
    rows: Sequence[QuestionResult],
    *,
    target: str,
    source: GoldSource,
    provenance: Provenance,
    warnings: Sequence[str] = (),
    resamples: int = RESAMPLES,
) -> Evaluation:
    """Return the evaluation that the rows amount to."""
    return Evaluation(
        target=target,
        gold=source,
        provenance=provenance,
        questions=tuple(rows),
        figures=summarise(rows, resamples=resamples),
        by_tag=summarise_by_tag(rows, resamples=resamples),
        warnings=tuple(warnings),
    )


def _check_fit(
    gold: Sequence[GoldQuestion], located: Located, articles: Articles | None
) -> list[str]:
    """Return a warning for each piece of evidence that the archive does not hold."""
    if articles is None:
        return []
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


def _check_conversations(gold: Sequence[GoldQuestion], target: Target) -> list[str]:
    count = sum(bool(question.conversation) for question in gold)
    if not count or target.conversational:
        return []
    return [f"{count} of {len(gold)} questions follow a conversation, and were asked without it"]


def _judged(
    gold: Sequence[GoldQuestion], replies: Replies, located: Located, articles: Articles | None
) -> list[QuestionResult]:
    """Return the rows in the order of the gold set."""
    rows = []
    by_evidence: dict[str, Ranking] = {}
    by_article: dict[str, Ranking] = {}
    for question in gold:
        reply, items = replies[question.id], located[question.id]
        judged = _judged_one(question, reply, items, articles)
        rows.append(judged.row)
        if not question.answerable:
            continue
        if judged.by_evidence is not None:
            by_evidence[question.id] = judged.by_evidence
        if judged.by_article is not None:
            by_article[question.id] = judged.by_article
    if not any(row.retrieved is not None for row in rows):  # a target that never tells
        by_evidence, by_article = {}, {}
    if any(row.citations is not None for row in rows):  # a target that cites, but where it failed
        rows = [row if row.error is None else replace(row, citations=()) for row in rows]
    if articles is None and not _share_names(gold, rows):
        by_article = {}
    evidence_scores, article_scores = _scores(by_evidence), _scores(by_article)
    return [
        replace(
            row,
            retrieval=evidence_scores.get(row.id),
            article_retrieval=article_scores.get(row.id),
        )
        for row in rows
    ]


def _share_names(gold: Sequence[GoldQuestion], rows: Sequence[QuestionResult]) -> bool:
    """Return whether what was retrieved and the gold set ever call an article by one name."""
    theirs = {passage.article for row in rows for passage in row.retrieved or ()}
    return not theirs.isdisjoint(item.article for one in gold for item in one.evidence)


def _judged_one(
    question: GoldQuestion,
    reply: Reply | str,
    items: Sequence[EvidenceItem],
    articles: Articles | None,
) -> Judged:
    """Return the row and its rankings; a failed row where the archive is gone by now."""
    if isinstance(reply, str):
        return judge_failure(question, reply, items, articles)
    try:
        return judge(question, reply, items, articles)
    except FAILURES as error:
        return judge_failure(question, one_line(error), items, articles)


def _scores(rankings: Mapping[str, Ranking]) -> dict[str, dict[str, float]]:
    return {
        question_id: {name: round(value, DIGITS) for name, value in scores.items()}
        for question_id, scores in score_rankings(rankings).items()
    }
