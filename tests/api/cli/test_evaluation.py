"""`quoth eval run`."""

from __future__ import annotations

import json
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest

from eval.document import as_json
from eval.transcripts import header_line
from tests.api.cli.conftest import Cli
from tests.api.cli.running import QUOTH, SEEDS, environment
from tests.llm_server import PROMPT_TOKENS, llm_server

GOLD = SEEDS / "gold.jsonl"
METRICS = {
    "retrieval": {"Success@1", "Success@5", "R@10", "RR@10", "nDCG@10"},
    "answer": {"accuracy", "em", "f1"},
    "citation": {"precision", "recall"},
    "abstention": {"precision", "recall", "f1", "auroc"},
    "latency_ms": {"p50", "p95"},
}


@pytest.fixture
def few(tmp_path: Path) -> Path:
    """The first two gold questions and the last one, which is unanswerable."""
    lines = GOLD.read_text(encoding="utf-8").splitlines()
    path = tmp_path / "few.jsonl"
    path.write_text("\n".join([*lines[:2], lines[-1]]) + "\n", encoding="utf-8")
    return path


@pytest.fixture
def twenty(tmp_path: Path) -> Path:
    """Gold questions of both kinds, more than are answered between two looks at a run."""
    lines = GOLD.read_text(encoding="utf-8").splitlines()
    path = tmp_path / "twenty.jsonl"
    path.write_text("\n".join([*lines[:14], *lines[-6:]]) + "\n", encoding="utf-8")
    return path


def test_json_has_the_promised_shape(
    cli: Cli, pristine: Path, tmp_path: Path, twenty: Path
) -> None:
    reports = tmp_path / "reports"
    args = ("eval", "run", twenty, "--json", "--out", reports, "--data-dir", pristine)
    done = cli(*args)
    assert (done.code, done.err) == (0, "")
    document = done.json()
    assert document["n"] == len(document["questions"]) == 20
    for family, names in METRICS.items():
        assert document["metrics"][family].keys() >= names
    assert all(row["error"] is None for row in document["questions"])
    assert document["metrics"]["citation"]["precision"] is not None
    written = json.loads((reports / "eval.json").read_text(encoding="utf-8"))
    assert written == document
    assert "Success@1" in (reports / "eval.md").read_text(encoding="utf-8")


def test_people_see_tables(cli: Cli, pristine: Path, few: Path) -> None:
    done = cli("eval", "run", few, "--data-dir", pristine)
    assert (done.code, done.err) == (0, "")
    assert "nDCG@10" in done.out
    assert "accuracy" in done.out


def test_a_broken_gold_file_is_told_in_one_line(cli: Cli, pristine: Path, few: Path) -> None:
    with few.open("a", encoding="utf-8") as stream:
        stream.write('{"id": "broken"\n')
    broken = cli("eval", "run", few, "--data-dir", pristine)
    assert broken.code == 2
    assert "4" in broken.complaint
    assert str(few) in broken.complaint or few.name in broken.complaint
    missing = cli("eval", "run", few.with_name("none.jsonl"), "--data-dir", pristine)
    assert (missing.code, "none.jsonl" in missing.complaint) == (2, True)


def test_a_gold_set_of_another_archive_is_told_in_one_line(
    cli: Cli, tmp_path: Path, few: Path
) -> None:
    (tmp_path / "mill.txt").write_text("The mill at Osk burned down in 1901. Nobody was hurt.")
    assert cli("ingest", "mill.txt", "--data-dir", "other").code == 0
    done = cli("eval", "run", few, "--data-dir", "other")
    assert done.code == 2
    assert "written for another archive" in done.complaint


def test_a_mistyped_directory_is_told_and_not_made(cli: Cli, tmp_path: Path, few: Path) -> None:
    done = cli("eval", "run", few, "--data-dir", tmp_path / "typo")
    assert done.code == 2
    assert "there is no archive in" in done.complaint
    assert not (tmp_path / "typo").exists()


def test_a_server_that_is_not_there_is_told_in_one_line(cli: Cli, few: Path) -> None:
    done = cli("eval", "run", few, "--url", "http://127.0.0.1:9")
    assert done.code == 2
    assert "127.0.0.1:9" in done.complaint


def test_a_sample_is_the_same_few_each_time(cli: Cli, pristine: Path) -> None:
    args = ("eval", "run", GOLD, "--json", "--sample", "5", "--seed", "3", "--data-dir", pristine)
    first, second = (untimed(cli(*args).json()) for _ in range(2))
    assert first["n"] == 5
    assert (first["gold"]["sampled"], first["gold"]["seed"]) == (5, 3)
    assert as_json(first) == as_json(second)


