from __future__ import annotations

import io
import json
import random
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from rich.console import Console

from eval.comparison import Comparison, MetricDifference, Verdict, compare, compare_metrics
from eval.document import as_json
from eval.gold import GoldSource
from eval.records import JudgedEvidence, Stage
from eval.report.comparison import comparison_document, write_comparison
from eval.report.comparison_page import comparison_page
from eval.report.comparison_tables import comparison_markdown, escaped, print_comparison, signed
from eval.run import Evaluation
from eval.targets.base import Corpus
from index.errors import InputError, RunsUnlike
from rag.records import Outcome
from tests.eval.runs import PROVENANCE, citations, evaluation, marked, row, two_runs

MOVED = [
    "answer/accuracy",
    "answer/overall_accuracy",
    "abstention/aurc",
    "abstention/calibration_error",
]
"""What depends on which answers are right, where citations, ranks and confidences are the same."""


def found(comparison: Comparison, name: str) -> MetricDifference:
    return next(one for one in comparison.metrics if one.name == name)


def printed(comparison: Comparison, *, everything: bool = False, width: int = 80) -> str:
    console = Console(file=io.StringIO(), width=width, no_color=True)
    print_comparison(comparison, ("old/eval.json", "new [b]"), console, everything=everything)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


@pytest.fixture(scope="module")
def regression() -> Comparison:
    """Sixteen of thirty questions broken."""
    return compare(marked([True] * 30), marked([False] * 16 + [True] * 14))


def test_a_clear_regression_is_called_worse(regression: Comparison) -> None:
    accuracy = found(regression, "answer/accuracy")
    assert (accuracy.a, accuracy.b) == (1.0, 14 / 30)
    assert accuracy.difference == pytest.approx(-16 / 30)
    assert accuracy.test is not None
    assert (accuracy.test.differing, accuracy.test.exact) == (16, False)
    assert accuracy.p_adjusted is not None
    assert accuracy.test.p <= accuracy.p_adjusted < 0.01
    assert accuracy.verdict is Verdict.WORSE
    back = found(compare(regression.b, regression.a), "answer/accuracy")
    assert (back.verdict, back.p_adjusted) == (Verdict.BETTER, accuracy.p_adjusted)


def test_where_lower_is_better_a_rise_is_worse() -> None:
    sure = [row(f"q{n}", correct=n % 2 == 0, confidence=0.9) for n in range(30)]
    knowing = [replace(one, confidence=0.95 if one.correct else 0.05) for one in sure]
    found_error = found(compare(evaluation(knowing), evaluation(sure)), "abstention/aurc")
    assert found_error.difference is not None
    assert found_error.difference > 0
    assert found_error.verdict is Verdict.WORSE


def test_questions_in_other_words_are_held_against_the_first_ones() -> None:
    first = [
        row(f"q{n}", evidence=(JudgedEvidence(article="a1", quote="words", stored=True),))
        for n in range(4)
    ]
    other = [replace(one, id=f"{one.id}p", question=f"So, {one.id}?") for one in first]
    other[1] = replace(other[1], correct=False, stage=Stage.WRONGLY_WITHHELD)
    other[2] = replace(other[2], gold_answers=("1950",))
    other[3] = replace(other[3], id="new")
    comparison = compare(evaluation(first), evaluation(other), reworded=True)
    assert [(pair.a.id, pair.b.correct) for pair in comparison.pairs] == [
        ("q0", True),
        ("q1", False),
    ]
    left = comparison.left_out
    assert (left.only_a, left.only_b, left.changed) == (("q3",), ("new",), ("q2",))
    assert found(comparison, "answer/accuracy").difference == -0.5
    assert "  B asks: So, q1?" in printed(comparison)
    with pytest.raises(RunsUnlike, match="no question in common"):
        compare(evaluation(first), evaluation(other))
    twice = evaluation([first[0], other[0]])
    with pytest.raises(RunsUnlike, match="'q0' more than once"):
        compare(evaluation(first), twice, reworded=True)


def test_few_changes_show_no_difference() -> None:
    comparison = compare(marked([True] * 20), marked([False] * 2 + [True] * 18))
    accuracy = found(comparison, "answer/accuracy")
    assert accuracy.test is not None
    assert accuracy.test.p == 0.5  # both the same way: 2 of 4
    assert accuracy.verdict is Verdict.NO_DIFFERENCE
    assert "No difference shown" in printed(comparison)


