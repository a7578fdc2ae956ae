"""An OpenAI-compatible endpoint: where it is, how it is opened, and what its failures mean.

The one door to the `openai` client. Nothing is read from the variables that client knows
(`OPENAI_API_KEY` and the like): a key meant for one host never reaches another.
"""

from __future__ import annotations

import json
import math
import re
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from functools import partial
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlsplit, urlunsplit

from eval.deadlines import BoundedCalls
from index.errors import (
    ConfigurationError,
    InputError,
    QuothError,
    StoreUnavailable,
    TargetUnreadable,
)
from rag.settings import RagSettings

if TYPE_CHECKING:
    import httpx
    from openai import AsyncOpenAI

KEY_SETTING = "QUOTH_LLM_API_KEY"
MAX_RETRIES = 3
"""How often a request is sent again after a 408, 409, 429, 5xx or a broken connection, waiting as
long as the endpoint's `Retry-After` says, so far as there is time."""
NO_KEY = "none"
"""Sent where there is no key: the client insists on one, and servers without keys ignore it."""
_MASK = "********"
_LONGEST_DETAIL = 300
_FROM_ENVIRONMENT = ("OpenAI-Organization", "OpenAI-Project")


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatEndpoint:
    """A model, and how to reach it."""

    base_url: str = field(repr=False)
    model: str
    api_key: str | None = field(default=None, repr=False)
    timeout_seconds: float = 60.0
    """For a whole reply, and all that it takes to have it: requests sent again, and waiting."""
    max_retries: int = MAX_RETRIES

    @property
    def shown_url(self) -> str:
        """The URL, fit to be shown."""
        return shown_url(self.base_url)


def shown_url(url: str) -> str:
    """Return the URL without a trailing slash, a query, or a user or password in it."""
    try:
        parts = urlsplit(url)
    except ValueError:
        parts = urlsplit("")
    if not (parts.scheme and parts.netloc):  # what is no URL may hold a password all the same
        return url.rpartition("@")[2]
    host = parts.netloc.rpartition("@")[2]
    return urlunsplit((parts.scheme, host, parts.path.rstrip("/"), "", ""))


def is_service_url(url: str) -> bool:
    """Return whether a service can be reached at it: http or https, and a host."""
    import httpx

    try:
        parts = httpx.URL(url)
    except httpx.InvalidURL:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.host)


def endpoint_of(
    settings: RagSettings, *, base_url: str | None = None, model: str | None = None
) -> ChatEndpoint:
    """Return the endpoint that the settings name; `base_url` and `model` go before theirs.

    The key goes to the settings' own host only. Raises: ConfigurationError where there is none.
    """
    url, name = base_url or settings.llm_base_url, model or settings.llm_model
    if url is None or name is None:
        lacking = "QUOTH_LLM_BASE_URL" if url is None else "QUOTH_LLM_MODEL"
        raise ConfigurationError(
            "no language model is named", hint=f"set {lacking}, and QUOTH_LLM_API_KEY if needed"
        )
    known = settings.llm_base_url
    same_host = known is None or _origin(known) == _origin(url)
    return ChatEndpoint(
        base_url=url,
        model=name,
        api_key=settings.llm_api_key if same_host else None,
        timeout_seconds=settings.llm_timeout_seconds,
    )


class ChatClient:
    """Sends chats to an endpoint. Safe from several threads; close it."""

    def __init__(self, endpoint: ChatEndpoint) -> None:
        """Raises: InputError where the URL is none."""
        from openai import AsyncOpenAI, DefaultAsyncHttpxClient

        self.endpoint = endpoint
        options = _options(endpoint) | {"timeout": None}  # `BoundedCalls` has the clock
        http = DefaultAsyncHttpxClient(timeout=None, event_hooks={"response": [_give_up_in_time]})
        self._client: AsyncOpenAI = AsyncOpenAI(**options, http_client=http)
        self._calls = BoundedCalls(self._client.close)

    def complete(
        self, messages: Sequence[Mapping[str, str]], parameters: Mapping[str, Any]
    ) -> bytes:
        """Return the body of the reply, whatever it is. Raises: QuothError where there is none."""
        from openai import OpenAIError

        chats: Any = self._client.chat.completions.with_raw_response
        send = partial(chats.create, model=self.endpoint.model, messages=messages, **parameters)
        try:
            sent = self._calls.run(send, seconds=self.endpoint.timeout_seconds)
        except (OpenAIError, TimeoutError, ValueError) as error:
            raise failure_of(error, self.endpoint) from error
        content = sent.http_response.content
        assert isinstance(content, bytes)
        return content

    def close(self) -> None:
        """Close the connections."""
        self._calls.close()


def open_async_client(endpoint: ChatEndpoint) -> AsyncOpenAI:
    """Return an asynchronous client of the endpoint, for whoever closes it.

    Its time-out is one between two signs of life, for each request.

    Raises: InputError where the URL is none.
    """
    from openai import AsyncOpenAI

    return AsyncOpenAI(**_options(endpoint))


