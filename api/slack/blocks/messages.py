"""Every message of the bot, by name."""

from __future__ import annotations

from api.slack.blocks.answers import MessageContext, answer_message
from api.slack.blocks.notices import (
    failure_message,
    rate_limited_message,
    reading_message,
    streaming_message,
    withdrawn_message,
)
from api.slack.blocks.rating import rated

__all__ = [
    "MessageContext",
    "answer_message",
    "failure_message",
    "rate_limited_message",
    "rated",
    "reading_message",
    "streaming_message",
    "withdrawn_message",
]