def test_metrics_without_data_and_latency_have_no_verdict_of_quality() -> None:
    quick = evaluation([row(f"q{n}", milliseconds=1.0) for n in range(20)])
    slow = evaluation([row(f"q{n}", milliseconds=900.0) for n in range(20)])
    comparison = compare(quick, slow)
    latency, recall = found(comparison, "latency_ms/p50"), found(comparison, "abstention/recall")
    assert (latency.difference, latency.low, latency.high) == (899.0, 899.0, 899.0)
    assert (latency.test, latency.p_adjusted) == (None, None)
    assert latency.verdict is Verdict.NOT_TESTED
    assert (recall.a, recall.b, recall.difference, recall.test) == (None, None, None, None)
    assert recall.verdict is Verdict.NO_DATA


def test_data_on_one_side_only_is_no_data() -> None:
    bare = compare(marked([True]), evaluation([row("q000", citations=citations(True))]))
    precision = found(bare, "citation/precision")
    assert (precision.a, precision.b, precision.difference) == (None, 1.0, None)
    assert precision.verdict is Verdict.NO_DATA


def test_metrics_that_no_swap_could_move_are_left_out_of_the_adjustment(
    regression: Comparison,
) -> None:
    assert [one.name for one in regression.family] == MOVED
    accuracy = found(regression, "answer/accuracy")
    assert accuracy.test is not None
    assert accuracy.p_adjusted == pytest.approx(4 * accuracy.test.p)


def test_a_ratio_over_citations_is_tested_by_question() -> None:
    a = [row(f"q{n}", citations=citations(True, True, False)) for n in range(8)]
    b = [row(f"q{n}", citations=citations(True)) for n in range(8)]
    precision = found(compare(evaluation(a), evaluation(b)), "citation/precision")
    assert precision.a == pytest.approx(2 / 3)
    assert precision.b == 1.0
    assert precision.test is not None
    assert precision.test.p == 2 / 2**8


def test_the_interval_is_the_paired_one_of_scipy() -> None:
    stats = pytest.importorskip("scipy.stats")
    generator = np.random.default_rng(1)
    a, b = generator.random((2, 60)).round(3)
    runs = [evaluation([row(f"q{n:02}", f1=float(x)) for n, x in enumerate(s)]) for s in (a, b)]
    f1 = found(compare(*runs), "answer/f1")
    expected = stats.bootstrap(
        (a, b),
        lambda x, y, axis: np.mean(y, axis=axis) - np.mean(x, axis=axis),
        paired=True,
        method="percentile",
        n_resamples=9999,
        rng=np.random.default_rng(2),
    ).confidence_interval
    assert f1.difference == pytest.approx(np.mean(b) - np.mean(a))
    assert f1.low == pytest.approx(expected.low, abs=0.012)
    assert f1.high == pytest.approx(expected.high, abs=0.012)


@settings(max_examples=15)
@given(two_runs())
def test_a_run_does_not_differ_from_itself(runs: tuple[Evaluation, Evaluation]) -> None:
    comparison = compare(runs[0], runs[0])
    for one in comparison.metrics:
        assert one.difference in {None, 0.0}
        assert one.low in {None, 0.0}
        assert one.test is None or (one.test.p, one.p_adjusted) == (1.0, 1.0)
        assert one.verdict not in {Verdict.BETTER, Verdict.WORSE}
    assert (comparison.fixed, comparison.broken, comparison.family) == ((), (), ())


@settings(max_examples=8)
@given(two_runs(most=6))
def test_the_other_way_round_differences_turn_their_sign_and_p_stays(
    runs: tuple[Evaluation, Evaluation],
) -> None:
    there = [compare_metrics(compare(*pair).pairs, resamples=20) for pair in (runs, runs[::-1])]
    for one, back in zip(*there, strict=True):
        assert back.test == one.test
        assert back.p_adjusted == one.p_adjusted
        if one.test is not None:
            assert 0 < one.test.p <= (one.p_adjusted or 0) <= 1
        if one.difference is not None and back.difference is not None:
            assert back.difference == -one.difference
            assert (back.low, back.high) == (
                pytest.approx(-(one.high or 0)),
                pytest.approx(-(one.low or 0)),
            )


