"""Other processes, forked from a server that has imported the libraries but opened nothing."""

from __future__ import annotations

import multiprocessing
import os
import signal
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerProcess
from typing import Any

PATIENCE = 60.0
"""Seconds that another process may take before a test gives up on it."""

Job = Callable[..., Any]

_CONTEXT = multiprocessing.get_context("forkserver")
_CONTEXT.set_forkserver_preload(["tests.faults.jobs"])


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """How another process ended."""

    exit_code: int
    """Negative where a signal ended it."""
    result: Any
    """What its job returned; None where it was killed."""


def _main(pipe: Connection, job: Job, arguments: tuple[Any, ...]) -> None:
    try:
        talks = getattr(job, "talks", False)
        pipe.send(("result", job(*arguments, pipe) if talks else job(*arguments)))
    except BaseException:  # noqa: BLE001 - the parent raises it again
        pipe.send(("failure", traceback.format_exc()))


@contextmanager
def started(job: Job, *arguments: Any) -> Iterator[tuple[ForkServerProcess, Connection]]:
    """A running process; it is killed at the end."""
    ours, theirs = _CONTEXT.Pipe()
    process = _CONTEXT.Process(target=_main, args=(theirs, job, arguments))
    process.start()
    theirs.close()
    try:
        yield process, ours
    finally:
        process.kill()
        process.join()
        process.close()
        ours.close()


def run(job: Job, *arguments: Any) -> Ended:
    """Do a job in a process of its own.

    Raises:
        AssertionError: the job raised, or did not end.
    """
    with started(job, *arguments) as (process, pipe):
        result = _received(pipe)
        process.join(PATIENCE)
        assert process.exitcode is not None, "it did not end"
        return Ended(exit_code=process.exitcode, result=result)


def _received(pipe: Connection) -> Any:
    assert pipe.poll(PATIENCE), "it did not answer"
    try:
        kind, content = pipe.recv()
    except (EOFError, ConnectionResetError):  # killed
        return None
    assert kind == "result", content
    return content


def talking(job: Job) -> Job:
    """Mark a job that is also given the pipe to its parent."""
    job.talks = True  # type: ignore[attr-defined]
    return job


def kill_self() -> None:
    """End this process as the kernel would: nothing is flushed, nothing is closed."""
    os.kill(os.getpid(), signal.SIGKILL)
