"""Slack's Web API, as far as the bot uses it: the one place that calls it.

SlackFailure                 method, code
├── SlackRefused             Slack said no, and would say so again: `needed` is a missing scope
└── SlackUnreachable         no answer, or a fault of Slack's, after the SDK's own retries
    └── SlackNotDone         no connection, or too many calls: Slack surely did not do it
"""

from __future__ import annotations

from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.http_retry.async_handler import AsyncRetryHandler
from slack_sdk.http_retry.builtin_async_handlers import (
    AsyncConnectionErrorRetryHandler,
    AsyncRateLimitErrorRetryHandler,
    AsyncServerErrorRetryHandler,
)
from slack_sdk.http_retry.request import HttpRequest
from slack_sdk.http_retry.response import HttpResponse
from slack_sdk.http_retry.state import RetryState
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient

from api.http.access.limiting import RateLimits

Message = Mapping[str, Any]
"""`text` and `blocks`."""

Page = Callable[[str | None], Awaitable[Mapping[str, Any]]]
"""Asks for what stands from a cursor on."""

TIMEOUT = 20.0
"""Seconds for one call."""
TRIES = 4
UNAVAILABLE = 503
TOO_MANY = 429
PAGE = 200
MOST_PAGES = 5
MOST_PAGES_PASSED = 50
"""Pages that are read to get to the last ones: Slack tells of threads from their beginning on."""
NOT_TWICE = ("chat.postMessage", "chat.postEphemeral", "chat.startStream", "chat.appendStream")
"""Calls that would show something twice if they were made again after a broken connection: whoever
makes them looks first what has become of them."""
DISPENSABLE = {
    "chat.update": "1 per 2 seconds",
    "chat.startStream": "15 per minute",
    "chat.appendStream": "3 per 2 seconds",
}
"""How often answers are shown that are not whole yet, in all messages together. Slack takes some
50, 20 and 100 of these calls a minute from an app in a workspace; whole answers need them, too."""

TRANSIENT = frozenset(
    {
        "internal_error",
        "fatal_error",
        "service_unavailable",
        "request_timeout",
        "team_added_to_org",
        "org_login_required",
    }
)
"""Errors that pass, as Slack documents them: faults of its own, and workspaces that are moved."""


class SlackFailure(Exception):
    """A call of Slack's Web API that did not do what it should."""

    def __init__(self, method: str, code: str, *, needed: str | None = None) -> None:
        super().__init__(f"{method}: {code}")
        self.method = method
        self.code = code
        self.needed = needed


class SlackRefused(SlackFailure):
    """Slack said no."""


class SlackUnreachable(SlackFailure):
    """Nobody knows whether Slack did it."""


class SlackNotDone(SlackUnreachable):
    """Slack did not do it, and may later."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Who the bot is."""

    team_id: str
    team: str
    user_id: str
    bot_id: str
    scopes: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Posted:
    """Where a message stands."""

    channel: str
    ts: str


class _UnlessShownTwice(AsyncRetryHandler):
    """Tries again only what may be done twice."""

    async def _can_retry_async(
        self,
        *,
        state: RetryState,
        request: HttpRequest,
        response: HttpResponse | None = None,
        error: Exception | None = None,
    ) -> bool:
        if request.url.rpartition("/")[2] in NOT_TWICE:
            return False
        return await super()._can_retry_async(
            state=state, request=request, response=response, error=error
        )


class _BrokenConnections(_UnlessShownTwice, AsyncConnectionErrorRetryHandler):
    """After a broken connection."""


class _Faults(_UnlessShownTwice, AsyncServerErrorRetryHandler):
    """After a fault of Slack's."""


class _Unavailable(AsyncServerErrorRetryHandler):
    """After Slack said that it takes nothing at the moment."""

    async def _can_retry_async(
        self,
        *,
        state: RetryState,
        request: HttpRequest,
        response: HttpResponse | None = None,
        error: Exception | None = None,
    ) -> bool:
        faulty = await super()._can_retry_async(
            state=state, request=request, response=response, error=error
        )
        return faulty and response is not None and response.status_code == UNAVAILABLE


def _retries() -> list[AsyncRetryHandler]:
    return [
        AsyncRateLimitErrorRetryHandler(max_retry_count=TRIES),
        _BrokenConnections(max_retry_count=TRIES),
        _Faults(max_retry_count=TRIES),
    ]


def _retries_of_what_is_said_once() -> list[AsyncRetryHandler]:
    return [
        AsyncRateLimitErrorRetryHandler(max_retry_count=TRIES),
        AsyncConnectionErrorRetryHandler(
            max_retry_count=TRIES, error_types=[aiohttp.ClientConnectorError]
        ),
        _Unavailable(max_retry_count=TRIES),
    ]


@asynccontextmanager
async def opened_client(token: str, api_url: str) -> AsyncIterator[AsyncWebClient]:
    """A client that keeps its connections, while they are needed."""
    timeout = aiohttp.ClientTimeout(total=TIMEOUT)
    async with aiohttp.ClientSession(timeout=timeout) as session:
        yield AsyncWebClient(
            token=token, base_url=api_url, session=session, retry_handlers=_retries()
        )