def test_the_same_files_give_the_same_bytes_whatever_the_order_of_questions() -> None:
    rows_a = [row(f"q{n}", correct=n % 3 > 0, f1=n / 7) for n in range(25)]
    rows_b = [row(f"q{n}", correct=n % 4 > 0, f1=n / 9) for n in range(25)]
    documents = []
    for seed in (None, None, 1, 2):
        sides = [list(rows_a), list(rows_b)]
        if seed is not None:
            for side in sides:
                random.Random(seed).shuffle(side)
        comparison = compare(*map(evaluation, sides))
        texts = (comparison_markdown(comparison), comparison_page(comparison), printed(comparison))
        documents.append((as_json(comparison_document(comparison)), *texts))
    assert len(set(documents)) == 1


def test_questions_are_paired_by_id_and_the_changed_ones_listed() -> None:
    a = marked({"right": True, "wrong": False, "lost": True, "won": False})
    b = marked({"won": True, "wrong": False, "right": True, "lost": False})
    comparison = compare(a, b)
    assert [pair.a.id for pair in comparison.fixed] == ["won"]
    assert [pair.b.id for pair in comparison.broken] == ["lost"]
    assert (comparison.both_right, comparison.both_wrong) == (1, 1)
    assert comparison.warnings == ()
    [broken] = comparison_document(comparison)["broken"]
    assert (broken["a"]["stage"], broken["b"]["stage"]) == (None, Stage.NOT_QUOTED)


def test_only_questions_that_are_the_same_are_compared() -> None:
    quoted = JudgedEvidence(article="a1", quote="It burned.", stored=True)
    rows_a = [row("same"), row("only-a"), row("reworded"), row("regraded"), row("requoted")]
    rows_b = [
        row("same", correct=False),
        row("only-b"),
        row("reworded", question="Something else?"),
        row("regraded", gold_answers=("1902",)),
        row("requoted", evidence=(quoted,)),
    ]
    comparison = compare(evaluation(rows_a), evaluation(rows_b))
    assert [pair.a.id for pair in comparison.pairs] == ["same"]
    assert comparison.left_out.only_a == ("only-a",)
    assert comparison.left_out.only_b == ("only-b",)
    assert comparison.left_out.changed == ("regraded", "requoted", "reworded")
    [warning] = comparison.warnings
    assert warning == (
        "5 questions are left out: 1 only in A, 1 only in B, 3 with another text, other gold "
        "answers, items or evidence; 1 is compared"
    )
    assert "warning: 5 questions" in printed(comparison)


def test_a_question_that_asks_for_a_list_in_one_run_only_is_left_out() -> None:
    a = evaluation([row("same"), row("list", list_recall=0.5)])
    b = evaluation([row("same"), row("list")])
    assert compare(a, b).left_out.changed == ("list",)
    assert compare(a, evaluation([row("same"), row("list", list_recall=1.0)])).warnings == ()


def test_the_same_runs_are_said_to_be_the_same() -> None:
    run = marked([True, False, True])
    same = "The runs are the same in every metric"
    for text in (printed(compare(run, run)), comparison_page(compare(run, run))):
        assert f"{same} (3 questions)." in text
    slow = evaluation([replace(one, milliseconds=9.0) for one in run.questions])
    assert f"{same} of quality (3 questions)." in printed(compare(run, slow))
    turned = compare(marked([True, False]), marked([False, True]))
    assert "No difference shown (" in printed(turned)


def test_evidence_found_at_another_rank_is_the_same_question() -> None:
    sides = [
        evaluation([row("q", evidence=(JudgedEvidence(article="a", quote="b", stored=s, rank=r),))])
        for s, r in ((True, 1), (None, None))
    ]
    assert len(compare(*sides).pairs) == 1


def test_runs_without_a_common_question_are_refused() -> None:
    other = marked({"x": True}, source=GoldSource(name="other.jsonl", sha256="00" * 32))
    with pytest.raises(RunsUnlike, match=r"no question in common \(A: gold.jsonl, B: other"):
        compare(marked({"y": True}), other)
    with pytest.raises(RunsUnlike, match="no question in common"):
        compare(evaluation([]), evaluation([]))


def test_a_question_that_is_there_twice_is_refused() -> None:
    with pytest.raises(RunsUnlike, match="B has the question 'q' more than once"):
        compare(marked({"q": True}), evaluation([row("q"), row("q")]))


