"""`quoth ingest`: the table, the document, the exit codes."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.api.cli.conftest import Cli
from tests.api.cli.running import SEEDS, environment, run_quoth

FERRY = "The ferry to Osk runs again from Monday, the harbour office said on Friday.\n"
BRIDGE = "The bridge at Harrowmouth will close for repairs in September, the county decided.\n"


@pytest.fixture
def ferry(tmp_path: Path) -> Path:
    path = tmp_path / "ferry.txt"
    path.write_text(f"Ferry to Osk runs again\n\n{FERRY}", encoding="utf-8")
    return path


def test_new_changed_and_known_articles_are_told_apart(
    cli: Cli, tmp_path: Path, ferry: Path
) -> None:
    archive = tmp_path / "archive"
    bridge = tmp_path / "bridge.txt"
    bridge.write_text(f"Bridge to close\n\n{BRIDGE}", encoding="utf-8")
    first = cli("ingest", ferry, bridge, "--data-dir", archive, "--json").json()
    assert {k: first[k] for k in ("added", "updated", "unchanged", "refused")} == {
        "added": 2,
        "updated": 0,
        "unchanged": 0,
        "refused": 0,
    }
    assert [item["origin"] for item in first["items"]] == [str(ferry), str(bridge)]
    assert all(item["passages"] >= 1 and item["reason"] is None for item in first["items"])

    bridge.write_text(f"Bridge to close\n\n{BRIDGE}Buses will cross by a pontoon.\n", "utf-8")
    done = cli("ingest", ferry, bridge, "--data-dir", archive)
    assert (done.code, done.err) == (0, "")
    header, counts = done.out.splitlines()
    assert header.split() == ["added", "updated", "unchanged", "refused"]
    assert counts.split() == ["0", "1", "1", "0"]


def test_some_refused_is_one_and_nothing_done_is_two(cli: Cli, tmp_path: Path, ferry: Path) -> None:
    archive, empty = tmp_path / "archive", tmp_path / "empty.txt"
    empty.touch()
    some = cli("ingest", ferry, empty, "--data-dir", archive)
    assert some.code == 1
    assert f"refused {empty}: the file is empty" in some.out
    nothing = cli("ingest", empty, "--data-dir", archive)
    assert nothing.code == 2
    assert nothing.out.splitlines()[1].split() == ["0", "0", "0", "1"]
    assert cli("ingest", ferry, "--data-dir", archive).code == 0


def test_long_names_and_square_brackets_are_printed_as_they_are(cli: Cli, tmp_path: Path) -> None:
    odd = tmp_path / f"[bold]{'long' * 40}[red].txt"
    odd.touch()
    done = cli("ingest", odd, "--data-dir", tmp_path / "archive")
    (line,) = [line for line in done.out.splitlines() if line.startswith("refused ")]
    assert str(odd) in line


def test_names_with_line_breaks_are_printed_in_one_line(cli: Cli, tmp_path: Path) -> None:
    archive, odd = tmp_path / "archive", tmp_path / "two\nlines\x1b[31m\u2028.txt"
    odd.touch()
    line = f"refused {tmp_path}/two lines [31m .txt: the file is empty"
    assert cli("ingest", odd, "--data-dir", archive).out.splitlines()[-1].startswith(line)
    status = cli("status", "--data-dir", archive).out.splitlines()
    assert status[-1].strip().startswith(line)
    missing = cli("status", "--data-dir", tmp_path / "two\nlines\x1b[31m\u2028.txt")
    assert "two lines [31m .txt" in missing.complaint


def test_a_dry_run_stores_nothing(cli: Cli, tmp_path: Path, ferry: Path) -> None:
    archive = tmp_path / "archive"
    done = cli("ingest", ferry, "--dry-run", "--data-dir", archive)
    assert done.code == 0
    assert done.out.splitlines()[1].split() == ["1", "0", "0", "0"]
    assert "Nothing was stored" in done.out
    assert cli("ingest", ferry, "--dry-run", "--json", "--data-dir", archive).json()["dry_run"]
    status = cli("status", "--json", "--data-dir", archive).json()
    assert (status["articles"], status["last_ingests"]) == (0, [])


def test_publisher_and_subfolders(cli: Cli, tmp_path: Path, ferry: Path) -> None:
    archive, below = tmp_path / "archive", tmp_path / "in" / "deeper"
    below.mkdir(parents=True)
    ferry.rename(below / "ferry.txt")
    flat = cli("ingest", tmp_path / "in", "--data-dir", archive)
    assert flat.code == 2
    assert "--recursive" in flat.out
    deep = ("ingest", tmp_path / "in", "-r", "--publisher", "Skerry Post", "--data-dir", archive)
    assert cli(*deep).code == 0
    found = cli("search", "ferry", "--json", "--data-dir", archive).json()
    assert found["passages"][0]["publisher"] == "Skerry Post"


def test_standard_output_is_one_document_and_logs_go_to_standard_error(
    tmp_path: Path, model_cache: Path
) -> None:
    env = environment(
        model_cache,
        QUOTH_LOG_LEVEL="debug",
        QUOTH_LOG_FORMAT="json",
        QUOTH_DATA_DIR=str(tmp_path / "archive"),
    )
    missing = tmp_path / "missing.txt"
    done = run_quoth("ingest", SEEDS, missing, "--json", env=env, cwd=tmp_path)
    document = done.json()
    assert (done.code, document["added"], document["refused"]) == (1, 10, 1)
    (refused,) = [item for item in document["items"] if item["outcome"] == "refused"]
    assert refused["origin"] == str(missing)
    logged = done.err.splitlines()
    assert any("files passed over" in line for line in logged)
    assert all(line.startswith("{") for line in logged)
    assert [path.name for path in tmp_path.iterdir()] == ["archive"]
