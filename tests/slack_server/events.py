"""What the app is told: events in the shapes that Slack's reference gives them.

https://docs.slack.dev/reference/events and https://docs.slack.dev/apis/events-api
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Collection, Mapping
from copy import deepcopy
from typing import Any

from tests.slack_server.workspace import (
    APP,
    BOT_USER,
    TEAM,
    Json,
    Message,
    Workspace,
)

SUBSCRIPTIONS = frozenset(
    {
        "app_mention",
        "app_home_opened",
        "assistant_thread_context_changed",
        "assistant_thread_started",
        "message.channels",
        "message.groups",
        "message.im",
        "message.mpim",
    }
)
"""The events that an app can ask for here, named as in its manifest."""
VERIFICATION_TOKEN = "old-verification-token"

_PLURAL = {"channel": "channels", "group": "groups", "im": "im", "mpim": "mpim"}
_WITH_ALL = ("client_msg_id", "user", "text", "ts", "team", "blocks", "thread_ts", "parent_user_id")


def posted(workspace: Workspace, message: Message) -> list[Json]:
    """The events of a new message: itself, and the mention in it where there is one."""
    channel = workspace.channels[message.channel]
    event: Json = {
        **_public(message.raw),
        "channel": channel.id,
        "event_ts": message.ts,
        "channel_type": channel.kind,
    }
    events = [event]
    if f"<@{BOT_USER}>" in message.text and channel.kind != "im" and not message.raw.get("subtype"):
        mention = {key: event[key] for key in _WITH_ALL if key in event}
        mention |= {key: event[key] for key in ("bot_id", "app_id", "bot_profile") if key in event}
        events.append(
            {"type": "app_mention", **mention, "channel": channel.id, "event_ts": message.ts}
        )
    return events


def changed(workspace: Workspace, message: Message, previous: Mapping[str, Any]) -> Json:
    ts = workspace.new_ts()
    return {
        "type": "message",
        "subtype": "message_changed",
        "message": _public(message.raw),
        "previous_message": _public(previous),
        "channel": message.channel,
        "hidden": True,
        "ts": ts,
        "event_ts": ts,
        "channel_type": workspace.channels[message.channel].kind,
    }


def deleted(workspace: Workspace, message: Message) -> Json:
    ts = workspace.new_ts()
    return {
        "type": "message",
        "subtype": "message_deleted",
        "previous_message": _public(message.raw),
        "deleted_ts": message.ts,
        "channel": message.channel,
        "hidden": True,
        "ts": ts,
        "event_ts": ts,
        "channel_type": workspace.channels[message.channel].kind,
    }


def tombstone(message: Message) -> Json:
    """What is left of a deleted message that has a thread."""
    return {
        "subtype": "tombstone",
        "text": "This message was deleted.",
        "user": "USLACKBOT",
        "hidden": True,
        "blocks": [],
        "thread_ts": message.ts,
    }


def assistant_thread(
    kind: str, user: str, *, channel: str, thread_ts: str, event_ts: str, viewing: str | None
) -> Json:
    """`kind` is `assistant_thread_started` or `assistant_thread_context_changed`."""
    context: Json = {} if viewing is None else {"channel_id": viewing, "team_id": TEAM}
    if viewing is not None:
        context["enterprise_id"] = None
    return {
        "type": kind,
        "assistant_thread": {
            "user_id": user,
            "context": context,
            "channel_id": channel,
            "thread_ts": thread_ts,
        },
        "event_ts": event_ts,
    }


def wrapped(event: Json) -> Json:
    """The event with what is round it in a delivery."""
    return {
        "token": VERIFICATION_TOKEN,
        "team_id": TEAM,
        "context_team_id": TEAM,
        "context_enterprise_id": None,
        "api_app_id": APP,
        "event": event,
        "type": "event_callback",
        "event_id": f"Ev{secrets.token_hex(5).upper()}",
        "event_time": int(time.time()),
        "authorizations": [
            {
                "enterprise_id": None,
                "team_id": TEAM,
                "user_id": BOT_USER,
                "is_bot": True,
                "is_enterprise_install": False,
            }
        ],
        "is_ext_shared_channel": False,
        "event_context": f"4-{secrets.token_urlsafe(24)}",
    }


def is_told(
    workspace: Workspace, event: Json, *, subscriptions: Collection[str], scopes: Collection[str]
) -> bool:
    """Whether Slack tells the app: it asked for such events, may read them, and is there."""
    kind = event["type"]
    if kind not in {"message", "app_mention"}:
        return kind in subscriptions
    channel = workspace.channels[event["channel"]]
    if not channel.has_bot:
        return False
    if kind == "app_mention":
        return kind in subscriptions and "app_mentions:read" in scopes
    plural = _PLURAL[channel.kind]
    return f"message.{plural}" in subscriptions and f"{plural}:history" in scopes


def rich_text(text: str) -> list[Json]:
    """The blocks that Slack's own client makes of what a person typed."""
    elements: list[Json] = []
    for number, part in enumerate(text.split(f"<@{BOT_USER}>")):
        if number:
            elements.append({"type": "user", "user_id": BOT_USER})
        if part:
            elements.append({"type": "text", "text": part})
    return [
        {
            "type": "rich_text",
            "elements": [{"type": "rich_text_section", "elements": elements}],
        }
    ]


def _public(raw: Mapping[str, Any]) -> Json:
    """A message as events show it: metadata is for those who ask for it."""
    return deepcopy({key: value for key, value in raw.items() if key != "metadata"})
