"""What Slack refuses: payloads of its Web API checked against the limits and required fields that
its reference gives (docs.slack.dev, November 2026).

`check_payload` says what is wrong with a call, `check_view` and `check_blocks` with parts of one.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from tests.slack_mrkdwn import active_parts

MESSAGE_BLOCKS = 50
VIEW_BLOCKS = 100
TEXT = 40_000
UPDATED_TEXT = 4_000
"""What `chat.update` takes as text before it answers `msg_too_long`."""
MARKDOWN = 12_000
TOGETHER = 11_000
"""Of JSON in the blocks of a message: nowhere documented. Slack's engineers speak of 12,000
characters with room for what holds them; 11,341 of text were refused (bolt-js #2509, #2867)."""
VIEW_BYTES = 250_000
METADATA_BYTES = 8_000

_MESSAGES = ("chat.postMessage", "chat.postEphemeral", "chat.update", "response_url")
_REQUIRED: Mapping[str, tuple[str, ...]] = {
    "chat.postMessage": ("channel",),
    "chat.postEphemeral": ("channel", "user"),
    "chat.update": ("channel", "ts"),
    "chat.delete": ("channel", "ts"),
    "chat.startStream": ("channel", "thread_ts"),
    "chat.appendStream": ("channel", "ts"),
    "chat.stopStream": ("channel", "ts"),
    "chat.getPermalink": ("channel", "message_ts"),
    "views.open": ("view",),
    "views.push": ("view",),
    "views.update": ("view",),
    "views.publish": ("view", "user_id"),
    "assistant.threads.setStatus": ("channel_id", "thread_ts", "status"),
    "assistant.threads.setTitle": ("channel_id", "thread_ts", "title"),
    "assistant.threads.setSuggestedPrompts": ("channel_id", "prompts"),
    "conversations.replies": ("channel", "ts"),
    "conversations.history": ("channel",),
    "conversations.info": ("channel",),
    "conversations.members": ("channel",),
    "users.info": ("user",),
    "reactions.add": ("channel", "name", "timestamp"),
    "reactions.remove": ("channel", "name", "timestamp"),
}
_STYLES = frozenset({"bold", "italic", "strike", "code", "underline", "highlight"})
_RICH_PARTS = frozenset(
    {"rich_text_section", "rich_text_quote", "rich_text_list", "rich_text_preformatted"}
)


def check_payload(method: str, payload: Mapping[str, Any]) -> list[str]:
    """What Slack would refuse in a call of the method, each with its place; empty where nothing.
    `response_url` stands for what is sent to a response URL."""
    fields = {name: _decoded(name, value) for name, value in payload.items()}
    wrong = [
        f"{name}: required"
        for name in _REQUIRED.get(method, ())
        if fields.get(name) in (None, "", [], {}) and (method, name) not in _MAY_BE_EMPTY
    ]
    if method in _MESSAGES:
        wrong += _message(method, fields)
    if "Stream" in method:
        wrong += _stream(method, fields)
    if method.startswith("views.") and "view" in fields:
        wrong += _view_call(method, fields)
    if method == "assistant.threads.setSuggestedPrompts":
        wrong += _prompts(fields.get("prompts") or [])
    if method == "assistant.threads.setStatus" and len(fields.get("loading_messages") or ()) > 10:
        wrong.append("loading_messages: more than 10")
    return wrong


_MAY_BE_EMPTY = {("assistant.threads.setStatus", "status")}
"""An empty status takes the status away."""


def _decoded(name: str, value: Any) -> Any:
    """The value of a form's field, where Slack takes JSON."""
    if name in {"blocks", "view", "prompts", "metadata", "chunks"} and isinstance(value, str):
        return json.loads(value) if value else None
    return value


# -- calls ----------------------------------------------------------------------------------------


def _message(method: str, fields: Mapping[str, Any]) -> Iterator[str]:
    text, blocks = fields.get("text"), fields.get("blocks")
    markdown = fields.get("markdown_text")
    if not text and not blocks and not markdown and not fields.get("delete_original"):
        yield "text: nothing to show (no_text)"
    if blocks and not text:
        yield "text: needed beside blocks, for notifications and screen readers"
    yield from _longest("text", text, UPDATED_TEXT if method == "chat.update" else TEXT)
    yield from _longest("markdown_text", markdown, MARKDOWN)
    if markdown and (text or blocks):
        yield "markdown_text: not beside text or blocks"
    if blocks is not None:
        yield from check_blocks(blocks, most=MESSAGE_BLOCKS)
        if _units(_json(blocks)) > TOGETHER:
            yield f"blocks: {_units(_json(blocks))} characters together (msg_blocks_too_long)"
    yield from _metadata(fields.get("metadata"))


def _stream(method: str, fields: Mapping[str, Any]) -> Iterator[str]:
    yield from _longest("markdown_text", fields.get("markdown_text"), MARKDOWN)
    if method == "chat.appendStream" and not (fields.get("markdown_text") or fields.get("chunks")):
        yield "markdown_text: required"
    if method == "chat.startStream" and str(fields.get("channel", "")).startswith(("C", "G")):
        for name in ("recipient_user_id", "recipient_team_id"):
            if not fields.get(name):
                yield f"{name}: required when streaming to channels"
    if fields.get("blocks"):
        if method != "chat.stopStream":
            yield "blocks: only when the stream is stopped"
        yield from check_blocks(fields["blocks"], most=MESSAGE_BLOCKS)
    yield from _metadata(fields.get("metadata"))


def _view_call(method: str, fields: Mapping[str, Any]) -> Iterator[str]:
    if method in ("views.open", "views.push") and not (
        fields.get("trigger_id") or fields.get("interactivity_pointer")
    ):
        yield "trigger_id: required"
    if method == "views.update" and not (fields.get("view_id") or fields.get("external_id")):
        yield "view_id: required"
    yield from check_view(fields["view"])


def _prompts(prompts: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    if len(prompts) > 4:
        yield "prompts: more than 4"
    for place, prompt in enumerate(prompts):
        for name in ("title", "message"):
            if not prompt.get(name):
                yield f"prompts/{place}/{name}: required"


def _metadata(metadata: Mapping[str, Any] | None) -> Iterator[str]:
    if metadata is None:
        return
    if not re.fullmatch(r"\w+", str(metadata.get("event_type", "")), re.ASCII):
        yield "metadata/event_type: required, alphanumeric"
    if not isinstance(metadata.get("event_payload"), Mapping):
        yield "metadata/event_payload: required"
    if len(_json(metadata).encode()) > METADATA_BYTES:
        yield f"metadata: more than {METADATA_BYTES} bytes (metadata_too_large)"


# -- views ----------------------------------------------------------------------------------------


def check_view(view: Mapping[str, Any]) -> list[str]:
    """What Slack would refuse in a modal or a home tab."""
    wrong: list[str] = []
    blocks = view.get("blocks")
    if view.get("type") not in ("modal", "home"):
        wrong.append("view/type: modal or home")
    if view.get("type") == "modal":
        wrong += _plain(view.get("title"), "view/title", most=24)
        for name in ("submit", "close"):
            if name in view:
                wrong += _plain(view[name], f"view/{name}", most=24)
        inputs = [block for block in blocks or () if block.get("type") == "input"]
        if inputs and "submit" not in view:
            wrong.append("view/submit: required where there are inputs")
    if not isinstance(blocks, Sequence):
        return [*wrong, "view/blocks: required"]
    wrong += check_blocks(blocks, most=VIEW_BLOCKS, in_view=True)
    wrong += _longest("view/private_metadata", view.get("private_metadata"), 3_000)
    wrong += _longest("view/callback_id", view.get("callback_id"), 255)
    wrong += _longest("view/external_id", view.get("external_id"), 255)
    if len(_json(view).encode()) > VIEW_BYTES:
        wrong.append("view: more than 250 kB (view_too_large)")
    return wrong


# -- blocks ---------------------------------------------------------------------------------------


def check_blocks(
    blocks: Sequence[Mapping[str, Any]], *, most: int = MESSAGE_BLOCKS, in_view: bool = False
) -> list[str]:
    """What Slack would refuse in a list of blocks."""
    wrong = [] if len(blocks) <= most else [f"blocks: {len(blocks)}, more than {most}"]
    named = [block["block_id"] for block in blocks if block.get("block_id")]
    if len(named) != len(set(named)):
        wrong.append("blocks: block_id not unique")
    markdown = sum(_units(str(b.get("text", ""))) for b in blocks if b.get("type") == "markdown")
    if markdown > MARKDOWN:
        wrong.append(f"blocks: more than {MARKDOWN} characters of markdown together")
    for place, block in enumerate(blocks):
        at = f"blocks/{place}"
        check = _BLOCKS.get(str(block.get("type")))
        if check is None or (block.get("type") in _ONLY_VIEWS and not in_view):
            wrong.append(f"{at}/type: {block.get('type')} does not stand here")
            continue
        wrong += _longest(f"{at}/block_id", block.get("block_id"), 255)
        wrong += check(block, at)
    return wrong


def _section(block: Mapping[str, Any], at: str) -> Iterator[str]:
    text, fields = block.get("text"), block.get("fields")
    if text is None and not fields:
        yield f"{at}: text or fields required"
    if text is not None:
        yield from _text(text, f"{at}/text", most=3_000)
    if fields is not None and not 1 <= len(fields) <= 10:
        yield f"{at}/fields: 1 to 10"
    for place, field in enumerate(fields or ()):
        yield from _text(field, f"{at}/fields/{place}", most=2_000)
    if "accessory" in block:
        yield from _element(block["accessory"], f"{at}/accessory")


def _context(block: Mapping[str, Any], at: str) -> Iterator[str]:
    elements = block.get("elements") or ()
    if not 1 <= len(elements) <= 10:
        yield f"{at}/elements: 1 to 10"
    for place, element in enumerate(elements):
        if element.get("type") == "image":
            yield from _image(element, f"{at}/elements/{place}")
        else:
            yield from _text(element, f"{at}/elements/{place}", most=3_000)


def _actions(block: Mapping[str, Any], at: str) -> Iterator[str]:
    elements = block.get("elements") or ()
    if not 1 <= len(elements) <= 25:
        yield f"{at}/elements: 1 to 25"
    named = [element.get("action_id") for element in elements]
    if len(named) != len(set(named)):
        yield f"{at}/elements: action_id not unique in the block"
    for place, element in enumerate(elements):
        yield from _element(element, f"{at}/elements/{place}")


def _input(block: Mapping[str, Any], at: str) -> Iterator[str]:
    yield from _plain(block.get("label"), f"{at}/label", most=2_000)
    if "hint" in block:
        yield from _plain(block["hint"], f"{at}/hint", most=2_000)
    if not isinstance(block.get("element"), Mapping):
        yield f"{at}/element: required"
    else:
        yield from _element(block["element"], f"{at}/element")


def _header(block: Mapping[str, Any], at: str) -> Iterator[str]:
    yield from _plain(block.get("text"), f"{at}/text", most=150)


def _image(block: Mapping[str, Any], at: str) -> Iterator[str]:
    if not block.get("image_url") and not block.get("slack_file"):
        yield f"{at}/image_url: required"
    yield from _longest(f"{at}/image_url", block.get("image_url"), 3_000)
    if not block.get("alt_text"):
        yield f"{at}/alt_text: required"
    yield from _longest(f"{at}/alt_text", block.get("alt_text"), 2_000)


def _markdown(block: Mapping[str, Any], at: str) -> Iterator[str]:
    if not block.get("text"):
        yield f"{at}/text: required"


def _nothing(block: Mapping[str, Any], at: str) -> Iterator[str]:
    return iter(())


# -- elements and text ----------------------------------------------------------------------------


def _element(element: Mapping[str, Any], at: str) -> Iterator[str]:
    kind = element.get("type")
    if kind not in _ELEMENTS:
        yield f"{at}/type: {kind} is not known"
    yield from _longest(f"{at}/action_id", element.get("action_id"), 255)
    if "placeholder" in element:
        yield from _plain(element["placeholder"], f"{at}/placeholder", most=150)
    if "confirm" in element:
        for name, most in (("title", 100), ("text", 300), ("confirm", 30), ("deny", 30)):
            yield from _plain(element["confirm"].get(name), f"{at}/confirm/{name}", most=most)
    if kind == "button":
        yield from _plain(element.get("text"), f"{at}/text", most=75)
        yield from _longest(f"{at}/value", element.get("value"), 2_000)
        yield from _longest(f"{at}/url", element.get("url"), 3_000)
        yield from _longest(f"{at}/accessibility_label", element.get("accessibility_label"), 75)
        if element.get("style", "primary") not in ("primary", "danger"):
            yield f"{at}/style: primary or danger"
    if kind == "plain_text_input":
        yield from _input_lengths(element, at)


def _input_lengths(element: Mapping[str, Any], at: str) -> Iterator[str]:
    least, most = element.get("min_length", 0), element.get("max_length", 3_000)
    if not 0 <= least <= 3_000 or not 1 <= most <= 3_000 or least > most:
        yield f"{at}: min_length 0 to 3000, max_length 1 to 3000"
    yield from _longest(f"{at}/initial_value", element.get("initial_value"), most)


def _text(text: Any, at: str, *, most: int) -> Iterator[str]:
    if not isinstance(text, Mapping) or text.get("type") not in ("plain_text", "mrkdwn"):
        yield f"{at}: a text object is required"
        return
    words = text.get("text")
    if not isinstance(words, str) or not words.strip():
        yield f"{at}/text: must be more than 0 characters"
        return
    yield from _longest(f"{at}/text", words, most)
    if text["type"] == "mrkdwn" and "emoji" in text:
        yield f"{at}/emoji: only for plain_text"
    if text["type"] == "plain_text" and "verbatim" in text:
        yield f"{at}/verbatim: only for mrkdwn"


def _plain(text: Any, at: str, *, most: int) -> Iterator[str]:
    if isinstance(text, Mapping) and text.get("type") != "plain_text":
        yield f"{at}/type: plain_text only"
    yield from _text(text, at, most=most)


def _rich(block: Mapping[str, Any], at: str) -> Iterator[str]:
    parts = block.get("elements")
    if not parts:
        yield f"{at}/elements: required"
    for place, part in enumerate(parts or ()):
        yield from _rich_part(part, f"{at}/elements/{place}")


def _rich_part(part: Mapping[str, Any], at: str) -> Iterator[str]:
    if part.get("type") not in _RICH_PARTS:
        yield f"{at}/type: {part.get('type')} is not known"
    if not part.get("elements"):
        yield f"{at}/elements: required"
    for place, element in enumerate(part.get("elements") or ()):
        if part.get("type") == "rich_text_list":
            yield from _rich_part(element, f"{at}/elements/{place}")
        else:
            yield from _rich_element(element, f"{at}/elements/{place}")


def _rich_element(element: Mapping[str, Any], at: str) -> Iterator[str]:
    field = _RICH_ELEMENTS.get(str(element.get("type")))
    if field is None:
        yield f"{at}/type: {element.get('type')} is not known"
    elif not isinstance(element.get(field), str | int) or element[field] == "":
        yield f"{at}/{field}: required"
    style = element.get("style", {})
    if not isinstance(style, Mapping) or set(style) - _STYLES:
        yield f"{at}/style: booleans named {', '.join(sorted(_STYLES))}"


def _longest(at: str, value: Any, most: int) -> Iterator[str]:
    if value is not None and not isinstance(value, str):
        yield f"{at}: must be a string"
    elif value is not None and _units(value) > most:
        yield f"{at}: {_units(value)} characters, must be less than {most + 1}"


def _units(text: str) -> int:
    """UTF-16 units: at least as many as characters, however Slack counts them."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _json(content: Any) -> str:
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"))


_RICH_ELEMENTS = {
    "text": "text",
    "link": "url",
    "user": "user_id",
    "usergroup": "usergroup_id",
    "channel": "channel_id",
    "broadcast": "range",
    "emoji": "name",
    "date": "timestamp",
    "color": "value",
    "team": "team_id",
}
_ELEMENTS = frozenset(
    {
        "button", "checkboxes", "conversations_select", "channels_select", "datepicker",
        "external_select", "image", "overflow", "plain_text_input", "radio_buttons",
        "static_select", "users_select", "feedback_buttons", "icon_button",
    }
)  # fmt: skip
_BLOCKS: Mapping[str, Callable[[Mapping[str, Any], str], Iterator[str]]] = {
    "section": _section,
    "context": _context,
    "actions": _actions,
    "context_actions": _actions,
    "input": _input,
    "header": _header,
    "image": _image,
    "markdown": _markdown,
    "rich_text": _rich,
    "divider": _nothing,
}
_ONLY_VIEWS = frozenset({"input"})


# -- what a message does to people ----------------------------------------------------------------


def pings_and_links(content: Any) -> list[str]:
    """Everything in a payload's text that would notify somebody or lead somewhere, as Slack reads
    it: markup of `mrkdwn` and of a message's `text`, elements of `rich_text`, addresses of
    buttons."""
    return list(_effects(content))


def _effects(content: Any, key: str = "") -> Iterator[str]:
    if isinstance(content, Mapping):
        kind = content.get("type")
        if kind is None and isinstance(content.get("text"), str):  # a message's own text
            yield from active_parts(content["text"])
        if kind == "mrkdwn":
            yield from active_parts(content["text"], verbatim=bool(content.get("verbatim")))
            return
        if kind in {"user", "usergroup", "channel", "broadcast", "team"}:
            yield f"{kind} {content}"
        if kind == "link":
            yield f"link {content['url']} {content.get('text', '')}"
        if kind in {"plain_text", "link"}:
            return
        for name, value in content.items():
            yield from _effects(value, name)
    elif isinstance(content, Sequence) and not isinstance(content, str):
        for each in content:
            yield from _effects(each)
    elif key == "url":
        yield f"link {content}"
