from __future__ import annotations

import io
import json
import math
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import Console

from eval.baseline import Baseline, Change, Floor, read_baseline, write_baseline
from eval.gate import (
    FloorCheck,
    FloorVerdict,
    GateResult,
    changes_of,
    check,
    gated_metrics,
    new_baseline,
    tolerance_of,
    updated,
)
from eval.gold import GoldSource, gold_source
from eval.report.gate import gate_document, print_gate
from eval.run import Evaluation
from eval.targets.base import Corpus, Provenance
from index.errors import InputError, RunsUnlike
from tests.eval.runs import PROVENANCE, SOURCE, citations, evaluation, marked, row

ROOT = Path(__file__).parents[2]
ACCURACY = "answer/accuracy"
OTHER_GOLD = GoldSource(name="other.jsonl", sha256="00" * 32)


def with_floors(*floors: Floor) -> Baseline:
    return new_baseline(marked([True] * 10)).model_copy(update={"floors": floors})


def only_check(baseline: Baseline, run: Evaluation) -> FloorCheck:
    [found] = check(baseline, run).checks
    return found


def run_of(right: int, wrong: int) -> Evaluation:
    return marked([True] * right + [False] * wrong)


def test_a_new_baseline_holds_the_run_it_was_made_of() -> None:
    run = evaluation([row("a"), row("b", correct=False), row("c", answerable=False)])
    baseline = new_baseline(run, gold_path="../gold.jsonl")
    assert (baseline.gold.path, baseline.gold.questions) == ("../gold.jsonl", 3)
    assert baseline.gold.sha256 == SOURCE.sha256
    assert baseline.corpus == PROVENANCE.corpus
    floors = {floor.metric: floor for floor in baseline.floors}
    assert floors[ACCURACY] == Floor(metric=ACCURACY, floor=0.5, tolerance=1.0)
    assert floors["answer/overall_accuracy"].floor == pytest.approx(2 / 3, abs=1e-6)
    assert "citation/precision" not in floors  # no data, no floor
    assert baseline.history == ()
    result = check(baseline, run)
    assert result.passed
    assert {one.verdict for one in result.checks} == {FloorVerdict.HELD}
    assert result.without_floor == ()


def test_latency_and_usage_never_have_a_floor() -> None:
    assert {name.partition("/")[0] for name in gated_metrics()} == {
        "retrieval",
        "article_retrieval",
        "answer",
        "citation",
        "abstention",
    }
    for name in ("latency_ms/p50", "answer/accuracies"):
        with pytest.raises(InputError, match=f"floor for '{name}', which cannot have one"):
            check(with_floors(Floor(metric=name, floor=1, tolerance=0)), run_of(9, 1))
    near = with_floors(Floor(metric="answer/acuracy", floor=1, tolerance=0))
    with pytest.raises(InputError, match=r"did you mean answer/accuracy\?$"):
        check(near, run_of(9, 1))


@pytest.mark.parametrize(
    ("floor", "tolerance", "verdict"),
    [
        (0.9, 0.0, FloorVerdict.HELD),
        (0.95, 0.05, FloorVerdict.HELD),  # exactly at the edge
        (0.95, 0.049, FloorVerdict.BELOW),
        (0.900001, 0.0, FloorVerdict.BELOW),
        (0.899999, 0.0, FloorVerdict.RAISABLE),
        (0.0, 0.1, FloorVerdict.RAISABLE),
    ],
)
def test_a_figure_may_be_below_its_floor_by_the_tolerance(
    floor: float, tolerance: float, verdict: FloorVerdict
) -> None:
    found = only_check(
        with_floors(Floor(metric=ACCURACY, floor=floor, tolerance=tolerance)), run_of(9, 1)
    )
    assert (found.value, found.verdict) == (0.9, verdict)
    assert found.failed == (verdict is FloorVerdict.BELOW)


@pytest.mark.parametrize(
    ("floor", "verdict"),
    [
        (0.1, FloorVerdict.HELD),
        (0.05, FloorVerdict.HELD),
        (0.04, FloorVerdict.BELOW),
        (0.2, FloorVerdict.RAISABLE),
    ],
)
def test_where_lower_is_better_the_floor_is_a_ceiling(floor: float, verdict: FloorVerdict) -> None:
    sure = evaluation([row(f"q{n}", correct=n > 0, confidence=1.0) for n in range(10)])
    error = Floor(metric="abstention/calibration_error", floor=floor, tolerance=0.05)
    found = only_check(with_floors(error), sure)
    assert (found.value, found.verdict) == (0.1, verdict)


