"""The bot's own short messages. What people wrote is in blocks without markup."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from api.slack.blocks.actions import ACTION_CONTEXT
from api.slack.blocks.limits import MOST_TEXT, shortened
from api.slack.blocks.packing import fallback
from api.slack.web import Message
from index.catalogue.slack_questions import SlackQuestion

MOST_QUOTED = 200
"""Of a question that is named in a sentence."""
HELP = (
    "Ask me a question, and I answer it from the archive in the articles' own words: mention me "
    "with it, write it to me directly, or use /ask."
)
LOST = "I no longer have that answer. Ask the question again."
NOT_SHOWN = "I could not show the answer here."
SENT_DIRECTLY = "The answer is long, so I sent it to you directly."
THANKS = "Thank you. That helps to make the answers better."


def plain_message(text: str) -> Message:
    """A message that is only text, shown letter for letter."""
    shown = shortened(text, MOST_TEXT)
    return {
        "text": fallback(shown),
        "blocks": [{"type": "section", "text": _plain(shown)}],
    }


def unconfirmed_message(question: str, answer: Sequence[Message]) -> Message:
    """Says that an answer may not have come, above the answer's buttons, which open it."""
    blocks = [block for message in answer for block in message.get("blocks") or ()]
    rows = [block for block in blocks if block["type"] == "actions"]
    opening = [
        element["text"]["text"]
        for row in rows
        for element in row["elements"]
        if element["action_id"] == ACTION_CONTEXT
    ]
    todo = f"press “{opening[0]}” here" if opening else "ask again"
    said = plain_message(
        f"You asked: “{question[:MOST_QUOTED]}”. Slack did not tell me whether my answer reached "
        f"you. If you do not see it where you asked, {todo}."
    )
    return {**said, "blocks": [*said["blocks"], *rows]}


def repeated_message(question: str) -> Message:
    """Says why an answer comes that the asker may have seen in part; to be shown above it."""
    return plain_message(
        f"You asked: “{question[:MOST_QUOTED]}”. Slack did not tell me how much of my answer "
        "reached you. Here is the whole of it."
    )


def asked_message(question: SlackQuestion) -> Message:
    """Who asked what in a window, for the others in the thread."""
    shown = shortened(question.question, MOST_TEXT)
    named = {"type": "mrkdwn", "text": f"<@{question.user}> asks:"}
    return {
        "text": fallback(shown),
        "blocks": [
            {"type": "context", "elements": [named]},
            {"type": "section", "text": _plain(shown)},
        ],
    }


def share_modal(private: str) -> dict[str, Any]:
    """Where to share an answer that was given privately."""
    return {
        "type": "modal",
        "callback_id": SHARE_TO,
        "private_metadata": private,
        "title": _plain("Share the answer"),
        "submit": _plain("Share"),
        "close": _plain("Cancel"),
        "blocks": [
            {
                "type": "input",
                "block_id": SHARE_TO,
                "label": _plain("Channel"),
                "element": {
                    "type": "conversations_select",
                    "action_id": SHARE_TO,
                    "placeholder": _plain("Choose a channel"),
                    "filter": {
                        "include": ["public", "private"],
                        "exclude_bot_users": True,
                    },
                },
            }
        ],
    }


SHARE_TO = "quoth_share_to"
"""Callback, block and action of that window."""


def _plain(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": text or " ", "emoji": False}
