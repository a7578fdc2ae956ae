"""A process that is killed in the middle leaves an archive that the next one completes."""

from __future__ import annotations

import random
import shutil
import signal
import time
from pathlib import Path

import pytest

from tests.faults import jobs
from tests.faults.jobs import ARTICLES, Fault, Found
from tests.faults.process import run, started

INGEST = [
    (Fault(step="before embedding"), 0),
    (Fault(step="after embedding", nth=2), None),
    (Fault(step="inside an article's transaction", nth=8), 7),
    (Fault(step="before a commit", nth=5), None),
    (Fault(step="after an article's commit", nth=12), 12),
    (Fault(step="dense: before anything"), None),
    (Fault(step="dense: after half of the passages"), None),
    (Fault(step="dense: after all passages, before the sequence number"), None),
    (Fault(step="lexical: before anything"), None),
    (Fault(step="lexical: after everything"), None),
    (Fault(step="dense: after half of the passages", nth=2), None),
    (Fault(step="lexical: after everything", nth=2), None),
]


def named(value: object) -> str:
    return f"{value.step}, {value.nth}" if isinstance(value, Fault) else ""


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Found]:
    """An archive of all articles, and what is in it."""
    folder = tmp_path_factory.mktemp("whole")
    found: Found = run(jobs.complete, folder).result
    assert found.articles == ARTICLES
    assert found.embedded == found.inputs > 1024, "too little to fill several windows"
    return folder, found


def assert_heals(folder: Path, whole: Found) -> Found:
    """Everything is wholly in or out, followers agree, and the rest can be taken in."""
    found, completed = run(jobs.look_and_complete, folder).result
    assert isinstance(found, Found)
    assert found.half == ()
    assert found.problems == ()
    assert (completed.articles, completed.passages) == (whole.articles, whole.passages)
    assert completed.half == completed.problems == ()
    assert completed.embedded == whole.inputs - found.inputs, "a stored passage was embedded again"
    return found


@pytest.mark.parametrize(("fault", "stored"), INGEST, ids=named)
def test_killed_while_taking_articles_in(
    tmp_path: Path, whole: tuple[Path, Found], fault: Fault, stored: int | None
) -> None:
    assert run(jobs.ingest_and_die, tmp_path, fault).exit_code == -signal.SIGKILL
    found = assert_heals(tmp_path, whole[1])
    assert found.articles < ARTICLES
    assert stored is None or found.articles == stored


@pytest.mark.parametrize(
    "fault",
    [
        Fault(step="after a deletion's commit", nth=4),
        Fault(step="dense: before anything"),
        Fault(step="lexical: before anything"),
        Fault(step="lexical: after everything"),
    ],
    ids=named,
)
def test_killed_while_deleting(tmp_path: Path, whole: tuple[Path, Found], fault: Fault) -> None:
    folder = Path(shutil.copytree(whole[0], tmp_path / "data"))
    assert run(jobs.delete_and_die, folder, fault).exit_code == -signal.SIGKILL
    found = assert_heals(folder, whole[1])
    assert found.articles == ARTICLES - (4 if "deletion" in fault.step else 10)


@pytest.mark.parametrize("step", ["dense: after half of the passages", "lexical: before anything"])
def test_killed_while_rebuilding(tmp_path: Path, whole: tuple[Path, Found], step: str) -> None:
    folder = Path(shutil.copytree(whole[0], tmp_path / "data"))
    assert run(jobs.rebuild_and_die, folder, Fault(step=step)).exit_code == -signal.SIGKILL
    assert assert_heals(folder, whole[1]).articles == ARTICLES


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TABLE alembic_version",
        "CREATE TABLE passages",
        "UPDATE alembic_version",
        "CREATE TABLE ingest_runs",
        "INSERT INTO meta",
    ],
)
def test_killed_while_the_catalogue_is_made(tmp_path: Path, statement: str) -> None:
    assert run(jobs.create_and_die, tmp_path, statement).exit_code == -signal.SIGKILL
    found: Found = run(jobs.look, tmp_path).result
    assert (found.articles, found.problems) == (0, ())


def test_killed_at_any_time_again_and_again(tmp_path: Path, whole: tuple[Path, Found]) -> None:
    chance = random.Random(20261120)
    killed = 0
    for _ in range(4):
        with started(jobs.ingest_until_killed, tmp_path) as (process, pipe):
            assert pipe.poll(60)
            assert pipe.recv() == "begins"
            time.sleep(chance.uniform(0.05, 0.8))
            process.kill()
            process.join()
            killed += process.exitcode == -signal.SIGKILL
        found: Found = run(jobs.look, tmp_path).result
        assert found.half == found.problems == ()
    assert killed >= 1
    assert_heals(tmp_path, whole[1])
