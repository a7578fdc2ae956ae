"""The bot as a Bolt app: which of Slack's events lead where.

A listener returns when its event is stored, and only then is it acknowledged
(`process_before_response`); what takes longer goes on in the background. An event that could not be
stored is not acknowledged, and Slack sends it again.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import structlog
from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncBoltContext
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.response import BoltResponse
from slack_sdk.web.async_client import AsyncWebClient

from api.slack.asking import Asking
from api.slack.buttons import Buttons
from api.slack.events import Bot, asked_by_command
from api.slack.pane import Pane
from api.slack.web import Slack, SlackFailure
from api.slack.windows import Windows

log = structlog.get_logger(__name__)

COMMAND = "/ask"
SHORTCUT = "quoth_ask_about"
OURS = re.compile(r"quoth_.*")
Body = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What events lead to."""

    slack: Slack
    asking: Asking
    buttons: Buttons
    windows: Windows
    pane: Pane


def build_app(parts: Parts, *, api_url: str, signing_secret: str | None) -> AsyncApp:
    """The app. Without a secret it takes no requests over HTTP."""

    async def authorize(context: AsyncBoltContext) -> AuthorizeResult:
        # Bolt's own way acknowledges what comes while Slack does not answer, and it is lost.
        identity = await parts.slack.identity()
        return AuthorizeResult(
            enterprise_id=context.enterprise_id,
            team_id=identity.team_id,
            bot_user_id=identity.user_id,
            bot_id=identity.bot_id,
        )

    app = AsyncApp(
        name="quoth",
        client=AsyncWebClient(base_url=api_url),
        signing_secret=signing_secret or "",
        request_verification_enabled=signing_secret is not None,
        authorize=authorize,
        process_before_response=True,
        attaching_conversation_kwargs_enabled=False,
    )
    _listen_to_messages(app, parts)
    _listen_to_presses(app, parts)
    app.error(_failed)
    return app


def _listen_to_messages(app: AsyncApp, parts: Parts) -> None:
    @app.event("app_mention")
    @app.event("message")
    async def message(body: Body, context: AsyncBoltContext) -> None:
        bot = Bot(user_id=context.bot_user_id or "", bot_id=context.bot_id or "")
        await parts.asking.message(body, bot)

    @app.event("assistant_thread_started")
    async def pane_opened(body: Body) -> None:
        await parts.pane.opened(body)

    @app.event("assistant_thread_context_changed")
    async def pane_moved() -> None:
        """What else the asker looks at makes no difference to the archive."""

    @app.command(COMMAND)
    async def command(body: Body, ack: AsyncAck) -> None:
        asked = asked_by_command(body)
        message = await parts.asking.ask(asked)
        await (ack() if message is None else ack(text=message["text"], blocks=message["blocks"]))


def _listen_to_presses(app: AsyncApp, parts: Parts) -> None:
    @app.shortcut(SHORTCUT)
    async def shortcut(body: Body, ack: AsyncAck) -> None:
        await parts.windows.shortcut(body)
        await ack()

    @app.action(OURS)
    async def pressed(body: Body, ack: AsyncAck) -> None:
        await parts.buttons.pressed(body)
        await ack()

    @app.view(OURS)
    async def submitted(body: Body, ack: AsyncAck) -> None:
        await parts.windows.submitted(body)
        await ack()


async def _failed(error: Exception) -> BoltResponse:
    """Not acknowledged, so that Slack sends the event again."""
    if isinstance(error, SlackFailure):
        log.error("slack_event_not_taken", method=error.method, code=error.code)
    else:
        log.error("slack_event_not_taken", exc_info=error)
    return BoltResponse(status=503, body="")