def test_a_floor_without_data_is_a_failure() -> None:
    cited = Floor(metric="citation/precision", floor=0.1, tolerance=0.1)
    result = check(with_floors(cited), run_of(9, 1))
    assert not result.passed
    assert result.checks[0].verdict is FloorVerdict.NO_DATA
    assert ACCURACY in result.without_floor


@pytest.mark.parametrize(
    ("what", "changed"),
    [
        (
            "gold is 000000000000, not abababababab",
            {"source": GoldSource(name="g", sha256="0" * 64)},
        ),
        (
            "corpus is efefefefefef, not cdcdcdcdcdcd",
            {"corpus": Corpus(fingerprint="ef" * 32, articles=3, passages=7)},
        ),
        ("corpus is unknown, not cdcdcdcdcdcd", {"corpus": None}),
        ("models.embedding is mini@02, not mini@01", {"models": {"embedding": "mini@02"}}),
        ("models.embedding is unset, not mini@01", {"models": {}}),
        (
            "models.reranker is big@03, not unset",
            {"models": {"embedding": "mini@01", "reranker": "big@03"}},
        ),
        (
            "settings.weight is 0.9, not 0.5; settings.strict is False, not True",
            {"settings": {"depth": 100, "weight": 0.9, "threshold": None, "strict": False}},
        ),
    ],
)
def test_unlike_runs_are_refused_and_what_differs_is_named(
    what: str, changed: dict[str, object]
) -> None:
    given = dict(changed)
    source = given.pop("source", SOURCE)
    assert isinstance(source, GoldSource)
    run = marked([True], source=source, provenance=replace(PROVENANCE, **given))  # type: ignore[arg-type]
    baseline = new_baseline(marked([True]))
    for refused in (check, updated):
        with pytest.raises(RunsUnlike) as told:
            refused(baseline, run)
        for part in what.split("; "):
            assert part in told.value.message
        assert told.value.message.count(" is ") == len(what.split("; ")) + 1


def test_a_sample_of_the_gold_set_is_refused() -> None:
    with pytest.raises(RunsUnlike, match="questions is 3, not 4"):
        check(new_baseline(run_of(4, 0)), run_of(3, 0))


def test_another_sample_of_the_gold_set_is_refused() -> None:
    samples = [replace(SOURCE, sampled=4, seed=seed) for seed in (0, 1)]
    runs = [marked([True] * 4, source=sample) for sample in samples]
    with pytest.raises(RunsUnlike, match="sample is 4, seed 1, not 4, seed 0"):
        check(new_baseline(runs[0]), runs[1])
    assert check(new_baseline(runs[1]), runs[1]).passed


def test_another_version_of_quoth_is_what_the_gate_is_for() -> None:
    newer = marked([True], provenance=replace(PROVENANCE, version="9.9"))
    assert check(new_baseline(marked([True])), newer).passed


def test_raising_is_silent_and_keeps_tolerance_and_note() -> None:
    noted = Floor(metric=ACCURACY, floor=0.5, tolerance=0.02, note="agreed")
    raised = updated(with_floors(noted), run_of(9, 1))
    floors = {floor.metric: floor for floor in raised.floors}
    assert floors[ACCURACY] == Floor(metric=ACCURACY, floor=0.9, tolerance=0.02, note="agreed")
    assert "answer/overall_accuracy" in floors  # gained
    assert raised.history == ()
    assert Change(what=ACCURACY, old=0.5, new=0.9) in changes_of(with_floors(noted), raised)


def test_a_floor_is_not_lowered_without_a_reason() -> None:
    baseline = new_baseline(run_of(9, 1))
    with pytest.raises(InputError, match=r"lower 3 floors: answer/accuracy from 0\.9 to 0\.8"):
        updated(baseline, run_of(8, 2))
    moved = updated(baseline, run_of(8, 2), accepted="harder questions were let in")
    [entry] = moved.history
    assert entry.reason == "harder questions were let in"
    assert Change(what=ACCURACY, old=0.9, new=0.8) in entry.changes
    assert {c.what for c in entry.changes} >= {ACCURACY, "answer/overall_accuracy"}
    again = updated(moved, run_of(7, 3), accepted="and harder ones")
    assert [one.reason for one in again.history] == [entry.reason, "and harder ones"]
    assert check(again, run_of(7, 3)).passed


def test_a_ceiling_is_not_raised_without_a_reason() -> None:
    runs = [
        evaluation([row(f"q{n}", correct=n >= wrong, confidence=1.0) for n in range(10)])
        for wrong in (1, 2)
    ]
    ceiling = Floor(metric="abstention/calibration_error", floor=0.1, tolerance=0.5)
    with pytest.raises(InputError, match=r"calibration_error from 0\.1 to 0\.2"):
        updated(with_floors(ceiling), runs[1])
    lowered = updated(with_floors(ceiling.model_copy(update={"floor": 0.2})), runs[0])
    assert Change(what=ceiling.metric, old=0.2, new=0.1) in changes_of(
        with_floors(ceiling.model_copy(update={"floor": 0.2})), lowered
    )


