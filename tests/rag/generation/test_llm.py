"""Settings become a language model."""

from __future__ import annotations

import pytest

from index.archive import Archive
from index.errors import ConfigurationError
from rag.bootstrap import build_answers
from rag.engine import AnswerEngine
from rag.generation.base import Message, WritingFailed
from rag.generation.llm import LlamaIndexWriter, LlmEndpoint, endpoint_of
from rag.records import Usage
from rag.settings import RagSettings
from tests.llm_server import MODEL, Breaks, Sent, event, failure, llm_server
from tests.rag.generation.conversing import KEY

HELLO = (Message(role="system", content="Be brief."), Message(role="user", content="Hello."))
HERE = "http://a.example/v1"


def endpoint(url: str, *, key: str | None = None, seconds: float = 60.0) -> LlmEndpoint:
    return endpoint_of(
        RagSettings(llm_base_url=url, llm_model=MODEL, llm_api_key=key, llm_timeout_seconds=seconds)
    )


def test_without_settings_there_is_no_model(archive: Archive) -> None:
    assert isinstance(build_answers(archive, RagSettings()), AnswerEngine)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        (RagSettings(llm_base_url=HERE), "no model is named: set QUOTH_LLM_MODEL"),
        (RagSettings(llm_model="m"), "no endpoint is named: set QUOTH_LLM_BASE_URL"),
        (
            RagSettings(llm_model="m", llm_base_url="http://"),
            "QUOTH_LLM_BASE_URL is no URL of an endpoint",
        ),
        (
            RagSettings(llm_model="m", llm_provider="anthropic"),
            r"the package for anthropic is not installed: pip install 'quoth\[anthropic\]'",
        ),
        (
            RagSettings(llm_model="m", llm_provider="ollama"),
            r"the package for ollama is not installed: pip install 'quoth\[ollama\]'",
        ),
    ],
)
def test_half_a_model_is_refused_at_the_start(
    archive: Archive, settings: RagSettings, message: str
) -> None:
    with pytest.raises(ConfigurationError, match=message):
        build_answers(archive, settings)


def test_no_key_and_no_password_is_shown() -> None:
    url = "http://ada:secret@/v1"
    settings = RagSettings(llm_model="m", llm_base_url=url, llm_api_key=KEY)
    with pytest.raises(ConfigurationError) as caught:
        LlamaIndexWriter.at(endpoint_of(settings))
    shown = f"{caught.value} {settings!r} {endpoint_of(settings)!r}"
    assert KEY not in shown
    assert "secret" not in str(caught.value)


def test_a_reply_comes_in_pieces_and_with_its_cost() -> None:
    with llm_server("Good day to you.") as server:
        *pieces, usage = LlamaIndexWriter.at(endpoint(server.url)).write(HELLO)
        (asked,) = server.asked
    assert "".join(str(piece) for piece in pieces) == "Good day to you."
    assert len(pieces) > 1
    assert usage == Usage(prompt_tokens=120, completion_tokens=8)
    assert asked.messages == [("system", "Be brief."), ("user", "Hello.")]
    assert asked.body["temperature"] == 0
    assert asked.headers["authorization"] == "Bearer none"


def test_a_failure_is_told_once_and_without_what_the_endpoint_says() -> None:
    with llm_server(lambda _: failure(503, f"key {KEY}", retry_after="9")) as server:
        writer = LlamaIndexWriter.at(endpoint(server.url, key=KEY))
        with pytest.raises(WritingFailed) as caught:
            list(writer.write(HELLO))
        assert len(server.asked) == 1
    assert str(caught.value) == "its endpoint answered 503"
    assert caught.value.__cause__ is None


def test_a_reply_without_end_is_cut_off() -> None:
    flood = Sent(
        body=event({"content": "x" * 1000}) * 3000, headers={"Content-Type": "text/event-stream"}
    )
    with llm_server(lambda _: flood) as server:
        writer = LlamaIndexWriter.at(endpoint(server.url))
        with pytest.raises(WritingFailed, match="its reply has no end"):
            list(writer.write(HELLO))


def test_what_came_before_a_break_is_handed_on() -> None:
    with llm_server(lambda _: Breaks(said="Good", then="hang")) as server:
        reply = LlamaIndexWriter.at(endpoint(server.url, seconds=0.5)).write(HELLO)
        assert next(reply) == "Good"
        with pytest.raises(WritingFailed, match=r"within 0\.5 seconds"):
            next(reply)


@pytest.mark.parametrize(
    ("finish", "reason"),
    [(None, "its reply broke off"), ("length", "its reply was too long and broke off")],
)
def test_a_reply_that_broke_off_is_no_whole_one(finish: str | None, reason: str) -> None:
    body = event({"content": "Good day."}) + (event({}, finish=finish) if finish else b"")
    broken = Sent(body=body + b"data: [DONE]\n\n", headers={"Content-Type": "text/event-stream"})
    with llm_server(lambda _: broken) as server:
        reply = LlamaIndexWriter.at(endpoint(server.url)).write(HELLO)
        assert next(reply) == "Good day."
        with pytest.raises(WritingFailed, match=f"^{reason}$"):
            list(reply)
