"""`quoth status`, `verify`, `rebuild` and `delete`."""

from __future__ import annotations

import shutil
from datetime import datetime
from pathlib import Path
from typing import Any, cast

from tests.api.cli.conftest import Cli
from tests.api.cli.running import QUESTION


def test_status_says_what_is_held(cli: Cli, pristine: Path) -> None:
    found = cli("status", "--json", "--data-dir", pristine).json()
    assert (found["articles"], found["versions"]) == (10, 10)
    assert found["embedding_model"].startswith("all-MiniLM-L6-v2@")
    assert {f["name"]: f["passages"] for f in found["followers"]} == {
        "dense": found["passages"],
        "lexical": found["passages"],
    }
    (run,) = found["last_ingests"]
    assert (run["added"], run["refused"]) == (10, [])
    assert "T" in run["started_at"]
    assert datetime.fromisoformat(run["started_at"]).tzinfo is not None
    plain = cli("status", "--data-dir", pristine)
    assert (plain.code, plain.err) == (0, "")
    assert "articles   10 (10 versions" in plain.out
    assert plain.out.count("up to date") == 2


def test_status_of_a_new_directory_is_empty_and_sound(cli: Cli, tmp_path: Path) -> None:
    done = cli("status")
    assert done.code == 0
    assert "articles   0 " in done.out
    assert "none yet" in done.out
    assert (tmp_path / "var").is_dir()
    assert cli("verify").code == 0


def test_status_remembers_what_was_refused(cli: Cli, archive_dir: Path) -> None:
    cli("ingest", "nowhere.txt", "--data-dir", archive_dir)
    assert "refused nowhere.txt: there is no such" in cli("status", "--data-dir", archive_dir).out


def test_verify_finds_agreement(cli: Cli, pristine: Path) -> None:
    found = cli("verify", "--json", "--data-dir", pristine).json()
    assert (found["sound"], found["problems"], found["articles"]) == (True, [], 10)
    assert found["probes"] == found["passages"]
    plain = cli("verify", "--data-dir", pristine)
    assert (plain.code, plain.err) == (0, "")
    assert plain.out.endswith("all agree\n")


def test_verify_finds_what_is_missing_and_rebuild_mends_it(cli: Cli, archive_dir: Path) -> None:
    whole = cli("verify", "--json", "--data-dir", archive_dir).json()
    _lose_passages(archive_dir)
    broken = cli("verify", "--data-dir", archive_dir)
    assert broken.code == 1
    assert "dense: lacks" in broken.out
    assert broken.out.endswith("run: quoth rebuild\n")
    told = cli("verify", "--json", "--data-dir", archive_dir)
    assert (told.code, told.json()["sound"]) == (1, False)
    rebuilt = cli("rebuild", "--follower", "dense", "--data-dir", archive_dir)
    assert (rebuilt.code, rebuilt.out) == (0, f"dense: rebuilt, {whole['passages']} passages\n")
    assert cli("verify", "--data-dir", archive_dir).code == 0


def _lose_passages(folder: Path) -> None:
    """Delete behind Quoth's back what a lost write would have left out."""
    import chromadb
    from chromadb.config import Settings

    client = chromadb.PersistentClient(
        path=str(folder / "chroma"), settings=Settings(anonymized_telemetry=False)
    )
    (collection,) = client.list_collections()
    collection.delete(ids=collection.get(limit=2)["ids"])
    cast("Any", client).close()


def test_rebuild_needs_no_model_and_loses_nothing(cli: Cli, archive_dir: Path) -> None:
    before = cli("ask", QUESTION, "--json", "--data-dir", archive_dir).json()
    for folder in ("chroma", "lexical"):
        shutil.rmtree(archive_dir / folder)
    held = cli("rebuild", "--json", "--data-dir", archive_dir).json()
    assert held.keys() == {"dense", "lexical"}
    after = cli("ask", QUESTION, "--json", "--data-dir", archive_dir).json()
    assert after["citations"] == before["citations"]
    assert after["retrieved"] == before["retrieved"]


def test_delete_names_what_was_not_there(cli: Cli, archive_dir: Path) -> None:
    answer = cli("ask", QUESTION, "--json", "--data-dir", archive_dir).json()
    cited = answer["citations"][0]["article_id"]
    done = cli("delete", cited, "nobody", "--data-dir", archive_dir)
    assert (done.code, done.out) == (1, "1 deleted\n")
    (line,) = done.err.splitlines()
    assert "'nobody'" in line
    again = cli("delete", cited, "--json", "--data-dir", archive_dir)
    assert (again.code, again.json()) == (1, {"deleted": [], "not_found": [cited]})
    left = cli("ask", QUESTION, "--json", "--top-k", "50", "--data-dir", archive_dir).json()
    assert cited not in {c["article_id"] for c in left["citations"] + left["retrieved"]}
    assert cli("status", "--json", "--data-dir", archive_dir).json()["articles"] == 9
    assert cli("verify", "--data-dir", archive_dir).code == 0
