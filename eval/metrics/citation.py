"""Whether citations support what they are cited for, and whether they are letter for letter.

Precision and recall follow Gao et al., "Enabling Large Language Models to Generate Text with
Citations" (ALCE), EMNLP 2023, with gold evidence in the place of an entailment model, and over
all citations and sentences of the set rather than question by question.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from eval.evidence import EvidenceItem, citation_overlaps, is_of_evidence
from eval.gold import GoldQuestion
from eval.metrics.aggregate import share
from eval.normalise import contains_answer
from eval.records import JudgedCitation, QuestionResult
from rag.records import Answer, Citation


@dataclass(frozen=True, slots=True, kw_only=True)
class CitationMetrics:
    """Shares in [0, 1]."""

    precision: float | None
    """Of the citations given for answerable questions: those that support."""
    recall: float | None
    """Of the sentences that answer answerable questions: those with a citation that supports."""
    exact: float | None
    """Of all citations: those whose quote is the stored text at their offsets."""


def judge_citations(
    answer: Answer,
    question: GoldQuestion,
    items: Sequence[EvidenceItem],
    article_text: Callable[[str], str | None],
) -> tuple[JudgedCitation, ...]:
    """Return the answer's citations in order, each with whether it is exact and supports."""
    return tuple(
        JudgedCitation(
            n=citation.n,
            article_id=citation.article_id,
            quote=citation.quote,
            exact=_is_exact(citation, article_text(citation.article_id)),
            supporting=_supports(citation, question, items),
        )
        for citation in answer.citations
    )


def count_supported(answer: Answer, citations: Sequence[JudgedCitation]) -> int:
    """Return how many of the answer's sentences have at least one citation that supports."""
    supporting = {citation.n for citation in citations if citation.supporting}
    return sum(not supporting.isdisjoint(sentence.citations) for sentence in answer.sentences)


def citation_metrics(results: Sequence[QuestionResult]) -> CitationMetrics:
    """Return precision, recall and exactness.

    Unanswerable questions have no evidence to hold a citation against, so only `exact` counts
    theirs; answering them at all is what the abstention metrics count. A question that went
    unanswered gives no citations and no sentences.
    """
    answerable = [result for result in results if result.answerable and result.answered]
    sentences = sum(result.sentences for result in answerable)
    supported = sum(result.supported_sentences for result in answerable)
    return CitationMetrics(
        precision=share(c.supporting for result in answerable for c in result.citations),
        recall=supported / sentences if sentences else None,
        exact=share(c.exact for result in results for c in result.citations),
    )


def _is_exact(citation: Citation, text: str | None) -> bool:
    if text is None or not 0 <= citation.start < citation.end <= len(text):
        return False
    return text[citation.start : citation.end] == citation.quote


def _supports(citation: Citation, question: GoldQuestion, items: Sequence[EvidenceItem]) -> bool:
    """Return whether the quote overlaps gold evidence, or holds a gold answer in its article.

    "Its article" may be a copy: a citation names the articles that carry the same story.
    """
    if any(citation_overlaps(citation, item) for item in items):
        return True
    if not any(is_of_evidence(citation, item) for item in items):
        return False
    return any(contains_answer(citation.quote, truth) for truth in question.answers)
