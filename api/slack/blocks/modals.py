"""The bot's windows."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from api.slack.blocks.actions import CALLBACK_ASK, CALLBACK_COMMENT, CALLBACK_FOLLOW_UP, WORDS
from api.slack.blocks.contexts import context_modal
from api.slack.blocks.elements import View, words_of
from api.slack.blocks.limits import MOST_METADATA, MOST_TEXT, shortened
from index.records import Rating

MOST_COMMENT = 2_000
MOST_QUESTION = 1_000
_COMMENTS = {
    Rating.UP: ("What is good about it?", "Which words answered your question?"),
    Rating.DOWN: ("What is wrong with it?", "What should it have said, and where does that stand?"),
}

__all__ = ["ask_modal", "comment_modal", "context_modal", "follow_up_modal"]


def comment_modal(answer_id: str, rating: Rating) -> View:
    """Asks for words on a rating."""
    label, hint = _COMMENTS[rating]
    return _asking(
        CALLBACK_COMMENT,
        title="Comment on the answer",
        submit="Send",
        remembered={"answer_id": answer_id, "rating": rating.value},
        field=_field(label, hint, most=MOST_COMMENT),
    )


def follow_up_modal(channel: str, thread_ts: str, event_key: str) -> View:
    """Asks for a question that goes on from an answer."""
    return _asking(
        CALLBACK_FOLLOW_UP,
        title="Ask a follow-up",
        submit="Ask",
        remembered={"channel": channel, "thread_ts": thread_ts, "event_key": event_key},
        field=_field("Your question", "It may lean on the answer, as in: and Macron?"),
    )


def ask_modal(words: str = "") -> View:
    """Asks for a question, with words to begin from: those of a message, say."""
    return _asking(
        CALLBACK_ASK,
        title="Ask Quoth about this",
        submit="Ask",
        remembered={},
        field=_field("Your question", "What do you want to know?", begun=words.strip()),
    )


def _asking(
    callback: str, *, title: str, submit: str, remembered: Mapping[str, str], field: dict[str, Any]
) -> View:
    private = json.dumps(remembered)
    assert len(private) <= MOST_METADATA
    return {
        "type": "modal",
        "callback_id": callback,
        "private_metadata": private,
        "title": words_of(title),
        "submit": words_of(submit),
        "close": words_of("Cancel"),
        "blocks": [field],
    }


def _field(label: str, hint: str, *, most: int = MOST_QUESTION, begun: str = "") -> dict[str, Any]:
    element: dict[str, Any] = {
        "type": "plain_text_input",
        "action_id": WORDS,
        "multiline": True,
        "max_length": min(most, MOST_TEXT),
        "focus_on_load": True,
        "placeholder": words_of(hint),
    }
    if begun:
        element["initial_value"] = shortened(begun, most)
    return {"type": "input", "block_id": WORDS, "label": words_of(label), "element": element}
