"""From the rows of an evaluation to what is put before a judge."""

from __future__ import annotations

from collections.abc import Sequence

from eval.gold import GoldQuestion
from eval.judges.base import Case, JudgeKind
from eval.records import QuestionResult


def cases_of(
    kind: JudgeKind, rows: Sequence[QuestionResult], gold: Sequence[GoldQuestion]
) -> list[Case]:
    """Return the rows that the judge can be asked about, in order.

    Only answers are judged: no abstention, nothing that failed. Faithfulness and relevancy want
    texts to hold the answer against, correctness a gold answer.
    """
    asked = {question.id: question for question in gold}
    cases = []
    for row in rows:
        answer = " ".join(sentence.text for sentence in row.sentences) or (row.answer or "").strip()
        if not row.answered or not answer:
            continue
        contexts: tuple[str, ...] = ()
        reference = None
        if kind is JudgeKind.CORRECTNESS:
            reference = reference_answer(asked[row.id])
        else:
            contexts = _contexts(kind, row)
        if contexts or reference:
            cases.append(
                Case(
                    kind=kind,
                    question_id=row.id,
                    question=row.question,
                    answer=answer,
                    contexts=contexts,
                    reference=reference,
                )
            )
    return cases


def reference_answer(question: GoldQuestion) -> str | None:
    """Return the gold answer with its alternatives and its evidence; None if unanswerable."""
    if not question.answerable:
        return None
    lines = []
    if question.answers:
        lines.append(" / ".join(question.answers))
    if question.items:
        lines.append("; ".join(i if isinstance(i, str) else " / ".join(i) for i in question.items))
    lines += [f"“{evidence.quote}”" for evidence in question.evidence]
    return "\n".join(lines)


def _contexts(kind: JudgeKind, row: QuestionResult) -> tuple[str, ...]:
    """Return the texts that were cited for faithfulness, those retrieved for relevancy; without
    the one, the other."""
    cited = [f"{c.before}{c.quote}{c.after}" for c in row.citations or ()]
    retrieved = [passage.text for passage in row.retrieved or ()]
    first, second = cited, retrieved
    if kind is JudgeKind.RELEVANCY:
        first, second = retrieved, cited
    return tuple(dict.fromkeys(text for text in first or second if text.strip()))
