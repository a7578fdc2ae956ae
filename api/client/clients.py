"""The two clients: what is sent and read is the same, only the waiting differs."""

from __future__ import annotations

import asyncio
import inspect
import time
from collections.abc import AsyncGenerator, Callable, Coroutine, Generator, Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Any, Concatenate, ParamSpec, Self, TypeVar

import httpx
from httpx import AsyncClient, Client, Response

from api.client import calls
from api.client.calls import Call, Files
from api.client.errors import ReplyUnreadable, ServiceUnreachable, TimedOut, service_error
from api.client.events import ChatEvent, ChatReading
from rag.records import Answer

P = ParamSpec("P")
T = TypeVar("T")
M = TypeVar("M", bound=Callable[..., Any])

TIMEOUT = 100.0
"""Seconds for a reply: more than a service works on one, unless it is set up otherwise."""
CONNECT_TIMEOUT = 5.0
SILENCE = 45.0
"""Seconds without a word in a stream, after which it is lost; three heartbeats of the service."""
RECONNECTS = 5
"""How often a stream is gone on with, without an event in between, before it is given up."""


def _described_as(build: Callable[..., Any]) -> Callable[[M], M]:
    """Give a method the name, the parameters and the words of what builds its call."""

    def described(method: M) -> M:
        client = inspect.Parameter("client", inspect.Parameter.POSITIONAL_ONLY)
        own = inspect.signature(build)
        signature = own.replace(parameters=[client, *own.parameters.values()])
        method.__doc__, method.__name__ = build.__doc__, build.__name__
        vars(method)["__signature__"] = signature
        return method

    return described


def _sync(build: Callable[P, Call[T]]) -> Callable[Concatenate[Quoth, P], T]:
    @_described_as(build)
    def method(client: Quoth, /, *args: P.args, **kwargs: P.kwargs) -> T:
        return client.send(build(*args, **kwargs))

    return method


def _async(
    build: Callable[P, Call[T]],
) -> Callable[Concatenate[AsyncQuoth, P], Coroutine[Any, Any, T]]:
    @_described_as(build)
    async def method(client: AsyncQuoth, /, *args: P.args, **kwargs: P.kwargs) -> T:
        return await client.send(build(*args, **kwargs))

    return method


def _sync_stream(
    build: Callable[P, Call[Answer]],
) -> Callable[Concatenate[Quoth, P], Generator[ChatEvent, None, None]]:
    @_described_as(build)
    def method(
        client: Quoth, /, *args: P.args, **kwargs: P.kwargs
    ) -> Generator[ChatEvent, None, None]:
        return client.stream(build(*args, **kwargs))

    return method


def _async_stream(
    build: Callable[P, Call[Answer]],
) -> Callable[Concatenate[AsyncQuoth, P], AsyncGenerator[ChatEvent, None]]:
    @_described_as(build)
    def method(
        client: AsyncQuoth, /, *args: P.args, **kwargs: P.kwargs
    ) -> AsyncGenerator[ChatEvent, None]:
        return client.stream(build(*args, **kwargs))

    return method


class Quoth:
    """A running Quoth, asked from threads. All methods raise `CallError`.

    Hold it in a `with` block, or close it.
    """

    def __init__(
        self, url: str, *, api_key: str | None = None, timeout_seconds: float = TIMEOUT
    ) -> None:
        """`timeout_seconds` is how long the service may be silent before a reply is given up."""
        self._http = Client(**_settings(url, api_key, timeout_seconds))

    def send(self, call: Call[T]) -> T:
        """The reply to a call."""
        with _told_plainly(call), call.opened_files() as files:
            response = self._http.request(**_request(call, files))
        return _reply(call, response)

    def stream(self, call: Call[Answer]) -> Generator[ChatEvent, None, None]:
        """The events of a chat as they come. A connection that breaks is made again, and the chat
        goes on where it was; who stops reading stops the work."""
        chat = _Exchange(call)
        while not chat.reading.ended:
            with chat.connection(), self._http.stream(**chat.request()) as response:
                if response.is_error:
                    response.read()
                chat.accept(response)
                for received in response.iter_bytes():
                    yield from chat.events(received)
            if not chat.reading.ended:
                time.sleep(chat.reading.retry_seconds)

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    ask = _sync(calls.ask)
    search = _sync(calls.search)
    chat = _sync(calls.chat)
    stream_chat = _sync_stream(calls.chat)
    rate = _sync(calls.rate)
    create_conversation = _sync(calls.create_conversation)
    conversations = _sync(calls.conversations)
    conversation = _sync(calls.conversation)
    rename_conversation = _sync(calls.rename_conversation)
    delete_conversation = _sync(calls.delete_conversation)
    export_conversation = _sync(calls.export_conversation)
    articles = _sync(calls.articles)
    article = _sync(calls.article)
    article_versions = _sync(calls.article_versions)
    article_version = _sync(calls.article_version)
    publishers = _sync(calls.publishers)
    add_articles = _sync(calls.add_articles)
    upload = _sync(calls.upload)
    delete_article = _sync(calls.delete_article)
    ingests = _sync(calls.ingests)
    status = _sync(calls.status)
    readiness = _sync(calls.readiness)


