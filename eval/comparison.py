"""Two evaluations side by side: which figures differ, how surely, and on which questions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np

from eval.conditions import Condition, ConditionDifference, conditions_of, differences
from eval.metrics.base import Draws, Metric, Points
from eval.records import QuestionResult
from eval.run import Evaluation
from eval.statistics.bootstrap import RESAMPLES, draw_weights, interval_of
from eval.statistics.multiple import holm
from eval.statistics.permutation import PermutationTest, permutation_test
from eval.summary import all_metrics
from index.errors import RunsUnlike

ALPHA = 0.05
"""How often, at most, one or more differences are claimed where there is none."""
REWORDED = "p"
"""What the id of a question in other words ends with, behind that of the question itself."""


class Verdict(StrEnum):
    """What is said of B, held against A."""

    BETTER = "better"
    WORSE = "worse"
    NO_DIFFERENCE = "no difference shown"
    NOT_TESTED = "not tested"
    """Latency and usage: two runs differ in what else the machine did, question by question."""
    NO_DATA = "no data"


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricDifference:
    """One metric of both runs."""

    metric: Metric
    a: float | None
    b: float | None
    difference: float | None = None
    """b - a; None where either has no data."""
    low: float | None = None
    high: float | None = None
    test: PermutationTest | None = None
    """None where it is not tested."""
    p_adjusted: float | None = None
    """Holm's, over the metrics that were tested."""

    @property
    def name(self) -> str:
        """The metric's group and name."""
        return f"{self.metric.group}/{self.metric.name}"

    @property
    def verdict(self) -> Verdict:
        """What is said of B."""
        if self.difference is None:
            return Verdict.NO_DATA
        if self.p_adjusted is None:
            return Verdict.NOT_TESTED
        if self.p_adjusted >= ALPHA:
            return Verdict.NO_DIFFERENCE
        up = self.difference > 0
        return Verdict.BETTER if up == (self.metric.better == "higher") else Verdict.WORSE


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionPair:
    """A question as both runs answered it."""

    a: QuestionResult
    b: QuestionResult


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """Ids of the questions that the runs do not have in common."""

    only_a: tuple[str, ...]
    only_b: tuple[str, ...]
    changed: tuple[str, ...]
    """In both, but with another text or other gold answers, items or evidence."""

    def __len__(self) -> int:
        """How many there are."""
        return len(self.only_a) + len(self.only_b) + len(self.changed)


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """What two runs say about each other."""

    a: Evaluation
    b: Evaluation
    pairs: tuple[QuestionPair, ...]
    """By question id."""
    left_out: LeftOut
    metrics: tuple[MetricDifference, ...]
    differs: tuple[ConditionDifference, ...]
    """In what the runs were made of."""

    @property
    def fixed(self) -> tuple[QuestionPair, ...]:
        """The questions that A has wrong and B right."""
        return tuple(pair for pair in self.pairs if pair.b.correct > pair.a.correct)

    @property
    def broken(self) -> tuple[QuestionPair, ...]:
        """The questions that A has right and B wrong."""
        return tuple(pair for pair in self.pairs if pair.a.correct > pair.b.correct)

    @property
    def both_right(self) -> int:
        """How many questions both have right."""
        return sum(pair.a.correct and pair.b.correct for pair in self.pairs)

    @property
    def both_wrong(self) -> int:
        """How many questions neither has right."""
        return sum(not (pair.a.correct or pair.b.correct) for pair in self.pairs)

    @property
    def family(self) -> tuple[MetricDifference, ...]:
        """The metrics over which p-values are adjusted."""
        return tuple(found for found in self.metrics if found.test and found.test.telling)

    @property
    def warnings(self) -> tuple[str, ...]:
        """What a reader must know before the figures."""
        if not len(self.left_out):
            return ()
        parts = {
            "only in A": self.left_out.only_a,
            "only in B": self.left_out.only_b,
            "with another text, other gold answers, items or evidence": self.left_out.changed,
        }
        why = ", ".join(f"{len(ids)} {reason}" for reason, ids in parts.items() if ids)
        noun = "question is" if len(self.left_out) == 1 else "questions are"
        rest = "1 is" if len(self.pairs) == 1 else f"{len(self.pairs)} are"
        return (f"{len(self.left_out)} {noun} left out: {why}; {rest} compared",)

    @property
    def same(self) -> bool:
        """Whether every metric of quality is the same, and no swap of answers would change that."""
        shares = [one for one in self.metrics if one.metric.unit == "share"]
        return not self.family and all(one.a == one.b for one in shares)


def compare(a: Evaluation, b: Evaluation, *, reworded: bool = False) -> Comparison:
    """Return how B does against A on the questions that both have; their order does not matter.

    `reworded`: B asks A's questions in other words. Raises: RunsUnlike where they have none in
    common.
    """
    pairs, left_out = pair_questions(a, b, reworded=reworded)
    return Comparison(
        a=a,
        b=b,
        pairs=pairs,
        left_out=left_out,
        metrics=compare_metrics(pairs),
        differs=differences(_made_of(a), _made_of(b)),
    )


