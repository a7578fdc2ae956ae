"""`quoth eval`: which commands there are, and `quoth eval run`."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from api.cli import (
    eval_compare,
    eval_gate,
    eval_gold,
    eval_public,
    eval_reader,
    eval_report,
    eval_retrieval,
    eval_sweep,
)
from api.cli.options import AsJson, DataDir, Debug

if TYPE_CHECKING:
    from collections.abc import Sequence

    from eval.gold import GoldQuestion
    from eval.judges.base import JudgeKind, JudgeModel
    from eval.replies import Prices
    from eval.run import Evaluation

app = typer.Typer(help="The offline evaluation suite.")


@app.callback(invoke_without_command=True)
def evaluation(context: typer.Context) -> None:
    """Measure answers against gold questions."""
    if context.invoked_subcommand is None:
        typer.echo(context.get_help(), err=True)
        raise typer.Exit(2)


Gold = Annotated[Path, typer.Argument(help="Gold questions, JSONL.", show_default=False)]
Url = Annotated[
    str | None, typer.Option("--url", help="A running Quoth, instead of the data directory.")
]
Chat = Annotated[
    str | None, typer.Option("--chat", help="Any OpenAI-compatible endpoint, answers only.")
]
Model = Annotated[
    str | None, typer.Option("--model", help="The endpoint's model (else QUOTH_LLM_MODEL).")
]
Replies = Annotated[
    Path | None, typer.Option("--replies", help="Answers that were given already, JSONL.")
]
Refusal = Annotated[
    str | None,
    typer.Option("--refusal", help="Pattern of answers that refuse, in --chat and --replies."),
]
TokenPrices = Annotated[
    tuple[float, float] | None,
    typer.Option("--prices", help="Of a million tokens, in and out: what answers cost."),
]
Timeout = Annotated[
    float,
    typer.Option("--timeout", min=0.1, max=86_400, help="Seconds before an answer counts as none."),
]
Sample = Annotated[
    int | None, typer.Option("--sample", min=1, help="Ask only so many of the questions.")
]
Seed = Annotated[int, typer.Option("--seed", help="Which questions a sample draws.")]
Parallel = Annotated[
    int, typer.Option("--parallel", min=1, max=64, help="Questions under way at once.")
]
Repeat = Annotated[
    int, typer.Option("--repeat", min=1, max=20, help="Ask each so often, to time it warm.")
]
Judge = Annotated[
    str | None,
    typer.Option("--judge", help="LLM judges besides: all, or a list of their names."),
]
Out = Annotated[
    Path | None,
    typer.Option("--out", help="Write reports here; an interrupted run goes on from here."),
]
Fresh = Annotated[bool, typer.Option("--fresh", help="Start over instead of going on in --out.")]


@app.command("run")
def run(
    gold: Gold,
    url: Url = None,
    chat: Chat = None,
    model: Model = None,
    replies: Replies = None,
    refusal: Refusal = None,
    prices: TokenPrices = None,
    timeout: Timeout = 60.0,
    sample: Sample = None,
    seed: Seed = 0,
    parallel: Parallel = 1,
    repeat: Repeat = 1,
    judge: Judge = None,
    out: Out = None,
    fresh: Fresh = False,
    as_json: AsJson = False,
    data_dir: DataDir = None,
    debug: Debug = False,  # noqa: ARG001 - read by main, which prints the traceback
) -> None:
    """Ask every gold question and score the answers; exit 1 where any could not be asked."""
    from api.cli.eval_targets import TargetChoice, evaluate, open_target
    from eval.asking import Pace
    from eval.gold import gold_source, load_gold
    from eval.sampling import sample_questions
    from index.errors import InputError

    choice = TargetChoice(
        data_dir=data_dir,
        url=url,
        chat=chat,
        model=model,
        replies=replies,
        refusal=refusal,
        timeout_seconds=timeout,
    )
    if fresh and out is None:
        raise InputError("--fresh is for --out", hint="name the directory with --out")
    questions = sample_questions(load_gold(gold), sample, seed=seed)
    source = gold_source(gold)
    if sample is not None:
        source = replace(source, sampled=len(questions), seed=seed)
    pace = Pace(parallel=parallel, repeat=repeat, prices=_prices(prices))
    judges = _open_judge(judge, data_dir)
    with open_target(choice) as target:
        found = evaluate(questions, source, target, pace=pace, choice=choice, out=out, fresh=fresh)
    if judges is not None:
        found = _judged(found, questions, judges, parallel)
    _report(found, out, as_json=as_json)
    raise typer.Exit(1 if found.errors else 0)


app.command("compare")(eval_compare.compare)
app.command("gate")(eval_gate.gate)
app.command("report")(eval_report.report)
app.command("sweep")(eval_sweep.sweep)
app.command("retrieval")(eval_retrieval.retrieval)
app.command("reader")(eval_reader.reader)
app.command("public")(eval_public.public)
app.add_typer(eval_gold.app, name="gold")


def _prices(given: tuple[float, float] | None) -> Prices | None:
    import math

    from eval.replies import Prices
    from index.errors import InputError

    if any(not 0 <= price < math.inf for price in given or ()):
        raise InputError("a price is not a number from 0 up", hint="such as --prices 0.5 1.5")
    return None if given is None else Prices(prompt=given[0], completion=given[1])


def _open_judge(
    names: str | None, data_dir: str | None
) -> tuple[Sequence[JudgeKind], JudgeModel] | None:
    """Return which judges are wanted, and the model, before anything is asked."""
    from api.bootstrap import configure
    from eval.judges.bootstrap import judge_kinds, open_judge
    from rag.settings import RagSettings

    if names is None:
        return None
    kinds = judge_kinds(None if names == "all" else names)
    return kinds, open_judge(configure({"data_dir": data_dir}).build(RagSettings))


def _judged(
    found: Evaluation,
    questions: Sequence[GoldQuestion],
    judges: tuple[Sequence[JudgeKind], JudgeModel],
    parallel: int,
) -> Evaluation:
    """Return the evaluation with what a judge says beside it."""
    from api.cli.progress import progress_bar
    from eval.judges.report import judge_document, judge_rows

    kinds, model = judges
    with progress_bar("judging", len(questions) * len(kinds)) as advance:
        rows, report = judge_rows(
            found.questions,
            questions,
            model,
            kinds=kinds,
            parallel=parallel,
            on_progress=lambda done, _total: advance(done),
        )
    warnings = (*found.warnings, *report.warnings)
    return replace(found, questions=rows, judges=judge_document(report), warnings=warnings)


def _report(found: Evaluation, out: Path | None, *, as_json: bool) -> None:
    from eval.document import as_json as render
    from eval.document import document
    from eval.report.files import write_report
    from eval.report.tables import print_report

    if out is not None:
        write_report(found, out)
    if as_json:
        typer.echo(render(document(found)), nl=False)
        return
    from rich.console import Console

    print_report(found, Console(), written=None if out is None else out / "eval.html")
