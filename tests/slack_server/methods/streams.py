"""chat.startStream, appendStream and stopStream: a message that grows."""

from __future__ import annotations

from typing import Any

from tests.slack_server import events
from tests.slack_server.methods.chat import Arguments, tell_of
from tests.slack_server.slack import ApiError, Slack, decoded
from tests.slack_server.workspace import TEAM, Json, Message, by_the_app


def start(slack: Slack, arguments: Arguments) -> Json:
    slack.need("chat:write")
    channel = slack.channel_to_write(arguments)
    if channel.kind != "im":
        if arguments.get("recipient_team_id") != TEAM:
            raise ApiError("missing_recipient_team_id")
        if arguments.get("recipient_user_id") not in slack.workspace.users:
            raise ApiError("missing_recipient_user_id")
    if not arguments.get("thread_ts"):
        raise ApiError("invalid_arguments")
    message = slack.workspace.post(
        channel.id,
        {**by_the_app(), "text": _streamed(arguments), "streaming_state": "in_progress"},
        thread_ts=str(arguments["thread_ts"]),
        streaming=True,
    )
    tell_of(slack, message)
    return {"channel": channel.id, "ts": message.ts}


def append(slack: Slack, arguments: Arguments) -> Json:
    slack.need("chat:write")
    message = _growing(slack, arguments)
    slack.workspace.change(message, {"text": message.text + _streamed(arguments)})
    return {"channel": message.channel, "ts": message.ts}


def stop(slack: Slack, arguments: Arguments) -> Json:
    slack.need("chat:write")
    message = _growing(slack, arguments)
    text = message.text + _streamed(arguments)
    written = [{"type": "markdown", "text": text}] if text else []
    changes: Json = {
        "text": text,
        "blocks": [*written, *(decoded(arguments.get("blocks")) or ())],
        "streaming_state": "completed",
    }
    metadata = decoded(arguments.get("metadata"))
    if metadata is not None:
        changes["metadata"] = metadata
    message.streaming = False
    previous = slack.workspace.change(message, changes)
    slack.tell(events.changed(slack.workspace, message, previous))
    return {"channel": message.channel, "ts": message.ts, "message": message.raw}


def _growing(slack: Slack, arguments: Arguments) -> Message:
    message = slack.own_message(arguments, "message_not_owned_by_app")
    if not message.streaming:
        raise ApiError("message_not_in_streaming_state")
    return message


def _streamed(arguments: Arguments) -> str:
    chunks: list[dict[str, Any]] = decoded(arguments.get("chunks")) or []
    if chunks and arguments.get("markdown_text"):
        raise ApiError("cannot_provide_both_markdown_text_and_chunks")
    parts = [str(chunk["text"]) for chunk in chunks if chunk.get("type") == "markdown_text"]
    return "".join([str(arguments.get("markdown_text") or ""), *parts])
