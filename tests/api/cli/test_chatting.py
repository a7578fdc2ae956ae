"""`quoth chat`: lines in, answers out, and what was said is remembered."""

from __future__ import annotations

import io
import json
import os
import pty
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.api.cli.conftest import Cli
from tests.api.cli.running import QUESTION, QUOTH, Finished, environment
from tests.api.cli.test_asking import assert_shape

Chat = Callable[..., Finished]


@pytest.fixture
def chat(cli: Cli, pristine: Path, monkeypatch: pytest.MonkeyPatch) -> Chat:
    """`quoth chat` in this process, with these lines as standard input."""

    def run(*lines: str | bytes, options: tuple[str, ...] = ()) -> Finished:
        raw = b"".join(
            (line if isinstance(line, bytes) else line.encode()) + b"\n" for line in lines
        )
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(raw), encoding="utf-8"))
        return cli("chat", "--data-dir", pristine, *options)

    return run


def test_a_follow_up_is_understood_and_shown(chat: Chat) -> None:
    done = chat(QUESTION, "who proposed them?")
    assert (done.code, done.err) == (0, "")
    first, second, *_ = done.out.split("\n\n")
    assert "15-year" in first
    assert "[1] " in first
    assert "(Harbour Ledger, Tuesday 6 January 2026)" in first
    assert "asked as" not in first
    assert second.splitlines()[0] == "asked as: who proposed the guarantees?"


def test_new_forgets_and_quit_ends(chat: Chat) -> None:
    done = chat(QUESTION, "/new", "who proposed them?", "/quit", QUESTION)
    assert (done.code, done.err) == (0, "")
    assert "asked as" not in done.out
    assert done.out.count("15-year") == 1


def test_what_cannot_be_asked_is_one_line_and_the_next_may_come(chat: Chat) -> None:
    done = chat("x" * 3000, "/help", b"\xff\xfe", "", QUESTION)
    assert done.code == 0
    long, command, text = done.err.splitlines()
    assert "3000 characters" in long
    assert "/help is no command" in command
    assert "/quit" in command
    assert "not valid text" in text
    assert all(line.startswith("quoth: ") for line in (long, command, text))
    assert "15-year" in done.out


def test_json_is_one_answer_a_line(chat: Chat) -> None:
    done = chat(QUESTION, "who proposed them?", options=("--json",))
    assert (done.code, done.err) == (0, "")
    first, second = map(json.loads, done.out.splitlines())
    assert_shape(first)
    assert_shape(second)
    assert second["question"] == "who proposed them?"
    assert second["standalone_question"] == "who proposed the guarantees?"


def test_what_the_archive_does_not_say_is_said(chat: Chat) -> None:
    done = chat("What is the boiling point of mercury?")
    said, nearest, *_ = done.out.splitlines()
    assert said == "The archive does not say."
    assert nearest.startswith("nearest, which do not answer it: ")


def test_filters_hold_for_the_whole_conversation(chat: Chat) -> None:
    done = chat(QUESTION, options=("--until", "2001-01-01"))
    assert (done.code, done.out.strip()) == (0, "The archive does not say.")


def test_no_lines_no_answers(chat: Chat) -> None:
    assert chat() == Finished(code=0, out="", err="")


def test_an_archive_that_is_not_there_is_one_line(cli: Cli, tmp_path: Path) -> None:
    done = cli("chat", "--data-dir", tmp_path / "none")
    assert done.code == 2
    assert "no archive" in done.complaint


def test_a_terminal_is_prompted(pristine: Path, model_cache: Path) -> None:
    ours, theirs = pty.openpty()
    env = environment(model_cache, TERM="dumb")
    command = [str(QUOTH), "chat", "--data-dir", str(pristine)]
    with subprocess.Popen(
        command, stdin=theirs, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=env
    ) as process:
        os.close(theirs)
        os.write(ours, f"{QUESTION}\n/quit\n".encode())
        out, err = process.communicate(timeout=120)
        os.close(ours)
    assert process.returncode == 0
    assert "15-year" in out.decode()
    assert "you>" not in out.decode()
    assert "you> " in err.decode()
    assert "/new forgets what was said" in err.decode()
