"""`quoth ask` with a language model at the end of a socket."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.api.cli.conftest import Cli
from tests.api.cli.running import QUESTION
from tests.llm_server import MODEL, Asked, failure, llm_server
from tests.rag.generation.conversing import KEY, number_of, offered


def test_the_model_words_the_answer_and_its_failure_is_told(
    cli: Cli, pristine: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def script(asked: Asked) -> str:
        quote = offered(asked)[0]["quote"]
        return f"{quote} [{number_of(asked, quote)}] And the moon is cheese. [1]"

    with llm_server(script) as server:
        monkeypatch.setenv("QUOTH_LLM_BASE_URL", server.url)
        monkeypatch.setenv("QUOTH_LLM_MODEL", MODEL)
        monkeypatch.setenv("QUOTH_LLM_API_KEY", KEY)
        worded = cli("ask", QUESTION, "--json", "--data-dir", pristine).json()
        assert len(server.asked) == 1
        server.script = lambda _: failure(401, KEY)
        shown = cli("ask", QUESTION, "--data-dir", pristine)
    assert (worded["mode"], len(worded["sentences"])) == ("llm", 1)
    assert "left out" in worded["notice"]
    assert "Note: The language model was no help (its endpoint answered 401)" in shown.out
    assert KEY not in shown.out + shown.err


def test_half_a_model_is_one_line(
    cli: Cli, pristine: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("QUOTH_LLM_MODEL", MODEL)
    done = cli("ask", QUESTION, "--data-dir", pristine)
    assert done.code != 0
    assert "QUOTH_LLM_BASE_URL" in done.complaint