def test_a_floor_is_not_dropped_without_a_reason() -> None:
    cited = new_baseline(evaluation([row("a", citations=citations(True))]))
    bare = evaluation([row("a")])
    with pytest.raises(InputError, match=r"citation/precision from 1\.0 to none"):
        updated(cited, bare)
    moved = updated(cited, bare, accepted="the target no longer cites")
    assert Change(what="citation/precision", old=1.0, new=None) in moved.history[0].changes


def test_conditions_are_not_moved_without_a_reason_either() -> None:
    baseline = new_baseline(run_of(1, 1), gold_path="gold.jsonl")
    deeper = {"depth": 200, "weight": 0.5, "threshold": None, "strict": True}
    provenance = replace(PROVENANCE, settings=deeper)
    better = marked([True, True], provenance=provenance)
    moved = updated(baseline, better, accepted="read deeper")
    [entry] = moved.history
    assert entry.changes == (Change(what="settings.depth", old=100, new=200),)
    assert moved.gold.path == "gold.jsonl"
    assert check(moved, better).passed


def test_another_gold_set_takes_its_path_along() -> None:
    baseline = new_baseline(marked([True]), gold_path="gold.jsonl")
    other = marked([True], source=OTHER_GOLD)
    assert updated(baseline, other, accepted="new set").gold.path is None
    assert updated(baseline, other, accepted="new set", gold_path="n.jsonl").gold.path == "n.jsonl"


def test_a_reason_that_nothing_needs_is_not_recorded() -> None:
    baseline = new_baseline(run_of(1, 1))
    assert updated(baseline, run_of(2, 0), accepted="just in case").history == ()


def test_floors_are_not_set_from_a_run_in_which_questions_failed() -> None:
    failed = evaluation([row("a"), row("b", correct=False, error="timeout")])
    with pytest.raises(InputError, match="1 of the run's questions could not be asked"):
        new_baseline(failed)
    with pytest.raises(InputError, match="could not be asked"):
        updated(new_baseline(run_of(1, 1)), failed, accepted="whatever")
    assert check(new_baseline(run_of(1, 1)), marked([True, True])).errors == 0


def test_the_default_tolerance_is_the_worth_of_two_questions() -> None:
    metrics = gated_metrics()
    rows = [row(f"a{n}", citations=citations(True, False)) for n in range(8)]
    rows += [row("w", correct=False)]
    rows += [row(f"u{n}", answerable=False) for n in range(5)]
    assert tolerance_of(metrics["answer/accuracy"], rows) == 0.222222
    assert tolerance_of(metrics["answer/overall_accuracy"], rows) == 0.142857
    assert tolerance_of(metrics["citation/precision"], rows) == 0.25
    assert tolerance_of(metrics["abstention/recall"], rows) == 0.4
    assert tolerance_of(metrics["abstention/auroc"], rows) == 0.4
    assert tolerance_of(metrics["citation/exact"], rows) == 0.0
    assert tolerance_of(metrics["answer/accuracy"], [row(f"q{n}") for n in range(900)]) == 0.01
    assert tolerance_of(metrics["answer/accuracy"], rows[:1]) == 1.0


def test_two_questions_that_tip_do_not_fail_the_gate_and_four_do() -> None:
    rows = [row(f"a{n:02}", confidence=0.9 - n / 100) for n in range(30)]
    rows += [row(f"u{n:02}", answerable=False, confidence=0.4 - n / 100) for n in range(20)]
    baseline = new_baseline(evaluation(rows))

    def tipped(*positions: int) -> Evaluation:
        changed = list(rows)
        for position in positions:
            one = rows[position]
            changed[position] = row(
                one.id, answerable=one.answerable, correct=False, confidence=one.confidence
            )
        return evaluation(changed)

    assert check(baseline, tipped(12)).passed
    assert check(baseline, tipped(20, 40)).passed
    assert not check(baseline, tipped(5, 6, 7, 8)).passed


def test_a_baseline_is_read_as_it_was_written(tmp_path: Path) -> None:
    path = tmp_path / "new" / "baseline.json"
    baseline = updated(new_baseline(run_of(9, 1)), run_of(8, 2), accepted="“why”")
    write_baseline(path, baseline)
    assert read_baseline(path) == baseline
    first = path.read_bytes()
    write_baseline(path, read_baseline(path))
    assert path.read_bytes() == first
    assert [found.name for found in path.parent.iterdir()] == ["baseline.json"]
    assert check(read_baseline(path), run_of(8, 2)).passed