class AsyncQuoth:
    """A running Quoth, asked from an event loop. All methods raise `CallError`.

    Hold it in an `async with` block, or close it.
    """

    def __init__(
        self, url: str, *, api_key: str | None = None, timeout_seconds: float = TIMEOUT
    ) -> None:
        """`timeout_seconds` is how long the service may be silent before a reply is given up."""
        self._http = AsyncClient(**_settings(url, api_key, timeout_seconds))

    async def send(self, call: Call[T]) -> T:
        """The reply to a call."""
        with _told_plainly(call), call.opened_files() as files:
            response = await self._http.request(**_request(call, files))
        return _reply(call, response)

    async def stream(self, call: Call[Answer]) -> AsyncGenerator[ChatEvent, None]:
        """The events of a chat as they come. A connection that breaks is made again, and the chat
        goes on where it was; who stops reading stops the work."""
        chat = _Exchange(call)
        while not chat.reading.ended:
            with chat.connection():
                async with self._http.stream(**chat.request()) as response:
                    if response.is_error:
                        await response.aread()
                    chat.accept(response)
                    async for received in response.aiter_bytes():
                        for event in chat.events(received):
                            yield event
            if not chat.reading.ended:
                await asyncio.sleep(chat.reading.retry_seconds)

    async def close(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.close()

    ask = _async(calls.ask)
    search = _async(calls.search)
    chat = _async(calls.chat)
    stream_chat = _async_stream(calls.chat)
    rate = _async(calls.rate)
    create_conversation = _async(calls.create_conversation)
    conversations = _async(calls.conversations)
    conversation = _async(calls.conversation)
    rename_conversation = _async(calls.rename_conversation)
    delete_conversation = _async(calls.delete_conversation)
    export_conversation = _async(calls.export_conversation)
    articles = _async(calls.articles)
    article = _async(calls.article)
    article_versions = _async(calls.article_versions)
    article_version = _async(calls.article_version)
    publishers = _async(calls.publishers)
    add_articles = _async(calls.add_articles)
    upload = _async(calls.upload)
    delete_article = _async(calls.delete_article)
    ingests = _async(calls.ingests)
    status = _async(calls.status)
    readiness = _async(calls.readiness)


class _Exchange:
    """One streamed chat, over as many connections as it takes."""

    def __init__(self, call: Call[Answer]) -> None:
        self.reading = ChatReading()
        self._call = call
        self._breaks = 0

    def request(self) -> dict[str, Any]:
        """What to send next: the question, or from where to go on."""
        last = self.reading.last_event_id
        return {
            "method": self._call.method,
            "url": self._call.path,
            "json": self._call.body | {"stream": True},
            "headers": {} if last is None else {"Last-Event-ID": last},
            "timeout": httpx.Timeout(SILENCE, connect=CONNECT_TIMEOUT),
        }

    @contextmanager
    def connection(self) -> Iterator[None]:
        """One connection. Raises: CallError where it broke, and it is no use to go on."""
        self.reading.connected()
        broken: httpx.TransportError | None = None
        try:
            yield
        except httpx.TransportError as error:
            broken = error
        if self.reading.ended:
            return
        self._breaks += 1
        if self.reading.last_event_id is None or self._breaks > RECONNECTS:
            raise _unreachable(self._call, broken) from broken

    def accept(self, response: Response) -> None:
        """Raises: ServiceError unless the response is a stream of events."""
        if not response.is_success:
            raise service_error(response.status_code, response.headers, response.content)
        if not response.headers.get("content-type", "").startswith("text/event-stream"):
            raise ReplyUnreadable(f"{response.request.url} sends no events")

    def events(self, received: bytes) -> Iterator[ChatEvent]:
        """The events that are whole now."""
        for event in self.reading.read(received):
            self._breaks = 0
            yield event


def _settings(url: str, api_key: str | None, timeout_seconds: float) -> dict[str, Any]:
    return {
        "base_url": url,
        "headers": {} if api_key is None else {"Authorization": f"Bearer {api_key}"},
        "timeout": httpx.Timeout(timeout_seconds, connect=CONNECT_TIMEOUT),
    }


def _request(call: Call[Any], files: Files | None) -> dict[str, Any]:
    return {
        "method": call.method,
        "url": call.path,
        "params": call.query,
        "json": call.body,
        "files": files,
        "data": call.form,
    }


@contextmanager
def _told_plainly(call: Call[Any]) -> Iterator[None]:
    try:
        yield
    except httpx.TransportError as error:
        raise _unreachable(call, error) from error


def _unreachable(call: Call[Any], error: httpx.TransportError | None) -> ServiceUnreachable:
    called = f"{call.method} {call.path}"
    if isinstance(error, httpx.TimeoutException):
        return TimedOut(f"{called} was not answered in time")
    return ServiceUnreachable(f"{called} got no reply ({error or 'the stream broke off'})")


def _reply(call: Call[T], response: Response) -> T:
    if not (response.is_success or response.status_code in call.also_read):
        raise service_error(response.status_code, response.headers, response.content)
    try:
        return call.read(response.content)
    except ValueError as error:
        raise ReplyUnreadable(
            f"the reply to {call.method} {call.path} is none of Quoth's"
        ) from error
