"""`quoth slack check`: whether the bot could work, what is missing, and where to click."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass

from api.slack.advice import REINSTALL, advice_on
from api.slack.settings import (
    APP_TOKEN_PLACE,
    BOT_TOKEN_PLACE,
    SIGNING_PLACE,
    SlackSettings,
)
from api.slack.web import Slack, SlackFailure, SlackRefused, opened_client

SCOPES: Mapping[str, str] = {
    "app_mentions:read": "hears when it is mentioned",
    "assistant:write": "offers questions in the assistant pane, and names its threads",
    "channels:history": "reads threads in public channels, and follow-ups there",
    "chat:write": "answers",
    "commands": "takes /ask and the message shortcut",
    "groups:history": "reads threads in private channels",
    "im:history": "reads direct messages",
    "im:write": "finds again what it sent to somebody directly",
    "mpim:history": "reads threads in group messages",
}
"""Scopes of the bot token that the bot uses, and what for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that was looked at."""

    name: str
    ok: bool
    said: str
    todo: str = ""
    """What to do; empty where it is fine."""


async def findings(settings: SlackSettings) -> AsyncIterator[Finding]:
    """All that can be found out without asking a question."""
    if settings.slack_bot_token is None:
        yield _unset("bot token", "QUOTH_SLACK_BOT_TOKEN", BOT_TOKEN_PLACE)
        return
    token = settings.slack_bot_token.get_secret_value()
    async with opened_client(token, settings.slack_api_url) as client:
        slack = Slack(client)
        async for finding in _bot_findings(slack):
            yield finding
        if settings.slack_app_token is not None:
            yield await _socket_finding(slack, settings.slack_app_token.get_secret_value())
    if settings.slack_signing_secret is not None:
        yield Finding(name="signing secret", ok=True, said="set: POST /slack/events can answer")
    if settings.slack_app_token is None and settings.slack_signing_secret is None:
        yield Finding(
            name="transport",
            ok=False,
            said="neither QUOTH_SLACK_APP_TOKEN nor QUOTH_SLACK_SIGNING_SECRET is set",
            todo=f"for Socket Mode make an app token under {APP_TOKEN_PLACE}; for HTTP copy "
            f"{SIGNING_PLACE}",
        )


async def _bot_findings(slack: Slack) -> AsyncIterator[Finding]:
    try:
        identity = await slack.identity()
    except SlackFailure as failure:
        yield _failed("bot token", failure, f"copy it anew from {BOT_TOKEN_PLACE}")
        return
    yield Finding(
        name="bot token", ok=True, said=f"{identity.user_id} in {identity.team or identity.team_id}"
    )
    lacking = [scope for scope in SCOPES if scope not in identity.scopes]
    for scope in lacking:
        yield Finding(
            name="scope", ok=False, said=f"{scope} is missing: it {SCOPES[scope]}", todo=REINSTALL
        )
    if not lacking:
        yield Finding(name="scopes", ok=True, said="all that are used")


async def _socket_finding(slack: Slack, app_token: str) -> Finding:
    try:
        await slack.open_connection(app_token)
    except SlackFailure as failure:
        hint = f"make one under {APP_TOKEN_PLACE}, and switch Socket Mode on under Socket Mode"
        return _failed("app token", failure, hint)
    return Finding(name="app token", ok=True, said="Socket Mode can connect")


def _failed(name: str, failure: SlackFailure, todo: str) -> Finding:
    if isinstance(failure, SlackRefused):
        needed = f", it needs the scope {failure.needed}" if failure.needed else ""
        return Finding(name=name, ok=False, said=f"Slack says {failure.code}{needed}", todo=todo)
    said = f"Slack could not be reached ({failure.code})"
    return Finding(name=name, ok=False, said=said, todo=advice_on(failure).hint)


def _unset(name: str, variable: str, where: str) -> Finding:
    return Finding(name=name, ok=False, said=f"{variable} is not set", todo=f"copy it from {where}")
