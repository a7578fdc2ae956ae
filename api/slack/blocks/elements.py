"""The parts that messages and windows are made of. Words of others are text elements or plain text
here, which hold no markup."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from api.slack.blocks.limits import MOST_BUTTON_TEXT, MOST_TEXT, shortened
from api.slack.escaping import WebLink

Block = dict[str, Any]
Element = dict[str, Any]
Message = dict[str, Any]
"""`text`, what a notification and a screen reader say, and `blocks`."""
View = dict[str, Any]


def text(words: str, *, bold: bool = False, italic: bool = False) -> Element:
    """Words of a `rich_text` block; they must not be empty."""
    styles = {name: True for name, on in (("bold", bold), ("italic", italic)) if on}
    element: Element = {"type": "text", "text": words}
    return element | {"style": styles} if styles else element


def paragraph(*elements: Element) -> Element:
    """A paragraph of a `rich_text` block."""
    return {"type": "rich_text_section", "elements": list(elements)}


def quotation(elements: Sequence[Element]) -> Element:
    """A quote of a `rich_text` block, with a bar beside it."""
    return {"type": "rich_text_quote", "elements": list(elements)}


def rich(*parts: Element) -> Block:
    """A `rich_text` block."""
    return {"type": "rich_text", "elements": list(parts)}


def small(words: str, *, link: WebLink | None = None, opens: str | None = None) -> Block:
    """A line in small type; `link` after it, on the words `opens` or the name of its host."""
    shown = {"type": "plain_text", "text": shortened(words, MOST_TEXT), "emoji": False}
    elements: list[Element] = [shown]
    if link is not None:
        address = link.url.replace("&", "&amp;")
        elements.append(
            {
                "type": "mrkdwn",
                "text": f"<{address}|{opens or link.host.removeprefix('www.')}>",
                "verbatim": True,
            }
        )
    return {"type": "context", "elements": elements}


def words_of(plain: str) -> dict[str, Any]:
    """A text object without markup."""
    return {"type": "plain_text", "text": plain, "emoji": False}


def button(label: str, action: str, value: str, *, spoken: str | None = None) -> Element:
    """A button; `spoken` is what a screen reader says instead of the label."""
    element: Element = {
        "type": "button",
        "action_id": action,
        "text": {
            "type": "plain_text",
            "text": shortened(label, MOST_BUTTON_TEXT),
            "emoji": True,
        },
        "value": value,
    }
    return element | {"accessibility_label": spoken} if spoken else element


def row(*buttons: Element) -> Block:
    """Buttons beside one another."""
    return {"type": "actions", "elements": list(buttons)}
