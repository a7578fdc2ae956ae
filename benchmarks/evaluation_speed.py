"""What an evaluation costs beside asking: `python -m benchmarks.evaluation_speed`.

The same questions by the engine's own loop and by `run_evaluation`, in turn, over the seeds among
articles that have nothing to do with them. Both ask a warm engine, which makes asking quick and
the share of everything else as large as it gets. Ratios, since machines differ.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks.corpus import SEEDS, articles
from eval.gold import GoldQuestion, GoldSource, gold_source, load_gold
from eval.run import run_evaluation, summed_up
from eval.targets.base import TOP_K
from eval.targets.engine import EngineTarget
from index.archive import Archive
from index.bootstrap import open_archive
from index.records import Filters
from index.settings import IndexSettings
from rag.bootstrap import build_engine
from rag.engine import AnswerEngine
from rag.records import Query
from rag.settings import RagSettings

GOLD = SEEDS / "gold.jsonl"
OPENINGS = ("", "According to the articles, ", "In short: ", "Do we know this: ")
TARGET = 0.9
"""Share of the engine's own throughput that an evaluation is to reach."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """How much is measured."""

    questions: int
    articles: int
    rounds: int


FULL = Scale(questions=1000, articles=300, rounds=3)
SHORT = Scale(questions=100, articles=10, rounds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """Seconds that the questions took, once by each way."""

    alone: float
    """The engine's own loop."""
    whole: float
    """The evaluation, from gold questions to figures."""
    asking: float
    """Of the evaluation: inside the engine."""
    figures: float
    """Of the evaluation: metrics, and their intervals by bootstrap, for all and by tag."""

    @property
    def ratio(self) -> float:
        """The evaluation's throughput as a share of the engine's own."""
        return self.alone / self.whole

    @property
    def judging(self) -> float:
        """Seconds for all the rest: finding evidence, judging, ranking metrics, bookkeeping."""
        return self.whole - self.asking - self.figures


def many_questions(gold: Sequence[GoldQuestion], count: int) -> list[GoldQuestion]:
    """Return as many questions as wanted: the gold questions in turn, opened in other words."""
    made = []
    for number in range(count):
        turn, position = divmod(number, len(gold))
        question = gold[position]
        words = OPENINGS[turn % len(OPENINGS)] + question.question
        made.append(question.model_copy(update={"id": f"q{number:05}", "question": words}))
    return made


def seconds_alone(engine: AnswerEngine, questions: Sequence[GoldQuestion]) -> float:
    """Return how long the engine takes when nothing else is done with its answers."""
    queries = [
        Query(question=q.question, filters=Filters(as_of=q.as_of), top_k=TOP_K) for q in questions
    ]
    started = time.perf_counter()
    for query in queries:
        engine.ask(query)
    return time.perf_counter() - started


def measure(
    engine: AnswerEngine,
    archive: Archive,
    questions: Sequence[GoldQuestion],
    source: GoldSource,
    *,
    alone_first: bool,
) -> Round:
    """Return one round, in this or the other order."""
    alone = seconds_alone(engine, questions) if alone_first else None
    target = EngineTarget(engine, archive)
    started = time.perf_counter()
    found = run_evaluation(questions, target, source=source)
    whole = time.perf_counter() - started
    started = time.perf_counter()
    summed_up(found.questions, target=found.target, source=source, provenance=found.provenance)
    figures = time.perf_counter() - started
    return Round(
        alone=seconds_alone(engine, questions) if alone is None else alone,
        whole=whole,
        asking=sum(row.milliseconds or 0.0 for row in found.questions) / 1000,
        figures=figures,
    )


def table_of(rounds: Sequence[Round], scale: Scale) -> Table:
    """Return medians over the rounds, and each round's ratio."""
    table = Table(
        *("", "s", "questions/s", "share of the evaluation"),
        title=f"{scale.questions} questions in process, {scale.rounds} rounds",
    )
    whole = statistics.median(r.whole for r in rounds)
    ways = {
        "engine alone": [r.alone for r in rounds],
        "evaluation": [r.whole for r in rounds],
        "  asking": [r.asking for r in rounds],
        "  judging": [r.judging for r in rounds],
        "  figures and intervals": [r.figures for r in rounds],
    }
    for name, taken in ways.items():
        seconds = statistics.median(taken)
        rate = "" if name.startswith(" ") else f"{scale.questions / seconds:.1f}"
        share = f"{seconds / whole:.1%}" if name.startswith(" ") else ""
        table.add_row(name, f"{seconds:.2f}", rate, share)
    ratios = [r.ratio for r in rounds]
    table.caption = (
        f"evaluation at {statistics.median(ratios):.3f} of the engine's throughput "
        f"(target {TARGET}); rounds: {', '.join(f'{ratio:.3f}' for ratio in ratios)}"
    )
    return table


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--short", action="store_true", help="only see that it works")
    parser.add_argument("--models", type=Path, help="where exported models are kept")
    given = parser.parse_args()
    scale = SHORT if given.short else FULL
    gold = load_gold(GOLD)
    questions = many_questions(gold, scale.questions)
    with tempfile.TemporaryDirectory(prefix="quoth-bench-") as folder:
        settings = IndexSettings(data_dir=Path(folder), model_cache=given.models)
        with open_archive(settings) as archive:
            archive.ingest([str(SEEDS)])
            archive.ingest_records(articles(scale.articles), origin="bench")
            engine = build_engine(archive, RagSettings())
            seconds_alone(
                engine, questions[: len(OPENINGS) * len(gold)]
            )  # fills the reader's cache
            rounds = [
                measure(engine, archive, questions, gold_source(GOLD), alone_first=turn % 2 == 0)
                for turn in range(scale.rounds)
            ]
    Console().print(table_of(rounds, scale))


if __name__ == "__main__":
    main()
