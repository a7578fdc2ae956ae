"""Chat over a language model at the end of another socket: told as it writes, stopped for good."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from api.service import Service
from tests.api.http.conftest import QUESTION
from tests.api.http.event_streams import asking, streamed, streaming
from tests.api.http.leaving import PATIENCE, leave
from tests.api.http.serving import serving
from tests.api.http.test_chat import QUICK, until
from tests.index.building import archive_in, ingest, record
from tests.llm_server import Breaks, LlmServer, Script, llm_server
from tests.rag.generation.conversing import number_of, worded

FERRY = "The ferry to Osk runs again from Monday, the harbour office said on Friday."
ENDLESS = Breaks(said="The ferry ", then="words")


@contextmanager
def talking(folder: Path, script: Script) -> Iterator[tuple[httpx.Client, LlmServer]]:
    """A client of a service with a model that says this, and the model's server."""
    with archive_in(folder) as archive, llm_server(script) as server:
        ingest(archive, record("ferry", FERRY))
        service = Service(engine=worded(archive, server), archive=archive, limits=QUICK)
        service = replace(service, scratch=folder)
        with serving(service) as url, httpx.Client(base_url=url, timeout=PATIENCE) as client:
            yield client, server


def test_its_sentences_are_told_and_then_the_answer(tmp_path: Path) -> None:
    def script(asked: Any) -> str:
        return f"The ferry to Osk runs again from Monday. [{number_of(asked, 'ferry')}]"

    with talking(tmp_path, script) as (client, _):
        events = streamed(client, QUESTION)
    stages = [event.data["stage"] for event in events if event.name == "status"]
    assert stages == ["retrieving", "reading", "writing"]
    (sentence,) = [event.data for event in events if event.name == "sentence"]
    assert sentence == {"text": "The ferry to Osk runs again from Monday.", "citations": [1]}
    (citation,) = [event.data for event in events if event.name == "citation"]
    assert (citation["n"], citation["quote"]) == (1, FERRY)
    answer = events[-2].data
    assert answer["mode"] == "llm"
    assert answer["sentences"] == [sentence]


def test_the_model_is_read_no_further_when_the_client_leaves_a_stream(tmp_path: Path) -> None:
    with talking(tmp_path, lambda _: ENDLESS) as (client, model):
        with streaming(client, QUESTION) as events:
            assert any(e.name == "status" and e.data["stage"] == "writing" for e in events)
            assert model.writing.wait(PATIENCE)
        until(lambda: not model.writing.is_set())


@pytest.mark.parametrize("path", ["/v1/chat", "/v1/chat/completions"])
def test_nor_when_it_leaves_before_a_whole_answer(tmp_path: Path, path: str) -> None:
    with talking(tmp_path, lambda _: ENDLESS) as (client, model):
        body = asking(QUESTION, **({"model": "quoth"} if path.endswith("completions") else {}))
        leave(client.base_url.join(path), body, when=model.writing)
        until(lambda: not model.writing.is_set())
