"""From a reply to a row: what of it is right, supported, found, and where it went wrong."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from eval.evidence import EvidenceItem
from eval.gold import GoldQuestion
from eval.grounding import ground
from eval.metrics.answer import score_answer
from eval.metrics.citation import supports
from eval.metrics.retrieval import Coverage, Ranking, article_ranking, coverage_of, evidence_ranking
from eval.records import (
    JudgedCitation,
    JudgedEvidence,
    JudgedPassage,
    JudgedSentence,
    QuestionResult,
    Stage,
    rounded,
)
from eval.replies import Reply, ReplyCitation, ReplyPassage
from eval.targets.base import Articles
from rag.records import Outcome

CONTEXT = 160
"""Characters of the article that a report shows on either side of a quote."""
_MILLISECOND_DIGITS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What was found out about one question."""

    row: QuestionResult
    """All but its ranking metrics, which are computed for all questions at once."""
    by_evidence: Ranking | None
    """The ranking of evidence that was retrieved; None where that cannot be told."""
    by_article: Ranking | None


def judge(
    question: GoldQuestion,
    reply: Reply,
    items: Sequence[EvidenceItem],
    articles: Articles | None,
) -> Judged:
    """Return the question's row and rankings."""
    if articles is not None:
        reply = ground(reply, articles)
    coverage = coverage_of(items, reply.retrieved or ())
    citations = _citations(reply, question, items, articles)
    unanswered = _asked(question, reply, items, coverage, articles)
    row = replace(
        unanswered,
        outcome=reply.outcome,
        answer=reply.answer,
        short_answer=reply.short_answer,
        confidence=rounded(reply.confidence),
        sentences=_sentences(reply, citations),
        citations=citations,
        retrieved=_retrieved(reply, coverage),
        milliseconds=rounded(reply.milliseconds, _MILLISECOND_DIGITS),
        warm_milliseconds=tuple(round(ms, _MILLISECOND_DIGITS) for ms in reply.warm_milliseconds),
        usage=reply.usage,
        stage=None if unanswered.correct else _stage(question, reply, coverage),
    )
    if reply.retrieved is None:
        return Judged(row=row, by_evidence=None, by_article=None)
    return Judged(
        row=row,
        by_evidence=evidence_ranking(items, coverage),
        by_article=article_ranking(items, reply.retrieved),
    )


def judge_failure(
    question: GoldQuestion,
    reason: str,
    items: Sequence[EvidenceItem],
    articles: Articles | None,
) -> Judged:
    """Return the row of a question that could not be asked: unanswered, nothing found."""
    nothing = coverage_of(items, ())
    row = _asked(question, None, items, nothing, articles)
    return Judged(
        row=replace(row, stage=Stage.FAILED, error=reason),
        by_evidence=evidence_ranking(items, nothing),
        by_article=article_ranking(items, ()),
    )


def _asked(
    question: GoldQuestion,
    reply: Reply | None,
    items: Sequence[EvidenceItem],
    coverage: Coverage,
    articles: Articles | None,
) -> QuestionResult:
    """Return what was asked, what was wanted, and how right the reply is."""
    score = score_answer(question, reply, items)
    return QuestionResult(
        id=question.id,
        question=question.question,
        answerable=question.answerable,
        tags=question.tags,
        gold_answers=question.answers,
        as_of=question.as_of.isoformat() if question.as_of else None,
        conversation=tuple(f"{turn.role}: {turn.content}" for turn in question.conversation),
        correct=score.correct,
        em=rounded(score.em),
        f1=rounded(score.f1),
        list_recall=rounded(score.list_recall),
        evidence=_evidence(items, coverage, articles),
    )


def _citations(
    reply: Reply,
    question: GoldQuestion,
    items: Sequence[EvidenceItem],
    articles: Articles | None,
) -> tuple[JudgedCitation, ...] | None:
    if reply.citations is None:
        return None
    judged = []
    for citation in reply.citations:
        text = _text_behind(citation, articles)
        start, end = citation.start or 0, citation.end or 0
        judged.append(
            JudgedCitation(
                n=citation.n,
                quote=citation.quote,
                article=citation.article,
                title=citation.title,
                publisher=citation.publisher,
                url=citation.url,
                published_at=citation.published_at,
                before=text[max(0, start - CONTEXT) : start] if text else "",
                after=text[end : end + CONTEXT] if text else "",
                exact=_is_exact(citation, text, articles, reply.retrieved),
                supporting=supports(citation, question, items),
            )
        )
    return tuple(judged)


def _text_behind(citation: ReplyCitation, articles: Articles | None) -> str | None:
    if articles is None or citation.article is None or citation.start is None:
        return None
    return articles.article_text(citation.article)


def _is_exact(
    citation: ReplyCitation,
    text: str | None,
    articles: Articles | None,
    retrieved: Sequence[ReplyPassage] | None,
) -> bool | None:
    """Return whether the quote is in the stored text, or without one in what was retrieved."""
    start, end = citation.start, citation.end
    if text is not None and start is not None and end is not None:
        return 0 <= start < end <= len(text) and text[start:end] == citation.quote
    if articles is not None and citation.article is not None:
        return False
    if retrieved is None:
        return None
    return any(citation.quote in passage.text for passage in retrieved)


def _sentences(
    reply: Reply, citations: Sequence[JudgedCitation] | None
) -> tuple[JudgedSentence, ...]:
    supporting = {citation.n for citation in citations or () if citation.supporting}
    return tuple(
        JudgedSentence(
            text=sentence.text,
            citations=sentence.citations,
            supported=not supporting.isdisjoint(sentence.citations),
        )
        for sentence in reply.sentences
    )


def _evidence(
    items: Sequence[EvidenceItem], coverage: Coverage, articles: Articles | None
) -> tuple[JudgedEvidence, ...]:
    return tuple(
        JudgedEvidence(
            article=item.evidence.article,
            quote=item.evidence.quote,
            stored=None if articles is None else bool(item.places),
            rank=rank,
        )
        for item, rank in zip(items, coverage.ranks, strict=True)
    )


def _retrieved(reply: Reply, coverage: Coverage) -> tuple[JudgedPassage, ...] | None:
    if reply.retrieved is None:
        return None
    return tuple(
        JudgedPassage(
            article=passage.article,
            title=passage.title,
            publisher=passage.publisher,
            published_at=passage.published_at,
            text=passage.text,
            score=rounded(passage.score),
            reading=rounded(passage.reading),
            covers=covers,
        )
        for passage, covers in zip(reply.retrieved, coverage.covers, strict=True)
    )


def _stage(question: GoldQuestion, reply: Reply, coverage: Coverage) -> Stage:
    """Return the first step that failed on the way to a wrong answer."""
    if not question.answerable:
        return Stage.WRONGLY_ANSWERED
    answered = reply.outcome is Outcome.ANSWERED
    if reply.retrieved is None:
        return Stage.WRONGLY_ANSWERED if answered else Stage.WRONGLY_WITHHELD
    found = [
        passage for passage, held in zip(reply.retrieved, coverage.covers, strict=True) if held
    ]
    if not found:
        return Stage.NOT_RETRIEVED
    says_what_it_read = any(passage.reading is not None for passage in reply.retrieved)
    if says_what_it_read and all(passage.reading is None for passage in found):
        return Stage.NOT_READ
    return Stage.NOT_QUOTED if answered else Stage.WRONGLY_WITHHELD
