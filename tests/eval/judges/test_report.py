from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.gold import GoldQuestion
from eval.judges.agreement import agreement_of, deterministic_verdict
from eval.judges.base import Case, JudgeKind, Progress, Verdict
from eval.judges.cases import cases_of, reference_answer
from eval.judges.report import (
    judge_document,
    judge_notes,
    judge_rows,
    judge_table,
    read_judges,
)
from eval.records import QuestionResult
from index.errors import InputError
from rag.records import Answer
from tests.eval.fakes import (
    FakeTarget,
    abstained,
    answered,
    citation,
    evaluate,
    gold,
    passage,
    right_answer,
)

FIRE = "It burned down in 1901."
GOLD = [
    gold("right"),
    gold("wrong"),
    gold("silent"),
    gold("failed"),
    gold("none", answers=()),
]


def answer(question: GoldQuestion) -> Answer | Exception:
    match question.id:
        case "right":
            return right_answer(question)
        case "silent":
            return abstained(retrieved=[passage("a1", 0, 66)])
        case "failed":
            return ValueError("no luck")
    return answered(citation(1, "a3", "Ships waited."), retrieved=[passage("a3", 0, 30)])


def rows() -> tuple[QuestionResult, ...]:
    return evaluate(GOLD, FakeTarget(answer)).questions


class Canned:
    """Says what it is told by judge and question id; remembers its cases."""

    name = "canned"

    def __init__(self, values: Mapping[tuple[str, str], float | None]) -> None:
        self._values = values
        self.cases: list[Case] = []
        self.parallel = 0

    def judge(
        self, cases: Sequence[Case], *, parallel: int = 1, on_progress: Progress | None = None
    ) -> list[Verdict]:
        """Return the verdicts."""
        self.cases += cases
        self.parallel = parallel
        verdicts = []
        for done, case in enumerate(cases, start=1):
            value = self._values.get((case.kind, case.question_id), 1.0)
            verdicts.append(Verdict(value=value, reason="broke" if value is None else None))
            if on_progress is not None:
                on_progress(done, len(cases))
        return verdicts


def test_only_answers_are_judged() -> None:
    judged = rows()
    asked = {kind: [c.question_id for c in cases_of(kind, judged, GOLD)] for kind in JudgeKind}
    assert asked == {
        JudgeKind.FAITHFULNESS: ["right", "wrong", "none"],
        JudgeKind.RELEVANCY: ["right", "wrong", "none"],
        JudgeKind.CORRECTNESS: ["right", "wrong"],
    }


def test_faithfulness_sees_what_was_cited_and_relevancy_what_was_retrieved() -> None:
    [faithful, *_] = cases_of(JudgeKind.FAITHFULNESS, rows(), GOLD)
    assert faithful.contexts == (
        "The mill opened in 1842. It burned down in 1901. Nobody was hurt.",
    )
    assert faithful.answer == FIRE
    assert faithful.reference is None
    _, relevant, _ = cases_of(JudgeKind.RELEVANCY, rows(), GOLD)
    assert relevant.contexts == ("The harbour froze for nine wee",)
    [row, *_] = rows()
    uncited, unretrieved = replace(row, citations=None), replace(row, retrieved=None)
    assert cases_of(JudgeKind.FAITHFULNESS, [uncited], GOLD)[0].contexts == (FIRE,)
    assert FIRE in cases_of(JudgeKind.RELEVANCY, [unretrieved], GOLD)[0].contexts[0]
    bare = replace(row, citations=None, retrieved=None)
    assert cases_of(JudgeKind.RELEVANCY, [bare], GOLD) == []
    assert len(cases_of(JudgeKind.CORRECTNESS, [bare], GOLD)) == 1


def test_the_reference_is_all_that_the_gold_set_knows() -> None:
    question = gold(answers=("1901", "in 1901")).model_copy(update={"items": ("fire", ("a", "b"))})
    assert reference_answer(question) == f"1901 / in 1901\nfire; a / b\n“{FIRE}”"
    assert reference_answer(gold(answers=())) is None


def test_judgements_stand_in_the_rows_and_failures_are_counted() -> None:
    model = Canned({("faithfulness", "wrong"): None, ("correctness", "wrong"): 0.25})
    before = rows()
    told: list[tuple[int, int]] = []
    after, report = judge_rows(before, GOLD, model, on_progress=lambda *now: told.append(now))
    assert told[-1] == (8, 8)
    assert [dict(row.judgements) for row in after] == [
        {"faithfulness": 1.0, "relevancy": 1.0, "correctness": 1.0},
        {"relevancy": 1.0, "correctness": 0.25},
        {},
        {},
        {"faithfulness": 1.0, "relevancy": 1.0},
    ]
    assert [replace(row, judgements={}) for row in after] == list(before)
    faithful, relevant, correct = report.judges
    assert (faithful.n, faithful.mean, faithful.failures) == (2, 1.0, 1)
    assert (relevant.n, relevant.mean, relevant.failures) == (3, 1.0, 0)
    assert (correct.n, correct.mean, correct.failures) == (2, 0.625, 0)
    assert report.warnings == ("1 of 8 judgements failed: broke",)
    assert report.model == "canned"


