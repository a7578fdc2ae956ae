"""Data directories that cannot be used as they are: one clear line, and nothing harmed."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from index.catalogue.schema import METADATA
from index.lock import DirectoryLock
from tests.api.cli.conftest import Cli
from tests.api.cli.running import SEEDS, environment, run_quoth
from tests.api.cli.test_bad_input import assert_answers, assert_unharmed
from tests.faults.test_versions import FIRST, TABLES, revision_of

COMMANDS = (
    ("status",),
    ("ask", "why?"),
    ("ingest", SEEDS),
    ("verify",),
    ("rebuild",),
    ("delete", "x"),
)
LETTING_GO = """
import os
import api.bootstrap, api.cli.main, api.logs
import index.bootstrap, index.ingest, rag.bootstrap, rag.records
if os.geteuid() == 0:  # whom file modes do not stop
    os.setgid(65534)
    os.setuid(65534)
api.cli.main.main()
"""
"""`quoth` as an ordinary user, who need not be able to read where the code lies."""
HOLDING = """
import sys
from pathlib import Path
from index.lock import DirectoryLock
with DirectoryLock(Path(sys.argv[1])):
    print("held", flush=True)
    input()
"""


def set_revision(archive: Path, revision: str, *statements: str) -> None:
    """Make the catalogue look as another version of Quoth left it."""
    with closing(sqlite3.connect(archive / "catalogue.sqlite")) as connection, connection:
        for statement in statements:
            connection.execute(statement)
        connection.execute("UPDATE alembic_version SET version_num = ?", (revision,))


def test_an_older_version_is_brought_up_to_date(cli: Cli, archive_dir: Path) -> None:
    later = METADATA.tables.keys() - set(TABLES)
    set_revision(archive_dir, FIRST, *(f"DROP TABLE {table}" for table in later))
    done = cli("status", "--json", "--data-dir", archive_dir)
    assert (done.code, done.json()["articles"]) == (0, 10)
    (line,) = done.err.splitlines()
    assert "catalogue_upgraded" in line
    assert FIRST in line
    assert_unharmed(cli, archive_dir)
    assert_answers(cli, archive_dir)
    assert cli("status", "--data-dir", archive_dir).err == ""


def test_a_newer_version_is_left_alone(cli: Cli, archive_dir: Path) -> None:
    newest = revision_of(archive_dir / "catalogue.sqlite")
    set_revision(archive_dir, "9999")
    before = (archive_dir / "catalogue.sqlite").read_bytes()
    for command in COMMANDS:
        done = cli(*command, "--data-dir", archive_dir)
        assert done.code == 2
        assert "written by a newer version of Quoth" in done.complaint
        assert "upgrade Quoth" in done.complaint
    assert (archive_dir / "catalogue.sqlite").read_bytes() == before
    set_revision(archive_dir, newest)
    assert_unharmed(cli, archive_dir)
    assert_answers(cli, archive_dir)


def test_a_catalogue_that_is_none_is_left_alone(cli: Cli, archive_dir: Path) -> None:
    path = archive_dir / "catalogue.sqlite"
    whole = path.read_bytes()
    path.write_bytes(b"no database at all " * 500)
    done = cli("status", "--data-dir", archive_dir)
    assert done.code == 2
    assert "the catalogue cannot be read" in done.complaint
    path.write_bytes(whole)
    assert_unharmed(cli, archive_dir)


def test_a_directory_that_another_process_holds(cli: Cli, archive_dir: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", HOLDING, str(archive_dir)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        for command in COMMANDS:
            done = cli(*command, "--data-dir", archive_dir)
            assert done.code == 2
            assert f"in use by another process (process {holder.pid})" in done.complaint
        holder.communicate("")
    assert_unharmed(cli, archive_dir)


def test_a_lock_left_by_a_process_that_is_gone_does_not_matter(cli: Cli, archive_dir: Path) -> None:
    (archive_dir / "holder").write_text("4194303", encoding="utf-8")
    assert cli("status", "--data-dir", archive_dir).code == 0


@pytest.mark.parametrize("name", ["archive.txt", "archive.txt/below"])
def test_a_data_directory_that_is_a_file(cli: Cli, tmp_path: Path, name: str) -> None:
    (tmp_path / "archive.txt").write_text("Not a folder.", encoding="utf-8")
    done = cli("status", "--data-dir", tmp_path / name)
    assert done.code == 2
    assert "--data-dir" in done.complaint
    assert (tmp_path / "archive.txt").read_text(encoding="utf-8") == "Not a folder."


@pytest.fixture
def frozen(archive_dir: Path) -> Iterator[Path]:
    """A copy that nobody may write to, where every user can reach it."""
    outer = Path(tempfile.mkdtemp(prefix="quoth-read-only-"))
    folder = Path(shutil.copytree(archive_dir, outer / "archive"))
    outer.chmod(0o755)
    _set_modes(folder, folders=0o555, files=0o444)
    yield folder
    _set_modes(folder, folders=0o755, files=0o644)
    shutil.rmtree(outer)


def _set_modes(folder: Path, *, folders: int, files: int) -> None:
    for path in (folder, *folder.rglob("*")):
        path.chmod(folders if path.is_dir() else files)


def test_a_read_only_directory_is_told_in_one_line_and_does_not_change(
    cli: Cli, frozen: Path, model_cache: Path
) -> None:
    before = {path: path.stat().st_mtime_ns for path in frozen.rglob("*")}
    env = environment(model_cache, HOME=str(frozen))
    for command, folder in (
        (("status",), frozen),
        (("ask", "why?"), frozen),
        (("ingest", SEEDS), frozen),
        (("status",), frozen / "new"),
    ):
        done = run_quoth(*command, "--data-dir", folder, env=env, cwd=frozen, program=LETTING_GO)
        assert done.code == 2
        assert f"the data directory {folder} cannot be written" in done.complaint
    assert {path: path.stat().st_mtime_ns for path in frozen.rglob("*")} == before
    _set_modes(frozen, folders=0o755, files=0o644)
    assert_unharmed(cli, frozen)
    assert_answers(cli, frozen)


def test_the_lock_is_the_one_that_commands_take(cli: Cli, archive_dir: Path) -> None:
    with DirectoryLock(archive_dir):
        assert "in use" in cli("status", "--data-dir", archive_dir).complaint
    assert cli("status", "--data-dir", archive_dir).code == 0
