"""What a failed comparison says of its questions."""

from __future__ import annotations

from api.pytest_scores import Scores
from eval.records import JudgedSentence, QuestionResult
from eval.run import summed_up
from tests.eval.runs import PROVENANCE, SOURCE, citations, row

ROWS = (
    row("a", short_answer="1901", citations=citations(True, False, False)),
    row("b", correct=False, short_answer="1902", citations=citations(False)),
    row("c", correct=False, outcome=None, error="broke"),
    row("d", answerable=False),
)
SENTENCES = tuple(
    JudgedSentence(text="words", citations=(1,), supported=supported) for supported in (True, False)
)


def scores(*rows: QuestionResult) -> Scores:
    """Return the scores of `ROWS`, or of these."""
    return Scores(
        summed_up(rows or ROWS, target="engine", source=SOURCE, provenance=PROVENANCE, resamples=50)
    )


def test_citations_of_a_right_answer_are_counted_and_the_answer_is_not_called_wrong() -> None:
    interval, worst, *told = scores().citation_precision.explanation
    assert interval.endswith(", 2 questions")
    assert worst == "worst: b, a"
    assert told == [
        "b: What about b? -> '1902', not '1901', 0 of 1 citations support",
        "a: What about a? -> '1901', 1 of 3 citations support",
    ]


def test_sentences_and_quotes_are_counted_for_the_metrics_that_look_at_them() -> None:
    cited = row("a", citations=citations(True, True), sentences=SENTENCES)
    found = scores(cited)
    assert found.citation_recall.explanation[-1].endswith(
        "'answer to a', 1 of 2 sentences supported"
    )
    assert found.citation_precision.explanation[1:] == ()


def test_the_questions_are_those_that_the_metric_looks_at() -> None:
    assert scores().accuracy.explanation[0].endswith(", 3 questions")
    assert scores().overall_accuracy.explanation[0].endswith(", 4 questions")
    assert scores(ROWS[1]).accuracy.explanation == (
        "95 % interval 0 to 0, 1 question",
        "worst: b",
        "b: What about b? -> '1902', not '1901'",
    )
    assert repr(scores(ROWS[0])) == "<gold.jsonl: 1 question, 0 of them wrong>"
