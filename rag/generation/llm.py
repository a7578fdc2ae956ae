"""Where settings become a language model: LlamaIndex's `LLM`, whichever provider is named.

Importing this module imports LlamaIndex. Nothing is read from the variables that its clients know
(`OPENAI_API_KEY` and the like): a key meant for one host never reaches another.
"""

from __future__ import annotations

import importlib
import re
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

import httpx
from llama_index.core.chat_engine.condense_question import DEFAULT_PROMPT
from llama_index.core.llms import LLM, ChatMessage, ChatResponse
from llama_index.llms.openai_like import OpenAILike

from index.errors import ConfigurationError
from rag.generation.base import Message, WritingFailed
from rag.records import Usage
from rag.settings import RagSettings

NO_KEY = "none"
"""Sent where there is no key: the client insists on one, and servers without keys ignore it."""
CONTEXT_WINDOW = 8192
MAX_TOKENS = 800
"""Of one reply."""
MAX_BYTES = 2 * 1024 * 1024
"""Of one response as it goes over the wire."""
WHOLE = "stop"
_CUT_SHORT: Mapping[str | None, str] = {
    None: "its reply broke off",
    "length": "its reply was too long and broke off",
}
"""What is wrong with replies that ended so; other reasons are ends like any other."""
_LIMITS = httpx.Limits(max_keepalive_connections=0)
"""No connection outlives its reply: nobody closes an engine."""
_NOT_OURS = ("OpenAI-Organization", "OpenAI-Project")
ANTHROPIC_URL = "https://api.anthropic.com"
OLLAMA_URL = "http://127.0.0.1:11434"


class ReplyTooLong(httpx.TransportError):
    """The response goes on and on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LlmEndpoint:
    """A model, and how to reach it."""

    provider: str
    model: str
    base_url: str | None = field(repr=False)
    api_key: str | None = field(default=None, repr=False)
    timeout_seconds: float = 60.0
    """For a whole reply."""


def endpoint_of(settings: RagSettings) -> LlmEndpoint:
    """The endpoint that the settings name. Raises: ConfigurationError where they do not."""
    if settings.llm_model is None:
        raise ConfigurationError(
            "QUOTH_LLM_BASE_URL names an endpoint, but no model is named",
            hint="set QUOTH_LLM_MODEL, or neither",
        )
    if settings.llm_base_url is None and settings.llm_provider == "openai-like":
        raise ConfigurationError(
            "QUOTH_LLM_MODEL names a model, but no endpoint is named",
            hint="set QUOTH_LLM_BASE_URL, such as http://127.0.0.1:11434/v1, or neither",
        )
    return LlmEndpoint(
        provider=settings.llm_provider,
        model=settings.llm_model,
        base_url=settings.llm_base_url,
        api_key=settings.llm_api_key,
        timeout_seconds=settings.llm_timeout_seconds,
    )


def open_llm(endpoint: LlmEndpoint) -> LLM:
    """The LlamaIndex LLM at the endpoint. Asks it nothing.

    Raises: ConfigurationError where the provider's package is not installed.
    """
    return _PROVIDERS[endpoint.provider](endpoint)


def condense_question_prompt(history: str, question: str) -> str:
    """What LlamaIndex's condense-question chat engine asks a model."""
    return DEFAULT_PROMPT.format(chat_history=history, question=question)


