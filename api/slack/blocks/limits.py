"""How much Slack takes, and measuring and cutting by that.

Figures are those of Slack's reference (docs.slack.dev, November 2026). Lengths are UTF-16 units,
which are never fewer than the characters that Slack counts. Slack also refuses messages whose
blocks are too long together (`msg_blocks_too_long`) without saying when; its engineers speak of
12,000 characters with some room for what holds them (bolt-js #2509), and 11,341 have been refused
(bolt-js #2867). `MOST_MESSAGE` stays well below, and counts all of the JSON.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any

MOST_BLOCKS = 50
MOST_VIEW_BLOCKS = 100
MOST_TEXT = 3_000
MOST_BUTTON_TEXT = 75
MOST_TITLE = 24
MOST_METADATA = 3_000
MOST_PROMPTS = 4
MOST_MESSAGE = 9_000
"""Of JSON in one message's blocks."""
MOST_BLOCK = 2_800
"""Of JSON in one block of quoted words, so that three fit into one message."""
MOST_VIEW = 60_000
"""Of JSON in a window: Slack takes 250 kB, and up to four bytes a character."""
MOST_FALLBACK = 3_000
"""Of a message's `text`: Slack takes 40,000 when it is posted, and 4,000 when it is updated."""

_JOINED = frozenset("\u200d\ufe0e\ufe0f\u20e3")


def length(text: str) -> int:
    """UTF-16 units of the text."""
    return len(text) + sum(character > "\uffff" for character in text)


def measured(content: Any) -> int:
    """UTF-16 units of the content as JSON."""
    return length(json.dumps(content, ensure_ascii=False, separators=(",", ":")))


@lru_cache(maxsize=8_192)
def cost_as_json(character: str) -> int:
    """UTF-16 units of the character in JSON."""
    return measured(character) - 2


def shortened(text: str, most: int, cost: Callable[[str], int] = length) -> str:
    """The text, or its beginning and "…" where it costs more than `most`."""
    if sum(map(cost, text)) <= most:
        return text
    return next(pieces(text, most - cost("…"), cost)).rstrip() + "…"


def pieces(text: str, most: int, cost: Callable[[str], int] = cost_as_json) -> Iterator[str]:
    """The text in pieces that cost at most `most` each and are the text when put together; cut
    between words where they are not longer than that, and never within a character."""
    start = spent = 0
    after_word = between = 0
    for place, character in enumerate(text):
        if place > start and _may_cut(text, place):
            between = place
            if text[place - 1].isspace():
                after_word = place
        spent += cost(character)
        while spent > most and place > start:
            cut = next(end for end in (after_word, between, place) if end > start)
            yield text[start:cut]
            start = cut
            spent = sum(map(cost, text[start : place + 1]))
    if start < len(text):
        yield text[start:]


def _may_cut(text: str, place: int) -> bool:
    """Whether what is seen as one character does not go on here."""
    after, before = text[place], text[place - 1]
    return not (
        unicodedata.combining(after)
        or after in _JOINED
        or before == "\u200d"
        or "\U0001f3fb" <= after <= "\U0001f3ff"
        or (before, after) == ("\r", "\n")
    )
