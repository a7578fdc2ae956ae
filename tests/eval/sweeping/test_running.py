"""Sweeps over a real archive, with an embedder that needs no model."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from eval.document import read_evaluation
from eval.gold import gold_source, load_gold
from eval.sweeping.archives import COMPLETE, Embedders, OwnArchives
from eval.sweeping.document import sweep_document, write_sweep
from eval.sweeping.plan import read_plan
from eval.sweeping.records import Sweep
from eval.sweeping.running import Asking, Configured, OnRun, run_sweep
from index.embedding.base import Embedder
from index.embedding.hashing import HashingEmbedder
from index.errors import GoldInvalid, ModelUnavailable
from index.settings import IndexSettings
from rag.settings import RagSettings

PLAN = """
gold: gold.jsonl
articles: articles
grid:
  fusion_weight: [0.2, 0.8]
runs:
  - {embedding_model: missing}
  - {passage_words: 30}
"""
ARTICLES = {
    "mill.txt": "A mill and its town\n\nThe paper mill in Brindle opened in 1842. It gave work to "
    "half of the town. A flood closed it for two winters.\n",
    "ferry.txt": "The ferry to Osk\n\nThe ferry to Osk runs again from Monday. Its captain, Ida "
    "Holt, found the rudder broken in March. Repairs took nine weeks.\n",
}
GOLD: list[dict[str, Any]] = [
    {
        "id": "opened",
        "question": "When did the paper mill in Brindle open?",
        "answerable": True,
        "answers": ["1842"],
        "evidence": [{"article": "mill.txt", "quote": "The paper mill in Brindle opened in 1842."}],
    },
    {"id": "price", "question": "What does a violin cost in Osk?", "answerable": False},
]


@dataclass
class Workshop:
    """A folder with all that a sweep needs; counts what is done."""

    folder: Path
    built: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    def sweep(self, *, on_run: OnRun | None = None) -> Sweep:
        """Run the plan in this folder."""
        plan = read_plan(self.folder / "settings.yaml")
        return run_sweep(
            plan,
            Configured(index=IndexSettings(data_dir=self.folder / "var"), rag=RagSettings()),
            OwnArchives(
                plan.articles or (),
                recursive=False,
                folder=self.folder / "work" / "archives",
                embedders=Embedders(self._embedder),
            ),
            Asking(gold=load_gold(plan.gold), source=gold_source(plan.gold), repeat=2),
            finished=self.folder / "work" / "runs",
            on_run=on_run or self._follow,
        )

    def _embedder(self, settings: IndexSettings) -> Embedder:
        self.built.append(settings.embedding_model)
        if settings.embedding_model == "missing":
            raise ModelUnavailable("no model 'missing'")
        return HashingEmbedder()

    def _follow(self, name: str) -> Callable[[int, int], None]:
        return lambda _done, _total: self.asked.append(name)


@pytest.fixture(scope="module")
def workshop(tmp_path_factory: pytest.TempPathFactory) -> Workshop:
    folder = tmp_path_factory.mktemp("sweep")
    (folder / "settings.yaml").write_text(PLAN, encoding="utf-8")
    (folder / "articles").mkdir()
    for name, text in ARTICLES.items():
        (folder / "articles" / name).write_text(text, encoding="utf-8")
    lines = "".join(json.dumps(question) + "\n" for question in GOLD)
    (folder / "gold.jsonl").write_text(lines, encoding="utf-8")
    return Workshop(folder)


@pytest.fixture(scope="module")
def interrupted(workshop: Workshop) -> list[str]:
    """Names of the runs that began before a person pressed Ctrl-C in the second one."""
    began: list[str] = []

    def stop_in_the_second(name: str) -> Callable[[int, int], None]:
        began.append(name)

        def follow(_done: int, _total: int) -> None:
            if len(began) == 2:
                raise KeyboardInterrupt

        return follow

    with pytest.raises(KeyboardInterrupt):
        workshop.sweep(on_run=stop_in_the_second)
    return began


@pytest.fixture(scope="module")
def swept(workshop: Workshop, interrupted: list[str]) -> Sweep:
    """The sweep, gone on with after the interruption."""
    workshop.built.clear()
    return workshop.sweep()


def test_it_goes_on_where_it_was_interrupted(
    workshop: Workshop, interrupted: list[str], swept: Sweep
) -> None:
    assert len(interrupted) == 2
    assert [row.reused for row in swept.rows] == [True, False, False, False]
    asked = [swept.rows[1].name] * len(GOLD) + [swept.rows[3].name] * len(GOLD)
    assert workshop.asked == asked


def test_a_run_that_fails_is_a_row_and_the_others_go_on(swept: Sweep) -> None:
    assert [row.error for row in swept.rows] == [None, None, "no model 'missing'", None]
    assert [row.number for row in swept.rows] == [1, 2, 3, 4]
    assert swept.failed == 1
    assert [row.values["fusion_weight"] for row in swept.rows] == [0.2, 0.8, 0.6, 0.6]
    assert 3 not in swept.front
    assert swept.front


def test_archives_and_models_are_shared(workshop: Workshop, swept: Sweep) -> None:
    assert workshop.built == ["built-in", "missing"]
    folders = sorted((workshop.folder / "work" / "archives").iterdir())
    assert len(folders) == 2
    assert all((folder / COMPLETE).is_file() for folder in folders)
    assert not (workshop.folder / "var" / "catalogue.sqlite").exists()
    provenances = [r.evaluation.provenance for r in swept.rows if r.evaluation is not None]
    assert len({p.corpus.fingerprint for p in provenances if p.corpus is not None}) == 1
    assert [p.settings["passage_words"] for p in provenances] == [150, 150, 30]


def test_the_same_again_asks_nothing_and_finds_the_same(workshop: Workshop, swept: Sweep) -> None:
    workshop.asked.clear()
    again = workshop.sweep()
    assert workshop.asked == []
    assert [row.reused for row in again.rows] == [True, True, False, True]

    def told(sweep: Sweep) -> dict[str, Any]:
        document = sweep_document(sweep)
        for run in document["runs"]:
            del run["reused"]
        return document

    assert told(again) == told(swept)


def test_what_it_writes(workshop: Workshop, swept: Sweep, tmp_path: Path) -> None:
    write_sweep(swept, tmp_path)
    document = json.loads((tmp_path / "sweep.json").read_text(encoding="utf-8"))
    assert document == sweep_document(swept)
    assert document["latency"]["metric"] == "latency_ms/warm_p50"
    for run, row in zip(document["runs"], swept.rows, strict=True):
        assert (run["evaluation"] is None) is (row.evaluation is None)
        if row.evaluation is not None:
            assert read_evaluation(tmp_path / run["evaluation"]) == row.evaluation
    with (tmp_path / "sweep.csv").open(encoding="utf-8", newline="") as stream:
        lines = list(csv.DictReader(stream))
    assert [line["run"] for line in lines] == ["1", "2", "3", "4"]
    for line, run in zip(lines, document["runs"], strict=True):
        assert line["answer/overall_accuracy"] == ("" if run["error"] else str(run["quality"]))
        assert line["pareto"] == str(int(run["pareto"]))
    markdown = (tmp_path / "sweep.md").read_text(encoding="utf-8")
    rows = [line for line in markdown.splitlines() if line.startswith("| ")]
    assert len({line.count("|") for line in rows}) == 1
    assert "run 3 failed: no model 'missing'" in markdown
    drawn = (tmp_path / "sweep.svg").read_text(encoding="utf-8")
    assert drawn.startswith("<svg")
    assert swept.latency_name in drawn
    write_sweep(swept, tmp_path)
    assert (tmp_path / "sweep.svg").read_text(encoding="utf-8") == drawn


def test_other_articles_are_another_archive(workshop: Workshop, swept: Sweep) -> None:
    article = workshop.folder / "articles" / "ferry.txt"
    kept = article.read_text(encoding="utf-8")
    (workshop.folder / "settings.yaml").write_text(
        "{gold: gold.jsonl, articles: articles, grid: {fusion_weight: 0.2}}", encoding="utf-8"
    )
    try:
        article.write_text(kept.replace("nine", "ten"), encoding="utf-8")
        [row] = workshop.sweep().rows
    finally:
        article.write_text(kept, encoding="utf-8")
        (workshop.folder / "settings.yaml").write_text(PLAN, encoding="utf-8")
    assert not row.reused
    assert len(list((workshop.folder / "work" / "archives").iterdir())) == 3


def test_a_gold_set_of_other_articles_stops_the_sweep(workshop: Workshop, swept: Sweep) -> None:
    gold = workshop.folder / "gold.jsonl"
    kept = gold.read_text(encoding="utf-8")
    try:
        gold.write_text(kept.replace("mill.txt", "other.txt"), encoding="utf-8")
        with pytest.raises(GoldInvalid, match="written for another archive"):
            workshop.sweep()
    finally:
        gold.write_text(kept, encoding="utf-8")
