"""`quoth eval gate`."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from api.cli.options import AsJson, DataDir, Debug

if TYPE_CHECKING:
    from eval.baseline import Baseline, Change
    from eval.gate import GateResult
    from eval.run import Evaluation

BASELINE = Path("eval/baselines/seeds.json")


def gate(
    gold: Annotated[
        Path | None,
        typer.Argument(
            help="Gold questions, JSONL (else those that the baseline names).", show_default=False
        ),
    ] = None,
    baseline: Annotated[Path, typer.Option("--baseline", help="The file of floors.")] = BASELINE,
    run: Annotated[
        Path | None,
        typer.Option("--run", help="A run that was written with --out, instead of a new one."),
    ] = None,
    url: Annotated[
        str | None, typer.Option("--url", help="A running Quoth, instead of the data directory.")
    ] = None,
    update: Annotated[
        bool, typer.Option("--update", help="Make the run's figures the floors.")
    ] = False,
    accept_regression: Annotated[
        str | None,
        typer.Option(
            "--accept-regression",
            metavar="REASON",
            help="With --update: floors may fall and conditions change; the reason is recorded.",
        ),
    ] = None,
    as_json: AsJson = False,
    data_dir: DataDir = None,
    debug: Debug = False,  # noqa: ARG001 - read by main, which prints the traceback
) -> None:
    """Fail where a figure is below its floor; refuse to hold unlike runs against the floors."""
    from eval.baseline import read_baseline
    from eval.gate import check

    _check_options(run, url or data_dir, accept_regression, update=update)
    held = None if update and not baseline.exists() else read_baseline(baseline)
    place = gold if gold is not None or run is not None else _gold_of(held, baseline)
    if run is not None:
        found = _saved(run, gold)
    else:
        found = _evaluated(place, url, data_dir, None if accept_regression else held)
    changes = None
    if update:
        held, changes = _update(baseline, held, found, place, accept_regression)
    assert held is not None
    result = check(held, found)
    _tell(result, baseline, changes, as_json=as_json)
    raise typer.Exit(0 if result.passed else 1)


def _tell(
    result: GateResult, baseline: Path, changes: tuple[Change, ...] | None, *, as_json: bool
) -> None:
    from eval.document import as_json as render
    from eval.report.gate import gate_document, print_gate

    if as_json:
        typer.echo(render(gate_document(result, str(baseline), changes)), nl=False)
        return
    from rich.console import Console

    print_gate(result, str(baseline), Console(), changes)


def _update(
    path: Path, held: Baseline | None, found: Evaluation, gold: Path | None, accepted: str | None
) -> tuple[Baseline, tuple[Change, ...]]:
    """The baseline with the run's figures, written, and what is new in it."""
    from eval.baseline import write_baseline
    from eval.gate import changes_of, new_baseline, updated

    gold_path = None if gold is None else _seen_from(path, gold)
    if held is None:
        moved = new_baseline(found, gold_path=gold_path)
    else:
        moved = updated(held, found, accepted=accepted, gold_path=gold_path)
    write_baseline(path, moved)
    return moved, () if held is None else changes_of(held, moved)


def _check_options(
    run: Path | None, asked: str | None, accepted: str | None, *, update: bool
) -> None:
    from index.errors import InputError

    if run is not None and asked is not None:
        raise InputError("nothing is asked where a run is given", hint="leave --run out, or --url")
    if accepted is not None and not update:
        raise InputError("--accept-regression changes the baseline", hint="give --update as well")
    if accepted is not None and not accepted.strip():
        raise InputError("the reason for --accept-regression is blank", hint="say why, in words")


def _gold_of(held: Baseline | None, baseline: Path) -> Path:
    """Where the baseline says that its gold questions are."""
    from index.errors import InputError

    if held is None or held.gold.path is None:
        raise InputError(
            f"{baseline} names no gold file", hint="give its path: quoth eval gate GOLD"
        )
    return Path(os.path.normpath(baseline.parent / held.gold.path))


def _seen_from(baseline: Path, gold: Path) -> str:
    """The gold file's path from the folder of the baseline, so that both can move together."""
    return Path(os.path.relpath(gold.resolve(), baseline.parent.resolve())).as_posix()


def _saved(run: Path, gold: Path | None) -> Evaluation:
    from eval.document import read_evaluation
    from eval.gold import gold_source
    from index.errors import RunsUnlike

    evaluation = read_evaluation(run, resamples=0)
    if gold is not None and gold_source(gold).sha256 != evaluation.gold.sha256:
        raise RunsUnlike(f"the run in {run} is not over {gold}", hint="leave one of them out")
    return evaluation


def _evaluated(
    gold: Path | None, url: str | None, data_dir: str | None, held: Baseline | None
) -> Evaluation:
    """The target's evaluation; nothing is asked where it cannot be held against the baseline."""
    from api.cli.eval_targets import TargetChoice, evaluate, open_target
    from eval.conditions import conditions_of
    from eval.gate import refuse_unlike
    from eval.gold import gold_source, load_gold

    assert gold is not None
    questions, source = load_gold(gold), gold_source(gold)
    with open_target(TargetChoice(url=url, data_dir=data_dir)) as target:
        if held is not None:
            made_of = conditions_of(source, target.provenance(), questions=len(questions))
            refuse_unlike(held, made_of)
        return evaluate(questions, source, target)