class LlamaIndexWriter:
    """Implements `Writer` with any LlamaIndex LLM."""

    def __init__(
        self,
        llm: LLM,
        *,
        name: str | None = None,
        timeout_seconds: float = 60.0,
        secrets: Sequence[str] = (),
    ) -> None:
        """`name` is what answers call the model, else what the LLM calls itself; `secrets` are
        masked in whatever failures say."""
        self._llm = llm
        self._name = name
        self._timeout = timeout_seconds
        self._secrets = tuple(secrets)

    @classmethod
    def at(cls, endpoint: LlmEndpoint) -> LlamaIndexWriter:
        """A writer with the model at the endpoint."""
        secrets = [] if endpoint.api_key is None else [endpoint.api_key]
        return cls(
            open_llm(endpoint),
            name=endpoint.model,
            timeout_seconds=endpoint.timeout_seconds,
            secrets=secrets,
        )

    @property
    def name(self) -> str:
        """The model's name."""
        return self._name or self._llm.metadata.model_name

    def write(self, messages: Sequence[Message]) -> Iterator[str | Usage]:
        """The reply piece by piece. Raises: WritingFailed, at any moment."""
        chat = [ChatMessage(role=one.role, content=one.content) for one in messages]
        deadline = time.monotonic() + self._timeout
        usage: Usage | None = None
        ended: str | None = WHOLE
        _opened.streams = []
        try:
            for response in self._llm.stream_chat(chat):
                if time.monotonic() > deadline:
                    raise WritingFailed(self._too_slow())
                usage = _usage_of(response) or usage
                ended = _end_of(response, ended)
                if response.delta:
                    yield response.delta
            if ended in _CUT_SHORT:
                raise WritingFailed(_CUT_SHORT[ended])
        except WritingFailed:
            raise
        except Exception as error:  # noqa: BLE001 - any LLM may stand here, and raise anything
            raise WritingFailed(self._reason(error)) from None
        finally:
            _hang_up()
        if usage is not None:
            yield usage

    def _too_slow(self) -> str:
        return f"it did not finish within {self._timeout:g} seconds"

    def _reason(self, error: Exception) -> str:
        """What went wrong, in few words; what the endpoint says may repeat the key."""
        status = getattr(error, "status_code", None)
        if isinstance(status, int):
            return f"its endpoint answered {status}"
        name = type(error).__name__
        if "Timeout" in name:
            return self._too_slow()
        if isinstance(error, ReplyTooLong):
            return "its reply has no end"
        if "Connect" in name:
            return "its endpoint does not answer"
        for secret in self._secrets:
            name = name.replace(secret, "********")
        return f"its endpoint sent what cannot be read: {name}"


def _end_of(response: ChatResponse, before: str | None) -> str | None:
    """Why the reply ended, as far as it came: None while it goes on. What the response does not
    tell stays as it was `before`: not every LLM of LlamaIndex says why it ends."""
    choices = getattr(response.raw, "choices", None)
    if choices:
        return cast("str | None", choices[0].finish_reason)
    if isinstance(response.raw, Mapping) and "done" in response.raw:
        return response.raw.get("done_reason") or (WHOLE if response.raw["done"] else None)
    return before


def _usage_of(response: ChatResponse) -> Usage | None:
    """What the reply cost: most say so beside the words, Ollama in the last line of its stream."""
    counted: Mapping[str, Any] = response.additional_kwargs
    if "prompt_tokens" not in counted and isinstance(response.raw, Mapping):
        told = response.raw.get("usage")
        counted = told if isinstance(told, Mapping) else {}
    prompt, completion = counted.get("prompt_tokens"), counted.get("completion_tokens")
    if not isinstance(prompt, int) or not isinstance(completion, int):
        return None
    return Usage(prompt_tokens=prompt, completion_tokens=completion)


def _openai_like(endpoint: LlmEndpoint) -> LLM:
    try:
        url = httpx.URL(endpoint.base_url or "")
    except httpx.InvalidURL:
        url = httpx.URL()
    if not url.host:
        shown = re.sub("//[^/]*@", "//", endpoint.base_url or "")
        raise ConfigurationError(
            f"QUOTH_LLM_BASE_URL is no URL of an endpoint: {shown!r}",
            hint="give one like http://127.0.0.1:11434/v1",
        )
    options: dict[str, Any] = {
        "model": endpoint.model,
        "api_base": endpoint.base_url,
        "api_key": endpoint.api_key or NO_KEY,
        "temperature": 0.0,
        "max_tokens": MAX_TOKENS,
        "context_window": CONTEXT_WINDOW,
        "is_chat_model": True,
        "max_retries": 0,
        "timeout": endpoint.timeout_seconds,
        "http_client": _http_client(endpoint),
    }
    return OpenAILike(**options)


