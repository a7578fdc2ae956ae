"""Blocks into as many messages as they need: nothing lost, and the buttons always at the end."""

from __future__ import annotations

from collections.abc import Sequence

from api.slack.blocks.elements import Block, Message, small
from api.slack.blocks.limits import (
    MOST_BLOCKS,
    MOST_FALLBACK,
    MOST_MESSAGE,
    length,
    measured,
    shortened,
)
from api.slack.escaping import escape

_ROOM = 300
"""Of JSON for the line that says that it goes on."""


def messages(groups: Sequence[Sequence[Block]], end: Sequence[Block], said: str) -> list[Message]:
    """The blocks as messages, in order; `end` stands at the end of the last. A group stays in one
    message where one can hold it. `said` is the answer as text."""
    packed: list[list[Block]] = [[]]
    for group in groups:
        if not _fits([*packed[-1], *group]) and _fits(group):
            packed.append([])
        for block in group:
            if not _fits([*packed[-1], block]):
                packed.append([])
            packed[-1].append(block)
    if not _fits([*packed[-1], *end]):
        packed.append([])
    packed[-1] += end
    parts = [part for part in packed if part]
    return [
        {
            "text": fallback(said) if not place else f"({place + 1} of {len(parts)})",
            "blocks": part if place == len(parts) - 1 else [*part, _goes_on(place, len(parts))],
        }
        for place, part in enumerate(parts)
    ]


def fallback(said: str) -> str:
    """The text for notifications and screen readers."""
    return escape(shortened(said, MOST_FALLBACK, lambda character: length(escape(character)) + 1))


def _goes_on(place: int, parts: int) -> Block:
    return small(f"{place + 1} of {parts}: continues in the next message")


def _fits(blocks: Sequence[Block]) -> bool:
    return len(blocks) < MOST_BLOCKS and measured(blocks) <= MOST_MESSAGE - _ROOM
