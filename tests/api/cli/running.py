"""The installed `quoth` in a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

QUOTH = Path(sys.executable).with_name("quoth")
SEEDS = Path(__file__).parents[3] / "seeds"
QUESTION = "how long would the guarantees last?"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished:
    """What a command printed, and its exit code."""

    code: int
    out: str
    err: str

    def json(self) -> Any:
        """The one JSON document on standard output."""
        return json.loads(self.out)

    @property
    def complaint(self) -> str:
        """The one line on standard error, which is no traceback."""
        assert self.out == ""
        (line,) = self.err.splitlines()
        assert line.startswith("quoth: ")
        return line


def environment(model_cache: Path, **more: str) -> dict[str, str]:
    """The tests' own, without settings but those given."""
    own = {name: value for name, value in os.environ.items() if not name.startswith("QUOTH_")}
    return own | {"QUOTH_MODEL_CACHE": str(model_cache)} | more


def run_quoth(
    *args: str | Path,
    env: Mapping[str, str],
    cwd: Path,
    program: str | None = None,
) -> Finished:
    """Run to the end; `program` is Python that stands in for the console script."""
    start = [str(QUOTH)] if program is None else [sys.executable, "-c", program]
    done = subprocess.run(
        [*start, *map(str, args)],
        env=dict(env),
        cwd=cwd,
        capture_output=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )
    return Finished(code=done.returncode, out=done.stdout, err=done.stderr)