def pair_questions(
    a: Evaluation, b: Evaluation, *, reworded: bool = False
) -> tuple[tuple[QuestionPair, ...], LeftOut]:
    """Return the questions that are the same in both, by id, and which ones are not.

    The same means: text, whether it is answerable, gold answers, whether a list is asked for, and
    gold evidence, the day and the conversation that it was asked with. Reworded, its text may be
    another one, and B's id is A's with a `p` behind it.
    """
    if reworded:
        named = (replace(row, id=row.id.removesuffix(REWORDED)) for row in b.questions)
        b = replace(b, questions=tuple(named))
    of_a, of_b = _by_id(a, "A"), _by_id(b, "B")
    shared = sorted(of_a.keys() & of_b.keys())
    same = [one for one in shared if _same(of_a[one], of_b[one], reworded=reworded)]
    if not same:
        raise RunsUnlike(
            f"the runs have no question in common (A: {a.gold.name}, B: {b.gold.name})",
            hint="compare two runs of one gold set",
        )
    left_out = LeftOut(
        only_a=tuple(sorted(of_a.keys() - of_b.keys())),
        only_b=tuple(sorted(of_b.keys() - of_a.keys())),
        changed=tuple(sorted(set(shared) - set(same))),
    )
    return tuple(QuestionPair(a=of_a[one], b=of_b[one]) for one in same), left_out


def compare_metrics(
    pairs: Sequence[QuestionPair], *, resamples: int = RESAMPLES
) -> tuple[MetricDifference, ...]:
    """Return every metric of both sides, in the order of reports.

    Tested, and adjusted together, are the metrics of quality: those that are shares. One in which
    no swap of answers could make a difference has p = 1 and takes no part in the adjustment, since
    it could never be rejected (Tarone, "A Modified Bonferroni Method for Discrete Data",
    Biometrics 46(2), 1990).
    """
    draws = draw_weights(len(pairs), resamples)
    found = [_compare_metric(metric, pairs, draws) for metric in all_metrics()]
    p_values = iter(holm([one.test.p for one in found if one.test and one.test.telling]))
    return tuple(_adjusted(one, p_values) for one in found)


def _compare_metric(
    metric: Metric, pairs: Sequence[QuestionPair], draws: Draws
) -> MetricDifference:
    a, b = metric.points([pair.a for pair in pairs]), metric.points([pair.b for pair in pairs])
    everyone = np.ones(len(pairs))
    of_a, of_b = metric.weighted(a, everyone), metric.weighted(b, everyone)
    if of_a is None or of_b is None:
        return MetricDifference(metric=metric, a=of_a, b=of_b)
    low, high = _difference_interval(metric, a, b, draws)
    return MetricDifference(
        metric=metric,
        a=of_a,
        b=of_b,
        difference=of_b - of_a,
        low=low,
        high=high,
        test=permutation_test(metric, a, b) if metric.unit == "share" else None,
    )


def _difference_interval(
    metric: Metric, a: Points, b: Points, draws: Draws
) -> tuple[float | None, float | None]:
    """Return the 95 % interval of metric(b) - metric(a): both are drawn the same questions."""
    if np.array_equal(a, b, equal_nan=True):
        return 0.0, 0.0
    sides = zip(metric.resampled(a, draws), metric.resampled(b, draws), strict=True)
    return interval_of([None if x is None or y is None else y - x for x, y in sides])


def _adjusted(one: MetricDifference, p_values: Iterator[float]) -> MetricDifference:
    if one.test is None:
        return one
    return replace(one, p_adjusted=next(p_values) if one.test.telling else 1.0)


def _by_id(evaluation: Evaluation, side: str) -> dict[str, QuestionResult]:
    counts = Counter(row.id for row in evaluation.questions)
    repeated = next((one for one, count in counts.items() if count > 1), None)
    if repeated is not None:
        raise RunsUnlike(f"{side} has the question {repeated!r} more than once")
    return {row.id: row for row in evaluation.questions}


def _same(a: QuestionResult, b: QuestionResult, *, reworded: bool) -> bool:
    return (reworded or a.question == b.question) and _asked(a) == _asked(b)


def _asked(row: QuestionResult) -> tuple[object, ...]:
    """Return what, beside its text, makes a question the same one."""
    evidence = sorted((piece.article, piece.quote) for piece in row.evidence)
    asks_list = row.list_recall is not None
    gold = (row.answerable, sorted(row.gold_answers), asks_list, evidence)
    return row.as_of, row.conversation, *gold


def _made_of(evaluation: Evaluation) -> dict[str, Condition]:
    identity: dict[str, Condition] = {
        "target": evaluation.target,
        "version": evaluation.provenance.version,
    }
    return identity | conditions_of(
        evaluation.gold, evaluation.provenance, questions=len(evaluation.questions)
    )
