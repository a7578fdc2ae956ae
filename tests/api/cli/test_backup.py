"""`quoth backup` and `quoth restore`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import httpx

from tests.api.cli.conftest import Cli
from tests.api.cli.running import QUESTION
from tests.api.cli.test_serving import served


def said(cli: Cli, folder: Path) -> dict[str, Any]:
    """An answer, less what differs each time that it is given."""
    answer = cli("ask", QUESTION, "--json", "--data-dir", folder).json()
    return {name: value for name, value in answer.items() if name not in {"id", "timings_ms"}}


def quotes(answer: dict[str, Any]) -> list[tuple[str, int, str]]:
    """What an answer quotes, and from where."""
    return [(c["article_id"], c["start"], c["quote"]) for c in answer["citations"]]


def test_an_archive_comes_back_with_the_same_answers(
    cli: Cli, archive_dir: Path, tmp_path: Path
) -> None:
    before = said(cli, archive_dir)
    assert before["citations"]
    made = cli("backup", "kept.zip", "--data-dir", archive_dir)
    assert (made.code, made.err) == (0, "")
    assert made.out.startswith("kept.zip: 10 articles, ")
    assert made.out.endswith(" MB\n")
    done = cli("restore", "kept.zip", "--data-dir", "new")
    assert (done.code, done.err) == (0, "")
    first, second = done.out.splitlines()
    assert first.startswith("new: 10 articles, ")
    assert second.endswith(" probed: all agree")
    assert said(cli, tmp_path / "new") == before
    assert cli("verify", "--data-dir", "new").code == 0
    status = cli("status", "--json", "--data-dir", "new").json()
    assert (
        status["last_ingests"]
        == cli("status", "--json", "--data-dir", archive_dir).json()["last_ingests"]
    )


def test_as_json(cli: Cli, pristine: Path) -> None:
    made = cli("backup", "kept.zip", "--json", "--data-dir", pristine).json()
    assert made["file"] == "kept.zip"
    assert made["bytes"] == Path("kept.zip").stat().st_size
    assert (made["holds"]["articles"], made["format_version"]) == (10, 1)
    found = cli("restore", "kept.zip", "--json", "--data-dir", "new").json()
    assert (found["data_dir"], found["sound"], found["problems"]) == ("new", True, [])
    assert (found["articles"], found["passages"]) == (10, made["holds"]["passages"])
    assert found["catalogue_sha256"] == made["catalogue_sha256"]


def test_a_served_archive_is_backed_up_with_what_it_took_in(
    cli: Cli, archive_dir: Path, tmp_path: Path, model_cache: Path
) -> None:
    article = {"id": "late", "title": "Late", "text": "The Zyzzogeton ferry sank at noon. " * 3}
    with (
        served(archive_dir, model_cache) as (url, process),
        httpx.Client(base_url=url, timeout=60) as client,
    ):
        assert client.post("/v1/articles", json=article).status_code < 300
        made = cli("backup", "kept.zip", "--json", "--data-dir", archive_dir)
        assert (made.code, made.json()["holds"]["articles"]) == (0, 11)
        assert process.poll() is None
        answer = client.post("/v1/ask", json={"question": QUESTION}).json()
        refused = cli("restore", "kept.zip", "--data-dir", archive_dir)
        assert (refused.code, "there is an archive in" in refused.complaint) == (2, True)
        assert client.get("/readyz").status_code == 200
    assert cli("restore", "kept.zip", "--data-dir", "new").code == 0
    # Scores of words move a little whenever indexes are rebuilt, quotes do not.
    assert quotes(said(cli, tmp_path / "new")) == quotes(answer)


def test_what_cannot_be_done_is_told_in_one_line(cli: Cli, pristine: Path, tmp_path: Path) -> None:
    assert cli("backup", "kept.zip", "--data-dir", pristine).code == 0
    before = Path("kept.zip").read_bytes()
    (tmp_path / "notes.txt").write_text("Mine.", encoding="utf-8")
    (tmp_path / "cut.zip").write_bytes(before[:-50])
    (tmp_path / "flipped.zip").write_bytes(before[:9000] + b"?" * 50 + before[9050:])
    for command, reason in (
        (("backup", "kept.zip", "--data-dir", pristine), "give --force"),
        (("backup", "notes.txt", "--force", "--data-dir", pristine), "is no backup"),
        (("backup", "no/kept.zip", "--data-dir", pristine), "No such file"),
        (("backup", "x.zip", "--data-dir", "nowhere"), "there is no archive in nowhere"),
        (("restore", "kept.zip", "--data-dir", pristine), "there is an archive in"),
        (("restore", "x.zip", "--data-dir", "new"), "x.zip cannot be read"),
        (("restore", "notes.txt", "--data-dir", "new"), "is no backup of Quoth"),
        (("restore", "cut.zip", "--data-dir", "new"), "is damaged"),
        (("restore", "flipped.zip", "--data-dir", "new"), "is damaged"),
        (("restore", "kept.zip", "--data-dir", "notes.txt"), "cannot be written"),
    ):
        done = cli(*command)
        assert (done.code, reason in done.complaint) == (2, True), (command, done)
    assert Path("kept.zip").read_bytes() == before
    assert not (tmp_path / "nowhere").exists()
    assert cli("backup", "kept.zip", "--force", "--data-dir", pristine).code == 0
    assert cli("restore", "kept.zip", "--data-dir", "new").code == 0


def test_postgres_has_a_tool_of_its_own(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "var").mkdir()
    url = "postgresql+psycopg://me:hunter2@host/quoth"
    (tmp_path / "var" / "quoth.toml").write_text(f"catalogue_url = {json.dumps(url)}\n", "utf-8")
    (tmp_path / "kept.zip").write_bytes(b"")
    for command, tool in (("backup", "pg_dump"), ("restore", "pg_restore")):
        done = cli(command, "kept.zip")
        assert (done.code, tool in done.complaint) == (2, True)
        assert "hunter2" not in done.err


def test_settings_are_said_to_be_left_out(cli: Cli, archive_dir: Path) -> None:
    (archive_dir / "quoth.toml").write_text('log_level = "info"\n', encoding="utf-8")
    done = cli("backup", "kept.zip", "--data-dir", archive_dir)
    assert (done.code, done.out.startswith("kept.zip: 10")) == (0, True)
    (line,) = done.err.splitlines()
    assert "quoth.toml is not in the backup" in line