def _anthropic(endpoint: LlmEndpoint) -> LLM:
    llm = _kind("anthropic", "Anthropic")(
        model=endpoint.model,
        base_url=endpoint.base_url or ANTHROPIC_URL,
        api_key=endpoint.api_key or NO_KEY,
        temperature=0.0,
        max_tokens=MAX_TOKENS,
        timeout=endpoint.timeout_seconds,
        max_retries=0,
    )
    try:
        _ = llm.metadata
    except ValueError:
        raise ConfigurationError(
            f"LlamaIndex's package for Anthropic knows no model {endpoint.model!r}",
            hint="give its full name in QUOTH_LLM_MODEL, or a newer llama-index-llms-anthropic",
        ) from None
    # LlamaIndex has no place for an HTTP client of one's own here.
    client = llm._client.with_options(  # noqa: SLF001
        http_client=_http_client(endpoint, drop=(*_NOT_OURS, "Authorization"))
    )
    llm._client = client  # noqa: SLF001
    return cast("LLM", llm)


def _ollama(endpoint: LlmEndpoint) -> LLM:
    kind = _kind("ollama", "Ollama")
    key = endpoint.api_key
    client = importlib.import_module("ollama").Client(
        host=(endpoint.base_url or OLLAMA_URL).rstrip("/").removesuffix("/v1"),
        timeout=endpoint.timeout_seconds,
        headers={} if key is None else {"Authorization": f"Bearer {key}"},
        transport=_transport(
            endpoint, drop=(*_NOT_OURS, "Authorization") if key is None else _NOT_OURS
        ),
    )
    llm = kind(
        model=endpoint.model,
        client=client,
        temperature=0.0,
        context_window=CONTEXT_WINDOW,
        request_timeout=endpoint.timeout_seconds,
        additional_kwargs={"num_predict": MAX_TOKENS},
    )
    return cast("LLM", llm)


def _kind(package: str, name: str) -> Any:
    """An LLM class of a package of LlamaIndex's, which is installed as an extra."""
    try:
        return getattr(importlib.import_module(f"llama_index.llms.{package}"), name)
    except ImportError:
        raise ConfigurationError(
            f"the package for {package} is not installed",
            hint=f"pip install 'quoth[{package}]'",
        ) from None


def _http_client(endpoint: LlmEndpoint, drop: Sequence[str] = _NOT_OURS) -> httpx.Client:
    return httpx.Client(transport=_transport(endpoint, drop), timeout=endpoint.timeout_seconds)


def _transport(endpoint: LlmEndpoint, drop: Sequence[str]) -> _Bounded:
    inner = httpx.HTTPTransport(limits=_LIMITS)
    return _Bounded(inner, endpoint.timeout_seconds, drop)


_PROVIDERS: Mapping[str, Callable[[LlmEndpoint], LLM]] = {
    "openai-like": _openai_like,
    "anthropic": _anthropic,
    "ollama": _ollama,
}


class _Opened(threading.local):
    """Responses that were opened in this thread for the reply that it reads."""

    streams: list[httpx.SyncByteStream]

    def __init__(self) -> None:
        self.streams = []


_opened = _Opened()


def _hang_up() -> None:
    """Close the responses of a reply that is read no further: the client's own stream is part of a
    reference cycle, and would keep the model writing until that is found."""
    while _opened.streams:
        _opened.streams.pop().close()


class _Bounded(httpx.BaseTransport):
    """Gives a whole response so many seconds and bytes, however it trickles in."""

    def __init__(self, inner: httpx.BaseTransport, seconds: float, drop: Sequence[str]) -> None:
        self._inner = inner
        self._seconds = seconds
        self._drop = drop

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send the request without headers that the environment slipped in."""
        deadline = time.monotonic() + self._seconds
        for name in self._drop:
            request.headers.pop(name, None)
        response = self._inner.handle_request(request)
        stream = cast("httpx.SyncByteStream", response.stream)
        _opened.streams.append(stream)
        return httpx.Response(
            response.status_code,
            headers=response.headers,
            stream=_BoundedStream(stream, deadline),
            extensions=response.extensions,
        )

    def close(self) -> None:
        """Close the connections."""
        self._inner.close()


class _BoundedStream(httpx.SyncByteStream):
    def __init__(self, inner: httpx.SyncByteStream, deadline: float) -> None:
        self._inner = inner
        self._deadline = deadline

    def __iter__(self) -> Iterator[bytes]:
        received = 0
        for chunk in self._inner:
            received += len(chunk)
            if received > MAX_BYTES:
                raise ReplyTooLong("too long")
            if time.monotonic() > self._deadline:
                raise httpx.ReadTimeout("too slow")
            yield chunk

    def close(self) -> None:
        self._inner.close()
