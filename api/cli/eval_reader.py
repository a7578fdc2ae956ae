"""`quoth eval reader`."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from api.cli.lines import one_line
from api.cli.options import AsJson, DataDir, Debug
from api.cli.progress import progress_bar

if TYPE_CHECKING:
    from eval.public.squad import SquadSet
    from eval.public.squad_reading import ParagraphReading

DEFAULT_SEED = 0


def reader(
    file: Annotated[
        Path, typer.Argument(help="SQuAD 1.1 or 2.0: .json or .json.gz.", show_default=False)
    ],
    predictions: Annotated[
        Path | None, typer.Option("--predictions", help="Score these answers instead of Quoth's.")
    ] = None,
    na_probs: Annotated[
        Path | None, typer.Option("--na-probs", help="With probabilities of no answer.")
    ] = None,
    na_prob_thresh: Annotated[
        float | None, typer.Option("--na-prob-thresh", help="Above this there is no answer.")
    ] = None,
    predictions_out: Annotated[
        Path | None, typer.Option("--predictions-out", help="Write Quoth's answers here.")
    ] = None,
    na_probs_out: Annotated[
        Path | None, typer.Option("--na-probs-out", help="Write its probabilities here.")
    ] = None,
    sample: Annotated[
        int | None, typer.Option("--sample", min=1, help="Only so many questions, drawn.")
    ] = None,
    seed: Annotated[int, typer.Option("--seed", help="Which draw.")] = DEFAULT_SEED,
    as_json: AsJson = False,
    data_dir: DataDir = None,
    debug: Debug = False,  # noqa: ARG001 - read by main, which prints the traceback
) -> None:
    """Read each question's own paragraph, and score the answers as SQuAD does."""
    from eval.public.squad import load_squad, sampled

    theirs = _Predictions(answers=predictions, na_probs=na_probs, threshold=na_prob_thresh)
    ours = _Predictions(answers=predictions_out, na_probs=na_probs_out, threshold=na_prob_thresh)
    _check(theirs, ours)
    squad = load_squad(file)
    if sample is not None:
        squad = sampled(squad, sample, seed)
    found = _score(squad, theirs) if predictions is not None else _read(squad, ours, data_dir)
    if as_json:
        typer.echo(json.dumps(found, ensure_ascii=False, indent=2))
    else:
        _print(found)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Predictions:
    """Files of predictions, to be read or to be written."""

    answers: Path | None
    na_probs: Path | None
    threshold: float | None
    """No-answer probability above which there is no answer."""


def _check(theirs: _Predictions, ours: _Predictions) -> None:
    """Raises: InputError where options contradict each other."""
    from index.errors import InputError

    if theirs.answers is None and theirs.na_probs is not None:
        raise InputError("--na-probs goes with --predictions", hint="give both")
    if theirs.answers is not None and (ours.answers or ours.na_probs):
        raise InputError(
            "--predictions reads nothing", hint="leave --predictions-out and --na-probs-out out"
        )
    if theirs.answers is None and ours.threshold is not None and not 0 <= ours.threshold <= 1:
        raise InputError(
            f"--na-prob-thresh is {ours.threshold:g}: Quoth's own are probabilities",
            hint="give one from 0 to 1",
        )
    if theirs.answers and not theirs.na_probs and theirs.threshold is not None:
        raise InputError("--na-prob-thresh needs --na-probs", hint="give them, or leave it out")
    for path in (ours.answers, ours.na_probs):
        if path is not None and not path.parent.is_dir():  # said before the reading, not after it
            raise InputError(f"{path.parent} is no folder", hint=f"make it, for {path.name}")


def _score(squad: SquadSet, theirs: _Predictions) -> dict[str, Any]:
    """Score the predictions of a file."""
    from eval.public.squad import load_na_probs, load_predictions
    from eval.public.squad_report import document_of_predictions
    from eval.public.squad_scores import NA_THRESHOLD

    assert theirs.answers is not None
    na_probs = None if theirs.na_probs is None else load_na_probs(theirs.na_probs)
    return document_of_predictions(
        squad,
        load_predictions(theirs.answers),
        na_probs,
        name=theirs.answers.name,
        na_threshold=NA_THRESHOLD if theirs.threshold is None else theirs.threshold,
    )


def _read(squad: SquadSet, wanted: _Predictions, data_dir: str | None) -> dict[str, Any]:
    """Read the questions with the reader that the settings name."""
    from api.bootstrap import configure
    from eval.bootstrap import scratch_archive
    from eval.public.squad_reading import read_questions, take_in_paragraphs
    from eval.public.squad_report import document_of_readings
    from index.settings import IndexSettings
    from rag.bootstrap import build_reader
    from rag.settings import RagSettings

    configuration = configure({"data_dir": data_dir})
    settings, rag = configuration.build(IndexSettings), configuration.build(RagSettings)
    with scratch_archive(settings, rag) as (archive, _engine):
        chosen = build_reader(archive, rag)
        threshold = chosen.threshold if rag.answer_threshold is None else rag.answer_threshold
        if wanted.threshold is not None:
            threshold = 1.0 - wanted.threshold
        with progress_bar("taking in", len(squad.paragraphs)) as advance:
            take_in_paragraphs(archive, squad, advance)
        with progress_bar("reading", len(squad.questions)) as advance:
            readings = read_questions(
                chosen, archive.embedder, squad, threshold=threshold, on_progress=advance
            )
    _write(readings, wanted)
    return document_of_readings(squad, readings, reader=chosen.name, threshold=threshold)


def _write(readings: Mapping[str, ParagraphReading], wanted: _Predictions) -> None:
    from index.errors import InputError

    for path, content in (
        (wanted.answers, {key: reading.prediction for key, reading in readings.items()}),
        (wanted.na_probs, {key: reading.na_prob for key, reading in readings.items()}),
    ):
        if path is None:
            continue
        try:
            path.write_text(json.dumps(content, ensure_ascii=False, indent=1), encoding="utf-8")
        except OSError as error:
            raise InputError(
                f"{path} cannot be written: {error.strerror}", hint="give another file"
            ) from error


def _print(found: Mapping[str, Any]) -> None:
    from rich.console import Console
    from rich.table import Table

    from eval.public.table import ends
    from eval.report.wording import counted

    console = Console(highlight=False)
    asked = counted(found["questions"], "question")
    title = f"{found['predictions']} on {found['file']}: {asked}"
    console.print(one_line(title), markup=False, style="bold")
    table = Table()
    table.add_column("metric")
    table.add_column("value", justify="right")
    table.add_column("95 % interval", justify="right")
    for name, value in found["metrics"].items():
        shown = "–" if value is None else str(value) if "total" in name else f"{value:.3f}"
        interval = ends(found["intervals"][name]) if name in found["intervals"] else ""
        table.add_row(name, shown, interval)
    console.print(table)
    for warning in found["warnings"]:
        line = one_line(f"warning: {warning}")
        console.print(line, markup=False, style="yellow", soft_wrap=True)
