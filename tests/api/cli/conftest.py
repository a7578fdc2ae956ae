"""An archive with the seeds in it, and `quoth` in this process and in its own."""

from __future__ import annotations

import logging
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import structlog

from api.cli.main import main
from tests.api.cli.running import SEEDS, Finished, environment, run_quoth

Cli = Callable[..., Finished]


@pytest.fixture(scope="session")
def pristine(tmp_path_factory: pytest.TempPathFactory, model_cache: Path) -> Path:
    """A closed archive with the seeds in it, made by the command; not to be changed."""
    folder = tmp_path_factory.mktemp("pristine") / "archive"
    env = environment(model_cache)
    done = run_quoth("ingest", SEEDS, "--data-dir", folder, env=env, cwd=folder.parent)
    assert done.code == 0, done.err
    assert done.out.split() == ["added", "updated", "unchanged", "refused", "10", "0", "0", "0"]
    return folder


@pytest.fixture
def archive_dir(pristine: Path, tmp_path: Path) -> Path:
    """A copy of it that a test may do anything to."""
    return Path(shutil.copytree(pristine, tmp_path / "archive"))


@pytest.fixture
def cli(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    model_cache: Path,
) -> Iterator[Cli]:
    """`quoth` in this process: the model's libraries are imported once."""
    root = logging.getLogger()
    handlers, level, configured = root.handlers, root.level, structlog.get_config()
    monkeypatch.setenv("QUOTH_MODEL_CACHE", str(model_cache))
    monkeypatch.chdir(tmp_path)

    def run(*args: str | Path) -> Finished:
        monkeypatch.setattr(sys, "argv", ["quoth", *map(str, args)])
        capsys.readouterr()
        with pytest.raises(SystemExit) as stopped:
            main()
        said = capsys.readouterr()
        code = stopped.value.code
        assert isinstance(code, int)
        return Finished(code=code, out=said.out, err=said.err)

    yield run
    root.handlers = handlers
    root.setLevel(level)
    structlog.configure(**configured)
