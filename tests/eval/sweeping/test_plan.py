"""What a sweep's file may say, and what is said where it may not."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

import pytest

from eval.sweeping.plan import read_plan, with_values
from index.errors import InputError
from index.settings import IndexSettings
from rag.settings import RagSettings


def write(folder: Path, text: str) -> Path:
    path = folder / "settings.yaml"
    path.write_text(dedent(text), encoding="utf-8")
    return path


def test_a_grid_is_run_in_order_and_then_the_list(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        """
        gold: gold.jsonl
        articles: [seeds, /other]
        grid:
          fusion_weight: [0.3, 0.7]
          passage_words: [100, 150]
        runs:
          - {fusion_weight: 0.5, answer_threshold: null}
          - {passage_words: 100, fusion_weight: "0.3"}
          - {}
        """,
    )
    plan = read_plan(path)
    assert plan.gold == tmp_path / "gold.jsonl"
    assert plan.articles == (str(tmp_path / "seeds"), "/other")
    assert f"{plan.metric.group}/{plan.metric.name}" == "answer/overall_accuracy"
    assert [dict(run) for run in plan.runs] == [
        {"fusion_weight": 0.3, "passage_words": 100},
        {"fusion_weight": 0.3, "passage_words": 150},
        {"fusion_weight": 0.7, "passage_words": 100},
        {"fusion_weight": 0.7, "passage_words": 150},
        {"fusion_weight": 0.5, "answer_threshold": None},
        {},
    ]
    assert plan.varying == ("fusion_weight", "passage_words", "answer_threshold")


def test_one_value_is_an_axis_and_does_not_vary(tmp_path: Path) -> None:
    path = write(tmp_path, "{gold: g, grid: {reader: none, read_passages: [4, 6]}, metric: f1}")
    plan = read_plan(path, gold=Path("other.jsonl"))
    assert plan.gold == Path("other.jsonl")
    assert plan.varying == ("read_passages",)
    assert [run["reader"] for run in plan.runs] == ["none", "none"]
    assert (plan.metric.group, plan.metric.name) == ("answer", "f1")


def test_runs_change_what_is_configured_and_nothing_else(tmp_path: Path) -> None:
    index = IndexSettings(data_dir=tmp_path, passage_words=90)
    rag = RagSettings(fusion_weight=0.1, answer_threshold=0.4)
    found = with_values(index, rag, {"passage_overlap": 2, "answer_threshold": None})
    assert found == (
        index.model_copy(update={"passage_overlap": 2}),
        rag.model_copy(update={"answer_threshold": None}),
    )


MANY = list(range(10, 50))
BROKEN = {
    "no YAML": ("gold: [\n", ":2: not YAML"),
    "no mapping": ("- a\n", "no settings are named"),
    "empty": ("", "no settings are named"),
    "unknown key": ("gold: g\ngird: {}\n", ":2: unknown key 'gird': did you mean grid?"),
    "key twice": ("gold: g\ngrid: {}\ngold: h\n", ":3: 'gold' is there twice"),
    "no gold set": ("grid: {reader: none}\n", "names no gold set"),
    "nothing to try": ("gold: g\n", "names no settings to try"),
    "unknown setting": (
        "gold: g\ngrid:\n  fusion_wieght: [0.5]\n",
        ":3: unknown setting 'fusion_wieght': did you mean fusion_weight?",
    ),
    "a setting that answers do not depend on": (
        "gold: g\nruns:\n  - {data_dir: x}\n",
        ":3: unknown setting 'data_dir'",
    ),
    "a secret": ("gold: g\nruns:\n  - {llm_api_key: k}\n", ":3: unknown setting 'llm_api_key'"),
    "a value out of range": (
        "gold: g\ngrid:\n  fusion_weight:\n    - 0.5\n    - 1.5\n",
        ":5: fusion_weight: 1.5 is not usable",
    ),
    "a value of the wrong kind": (
        "gold: g\nruns:\n  - read_passages: many\n",
        ":3: read_passages: 'many' is not usable",
    ),
    "a truth value": ("gold: g\ngrid:\n  fusion_weight: [yes]\n", ":3: fusion_weight is a single"),
    "a list in a run": ("gold: g\nruns:\n  - {read_passages: [1]}\n", ":3: read_passages is a"),
    "no values": ("gold: g\ngrid:\n  reader: []\n", ":3: 'grid.reader'"),
    "unknown metric": (
        "gold: g\ngrid: {reader: none}\nmetric: answer/acuracy\n",
        ":3: unknown metric 'answer/acuracy': did you mean answer/accuracy?",
    ),
    "indexing without articles": (
        "gold: g\ngrid:\n  passage_words: [100]\n",
        ":3: passage_words needs articles to index anew",
    ),
    "two archives": (
        "gold: g\narticles: a\ndata_dir: b\ngrid: {reader: none}\n",
        ":3: both articles and data_dir are named",
    ),
    "too many": (
        f"gold: g\ngrid: {{read_passages: {MANY}, candidate_depth: {MANY}}}\n",
        ":2: 1600 runs are more than 1000",
    ),
}


@pytest.mark.parametrize(("text", "expected"), list(BROKEN.values()), ids=list(BROKEN))
def test_a_file_that_asks_for_what_cannot_be(tmp_path: Path, text: str, expected: str) -> None:
    path = tmp_path / "settings.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as refused:
        read_plan(path)
    assert str(refused.value).startswith(str(path))
    assert expected in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="does not exist"):
        read_plan(tmp_path / "none.yaml")
    path = tmp_path / "latin.yaml"
    path.write_bytes("gold: é".encode("latin-1"))
    with pytest.raises(InputError, match="not UTF-8"):
        read_plan(path)