class Slack:
    """What the bot does in Slack. All may raise `SlackFailure`."""

    def __init__(self, client: AsyncWebClient) -> None:
        self._client = client
        self._hasty = AsyncWebClient(
            token=client.token, base_url=client.base_url, session=client.session, retry_handlers=[]
        )
        """For what is not worth waiting for."""
        self._rates = RateLimits()
        self._identity: Identity | None = None

    async def has_room(self, method: str) -> bool:
        """Whether now is the time for one more of the `DISPENSABLE` calls. It counts as made."""
        return (await self._rates.hit(method, DISPENSABLE[method])).remaining >= 0

    async def identity(self) -> Identity:
        """Who the bot is; asked for once."""
        if self._identity is None:
            with _told("auth.test"):
                reply = await self._client.auth_test()
            scopes = reply.headers.get("x-oauth-scopes", "")
            self._identity = Identity(
                team_id=str(reply.get("team_id", "")),
                team=str(reply.get("team", "")),
                user_id=str(reply["user_id"]),
                bot_id=str(reply.get("bot_id", "")),
                scopes=frozenset(each.strip() for each in scopes.split(",") if each.strip()),
            )
        return self._identity

    async def open_connection(self, app_token: str) -> None:
        """Ask for a place to connect to, as Socket Mode does."""
        with _told("apps.connections.open"):
            await self._client.apps_connections_open(app_token=app_token)

    async def post(
        self,
        channel: str,
        message: Message,
        *,
        thread_ts: str | None = None,
        metadata: Mapping[str, Any] | None = None,
    ) -> Posted:
        """Post a message; a user's id as a channel is the direct message with that user."""
        with _told("chat.postMessage"):
            reply = await self._client.chat_postMessage(
                channel=channel,
                text=message["text"],
                blocks=message.get("blocks"),
                thread_ts=thread_ts,
                metadata=None if metadata is None else dict(metadata),
                unfurl_links=False,
                unfurl_media=False,
            )
        return Posted(channel=str(reply.get("channel") or channel), ts=str(reply["ts"]))

    async def update(
        self,
        channel: str,
        ts: str,
        message: Message,
        *,
        metadata: Mapping[str, Any] | None = None,
        hastily: bool = False,
    ) -> None:
        """Put another content into a message of the bot's. Without `metadata` it keeps its own;
        `hastily`: now, or not at all."""
        client = self._hasty if hastily else self._client
        with _told("chat.update"):
            await client.chat_update(
                channel=channel,
                ts=ts,
                text=message["text"],
                blocks=message.get("blocks") or [],
                metadata=None if metadata is None else dict(metadata),
            )

    async def delete(self, channel: str, ts: str) -> None:
        """Take a message of the bot's away."""
        with _told("chat.delete"):
            await self._client.chat_delete(channel=channel, ts=ts)

    async def whisper(
        self, channel: str, user: str, message: Message, *, thread_ts: str | None = None
    ) -> None:
        """Show a message to one person in a channel."""
        with _told("chat.postEphemeral"):
            await self._client.chat_postEphemeral(
                channel=channel,
                user=user,
                text=message["text"],
                blocks=message.get("blocks"),
                thread_ts=thread_ts,
            )

    async def respond(self, response_url: str, message: Message, *, replace: bool) -> None:
        """Say something where a command was given or a button pressed, to that person only.
        Nobody can look whether it is there, so what Slack may have taken is not sent again."""
        webhook = AsyncWebhookClient(
            response_url,
            session=self._client.session,
            retry_handlers=_retries() if replace else _retries_of_what_is_said_once(),
        )
        with _told("response_url"):
            reply = await webhook.send(
                text=message["text"],
                blocks=message.get("blocks"),
                response_type="ephemeral",
                replace_original=replace,
            )
        if reply.status_code in (UNAVAILABLE, TOO_MANY):
            raise SlackNotDone("response_url", f"http_{reply.status_code}")
        if reply.status_code >= 500:
            raise SlackUnreachable("response_url", f"http_{reply.status_code}")
        if reply.status_code != 200:
            raise SlackRefused("response_url", reply.body.strip()[:60] or str(reply.status_code))

    async def thread(
        self, channel: str, thread_ts: str, *, since: str | None = None
    ) -> list[dict[str, Any]]:
        """The messages of a thread from this timestamp on, oldest first, with their metadata; of
        very many the first. Empty where the thread's first message was deleted."""
        return await _paged(self._replies(channel, thread_ts, oldest=since))

    async def thread_until(
        self, channel: str, thread_ts: str, until: str | None
    ) -> list[dict[str, Any]]:
        """As `thread`, up to this timestamp; of very many the last."""
        return await _last_of(self._replies(channel, thread_ts, latest=until))

    def _replies(
        self,
        channel: str,
        thread_ts: str,
        *,
        oldest: str | None = None,
        latest: str | None = None,
    ) -> Page:
        async def page(cursor: str | None) -> Mapping[str, Any]:
            try:
                with _told("conversations.replies"):
                    reply = await self._client.conversations_replies(
                        channel=channel,
                        ts=thread_ts,
                        limit=PAGE,
                        cursor=cursor,
                        oldest=oldest,
                        latest=latest,
                        inclusive=True,
                        include_all_metadata=True,
                    )
            except SlackRefused as refused:
                if refused.code == "thread_not_found":
                    return {}
                raise
            return {key: reply.get(key) for key in ("messages", "response_metadata")}

        return page

    async def open_direct(self, user: str) -> str:
        """The channel of the direct messages with this user."""
        with _told("conversations.open"):
            reply = await self._client.conversations_open(users=user)
        return str(reply["channel"]["id"])

    async def latest(self, channel: str, *, since: str) -> list[dict[str, Any]]:
        """The messages of a channel from this timestamp on, those in threads left out, latest
        first, with their metadata."""

        async def page(cursor: str | None) -> Mapping[str, Any]:
            with _told("conversations.history"):
                reply = await self._client.conversations_history(
                    channel=channel,
                    oldest=since,
                    limit=PAGE,
                    cursor=cursor,
                    include_all_metadata=True,
                )
            return {key: reply.get(key) for key in ("messages", "response_metadata")}

        return await _paged(page)

    async def open_view(self, trigger_id: str, view: Mapping[str, Any]) -> None:
        """Open a modal for whoever pressed something."""
        with _told("views.open"):
            await self._client.views_open(trigger_id=trigger_id, view=dict(view))

    async def set_status(self, channel: str, thread_ts: str, status: str) -> None:
        """Show below a thread what the bot does; empty: nothing."""
        with _told("assistant.threads.setStatus"):
            await self._client.assistant_threads_setStatus(
                channel_id=channel, thread_ts=thread_ts, status=status
            )

    async def set_title(self, channel: str, thread_ts: str, title: str) -> None:
        """Name a thread of the assistant pane."""
        with _told("assistant.threads.setTitle"):
            await self._client.assistant_threads_setTitle(
                channel_id=channel, thread_ts=thread_ts, title=title
            )

    async def suggest(
        self, channel: str, thread_ts: str, title: str, prompts: Sequence[Mapping[str, str]]
    ) -> None:
        """Offer questions in the assistant pane."""
        with _told("assistant.threads.setSuggestedPrompts"):
            await self._client.assistant_threads_setSuggestedPrompts(
                channel_id=channel,
                thread_ts=thread_ts,
                title=title,
                prompts=[dict(each) for each in prompts],
            )

    async def start_stream(self, channel: str, thread_ts: str, *, team: str, user: str) -> str:
        """Begin a message that grows. Returns its timestamp."""
        with _told("chat.startStream"):
            reply = await self._hasty.chat_startStream(
                channel=channel,
                thread_ts=thread_ts,
                recipient_team_id=team,
                recipient_user_id=user,
            )
        return str(reply["ts"])

    async def append_stream(self, channel: str, ts: str, markdown: str) -> None:
        """Add to it."""
        with _told("chat.appendStream"):
            await self._hasty.chat_appendStream(channel=channel, ts=ts, markdown_text=markdown)

    async def stop_stream(self, channel: str, ts: str) -> None:
        """Say that it will not grow any more."""
        with _told("chat.stopStream"):
            await self._client.chat_stopStream(channel=channel, ts=ts)