def test_agreement_is_counted_against_the_deterministic_verdict() -> None:
    model = Canned({("correctness", "wrong"): 0.25, ("relevancy", "wrong"): 0.0})
    _, report = judge_rows(rows(), GOLD, model)
    faithful, relevant, correct = (summary.agreement for summary in report.judges)
    assert (correct.n, correct.both, correct.neither, correct.kappa) == (2, 1, 1, 1.0)
    assert (faithful.n, faithful.both, faithful.judge_only, faithful.kappa) == (2, 1, 1, 0.0)
    assert (relevant.both, relevant.judge_only, relevant.neither) == (1, 1, 1)
    assert relevant.kappa == pytest.approx(0.4)


def test_judges_can_be_chosen_and_without_answers_nobody_is_asked() -> None:
    model = Canned({})
    _, report = judge_rows(rows(), GOLD, model, kinds=[JudgeKind.CORRECTNESS], parallel=3)
    assert model.parallel == 3
    assert [summary.judge for summary in report.judges] == ["correctness"]
    assert {case.kind for case in model.cases} == {JudgeKind.CORRECTNESS}
    silent = Canned({})
    found, nothing = judge_rows(rows()[2:4], GOLD, silent)
    assert silent.cases == []
    assert [(s.n, s.mean, s.agreement.kappa) for s in nothing.judges] == [(0, None, None)] * 3
    assert nothing.judges[0].agreement.undefined == "no answer has both verdicts"
    assert [row.judgements for row in found] == [{}, {}]


def test_where_nothing_can_be_told_there_is_no_deterministic_verdict() -> None:
    [row, *_, unanswerable] = rows()
    blind = replace(row, citations=None, retrieved=None)
    assert deterministic_verdict(JudgeKind.FAITHFULNESS, blind) is None
    assert deterministic_verdict(JudgeKind.RELEVANCY, blind) is None
    assert deterministic_verdict(JudgeKind.FAITHFULNESS, unanswerable) is None
    assert deterministic_verdict(JudgeKind.RELEVANCY, unanswerable) is False
    assert deterministic_verdict(JudgeKind.CORRECTNESS, row) is True


def test_kappa_is_undefined_where_both_always_say_the_same() -> None:
    found = agreement_of([(True, True)] * 3)
    assert (found.kappa, found.both) == (None, 3)
    assert found.undefined == "both always say yes, as they would by chance"
    assert agreement_of([(False, False)]).undefined == "both always say no, as they would by chance"
    assert agreement_of([(True, False)]).kappa == 0.0


@given(st.lists(st.tuples(st.booleans(), st.booleans()), max_size=30))
def test_kappa_is_as_cohen_defined_it(pairs: list[tuple[bool, bool]]) -> None:
    found = agreement_of(pairs)
    assert found.n == found.both + found.judge_only + found.deterministic_only + found.neither
    if not pairs:
        assert found.kappa is None
        return
    n = len(pairs)
    observed = sum(a == b for a, b in pairs) / n
    yes = sum(a for a, _ in pairs) * sum(b for _, b in pairs) / n**2
    no = sum(not a for a, _ in pairs) * sum(not b for _, b in pairs) / n**2
    if yes + no == 1:
        assert found.kappa is None
        assert found.undefined
    else:
        assert found.kappa == pytest.approx((observed - yes - no) / (1 - yes - no), abs=1e-6)
        assert -1.0 <= (found.kappa or 0.0) <= 1.0
        assert found.undefined is None


def test_the_report_is_a_table_and_a_document() -> None:
    _, report = judge_rows(rows(), GOLD, Canned({("relevancy", "none"): None}))
    title, headings, table = judge_table(report)
    assert title == "Judged by canned: an opinion, no metric"
    assert headings == ["judge", "held against", "mean", "n", "failed", "agree", "kappa"]
    assert table == [
        ["faithfulness", "all sentences supported", "1.000", "3", "0", "1/2", "0.000"],
        ["relevancy", "evidence retrieved", "1.000", "2", "1", "1/2", "0.000"],
        ["correctness", "gold answer in it", "1.000", "2", "0", "1/2", "0.000"],
    ]
    assert judge_notes(report) == []
    _, happy = judge_rows(rows()[:1], GOLD, Canned({}))
    assert [row[-1] for row in judge_table(happy)[2]] == ["–"] * 3
    assert judge_notes(happy)[0] == (
        "no kappa for faithfulness: both always say yes, as they would by chance"
    )
    _, silent = judge_rows(rows()[2:3], GOLD, Canned({}))
    assert {row[2] for row in judge_table(silent)[2]} == {"–"}
    document = json.loads(json.dumps(judge_document(report), allow_nan=False))
    assert document["judges"][0]["judge"] == "faithfulness"
    assert read_judges(document) == report
    with pytest.raises(InputError, match="what judges said cannot be read: 'model' is missing"):
        read_judges({"judges": []})