def test_side_by_side_and_repeated_the_figures_are_the_same(
    cli: Cli, pristine: Path, few: Path
) -> None:
    args = ("eval", "run", few, "--json", "--data-dir", pristine)
    alone = cli(*args).json()
    together = cli(*args, "--parallel", "3", "--repeat", "2").json()
    assert alone["metrics"]["latency_ms"]["warm_p50"] is None
    assert together["metrics"]["latency_ms"]["warm_p50"] > 0
    assert untimed(alone) == untimed(together)


def test_a_killed_run_goes_on_where_it_stopped(
    pristine: Path, tmp_path: Path, model_cache: Path, cli: Cli, twenty: Path
) -> None:
    out = tmp_path / "out"
    partial = out / "replies.partial.jsonl"
    command = [QUOTH, "eval", "run", twenty, "--out", out, "--data-dir", pristine]
    process = subprocess.Popen(
        list(map(str, command)), env=environment(model_cache), stdout=subprocess.DEVNULL
    )
    deadline = time.monotonic() + 180
    while lines_of(partial) < 5:
        assert process.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.01)
    process.kill()
    process.wait()
    kept = partial.read_text(encoding="utf-8").splitlines()[1:4]
    marked = [json.loads(line) | {"milliseconds": 123456.0} for line in kept]
    text = partial.read_text(encoding="utf-8")
    for line, changed in zip(kept, marked, strict=True):
        text = text.replace(line, json.dumps(changed, ensure_ascii=False))
    partial.write_text(text, encoding="utf-8")
    done = cli("eval", "run", twenty, "--json", "--out", out, "--data-dir", pristine)
    assert done.code == 0, done.err
    found = done.json()
    times = {row["id"]: row["milliseconds"] for row in found["questions"]}
    assert [times[line["id"]] for line in marked] == [123456.0] * 3
    assert found["n"] == 20
    assert not partial.exists()
    again = cli(
        "eval", "run", twenty, "--json", "--replies", out / "replies.jsonl", "--data-dir", pristine
    )
    same = again.json()
    for document in (found, same):
        for name in ("target", "provenance"):
            document.pop(name)
    assert untimed(same) == untimed(found)


def test_another_run_in_the_same_directory_is_not_gone_on_with(
    cli: Cli, pristine: Path, few: Path, tmp_path: Path
) -> None:
    (tmp_path / "out").mkdir()
    interrupted = header_line({"gold": "another"}) + '{"id": "x", "answer": "y"}\n'
    (tmp_path / "out" / "replies.partial.jsonl").write_text(interrupted, encoding="utf-8")
    args = ("eval", "run", few, "--out", tmp_path / "out", "--data-dir", pristine)
    refused = cli(*args)
    assert (refused.code, "--fresh" in refused.complaint) == (2, True)
    assert cli(*args, "--fresh").code == 0


def test_someone_elses_answers_are_scored_without_an_archive(
    cli: Cli, few: Path, tmp_path: Path
) -> None:
    questions = [json.loads(line) for line in few.read_text(encoding="utf-8").splitlines()]
    answered, wrong, unanswerable = questions
    lines = [
        {"id": answered["id"], "answer": f"It says {answered['answers'][0]}. [1]"},
        {"id": wrong["id"], "answer": "Nobody ever said that."},
        {"id": unanswerable["id"], "answer": "I do not know."},
    ]
    lines[0]["retrieved"] = [answered["evidence"][0]["quote"]]
    (tmp_path / "theirs.jsonl").write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    found = cli("eval", "run", few, "--json", "--replies", "theirs.jsonl").json()
    rows = {row["id"]: row for row in found["questions"]}
    assert [row["correct"] for row in rows.values()] == [True, False, True]
    assert rows[answered["id"]]["evidence_rank"] == 1
    assert found["metrics"]["answer"]["accuracy"] == 0.5
    assert found["metrics"]["citation"]["precision"] is None
    assert set(found["metrics"]["article_retrieval"].values()) == {None}
    assert found["metrics"]["abstention"]["recall"] == 1.0
    assert found["warnings"] == []
    (tmp_path / "other.jsonl").write_text('{"id": "x", "answer": "y"}', encoding="utf-8")
    other = cli("eval", "run", few, "--replies", "other.jsonl")
    assert (other.code, "answers none of the 3 gold questions" in other.complaint) == (2, True)


