"""Names by which Slack says which button was pressed and which window was submitted."""

from __future__ import annotations

ACTION_CONTEXT = "quoth_show_context"
ACTION_FOLLOW_UP = "quoth_follow_up"
ACTION_RATE_UP = "quoth_rate_up"
ACTION_RATE_DOWN = "quoth_rate_down"
ACTION_COMMENT = "quoth_comment"
"""Followed by ":up" or ":down", the rating that the comment is on."""
ACTION_SHARE = "quoth_share"

CALLBACK_COMMENT = "quoth_comment_view"
CALLBACK_FOLLOW_UP = "quoth_follow_up_view"
CALLBACK_ASK = "quoth_ask_view"
CALLBACK_CONTEXT = "quoth_context_view"

WORDS = "quoth_words"
"""Block and action of a window's text field."""
