"""Slack's payloads read: who asked what where, and what is none of the bot's business.

`Payload`s are as Slack documents them; everything that the bot knows about their shape is here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from index.catalogue.slack_questions import AskedBy, NewQuestion

Payload = Mapping[str, Any]

DIRECT = "direct"
RESPONSE_URL = "response_url"
AFTER = "after"
"""Names in `NewQuestion.context`: whether it is a direct message, where to respond to a command,
and which question it follows up."""
PLAIN_SUBTYPES = frozenset({None, "file_share", "thread_broadcast"})
DELETED = "tombstone"
_MENTION = re.compile(r"<@([A-Z0-9]+)(?:\|[^>]*)?>")
_CHANNEL = re.compile(r"<#[A-Z0-9]+(?:\|([^>]*))?>")
_SPECIAL = re.compile(r"<!(?:subteam\^[A-Z0-9]+\|)?([^>|^]*)(?:[|^][^>]*)?>")
_LINK = re.compile(r"<((?:https?|mailto|tel):[^>|]*)(?:\|([^>]*))?>")
_ENTITIES = (("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Bot:
    """Who the bot is in the workspace that an event comes from."""

    user_id: str
    bot_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Edited:
    """A message that was asked has other words now."""

    event_key: str
    question: str


def event_key(team: str, channel: str, ts: str) -> str:
    """What makes a message one question, however often and as whatever events it arrives."""
    return f"{team}:{channel}:{ts}"


def timestamp_of(key: str) -> str | None:
    """The timestamp of the message that the key is of; None where it is of something else."""
    ts = key.rpartition(":")[2]
    return ts if ts.replace(".", "", 1).isdecimal() else None


def asked_in_message(body: Payload, bot: Bot) -> NewQuestion | None:
    """What a message or mention asks; None where it is not a person's message, or none for the bot
    as far as one can tell without knowing the thread (`Asking.ask`)."""
    event = body["event"]
    if not is_persons(event, bot):
        return None
    text = str(event.get("text") or "")
    direct = event.get("channel_type") == "im"
    named = _MENTION.findall(text)
    thread_ts = event.get("thread_ts")
    if event["type"] == "app_mention" or bot.user_id in named:
        asked_by = AskedBy.MENTION
    elif direct:
        asked_by = AskedBy.ASSISTANT if thread_ts else AskedBy.DIRECT
    elif thread_ts and thread_ts != event["ts"] and not named:
        asked_by = AskedBy.THREAD
    else:
        return None
    team, channel, ts = team_of(body), str(event["channel"]), str(event["ts"])
    return NewQuestion(
        event_key=event_key(team, channel, ts),
        team=team,
        channel=channel,
        user=str(event["user"]),
        thread_ts=str(thread_ts or ts),
        asked_by=asked_by,
        question=words_of(text, bot),
        context={DIRECT: direct},
    )


def edited_in_message(body: Payload, bot: Bot) -> Edited | None:
    """What a message that was changed says now; None where its words are the same (links that
    unfold change messages, too)."""
    event = body["event"]
    message = event.get("message") or {}
    before = event.get("previous_message") or {}
    if event.get("subtype") != "message_changed" or not is_persons(message, bot):
        return None
    if message.get("text") == before.get("text"):
        return None
    key = event_key(team_of(body), str(event["channel"]), str(message["ts"]))
    return Edited(event_key=key, question=words_of(str(message.get("text") or ""), bot))


def deleted_message(body: Payload) -> str | None:
    """Key of a message that was deleted: what has replies leaves a tombstone."""
    event = body["event"]
    subtype, message = event.get("subtype"), event.get("message") or {}
    if subtype == "message_deleted":
        ts = event.get("deleted_ts") or (event.get("previous_message") or {}).get("ts")
    elif subtype == "message_changed" and message.get("subtype") == DELETED:
        ts = message.get("ts")
    else:
        return None
    return event_key(team_of(body), str(event["channel"]), str(ts)) if ts else None


def asked_by_command(body: Payload) -> NewQuestion:
    """What `/ask` asks."""
    return NewQuestion(
        event_key=f"cmd:{body['trigger_id']}",
        team=str(body.get("team_id", "")),
        channel=str(body["channel_id"]),
        user=str(body["user_id"]),
        thread_ts=None,
        asked_by=AskedBy.COMMAND,
        question=words_of(str(body.get("text") or "")),
        context={RESPONSE_URL: body["response_url"]},
    )


def team_of(body: Payload) -> str:
    """The workspace that a payload comes from."""
    team = body.get("team_id") or (body.get("team") or {}).get("id")
    return str(team or (body.get("event") or {}).get("team") or "")


def words_of(text: str, bot: Bot | None = None) -> str:
    """What was typed, without Slack's markup: links as their text, the bot's own name left out."""

    def named(found: re.Match[str]) -> str:
        return "" if bot is not None and found[1] == bot.user_id else f"@{found[1]}"

    text = _MENTION.sub(named, text)
    text = _CHANNEL.sub(lambda found: f"#{found[1] or 'channel'}", text)
    text = _LINK.sub(lambda found: found[2] or found[1], text)
    text = _SPECIAL.sub(lambda found: f"@{found[1]}", text)
    for entity, character in _ENTITIES:
        text = text.replace(entity, character)
    return text.strip()


def is_direct_channel(channel: str) -> bool:
    """Whether this is Slack's id of the direct messages with one person."""
    return channel.startswith("D")


def is_own(message: Payload, bot: Bot) -> bool:
    """Whether the bot wrote this message."""
    return message.get("user") == bot.user_id or (
        bool(bot.bot_id) and message.get("bot_id") == bot.bot_id
    )


def is_persons(message: Payload, bot: Bot) -> bool:
    """Whether a person wrote this message, and it is one that says something."""
    return (
        message.get("subtype") in PLAIN_SUBTYPES
        and not message.get("bot_id")
        and not message.get("hidden")
        and bool(message.get("user"))
        and not is_own(message, bot)
    )
