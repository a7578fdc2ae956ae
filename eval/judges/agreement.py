"""How far a judge agrees with the deterministic verdict, beyond what chance would give."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from eval.judges.base import JudgeKind
from eval.records import QuestionResult, rounded

THRESHOLDS = {
    JudgeKind.FAITHFULNESS: 0.5,
    JudgeKind.RELEVANCY: 0.5,
    JudgeKind.CORRECTNESS: 0.75,
}
"""The least value that counts as a yes. Of correctness it is 4 on the judge's scale of 1 to 5, as
LlamaIndex has it."""

DETERMINISTIC = {
    JudgeKind.FAITHFULNESS: "all sentences supported",
    JudgeKind.RELEVANCY: "evidence retrieved",
    JudgeKind.CORRECTNESS: "gold answer in it",
}
"""What each judge is held against."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """A judge's verdicts beside the deterministic ones, over the answers that have both."""

    n: int
    kappa: float | None
    """Cohen's kappa (Cohen, 1960): 1 is perfect, 0 what chance gives; None if undefined."""
    undefined: str | None
    """Why there is no kappa."""
    both: int
    """Both say yes."""
    judge_only: int
    deterministic_only: int
    neither: int


def deterministic_verdict(kind: JudgeKind, row: QuestionResult) -> bool | None:
    """Return what the deterministic metrics say to the same question; None where they cannot."""
    match kind:
        case JudgeKind.FAITHFULNESS:
            if not row.answerable or row.citations is None or not row.sentences:
                return None  # support is judged against gold evidence
            return all(sentence.supported for sentence in row.sentences)
        case JudgeKind.RELEVANCY:
            if row.retrieved is None:
                return None
            return row.evidence_rank is not None
        case JudgeKind.CORRECTNESS:
            return row.correct


def agreement_of(pairs: Sequence[tuple[bool, bool]]) -> Agreement:
    """Return how pairs of judge's and deterministic verdict agree. Their order does not matter."""
    kappa, undefined = _kappa(pairs)
    return Agreement(
        n=len(pairs),
        kappa=rounded(kappa),
        undefined=undefined,
        both=pairs.count((True, True)),
        judge_only=pairs.count((True, False)),
        deterministic_only=pairs.count((False, True)),
        neither=pairs.count((False, False)),
    )


def _kappa(pairs: Sequence[tuple[bool, bool]]) -> tuple[float | None, str | None]:
    if not pairs:
        return None, "no answer has both verdicts"
    if len({verdict for pair in pairs for verdict in pair}) == 1:
        said = "yes" if pairs[0][0] else "no"
        return None, f"both always say {said}, as they would by chance"
    from sklearn.metrics import cohen_kappa_score

    judged, deterministic = zip(*pairs, strict=True)
    return float(cohen_kappa_score(judged, deterministic, labels=[False, True])), None