def test_answers_on_file_are_read_anew_each_time(cli: Cli, few: Path, tmp_path: Path) -> None:
    ids = [json.loads(line)["id"] for line in few.read_text(encoding="utf-8").splitlines()]
    theirs = tmp_path / "theirs.jsonl"
    args = ("eval", "run", few, "--json", "--replies", theirs, "--out", "out")
    theirs.write_text(json.dumps({"id": ids[0], "answer": "No idea at all."}), encoding="utf-8")
    assert cli(*args).json()["metrics"]["answer"]["accuracy"] == 0.0
    gold = json.loads(few.read_text(encoding="utf-8").splitlines()[0])
    right = {"id": ids[0], "answer": f"It is {gold['answers'][0]}."}
    theirs.write_text(json.dumps(right), encoding="utf-8")
    again = cli(*args)
    assert again.code == 1, "two of three are not in the file"
    assert again.json()["metrics"]["answer"]["accuracy"] == 0.5


def test_a_chat_endpoint_is_scored_by_its_answers(
    cli: Cli, few: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("QUOTH_LLM_API_KEY", "sk-very-secret")
    with llm_server("I do not know.") as server:
        args = ("eval", "run", few, "--json", "--model", "parrot-1")
        done = cli(*args, "--chat", server.url, "--prices", "1", "2")
    assert done.code == 0, done.err
    found = done.json()
    assert found["metrics"]["answer"]["accuracy"] == 0.0
    assert found["metrics"]["abstention"]["recall"] == 1.0
    assert set(found["metrics"]["retrieval"].values()) == {None}
    assert found["metrics"]["usage"]["prompt_tokens"] == PROMPT_TOKENS
    assert found["metrics"]["usage"]["cost"] == pytest.approx((PROMPT_TOKENS + 2 * 8) / 1e6)
    assert "sk-very-secret" not in done.out + done.err
    for options in (("--model", "x"), ("--prices", "-1", "2"), ("--refusal", "no"), ("--fresh",)):
        idle = cli("eval", "run", few, "--data-dir", "nowhere", *options)
        assert (idle.code, options[0] in idle.complaint) == (2, True), idle.err
    two = cli("eval", "run", few, "--chat", "http://127.0.0.1:9/v1", "--replies", "x.jsonl")
    assert (two.code, "name two targets" in two.complaint) == (2, True)


def test_judges_are_reported_apart(
    cli: Cli, pristine: Path, few: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    args = ("eval", "run", few, "--json", "--data-dir", pristine)
    plain = cli(*args).json()
    with llm_server("YES") as server:
        monkeypatch.setenv("QUOTH_LLM_BASE_URL", server.url)
        monkeypatch.setenv("QUOTH_LLM_MODEL", "parrot-1")
        judged = cli(*args, "--judge", "faithfulness").json()
    assert plain["judges"] is None
    [faithfulness] = judged["judges"]["judges"]
    assert (faithfulness["judge"], faithfulness["mean"]) == ("faithfulness", 1.0)
    # The model words the answers too; its "YES" is no supported sentence, so the quotes stand.
    assert judged["metrics"]["usage"]["prompt_tokens"] == PROMPT_TOKENS
    machine = {"latency_ms", "usage"}
    assert {k: v for k, v in judged["metrics"].items() if k not in machine} == {
        k: v for k, v in plain["metrics"].items() if k not in machine
    }


def test_a_judge_that_is_not_there_is_told_before_anything_is_asked(
    cli: Cli, pristine: Path, few: Path
) -> None:
    done = cli("eval", "run", few, "--data-dir", pristine, "--judge", "all")
    assert (done.code, "QUOTH_LLM_BASE_URL" in done.complaint) == (2, True)
    odd = cli("eval", "run", few, "--data-dir", pristine, "--judge", "taste")
    assert (odd.code, "faithfulness" in odd.complaint) == (2, True)


def lines_of(path: Path) -> int:
    return path.read_text(encoding="utf-8").count("\n") if path.exists() else 0


def untimed(document: Any) -> Any:
    """The document without what a clock says."""
    for part in (document, *document["by_tag"].values()):
        for kind in ("metrics", "intervals"):
            part[kind].pop("latency_ms")
    for row in document["questions"]:
        row.pop("milliseconds")
        row.pop("warm_milliseconds")
    return document