def test_a_target_that_says_nothing_of_itself_can_have_a_baseline(tmp_path: Path) -> None:
    run = marked([True], provenance=Provenance())
    write_baseline(tmp_path / "b.json", new_baseline(run))
    assert check(read_baseline(tmp_path / "b.json"), run).passed


def test_a_file_that_is_no_baseline_is_told_in_one_line(tmp_path: Path) -> None:
    path = tmp_path / "b.json"
    with pytest.raises(InputError, match=r"does not exist: write it .* --update"):
        read_baseline(path)
    with pytest.raises(InputError, match="cannot be read"):
        read_baseline(tmp_path)
    path.write_text("{")
    with pytest.raises(InputError, match="is no baseline: not JSON"):
        read_baseline(path)
    path.write_text(json.dumps({"format": "quoth-baseline/9"}))
    with pytest.raises(InputError, match="format"):
        read_baseline(path)
    good = new_baseline(run_of(1, 0)).model_dump(mode="json")
    for broken, told in (
        ({"extra": 1}, "'extra' is not a known key"),
        ({"floors": [{"metric": "a", "floor": 1, "tolerance": -1}]}, "tolerance"),
        ({"floors": [{"metric": "a", "floor": 1, "tolerance": 1.1}]}, "tolerance' should be less"),
        ({"floors": [{"metric": "a", "floor": math.nan, "tolerance": 0}]}, "not a finite number"),
        ({"floors": []}, "it has no floors"),
        ({"floors": [{"metric": "a", "floor": "x", "tolerance": 0}]}, "floor"),
        ({"floors": [{"metric": "a", "floor": 1, "tolerance": 0}] * 2}, "a has two floors"),
    ):
        path.write_text(json.dumps(good | broken))
        with pytest.raises(InputError, match=told):
            read_baseline(path)
    path.write_text("[]")
    with pytest.raises(InputError, match="is no baseline: it is not a JSON object"):
        read_baseline(path)


def test_a_place_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="cannot be written"):
        write_baseline(tmp_path / "file" / "b.json", new_baseline(run_of(1, 0)))


def test_the_floors_of_the_seeds_are_for_the_seeds() -> None:
    path = ROOT / "eval" / "baselines" / "seeds.json"
    baseline = read_baseline(path)
    assert baseline.gold.path is not None
    gold = path.parent / baseline.gold.path
    assert gold.resolve() == (ROOT / "seeds" / "gold.jsonl").resolve()
    assert gold_source(gold).sha256 == baseline.gold.sha256
    assert {floor.metric for floor in baseline.floors} <= gated_metrics().keys()


def printed(result: GateResult, changes: Sequence[Change] | None = None) -> str:
    console = Console(file=io.StringIO(), width=80, no_color=True)
    print_gate(result, "b.json", console, changes)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def test_what_the_gate_says_can_be_read() -> None:
    floors = (
        Floor(metric=ACCURACY, floor=0.95, tolerance=0.01, note="agreed"),
        Floor(metric="answer/overall_accuracy", floor=0.5, tolerance=0.0),
        Floor(metric="citation/precision", floor=0.5, tolerance=0.0),
    )
    result = check(with_floors(*floors), run_of(9, 1))
    text = printed(result)
    [line] = [line for line in text.splitlines() if line.startswith(ACCURACY)]
    assert line.split(maxsplit=4)[1:] == ["0.950", "0.010", "0.900", "below its floor"]
    assert "failed: 2 of 3 floors not held" in text
    assert "could be raised" in text
    assert "without a floor, --update sets one: abstention/" in text
    document = gate_document(result, "b.json")
    assert (document["format"], document["passed"], document["updated"]) == (
        "quoth-gate/1",
        False,
        False,
    )
    assert document["floors"][0] == {
        "metric": ACCURACY,
        "better": "higher",
        "floor": 0.95,
        "tolerance": 0.01,
        "value": 0.9,
        "verdict": "below its floor",
        "note": "agreed",
    }
    assert document["floors"][2]["value"] is None


def test_a_pass_says_what_could_be_raised_and_an_update_what_moved() -> None:
    low = with_floors(Floor(metric=ACCURACY, floor=0.5, tolerance=0.0))
    text = printed(check(low, run_of(9, 1)))
    assert "passed: 1 floor held; 1 could be raised with --update" in text
    moved = updated(low, run_of(9, 1))
    text = printed(check(moved, run_of(9, 1)), changes=changes_of(low, moved))
    assert "written to b.json" in text
    assert "answer/accuracy: 0.5 → 0.9" in text