async def _paged(page: Page) -> list[dict[str, Any]]:
    """The messages of all pages, as far as anybody wants to read."""
    return [message async for each in _pages(page, MOST_PAGES) for message in each]


async def _last_of(page: Page) -> list[dict[str, Any]]:
    """The messages of the last pages. A thread's first message stands on each of them."""
    last: deque[list[dict[str, Any]]] = deque(maxlen=MOST_PAGES)
    async for each in _pages(page, MOST_PAGES_PASSED):
        last.append(each)
    return list({str(message["ts"]): message for each in last for message in each}.values())


async def _pages(page: Page, most: int) -> AsyncIterator[list[dict[str, Any]]]:
    cursor: str | None = None
    for _ in range(most):
        reply = await page(cursor)
        yield reply.get("messages") or []
        cursor = (reply.get("response_metadata") or {}).get("next_cursor") or None
        if cursor is None:
            break


@contextmanager
def _told(method: str) -> Iterator[None]:
    """Makes what the SDK raises a `SlackFailure`, without anything of what was sent."""
    try:
        yield
    except SlackApiError as error:
        reply = error.response
        status: int = getattr(reply, "status_code", None) or getattr(reply, "status", None) or 0
        found = getattr(reply, "data", None)
        data = found if isinstance(found, dict) else {}
        code = str(data.get("error") or f"http_{status}")
        if status == TOO_MANY or code in {"ratelimited", "rate_limited"}:
            raise SlackNotDone(method, code) from None
        if status >= 500 or code in TRANSIENT:
            raise SlackUnreachable(method, code) from None
        raise SlackRefused(method, code, needed=data.get("needed")) from None
    except aiohttp.ClientConnectorError as error:
        raise SlackNotDone(method, type(error).__name__) from None
    except (TimeoutError, SlackClientError, aiohttp.ClientError, OSError) as error:
        raise SlackUnreachable(method, type(error).__name__) from None
