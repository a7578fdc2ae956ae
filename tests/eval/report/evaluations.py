"""Evaluations to report on: one with something of everything, one of hostile text, a long one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cache

from eval.judges.agreement import agreement_of
from eval.judges.base import JudgeKind
from eval.judges.report import JudgeReport, JudgeSummary, judge_document
from eval.records import QuestionResult
from eval.run import Evaluation, summed_up
from eval.targets.base import Corpus, Provenance
from rag.records import Answer
from tests.eval.fakes import (
    SOURCE,
    FakeTarget,
    abstained,
    answered,
    citation,
    evaluate,
    gold,
    passage,
    right_answer,
    sentence_passage,
)

FIRE = "It burned down in 1901."
THAW = "The thaw came in April."
RESAMPLES = 50
JUDGES = JudgeReport(
    model="opinionated",
    judges=(
        JudgeSummary(
            judge=JudgeKind.CORRECTNESS,
            n=1,
            mean=0.75,
            failures=0,
            threshold=0.75,
            held_against="a gold answer is in the answer",
            agreement=agreement_of([(True, True)]),
        ),
    ),
)

HOSTILE = (
    "</script><script>document.title = 'taken over'</script>"
    "<img src=x onerror=\"document.title='taken over'\"> \u2028 \u2029 \u202e "
    "| **bold** `code` [b]red[/b] [link](https://evil.example) www.evil.example @somebody #12 "
    "\x1b[31m \x00 \x08 ]]> &amp; {{ 7 * 7 }}"
)
RIGHT_TO_LEFT = "عُقد الاجتماع في المدينة القديمة"


@cache
def varied() -> Evaluation:
    """Return an evaluation with a question for each stage, and right ones."""
    questions = [
        gold("right", tags=["mill", "date"]),
        gold("unread", answers=["April"], evidence=[("a3", THAW)], tags=["harbour"]),
        gold("missed", answers=["April"], evidence=[("a3", THAW)], tags=["harbour"]),
        gold("unquoted", tags=["mill"]),
        gold("withheld", tags=["mill"]),
        gold("invented", answers=(), tags=["none"]),
        gold("silent", answers=(), tags=["none"]),
        gold("broken", evidence=[("a1", FIRE), ("a9", "x | y")]),
    ]
    fire, opened = sentence_passage("a1", FIRE), passage("a1", 0, 24)
    ships = citation(1, "a3", "Ships waited.")
    said: Mapping[str, Answer | Exception] = {
        "right": right_answer(questions[0]),
        "unread": answered(
            ships,
            confidence=0.4,
            retrieved=[
                replace(passage("a3", 0, 34), reading=0.7),
                replace(sentence_passage("a3", THAW), reading=None),
            ],
        ),
        "missed": answered(ships, confidence=0.7, retrieved=[opened]),
        "unquoted": answered(
            citation(1, "a1", "Nobody was hurt.", shift=1), confidence=0.8, retrieved=[opened, fire]
        ),
        "withheld": abstained(confidence=0.2, retrieved=[opened, fire]),
        "invented": answered(ships, confidence=0.6, retrieved=[passage("a3", 0, 34)]),
        "silent": abstained(confidence=0.05, retrieved=[opened]),
        "broken": RuntimeError("the line | went [b]dead[/b]"),
    }
    found = evaluate(questions, FakeTarget(lambda question: said[question.id]))
    provenance = Provenance(
        version="9.9.9",
        corpus=Corpus(fingerprint="f" * 64, articles=3, passages=7),
        models={"embedding": "tiny@1234"},
        settings={"depth": 10, "reranker": None},
    )
    rows = [
        replace(row, judgements={"correctness": 0.75}) if row.id == "right" else row
        for row in found.questions
    ]
    made = again(found, rows, provenance=provenance, warnings=found.warnings)
    return replace(made, judges=judge_document(JUDGES))


@cache
def hostile() -> Evaluation:
    """Return an evaluation in which everything that others wrote is made to break reports."""
    texts = {"a1": f"{HOSTILE} {RIGHT_TO_LEFT}. It burned down in 1901. {HOSTILE}"}
    question = gold("q", answers=["1901", HOSTILE], evidence=[("a1", FIRE)])
    question = question.model_copy(update={"question": HOSTILE, "tags": (HOSTILE,)})
    start = texts["a1"].index(FIRE)
    cited = replace(
        citation(1, "a1", FIRE),
        title=HOSTILE,
        publisher=HOSTILE,
        url="javascript:alert(1)",
        start=start,
        end=start + len(FIRE),
    )
    held = replace(
        passage("a1", 0, 5), text=texts["a1"], title=HOSTILE, start=0, end=len(texts["a1"])
    )
    answer = answered(cited, short_answer=HOSTILE, retrieved=[held])
    found = evaluate([question], FakeTarget(lambda _: answer, texts))
    (row,) = found.questions
    rows = [
        replace(row, id=f"q {HOSTILE}"),
        replace(row, id="wrong", correct=False, answer=HOSTILE, stage=None),
        replace(row, id="failed", correct=False, outcome=None, error=HOSTILE),
        replace(row, id="arabic", question=RIGHT_TO_LEFT, tags=()),
    ]
    return again(found, rows, target=HOSTILE, warnings=(HOSTILE,))


@cache
def long(count: int = 130) -> Evaluation:
    """Return an evaluation of so many questions, all but every tenth wrong."""
    found = varied()
    withheld = next(row for row in found.questions if row.id == "withheld")
    right = next(row for row in found.questions if row.id == "right")
    rows = [
        replace(
            withheld if n % 10 else right,
            id=f"q{n:04}",
            question=f"What about <b>number {n}</b>? {HOSTILE * 3}",
            milliseconds=10.0 + n,
        )
        for n in range(count)
    ]
    return again(found, rows, warnings=tuple(f"{HOSTILE} {n}" for n in range(60)))


def again(
    evaluation: Evaluation,
    rows: list[QuestionResult] | tuple[QuestionResult, ...],
    *,
    target: str | None = None,
    provenance: Provenance | None = None,
    warnings: tuple[str, ...] = (),
) -> Evaluation:
    """Return an evaluation of these rows."""
    return summed_up(
        rows,
        target=target or evaluation.target,
        source=SOURCE,
        provenance=provenance or evaluation.provenance,
        warnings=warnings,
        resamples=RESAMPLES,
    )
