"""conversations.* and users.*: who is where, and what was said there."""

from __future__ import annotations

from collections.abc import Sequence
from copy import deepcopy

from tests.slack_server.methods.chat import Arguments
from tests.slack_server.slack import ApiError, Slack
from tests.slack_server.workspace import BOT_USER, TEAM, Channel, Json, Message

MOST = 1_000
"""Messages in one page."""


def replies(slack: Slack, arguments: Arguments) -> Json:
    """The messages of a thread, oldest first, the one that began it at the head of every page."""
    channel = _joined(slack, arguments)
    ts = str(arguments.get("ts", ""))
    thread = slack.workspace.thread(channel.id, ts)
    if not thread:
        message = slack.workspace.find(channel.id, ts)
        if message is None:
            raise ApiError("thread_not_found")
        thread = [message]
    return _page(thread, arguments)


def history(slack: Slack, arguments: Arguments) -> Json:
    """What stands in the channel itself, latest first."""
    channel = _joined(slack, arguments)
    found = slack.workspace.in_channel(channel.id)
    return _page([m for m in reversed(found) if m.thread_ts in (None, m.ts)], arguments)


def info(slack: Slack, arguments: Arguments) -> Json:
    return {"channel": described(slack.channel_to_read(arguments, "read"))}


def members(slack: Slack, arguments: Arguments) -> Json:
    channel = slack.channel_to_read(arguments, "read")
    return {"members": sorted(channel.members), "response_metadata": {"next_cursor": ""}}


def list_all(slack: Slack, _arguments: Arguments) -> Json:
    slack.need("channels:read", "groups:read", "im:read", "mpim:read")
    seen = [c for c in slack.workspace.channels.values() if c.kind == "channel" or c.has_bot]
    return {
        "channels": [described(channel) for channel in seen if channel.kind != "im"],
        "response_metadata": {"next_cursor": ""},
    }


def open_direct(slack: Slack, arguments: Arguments) -> Json:
    slack.need("im:write")
    user = str(arguments.get("users", ""))
    if user not in slack.workspace.users:
        raise ApiError("user_not_found")
    return {"channel": {"id": slack.workspace.direct(user).id}}


def join(slack: Slack, arguments: Arguments) -> Json:
    slack.need("channels:join")
    channel = slack.workspace.channels.get(str(arguments.get("channel", "")))
    if channel is None or channel.kind != "channel":
        raise ApiError("channel_not_found")
    channel.members.add(BOT_USER)
    return {"channel": described(channel)}


def user_info(slack: Slack, arguments: Arguments) -> Json:
    slack.need("users:read")
    user = str(arguments.get("user", ""))
    known = slack.workspace.users.get(user)
    if known is None:
        raise ApiError("user_not_found")
    return {"user": person(user, known)}


def person(user: str, known: Json) -> Json:
    return {
        "id": user,
        "team_id": TEAM,
        "name": known["name"],
        "deleted": False,
        "real_name": known["real_name"],
        "tz": "Europe/Oslo",
        "profile": {"real_name": known["real_name"], "display_name": known["name"]},
        "is_bot": known["is_bot"],
        "is_app_user": False,
    }


def described(channel: Channel) -> Json:
    """A channel as `conversations.info` tells of it."""
    return {
        "id": channel.id,
        "name": channel.name,
        "is_channel": channel.kind == "channel",
        "is_group": channel.kind == "group",
        "is_im": channel.kind == "im",
        "is_mpim": channel.kind == "mpim",
        "is_private": channel.kind != "channel",
        "is_archived": channel.archived,
        "is_member": channel.has_bot,
        "is_general": channel.name == "general",
        "num_members": len(channel.members),
        "context_team_id": TEAM,
    }


def _joined(slack: Slack, arguments: Arguments) -> Channel:
    channel = slack.channel_to_read(arguments, "history")
    if not channel.has_bot:
        raise ApiError("not_in_channel")
    return channel


def _page(messages: Sequence[Message], arguments: Arguments) -> Json:
    """One page of the messages between `oldest` and `latest`."""
    oldest = str(arguments.get("oldest") or "0")
    latest = str(arguments.get("latest") or "9999999999.999999")
    inclusive = is_true(arguments.get("inclusive"))
    inside = [
        message
        for message in messages
        if oldest < message.ts < latest or (inclusive and message.ts in (oldest, latest))
    ]
    start = int(arguments.get("cursor") or 0)
    limit = min(int(arguments.get("limit") or MOST), MOST)
    end = start + limit
    more = end < len(inside)
    with_metadata = is_true(arguments.get("include_all_metadata"))
    return {
        "messages": [_shown(m, messages, with_metadata) for m in inside[start:end]],
        "has_more": more,
        "response_metadata": {"next_cursor": str(end) if more else ""},
    }


def _shown(message: Message, thread: Sequence[Message], with_metadata: bool) -> Json:
    shown = deepcopy(message.raw)
    if not with_metadata:
        shown.pop("metadata", None)
    replies_to = [m for m in thread if m is not message and m.thread_ts == message.ts]
    if replies_to:
        shown |= {
            "thread_ts": message.ts,
            "reply_count": len(replies_to),
            "reply_users": sorted({str(m.raw.get("user")) for m in replies_to}),
            "latest_reply": replies_to[-1].ts,
        }
    return shown


def is_true(value: object) -> bool:
    return value is True or str(value).lower() in {"1", "true"}
