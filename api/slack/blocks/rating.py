"""A message whose buttons say how its answer was rated."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from api.slack.blocks.actions import ACTION_COMMENT, ACTION_RATE_DOWN, ACTION_RATE_UP
from api.slack.blocks.elements import Block, Element, button
from index.records import Rating

_LABELS = {ACTION_RATE_UP: ("👍 Good", "Good answer"), ACTION_RATE_DOWN: ("👎 Bad", "Bad answer")}
_RATED = {
    Rating.UP: (ACTION_RATE_UP, "👍 Rated good"),
    Rating.DOWN: (ACTION_RATE_DOWN, "👎 Rated bad"),
}
_COMMENTS = {Rating.UP: "Add a comment", Rating.DOWN: "Say what is wrong"}


def rated(blocks: Sequence[Mapping[str, Any]], rating: Rating) -> list[Block]:
    """The same blocks, with the rating on its button and one to comment on it beside. The rating
    can still be changed."""
    return [
        _rated(block, rating) if block.get("type") == "actions" else _anew(block)
        for block in blocks
    ]


def _rated(block: Mapping[str, Any], rating: Rating) -> Block:
    elements: list[Element] = []
    chosen, label = _RATED[rating]
    for element in block["elements"]:
        action, value = str(element.get("action_id", "")), str(element.get("value", ""))
        if action.startswith(ACTION_COMMENT):
            continue
        if action in _LABELS:
            sign, spoken = _LABELS[action]
            shown, aloud = (label, label[2:]) if action == chosen else (sign, spoken)
            elements.append(button(shown, action, value, spoken=aloud))
        else:
            elements.append(dict(element))
        if action == chosen:
            comment = f"{ACTION_COMMENT}:{rating.value}"
            elements.append(button(_COMMENTS[rating], comment, value))
    return {"type": "actions", "elements": elements}


def _anew(block: Mapping[str, Any]) -> Block:
    """The block without the name that Slack gave it: a changed message wants new ones."""
    return {name: value for name, value in block.items() if name != "block_id"}
