"""Block Kit as HTML, near enough to Slack to look at. For development; Slack draws its own."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from html import escape
from pathlib import Path
from typing import Any

STYLE = Path(__file__).with_suffix(".css").read_text(encoding="utf-8")
_LINK = re.compile(r"&lt;([^|<>]*?)(?:\|(.*?))?&gt;")
_SIGNS = (("*", "b"), ("_", "i"), ("~", "s"), ("`", "code"))


def page(parts: Iterable[str]) -> str:
    """A whole HTML document."""
    head = f"<!doctype html><meta charset=utf-8><title>Slack</title><style>{STYLE}</style>"
    return head + "".join(parts)


def heading(words: str) -> str:
    """What the next picture shows."""
    return f"<h2>{escape(words)}</h2>"


def message(shown: Mapping[str, Any]) -> str:
    """A message of the bot."""
    who = "<div class=who>Quoth<span class=app>APP</span><span class=at>9:41</span></div>"
    blocks = "".join(_block(block) for block in shown["blocks"])
    return f"<div class=message><div class=face>Q</div><div class=blocks>{who}{blocks}</div></div>"


def view(shown: Mapping[str, Any]) -> str:
    """A window."""
    blocks = "".join(_block(block) for block in shown["blocks"])
    foot = "".join(
        f"<button class={style}>{_text(shown[name])}</button>"
        for name, style in (("close", "plain"), ("submit", "primary"))
        if name in shown
    )
    title = _text(shown["title"])
    return (
        f"<div class=view><header>{title}</header><div class=blocks>{blocks}</div>"
        f"<footer>{foot}</footer></div>"
    )


def _block(block: Mapping[str, Any]) -> str:
    return _BLOCKS[block["type"]](block)


def _rich(block: Mapping[str, Any]) -> str:
    return f"<div class=rich>{''.join(_rich_part(part) for part in block['elements'])}</div>"


def _rich_part(part: Mapping[str, Any]) -> str:
    tag = "blockquote" if part["type"] == "rich_text_quote" else "div"
    return f"<{tag} dir=auto>{''.join(_rich_text(e) for e in part['elements'])}</{tag}>"


def _rich_text(element: Mapping[str, Any]) -> str:
    style = element.get("style", {})
    words = escape(element["text"])
    for name, tag in (("bold", "b"), ("italic", "i"), ("strike", "s"), ("code", "code")):
        words = f"<{tag}>{words}</{tag}>" if style.get(name) else words
    return words


def _section(block: Mapping[str, Any]) -> str:
    return f"<div class=section dir=auto>{_text(block['text'])}</div>"


def _context(block: Mapping[str, Any]) -> str:
    shown = "".join(f"<span dir=auto>{_text(element)}</span>" for element in block["elements"])
    return f"<div class=context>{shown}</div>"


def _actions(block: Mapping[str, Any]) -> str:
    shown = "".join(f"<button>{_text(button['text'])}</button>" for button in block["elements"])
    return f"<div class=actions>{shown}</div>"


def _header(block: Mapping[str, Any]) -> str:
    return f"<div class=header>{_text(block['text'])}</div>"


def _input(block: Mapping[str, Any]) -> str:
    element = block["element"]
    hint = _text(element.get("placeholder", {"type": "plain_text", "text": ""}))
    begun = escape(element.get("initial_value", ""))
    return (
        f"<div><label>{_text(block['label'])}</label>"
        f'<textarea placeholder="{hint}">{begun}</textarea></div>'
    )


def _text(text: Mapping[str, Any]) -> str:
    words = escape(text["text"])
    if text["type"] == "plain_text":
        return words
    words = words.replace("&amp;amp;", "&amp;")
    words = _LINK.sub(lambda found: f'<a href="#">{found[2] or found[1]}</a>', words)
    for sign, tag in _SIGNS:
        pattern = rf"(?<!\w){re.escape(sign)}(\S(?:.*?\S)?){re.escape(sign)}(?!\w)"
        words = re.sub(pattern, rf"<{tag}>\1</{tag}>", words)
    return words


_BLOCKS: Mapping[str, Callable[[Mapping[str, Any]], str]] = {
    "rich_text": _rich,
    "section": _section,
    "context": _context,
    "actions": _actions,
    "header": _header,
    "input": _input,
    "divider": lambda _: "<hr>",
}
