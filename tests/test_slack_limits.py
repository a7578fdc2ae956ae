"""The checks of Slack's limits let through what is just within, and name what is just beyond."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest

from tests.slack_limits import check_blocks, check_payload, check_view, pings_and_links

POST = {"channel": "C1", "text": "a"}
TEXT = {"type": "plain_text", "text": "a"}
DIVIDER = {"type": "divider"}
BUTTON = {"type": "button", "action_id": "a", "text": TEXT}
INPUT = {"type": "plain_text_input", "action_id": "a"}
MODAL = {"type": "modal", "title": TEXT, "submit": TEXT, "blocks": []}


def section(text: str) -> dict[str, Any]:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}}


def plain(length: int) -> dict[str, Any]:
    return {"type": "plain_text", "text": "a" * length}


def actions(*elements: Mapping[str, Any]) -> dict[str, Any]:
    return {"type": "actions", "elements": list(elements)}


def rich(*elements: Mapping[str, Any]) -> dict[str, Any]:
    section = {"type": "rich_text_section", "elements": list(elements)}
    return {"type": "rich_text", "elements": [section]}


@pytest.mark.parametrize(
    ("within", "beyond"),
    [
        (section("a" * 3_000), section("a" * 3_001)),
        (section("a"), section("")),
        (section("👍" * 1_500), section("👍" * 1_501)),
        ({"type": "section", "fields": [TEXT] * 10}, {"type": "section", "fields": [TEXT] * 11}),
        (
            {"type": "section", "fields": [plain(2_000)]},
            {"type": "section", "fields": [plain(2_001)]},
        ),
        ({"type": "header", "text": plain(150)}, {"type": "header", "text": plain(151)}),
        ({"type": "header", "text": TEXT}, {"type": "header", "text": section("a")["text"]}),
        (
            {"type": "context", "elements": [TEXT] * 10},
            {"type": "context", "elements": [TEXT] * 11},
        ),
        ({"type": "context", "elements": [TEXT]}, {"type": "context", "elements": []}),
        (actions(BUTTON), actions()),
        (actions(*({**BUTTON, "action_id": str(n)} for n in range(25))), actions(BUTTON, BUTTON)),
        (
            actions(*({**BUTTON, "action_id": str(n)} for n in range(25))),
            actions(*({**BUTTON, "action_id": str(n)} for n in range(26))),
        ),
        (actions({**BUTTON, "text": plain(75)}), actions({**BUTTON, "text": plain(76)})),
        (actions({**BUTTON, "value": "a" * 2_000}), actions({**BUTTON, "value": "a" * 2_001})),
        (actions({**BUTTON, "url": "a" * 3_000}), actions({**BUTTON, "url": "a" * 3_001})),
        (actions({**BUTTON, "action_id": "a" * 255}), actions({**BUTTON, "action_id": "a" * 256})),
        (actions({**BUTTON, "style": "danger"}), actions({**BUTTON, "style": "green"})),
        ({**DIVIDER, "block_id": "a" * 255}, {**DIVIDER, "block_id": "a" * 256}),
        (rich({"type": "text", "text": "a"}), rich({"type": "text", "text": ""})),
        (rich({"type": "text", "text": "a"}), rich()),
        (rich({"type": "link", "url": "a"}), rich({"type": "link", "text": "a"})),
        (rich({"type": "text", "text": "a"}), rich({"type": "mrkdwn", "text": "a"})),
        (
            rich({"type": "text", "text": "a", "style": {"bold": True}}),
            rich({"type": "text", "text": "a", "style": {"red": True}}),
        ),
        (DIVIDER, {"type": "video_wall"}),
        (DIVIDER, {"type": "input", "label": TEXT, "element": INPUT}),
    ],
)
def test_blocks(within: dict[str, Any], beyond: dict[str, Any]) -> None:
    assert check_blocks([within]) == []
    assert check_blocks([beyond]) != []


@pytest.mark.parametrize(
    ("method", "within", "beyond"),
    [
        ("chat.postMessage", POST, {"text": "a"}),
        ("chat.postMessage", POST, {"channel": "C1"}),
        ("chat.postMessage", POST, {"channel": "C1", "blocks": [DIVIDER]}),
        ("chat.postMessage", {**POST, "text": "a" * 40_000}, {**POST, "text": "a" * 40_001}),
        (
            "chat.postMessage",
            {**POST, "blocks": [DIVIDER] * 50},
            {**POST, "blocks": [DIVIDER] * 51},
        ),
        (
            "chat.postMessage",
            {**POST, "blocks": [section("a" * 2_600)] * 4},
            {**POST, "blocks": [section("a" * 2_800)] * 4},
        ),
        (
            "chat.postMessage",
            {**POST, "blocks": [{**DIVIDER, "block_id": "a"}, {**DIVIDER, "block_id": "b"}]},
            {**POST, "blocks": [{**DIVIDER, "block_id": "a"}] * 2},
        ),
        (
            "chat.postMessage",
            {**POST, "metadata": {"event_type": "a_b", "event_payload": {}}},
            {**POST, "metadata": {"event_type": "a b", "event_payload": {}}},
        ),
        ("chat.postEphemeral", {**POST, "user": "U1"}, POST),
        ("chat.update", {**POST, "ts": "1.1"}, POST),
        (
            "chat.update",
            {**POST, "ts": "1.1", "text": "a" * 4_000},
            {**POST, "ts": "1.1", "text": "a" * 4_001},
        ),
        ("response_url", {"text": "a"}, {"response_type": "ephemeral"}),
        ("response_url", {"delete_original": True}, {}),
        (
            "chat.startStream",
            {"channel": "D1", "thread_ts": "1.1"},
            {"channel": "C1", "thread_ts": "1.1"},
        ),
        (
            "chat.appendStream",
            {"channel": "D1", "ts": "1.1", "markdown_text": "a" * 12_000},
            {"channel": "D1", "ts": "1.1", "markdown_text": "a" * 12_001},
        ),
        (
            "assistant.threads.setSuggestedPrompts",
            {"channel_id": "D1", "prompts": [{"title": "a", "message": "b"}] * 4},
            {"channel_id": "D1", "prompts": [{"title": "a", "message": "b"}] * 5},
        ),
        (
            "assistant.threads.setSuggestedPrompts",
            {"channel_id": "D1", "prompts": json.dumps([{"title": "a", "message": "b"}])},
            {"channel_id": "D1", "prompts": json.dumps([{"title": "a"}])},
        ),
        (
            "assistant.threads.setStatus",
            {"channel_id": "D1", "thread_ts": "1.1", "status": ""},
            {"channel_id": "D1", "status": "is reading"},
        ),
        ("views.open", {"trigger_id": "a", "view": MODAL}, {"view": MODAL}),
        ("views.update", {"view_id": "a", "view": MODAL}, {"view": MODAL}),
        ("views.publish", {"user_id": "U1", "view": MODAL}, {"view": MODAL}),
        ("reactions.add", {"channel": "C1", "name": "a", "timestamp": "1.1"}, {"channel": "C1"}),
    ],
)
def test_calls(method: str, within: dict[str, Any], beyond: dict[str, Any]) -> None:
    assert check_payload(method, within) == []
    assert check_payload(method, beyond) != []


@pytest.mark.parametrize(
    ("within", "beyond"),
    [
        (MODAL, {**MODAL, "type": "window"}),
        ({**MODAL, "title": plain(24)}, {**MODAL, "title": plain(25)}),
        ({**MODAL, "close": plain(24)}, {**MODAL, "close": plain(25)}),
        ({**MODAL, "submit": plain(24)}, {**MODAL, "submit": plain(25)}),
        ({**MODAL, "blocks": [DIVIDER] * 100}, {**MODAL, "blocks": [DIVIDER] * 101}),
        ({**MODAL, "private_metadata": "a" * 3_000}, {**MODAL, "private_metadata": "a" * 3_001}),
        ({**MODAL, "callback_id": "a" * 255}, {**MODAL, "callback_id": "a" * 256}),
        (
            {**MODAL, "blocks": [section("ä" * 2_900)] * 40},
            {**MODAL, "blocks": [section("ä" * 2_900)] * 44},
        ),
        (
            {**MODAL, "blocks": [{"type": "input", "label": TEXT, "element": INPUT}]},
            {
                "type": "modal",
                "title": TEXT,
                "blocks": [{"type": "input", "label": TEXT, "element": INPUT}],
            },
        ),
        (
            {
                **MODAL,
                "blocks": [
                    {"type": "input", "label": TEXT, "element": {**INPUT, "max_length": 3_000}}
                ],
            },
            {
                **MODAL,
                "blocks": [
                    {"type": "input", "label": TEXT, "element": {**INPUT, "max_length": 3_001}}
                ],
            },
        ),
        (
            {
                **MODAL,
                "blocks": [
                    {
                        "type": "input",
                        "label": TEXT,
                        "element": {**INPUT, "placeholder": plain(150)},
                    }
                ],
            },
            {
                **MODAL,
                "blocks": [
                    {
                        "type": "input",
                        "label": TEXT,
                        "element": {**INPUT, "placeholder": plain(151)},
                    }
                ],
            },
        ),
    ],
)
def test_views(within: dict[str, Any], beyond: dict[str, Any]) -> None:
    assert check_view(within) == []
    assert check_view(beyond) != []


@pytest.mark.parametrize(
    "content",
    [
        section("<!channel>"),
        section("<@U1>"),
        section("<https://a.example|b>"),
        section("see https://a.example"),
        section("@here"),
        {"text": "see <https://a.example|b>"},
        rich({"type": "user", "user_id": "U1"}),
        rich({"type": "broadcast", "range": "channel"}),
        rich({"type": "link", "url": "https://a.example", "text": "b"}),
        actions({**BUTTON, "url": "https://a.example"}),
    ],
)
def test_what_pings_or_links_is_found(content: dict[str, Any]) -> None:
    assert len(pings_and_links({"text": "", "blocks": [content]})) == 1


@pytest.mark.parametrize(
    "content",
    [
        {"type": "context", "elements": [{"type": "plain_text", "text": "<!channel> @here"}]},
        rich({"type": "text", "text": "<!channel> @here https://a.example"}),
        section("&lt;!channel&gt; a@\u2060b"),
        {"type": "section", "text": {"type": "mrkdwn", "text": "@here", "verbatim": True}},
    ],
)
def test_what_is_only_text_is_not(content: dict[str, Any]) -> None:
    assert pings_and_links([content]) == []