def failure_of(error: Exception, endpoint: ChatEndpoint) -> QuothError:
    """Return what an exception of the client means, in one line that never holds the key."""
    from openai import APIConnectionError, APIStatusError, APITimeoutError

    where = endpoint.shown_url
    match error:
        case APITimeoutError() | TimeoutError():
            return StoreUnavailable(
                f"{where} did not answer within {endpoint.timeout_seconds:g} seconds"
            )
        case APIConnectionError():
            return StoreUnavailable(f"nothing answers at {where}", hint="start it, or correct it")
        case APIStatusError():
            said = detail_of(error.body, endpoint)
            return _refusal(error.status_code, said, endpoint, wait=_wait(error.response))
        case _:
            return TargetUnreadable(f"{where} sent what cannot be read ({type(error).__name__})")


def rejected_parameter(error: QuothError, among: Iterable[str]) -> str | None:
    """Return which of the request's parameters the endpoint does not take, if it says so."""
    from openai import BadRequestError, UnprocessableEntityError

    cause = error.__cause__
    if not isinstance(cause, BadRequestError | UnprocessableEntityError):
        return None
    said = json.dumps(cause.body)
    return next((name for name in among if re.search(rf"\b{name}\b", said)), None)


def detail_of(body: object, endpoint: ChatEndpoint) -> str:
    """Return what the body of an error says, on one line, shortened, the key masked."""
    found: Any = body
    if isinstance(found, dict):
        found = found.get("message") or found.get("detail") or found.get("error")
    if isinstance(found, dict):
        found = found.get("message")
    if not isinstance(found, str) or found.lstrip().startswith("<"):  # a gateway's page
        return ""
    return masked(" ".join(found.split()), endpoint)[:_LONGEST_DETAIL]


def masked(text: str, endpoint: ChatEndpoint) -> str:
    """Return the text without the endpoint's key, or anything that looks like one."""
    if endpoint.api_key:
        text = text.replace(endpoint.api_key, _MASK)
    return re.sub(r"\b(sk-|Bearer )[\w*.-]{6,}", rf"\1{_MASK}", text)


def _origin(url: str) -> tuple[str, str]:
    try:
        parts = urlsplit(url)
    except ValueError:  # what is no URL is said when it is opened
        return url, ""
    return parts.scheme, parts.netloc


def _wait(response: httpx.Response) -> float | None:
    """Return for how many seconds the endpoint asks to be left alone, if it does."""
    said = response.headers.get("Retry-After", "")
    try:
        wait = float(said)
    except ValueError:
        try:
            wait = parsedate_to_datetime(said).timestamp() - time.time()
        except ValueError:
            return None
    return wait if math.isfinite(wait) and wait > 0 else None


async def _give_up_in_time(response: httpx.Response) -> None:
    """Keep the client from waiting where the deadline comes first."""
    from anyio import current_effective_deadline, current_time

    wait = _wait(response)
    if wait is not None and current_time() + wait >= current_effective_deadline():
        response.headers["x-should-retry"] = "false"


def _refusal(status: int, detail: str, endpoint: ChatEndpoint, *, wait: float | None) -> QuothError:
    where = endpoint.shown_url
    hint = "" if wait is None else f"it asks to wait {math.ceil(wait)} seconds"
    said = f": {detail}" if detail else ""
    match status:
        case 401 | 403:  # what it says may repeat a part of the key
            what = "the API key" if endpoint.api_key else "a request without an API key"
            return ConfigurationError(
                f"{where} refused {what} ({status})", hint=f"set {KEY_SETTING}"
            )
        case 404:
            return ConfigurationError(
                f"{where} knows no model {endpoint.model!r}, or is no endpoint (404{said})",
                hint="correct the URL, which mostly ends in /v1, or the model's name",
            )
        case 408 | 429:
            return StoreUnavailable(f"{where} is too busy ({status}{said})", hint=hint)
        case _ if status >= 500:
            return StoreUnavailable(f"{where} failed ({status}{said})", hint=hint)
        case _:
            return InputError(f"{where} refused the request ({status}{said})")


def _options(endpoint: ChatEndpoint) -> dict[str, Any]:
    from openai import Omit

    if not is_service_url(endpoint.base_url):
        raise InputError(
            f"{endpoint.shown_url!r} is no URL of an endpoint",
            hint="give one like http://127.0.0.1:11434/v1",
        )
    return {
        "base_url": endpoint.base_url,
        "api_key": endpoint.api_key or NO_KEY,
        "timeout": endpoint.timeout_seconds,
        "max_retries": endpoint.max_retries,
        "default_headers": cast("dict[str, str]", {name: Omit() for name in _FROM_ENVIRONMENT}),
    }
