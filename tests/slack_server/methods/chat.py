"""chat.*: messages posted, changed, deleted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.slack_server import events
from tests.slack_server.slack import ApiError, Slack, decoded
from tests.slack_server.workspace import DOMAIN, Json, Message, by_the_app

Arguments = Mapping[str, Any]


def post_message(slack: Slack, arguments: Arguments) -> Json:
    slack.need("chat:write")
    channel = slack.channel_to_write(arguments)
    message = slack.workspace.post(
        channel.id, said(arguments), thread_ts=arguments.get("thread_ts") or None
    )
    tell_of(slack, message)
    return {"channel": channel.id, "ts": message.ts, "message": message.raw}


def post_ephemeral(slack: Slack, arguments: Arguments) -> Json:
    slack.need("chat:write")
    channel = slack.channel_to_write(arguments)
    user = str(arguments.get("user", ""))
    if user not in slack.workspace.users:
        raise ApiError("user_not_found")
    if user not in channel.members:
        raise ApiError("user_not_in_channel")
    message = slack.workspace.post(
        channel.id,
        said(arguments),
        thread_ts=arguments.get("thread_ts") or None,
        ephemeral_to=user,
    )
    return {"message_ts": message.ts}


def update(slack: Slack, arguments: Arguments) -> Json:
    slack.need("chat:write")
    message = slack.own_message(arguments, "cant_update_message")
    if message.streaming:
        raise ApiError("streaming_state_conflict")
    change(slack, message, arguments)
    return {
        "channel": message.channel,
        "ts": message.ts,
        "text": message.text,
        "message": message.raw,
    }


def change(slack: Slack, message: Message, arguments: Arguments) -> None:
    """Change a message as `chat.update` does, and tell the app of it."""
    said_now = said(arguments)
    changes: Json = {"text": said_now["text"], "blocks": said_now["blocks"]}
    if "metadata" in said_now:
        changes["metadata"] = said_now["metadata"]
    if not said_now["blocks"]:
        changes["edited"] = {"user": message.raw.get("user"), "ts": slack.workspace.new_ts()}
    previous = slack.workspace.change(message, changes)
    if message.ephemeral_to is None:
        slack.tell(events.changed(slack.workspace, message, previous))


def delete(slack: Slack, arguments: Arguments) -> Json:
    slack.need("chat:write")
    message = slack.own_message(arguments, "cant_delete_message")
    take_away(slack, message)
    return {"channel": message.channel, "ts": message.ts}


def take_away(slack: Slack, message: Message) -> None:
    """Delete a message. Of one with a thread, Slack leaves a tombstone and tells of a change."""
    workspace = slack.workspace
    thread = workspace.thread(message.channel, message.ts)
    if message.ephemeral_to is None and any(reply is not message for reply in thread):
        previous = workspace.change(message, events.tombstone(message))
        slack.tell(events.changed(workspace, message, previous))
        return
    workspace.remove(message)
    if message.ephemeral_to is None:
        slack.tell(events.deleted(workspace, message))


def permalink(slack: Slack, arguments: Arguments) -> Json:
    channel = slack.channel_to_read(arguments, "read")
    message = slack.workspace.find(channel.id, str(arguments.get("message_ts", "")))
    if message is None:
        raise ApiError("message_not_found")
    url = f"https://{DOMAIN}.slack.com/archives/{channel.id}/p{message.ts.replace('.', '')}"
    if message.thread_ts is not None:
        url += f"?thread_ts={message.thread_ts}&cid={channel.id}"
    return {"channel": channel.id, "permalink": url}


def said(arguments: Arguments) -> Json:
    """What a message of the app holds, by the arguments of a call."""
    blocks = decoded(arguments.get("blocks")) or []
    text = str(arguments.get("text") or arguments.get("markdown_text") or "")
    if not text and not blocks:
        raise ApiError("no_text")
    made: Json = {**by_the_app(), "text": text, "blocks": blocks}
    metadata = decoded(arguments.get("metadata"))
    if metadata is not None:
        made["metadata"] = metadata
    return made


def tell_of(slack: Slack, message: Message) -> None:
    """Tell the app of a message that was posted."""
    slack.tell(*events.posted(slack.workspace, message))