def test_what_the_runs_are_made_of_is_held_against_each_other() -> None:
    other = replace(
        PROVENANCE,
        version="1.1",
        corpus=Corpus(fingerprint="ef" * 32, articles=3, passages=7),
        models={"embedding": "mini@02", "reranker": "big@03"},
        settings={"depth": 100, "weight": 0.9, "threshold": None, "strict": True},
    )
    comparison = compare(marked([True]), marked([True], provenance=other, target="http"))
    assert {one.what: (one.a, one.b) for one in comparison.differs} == {
        "target": ("engine", "http"),
        "version": ("1.0", "1.1"),
        "corpus": ("cd" * 32, "ef" * 32),
        "models.embedding": ("mini@01", "mini@02"),
        "models.reranker": (None, "big@03"),
        "settings.weight": (0.5, 0.9),
    }
    text = printed(comparison)
    assert "corpus: cdcdcdcdcdcd → efefefefefef" in text
    assert "models.reranker: unset → big@03" in text
    assert compare(marked([True]), marked([True])).differs == ()


def test_the_tables_fit_eighty_columns() -> None:
    rows_a = [row(f"q{n}", f1=n % 2 * 1.0, citations=citations(True, False)) for n in range(40)]
    rows_b = [row(f"q{n}", correct=n > 30, f1=0.5, citations=citations(True)) for n in range(40)]
    text = printed(compare(evaluation(rows_a), evaluation(rows_b)))
    table = text[text.index("metric ") : text.index("Of 40 questions")]
    assert max(map(len, table.splitlines())) <= 80
    [line] = [line for line in table.splitlines() if line.startswith("accuracy")]
    assert line.split()[:4] == ["accuracy", "1.000", "0.225", "-0.775"]
    assert line.split()[-2:] == ["<.001", "worse"]
    assert "calibration_error" in table


def test_the_terminal_cuts_long_lists_and_all_does_not() -> None:
    comparison = compare(marked([True] * 14), marked([False] * 14))
    assert "Broken by B: 14, the first 10 (--all shows the rest)" in printed(comparison)
    assert "q013" not in printed(comparison)
    assert "q013" in printed(comparison, everything=True)
    assert "abstention/recall" in printed(comparison, everything=True)


def test_answers_cannot_break_out_of_any_report() -> None:
    nasty = '[red]x[/red] <script>alert(1)</script> | @team `code` ![i](http://x) "q" \x1b[31m'
    b = evaluation([row("q|<b>", correct=False, answer=nasty, outcome=Outcome.ANSWERED)])
    comparison = compare(evaluation([row("q|<b>")]), b)
    terminal = printed(comparison)
    assert "[red]x[/red]" in terminal
    assert "\x1b" not in terminal
    markdown = comparison_markdown(comparison)
    [cells] = [line for line in markdown.splitlines() if "script" in line]
    assert cells.replace("\\|", "").count("|") == 5
    assert "\\<script\\>" in cells
    assert "@team" not in cells
    page = comparison_page(comparison)
    assert "<script" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "q|&lt;b&gt;" in page
    assert "\x1b" not in page


def test_markdown_markup_is_escaped() -> None:
    assert escaped("a_b *c*\n#1") == "a\\_b \\*c\\* \\#1"
    assert escaped("Success@10, @team") == "Success@10, @\u200bteam"


@pytest.mark.parametrize(
    ("value", "text"), [(0.25, "+0.250"), (-0.0004, "0.000"), (-0.5, "-0.500"), (0.0, "0.000")]
)
def test_differences_show_their_sign(value: float, text: str) -> None:
    assert signed(value, 3) == text


def test_the_files_are_written_together(regression: Comparison, tmp_path: Path) -> None:
    paths = write_comparison(regression, tmp_path / "new" / "out")
    assert [path.name for path in paths] == ["compare.json", "compare.md", "compare.html"]
    written = json.loads(paths[0].read_text("utf-8"))
    assert written == json.loads(as_json(comparison_document(regression)))
    assert (written["format"], written["n"]) == ("quoth-compare/1", 30)
    assert written["outcomes"] == {"both_right": 14, "both_wrong": 0, "fixed": 0, "broken": 16}
    assert written["method"]["family"] == MOVED
    accuracy = next(one for one in written["metrics"] if one["metric"] == "answer/accuracy")
    assert accuracy["difference"] == -0.533333
    assert accuracy["verdict"] == "worse"
    assert "**B is worse in answer/accuracy" in paths[1].read_text("utf-8")
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="cannot be written"):
        write_comparison(regression, tmp_path / "file")
