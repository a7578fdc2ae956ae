"""Anthropic's and Ollama's own protocols, where their extras are installed."""

from __future__ import annotations

import importlib.util

import pytest

from index.errors import ConfigurationError
from rag.generation.base import Message, WritingFailed
from rag.generation.llm import LlamaIndexWriter, LlmEndpoint
from rag.records import Usage
from tests.rag.generation.conversing import HASTE, KEY
from tests.rag.generation.provider_server import PIECES, provider_server

HELLO = (Message(role="system", content="Be brief."), Message(role="user", content="Hello."))
MODELS = {"anthropic": "claude-sonnet-4-5", "ollama": "llama3.2"}


def has(provider: str) -> bool:
    return importlib.util.find_spec(f"llama_index.llms.{provider}") is not None


needs = {
    name: pytest.mark.skipif(not has(name), reason=f"the extra {name} is not installed")
    for name in MODELS
}
both = pytest.mark.parametrize(
    "provider", [pytest.param(name, marks=needs[name]) for name in MODELS]
)


def writer(
    provider: str, url: str, *, key: str | None = KEY, seconds: float = 30.0
) -> LlamaIndexWriter:
    return LlamaIndexWriter.at(
        LlmEndpoint(
            provider=provider,
            model=MODELS[provider],
            base_url=url,
            api_key=key,
            timeout_seconds=seconds,
        )
    )


@both
def test_a_reply_comes_in_pieces(provider: str) -> None:
    with provider_server() as server:
        made = writer(provider, server.url)
        pieces = [piece for piece in made.write(HELLO) if isinstance(piece, str)]
        ((_, _, body),) = server.asked
    assert tuple(pieces) == PIECES
    assert made.name == body["model"] == MODELS[provider]
    assert "Be brief." in str(body)


@both
def test_a_failure_is_told_once(provider: str) -> None:
    with provider_server(status=500) as server:
        with pytest.raises(WritingFailed, match="its endpoint answered 500"):
            list(writer(provider, server.url).write(HELLO))
        assert len(server.asked) == 1


@both
def test_a_reply_without_end_is_left(provider: str) -> None:
    late = pytest.raises(WritingFailed, match="did not finish within")
    with provider_server(endless=True) as server, late:
        list(writer(provider, server.url, seconds=HASTE).write(HELLO))


@needs["anthropic"]
def test_anthropic_gets_the_key_of_the_settings_and_no_other(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("ANTHROPIC_AUTH_TOKEN", "another")
    monkeypatch.setenv("ANTHROPIC_API_KEY", "another")
    with provider_server() as server:
        list(writer("anthropic", server.url).write(HELLO))
        ((path, headers, body),) = server.asked
    assert (path, headers["x-api-key"]) == ("/v1/messages", KEY)
    assert "authorization" not in headers
    assert (body["system"], body["temperature"]) == ("Be brief.", 0.0)


@needs["anthropic"]
def test_a_model_that_the_package_does_not_know_is_refused_at_the_start() -> None:
    endpoint = LlmEndpoint(provider="anthropic", model="no-such-model", base_url=None)
    with pytest.raises(ConfigurationError, match="knows no model 'no-such-model'"):
        LlamaIndexWriter.at(endpoint)


@needs["ollama"]
@pytest.mark.parametrize(("key", "sent"), [(None, None), (KEY, f"Bearer {KEY}")])
def test_ollama_counts_tokens_and_gets_no_key_but_the_settings(
    monkeypatch: pytest.MonkeyPatch, key: str | None, sent: str | None
) -> None:
    monkeypatch.setenv("OLLAMA_API_KEY", "another")
    with provider_server() as server:
        *_, usage = writer("ollama", f"{server.url}/v1", key=key).write(HELLO)
        ((path, headers, body),) = server.asked
    assert usage == Usage(prompt_tokens=120, completion_tokens=8)
    assert (path, headers.get("authorization")) == ("/api/chat", sent)
    assert body["options"]["temperature"] == 0
