"""Unmodified Slack apps for the tests: slack_bolt over Socket Mode and over HTTP."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from aiohttp import web
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from tests.slack_server.server import SlackServer


def client_of(server: SlackServer, token: str | None = None) -> AsyncWebClient:
    """The SDK's client, pointed at the server."""
    return AsyncWebClient(token=token or server.slack.bot_token, base_url=server.api_url)


def app_of(server: SlackServer) -> AsyncApp:
    """An app with nothing in it yet."""
    return AsyncApp(client=client_of(server), signing_secret=server.slack.signing_secret)


@asynccontextmanager
async def connected(server: SlackServer, app: AsyncApp) -> AsyncIterator[AsyncSocketModeHandler]:
    """The app over Socket Mode, from its first connection on."""
    handler = AsyncSocketModeHandler(
        app, server.slack.app_token, web_client=client_of(server), ping_interval=1
    )
    await handler.connect_async()  # type: ignore[no-untyped-call]
    try:
        await server.until(lambda: server.sockets.connections)
        yield handler
    finally:
        await handler.close_async()  # type: ignore[no-untyped-call]
        await asyncio.sleep(0)


@asynccontextmanager
async def listening(app: AsyncApp) -> AsyncIterator[str]:
    """The app over HTTP; its request URL."""
    inner = app.server(port=0, path="/slack/events").web_app
    async with serving(inner) as url:
        yield f"{url}/slack/events"


@asynccontextmanager
async def answering(
    handle: Callable[[web.Request], Awaitable[web.StreamResponse]],
) -> AsyncIterator[str]:
    """A request URL that is answered by the function."""
    app = web.Application()
    app.router.add_post("/slack/events", handle)
    async with serving(app) as url:
        yield f"{url}/slack/events"


@asynccontextmanager
async def serving(app: web.Application) -> AsyncIterator[str]:
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()
