"""Rows and evaluations made by hand, for what compares and gates them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from hypothesis import strategies as st

from eval.gold import GoldSource
from eval.records import JudgedCitation, JudgedSentence, QuestionResult, Stage
from eval.run import Evaluation, summed_up
from eval.targets.base import Corpus, Provenance
from rag.records import Outcome

SOURCE = GoldSource(name="gold.jsonl", sha256="ab" * 32)
PROVENANCE = Provenance(
    version="1.0",
    corpus=Corpus(fingerprint="cd" * 32, articles=3, passages=7),
    models={"embedding": "mini@01"},
    settings={"depth": 100, "weight": 0.5, "threshold": None, "strict": True},
)


def row(
    question_id: str, *, correct: bool = True, answerable: bool = True, **more: Any
) -> QuestionResult:
    """Return a row; an answerable question has been answered, another withheld if correct."""
    answered = answerable or not correct
    given: dict[str, Any] = {
        "question": f"What about {question_id}?",
        "gold_answers": ("1901",) if answerable else (),
        "outcome": Outcome.ANSWERED if answered else Outcome.NOT_FOUND,
        "answer": f"answer to {question_id}" if answered else "Not found.",
        "confidence": 0.8 if answered else 0.1,
        "milliseconds": 5.0,
        "stage": None if correct else Stage.NOT_QUOTED if answerable else Stage.WRONGLY_ANSWERED,
    }
    return QuestionResult(id=question_id, answerable=answerable, correct=correct, **(given | more))


def citations(*supporting: bool) -> tuple[JudgedCitation, ...]:
    """Return exact citations that support, or not."""
    return tuple(
        JudgedCitation(n=n, quote="words", article="a1", exact=True, supporting=one)
        for n, one in enumerate(supporting, start=1)
    )


def evaluation(
    rows: Sequence[QuestionResult],
    *,
    source: GoldSource = SOURCE,
    provenance: Provenance = PROVENANCE,
    target: str = "engine",
) -> Evaluation:
    """Return what the rows amount to, without intervals."""
    return summed_up(rows, target=target, source=source, provenance=provenance, resamples=0)


def marked(flags: Mapping[str, bool] | Sequence[bool], **more: Any) -> Evaluation:
    """Return the evaluation of answerable questions with these rights and wrongs."""
    named = flags if isinstance(flags, Mapping) else {f"q{n:03}": f for n, f in enumerate(flags)}
    return evaluation([row(name, correct=flag) for name, flag in named.items()], **more)


@st.composite
def rows(draw: st.DrawFn, question_id: str, answerable: bool) -> QuestionResult:
    """Return any row that judging could make of the question."""
    outcome = draw(st.sampled_from([Outcome.ANSWERED, Outcome.NOT_FOUND, None]))
    answered = outcome is Outcome.ANSWERED
    cited = citations(*draw(st.lists(st.booleans(), max_size=3))) if answered else ()
    scores = st.sampled_from([0.0, 0.25, 0.333333, 0.5, 1.0])
    return row(
        question_id,
        answerable=answerable,
        correct=answered and draw(st.booleans()) if answerable else outcome is Outcome.NOT_FOUND,
        outcome=outcome,
        error="broke" if outcome is None else None,
        confidence=None if outcome is None else draw(scores),
        em=draw(scores) if answerable else None,
        f1=draw(scores) if answerable else None,
        citations=None if outcome is None else cited,
        sentences=tuple(
            JudgedSentence(text="words", citations=(one.n,), supported=one.supporting)
            for one in cited
        ),
        milliseconds=None if outcome is None else draw(st.floats(1, 1000)),
    )


@st.composite
def two_runs(draw: st.DrawFn, most: int = 9) -> tuple[Evaluation, Evaluation]:
    """Return two evaluations of the same questions."""
    flags = draw(st.lists(st.booleans(), min_size=1, max_size=most))
    sides = [
        evaluation([draw(rows(f"q{n}", flag)) for n, flag in enumerate(flags)]) for _ in range(2)
    ]
    return sides[0], sides[1]
