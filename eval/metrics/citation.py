"""Whether citations support what they are cited for, and whether they are letter for letter.

Precision and recall follow Gao et al., "Enabling Large Language Models to Generate Text with
Citations" (ALCE), EMNLP 2023, with gold evidence in the place of an entailment model, and over
all citations and sentences of the set rather than question by question.
"""

from __future__ import annotations

from collections.abc import Sequence

from eval.evidence import EvidenceItem, citation_overlaps, is_of_evidence
from eval.gold import GoldQuestion
from eval.metrics.base import Metric, Ratio
from eval.normalise import contains_answer
from eval.records import QuestionResult
from eval.replies import ReplyCitation


def supports(
    citation: ReplyCitation, question: GoldQuestion, items: Sequence[EvidenceItem]
) -> bool:
    """Return whether the quote overlaps gold evidence, or holds a gold answer in its article.

    "Its article" may be a copy: a citation names the articles that carry the same story.
    """
    if any(citation_overlaps(citation, item) for item in items):
        return True
    if not any(is_of_evidence(citation, item) for item in items):
        return False
    names = [
        name for item in question.items for name in ([item] if isinstance(item, str) else item)
    ]
    return any(contains_answer(citation.quote, truth) for truth in (*question.answers, *names))


def citation_metrics() -> tuple[Metric, ...]:
    """Return precision, recall, joint and exactness.

    Unanswerable questions have no evidence to hold a citation against, so only `exact` counts
    theirs; answering them at all is what the abstention metrics count. `joint` is the mean over
    all questions of: right, times the harmonic mean of the question's own precision and recall,
    where a quote that supports counts as much as the longest gold evidence is long beside it, and
    at most 1; an unanswerable question counts 1 when it went unanswered. Copying the top passage
    cannot win: it is well supported, but often wrong, mostly longer than what it shows, and never
    silent.
    """
    return (
        Ratio(group="citation", name="precision", terms=_precision),
        Ratio(group="citation", name="recall", terms=_recall),
        Ratio(group="citation", name="joint", terms=_joint),
        Ratio(group="citation", name="exact", terms=_exact),
    )


def _precision(row: QuestionResult) -> tuple[float, float] | None:
    if row.citations is None or not (row.answerable and row.answered):
        return None
    return float(sum(c.supporting for c in row.citations)), float(len(row.citations))


def _recall(row: QuestionResult) -> tuple[float, float] | None:
    if row.citations is None or not (row.answerable and row.answered):
        return None
    return float(sum(s.supported for s in row.sentences)), float(len(row.sentences))


def _joint(row: QuestionResult) -> tuple[float, float] | None:
    if row.citations is None:
        return None
    if not row.answerable:
        return float(row.correct), 1.0
    if not row.correct or not row.citations or not row.sentences:
        return 0.0, 1.0
    longest = max((len(item.quote) for item in row.evidence), default=0)
    focus = [min(1.0, longest / len(c.quote)) for c in row.citations if c.supporting and c.quote]
    precision = sum(focus) / len(row.citations)
    recall = sum(s.supported for s in row.sentences) / len(row.sentences)
    both = precision + recall
    return (2 * precision * recall / both if both else 0.0), 1.0


def _exact(row: QuestionResult) -> tuple[float, float] | None:
    if row.citations is None:
        return None
    judged = [c.exact for c in row.citations if c.exact is not None]
    return float(sum(judged)), float(len(judged))
