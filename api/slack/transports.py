"""How Slack's events arrive: over a WebSocket that the bot opens, or as signed requests."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any

import structlog
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.adapter.starlette.async_handler import AsyncSlackRequestHandler
from slack_sdk.signature import SignatureVerifier
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from starlette.requests import Request
from starlette.responses import Response

from api.http.problems import ProblemError
from api.slack.advice import advice_on
from api.slack.bot import Needs, running_bot
from api.slack.web import Slack, SlackFailure, SlackRefused
from index.errors import ConfigurationError

log = structlog.get_logger(__name__)

PING_SECONDS = 3.0
"""How often the connection is looked at: one that was cut is made anew by the next look, and one
that is silent after four. Slack sends what comes meanwhile again, but not for long."""
TICKET_PINGS = 8
"""So many of those between looks whether a ticket has been in vain since the last one."""
REPLAY_SECONDS = 300
"""Age of a signature from which it is not believed any more."""
FIRST_PAUSE = 1.0
LONGEST_PAUSE = 30.0
TIMESTAMP_DIGITS = 12
"""Most digits of a timestamp, in seconds: what is longer is none, and costs time to read."""


async def serve_socket(
    needs: Needs,
    *,
    stop: asyncio.Event,
    connected: Callable[[str], None],
    ping_seconds: float = PING_SECONDS,
) -> None:
    """Answer what comes over Socket Mode until somebody sets `stop`. `connected` is told once
    which workspace it is.

    Raises:
        ConfigurationError: Slack does not take the tokens.
    """
    _, app_token = needs.settings.socket_tokens()
    async with running_bot(needs, over_http=False) as bot:
        workspace = await _first_contact(bot.slack, app_token, stop)
        if workspace is None:
            return
        handler = AsyncSocketModeHandler(
            bot.app, app_token, web_client=bot.client, ping_interval=ping_seconds
        )
        renewing = asyncio.create_task(_renew_tickets(handler.client, TICKET_PINGS * ping_seconds))
        try:
            if await _before(stop, handler.connect_async()):  # type: ignore[no-untyped-call]
                connected(workspace)
                await stop.wait()
        finally:
            renewing.cancel()
            await handler.close_async()  # type: ignore[no-untyped-call]


async def _before(stop: asyncio.Event, call: Coroutine[Any, Any, object]) -> bool:
    """Whether the call came to its end before somebody set `stop`; it is given up otherwise."""
    calling, stopping = asyncio.ensure_future(call), asyncio.ensure_future(stop.wait())
    try:
        await asyncio.wait({calling, stopping}, return_when=asyncio.FIRST_COMPLETED)
        if not calling.done():
            return False
        calling.result()
        return True
    finally:
        for each in (calling, stopping):
            each.cancel()
        await asyncio.wait({calling, stopping})


async def _renew_tickets(client: SocketModeClient, seconds: float) -> None:
    """Have the SDK ask for another ticket where it could not connect with one for so long. It would
    try the same for ever, though each opens one connection at most, and soon none."""
    tried: str | None = None
    while True:
        await asyncio.sleep(seconds)
        if await client.is_connected():
            tried = None
        elif client.wss_uri is not None and client.wss_uri == tried:
            log.info("slack_ticket_renewed")
            client.wss_uri = None
        else:
            tried = client.wss_uri


async def _first_contact(slack: Slack, app_token: str, stop: asyncio.Event) -> str | None:
    """The workspace's name, however long it takes to reach Slack; None: it was stopped before.

    The SDK would try wrong tokens for ever, and say so in tracebacks.
    """
    pause = FIRST_PAUSE
    while not stop.is_set():
        try:
            identity = await slack.identity()
            await slack.open_connection(app_token)
        except SlackRefused as refused:
            name = "QUOTH_SLACK_BOT_TOKEN"
            if refused.method != "auth.test":
                name = "QUOTH_SLACK_APP_TOKEN"
            raise ConfigurationError(
                f"Slack does not take {name} ({refused.code})",
                hint="quoth slack check says what is missing and where to click",
            ) from None
        except SlackFailure as failure:
            hint = advice_on(failure).hint
            log.warning("slack_unreachable", method=failure.method, code=failure.code, hint=hint)
        else:
            return identity.team or identity.team_id
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), pause)
        pause = min(pause * 2, LONGEST_PAUSE)
    return None


class RequestEndpoint:
    """Answers `POST /slack/events` while it runs."""

    def __init__(self, needs: Needs) -> None:
        secret = needs.settings.slack_signing_secret
        assert secret is not None
        self._needs = needs
        self._verifier = SignatureVerifier(secret.get_secret_value())
        self._handler: AsyncSlackRequestHandler | None = None

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Between the start of the service and its end."""
        async with running_bot(self._needs, over_http=True) as bot:
            self._handler = AsyncSlackRequestHandler(bot.app)
            yield
        self._handler = None

    async def answer(self, request: Request) -> Response:
        """The acknowledgement.

        Raises:
            ProblemError: Slack did not sign the request, or did so too long ago.
        """
        assert self._handler is not None, "the service has not been started"
        await self._check(request)
        return await self._handler.handle(request)

    async def _check(self, request: Request) -> None:
        """As Bolt does once more; it says what is wrong, and to a timestamp that is none, too."""
        signed_at = request.headers.get("x-slack-request-timestamp", "")
        signature = request.headers.get("x-slack-signature", "")
        is_time = signed_at.isdecimal() and len(signed_at) <= TIMESTAMP_DIGITS
        if not is_time or not signature or not signature.isascii():
            raise _unsigned("The request is not signed by Slack")
        if abs(time.time() - int(signed_at)) > REPLAY_SECONDS:
            log.warning("slack_request_too_old", seconds=round(time.time() - int(signed_at)))
            raise _unsigned("The request was signed too long ago, or the clock here is wrong")
        body = (await request.body()).decode("utf-8", errors="replace")
        if not self._verifier.is_valid(body, signed_at, signature):
            log.warning("slack_signature_wrong", hint="is QUOTH_SLACK_SIGNING_SECRET the app's?")
            raise _unsigned("The signature is not that of the signing secret that is set here")


def _unsigned(detail: str) -> ProblemError:
    return ProblemError(401, "slack_signature", detail)
