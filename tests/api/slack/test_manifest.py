"""The manifest asks for what the code uses: no scope, event or command more, and none less."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from api.slack.app import COMMAND, SHORTCUT
from api.slack.checking import SCOPES

ROOT = Path(__file__).parents[3]
MANIFEST: dict[str, Any] = yaml.safe_load((ROOT / "deploy" / "slack-manifest.yaml").read_text())
EVENTS: list[str] = MANIFEST["settings"]["event_subscriptions"]["bot_events"]
CODE = ROOT / "api" / "slack"

OF_METHODS = {
    "auth.test": (),
    "apps.connections.open": (),
    "response_url": (),
    "views.open": (),
    "assistant.threads.setStatus": ("chat:write",),
    "assistant.threads.setSuggestedPrompts": ("assistant:write",),
    "assistant.threads.setTitle": ("assistant:write",),
    "chat.appendStream": ("chat:write",),
    "chat.delete": ("chat:write",),
    "chat.postEphemeral": ("chat:write",),
    "chat.postMessage": ("chat:write",),
    "chat.startStream": ("chat:write",),
    "chat.stopStream": ("chat:write",),
    "chat.update": ("chat:write",),
    "conversations.history": (
        "channels:history",
        "groups:history",
        "im:history",
        "mpim:history",
    ),
    "conversations.open": ("im:write",),
    "conversations.replies": (
        "channels:history",
        "groups:history",
        "im:history",
        "mpim:history",
    ),
}
"""Scopes of each method, as Slack's reference gives them for bot tokens."""
OF_EVENTS = {
    "app_mention": "app_mentions:read",
    "assistant_thread_context_changed": "assistant:write",
    "assistant_thread_started": "assistant:write",
    "message.channels": "channels:history",
    "message.groups": "groups:history",
    "message.im": "im:history",
    "message.mpim": "mpim:history",
}


def trees() -> Iterator[ast.Module]:
    for path in sorted(CODE.rglob("*.py")):
        yield ast.parse(path.read_text(encoding="utf-8"))


def first_arguments(function: str) -> set[str]:
    """What a function or method of this name is given first, wherever the code calls it."""
    found = set()
    for tree in trees():
        for node in ast.walk(tree):
            if not isinstance(node, ast.Call) or not node.args:
                continue
            name = getattr(node.func, "id", None) or getattr(node.func, "attr", None)
            if name == function and isinstance(node.args[0], ast.Constant):
                found.add(str(node.args[0].value))
    return found


def sdk_methods() -> set[str]:
    """Methods of the SDK's client that the code calls, as Slack names them."""
    text = (CODE / "web.py").read_text(encoding="utf-8")
    return set(re.findall(r"(?:client|self\._hasty)\.([a-z]\w+)\(", text))


def test_every_call_of_the_sdk_is_told_under_slacks_name() -> None:
    told = {name.replace(".", "_") for name in first_arguments("_told")} - {"response_url"}
    assert sdk_methods() == told
    assert len(told) > 10
    others = [path.name for path in CODE.rglob("*.py") if "_client." in path.read_text("utf-8")]
    assert others == ["web.py"], "Slack is called in one place"


def test_the_scopes_are_exactly_those_that_methods_events_and_commands_need() -> None:
    used = {scope for method in first_arguments("_told") for scope in OF_METHODS[method]}
    used |= {
        OF_EVENTS[event] for event in MANIFEST["settings"]["event_subscriptions"]["bot_events"]
    }
    used.add("commands")
    assert sorted(used) == MANIFEST["oauth_config"]["scopes"]["bot"]
    assert set(SCOPES) == used


def test_the_events_are_exactly_those_that_somebody_listens_to() -> None:
    assert {event.partition(".")[0] for event in EVENTS} == first_arguments("event")
    assert sorted(EVENTS) == EVENTS


def test_command_and_shortcut_have_the_names_that_the_code_listens_for() -> None:
    features = MANIFEST["features"]
    assert [each["command"] for each in features["slash_commands"]] == [COMMAND]
    assert [each["callback_id"] for each in features["shortcuts"]] == [SHORTCUT]
    assert {"assistant_view", "bot_user"} <= set(features)


@pytest.mark.parametrize(
    ("place", "most"),
    [
        (("display_information", "name"), 35),
        (("display_information", "description"), 140),
        (("features", "bot_user", "display_name"), 80),
        (("features", "assistant_view", "assistant_description"), 300),
    ],
)
def test_texts_fit(place: tuple[str, ...], most: int) -> None:
    value: Any = MANIFEST
    for name in place:
        value = value[name]
    assert 0 < len(value) <= most


def test_neither_transport_needs_more_than_the_document_says() -> None:
    settings = MANIFEST["settings"]
    assert settings["socket_mode_enabled"] is True
    assert settings["interactivity"]["is_enabled"] is True
    told = (ROOT / "docs" / "slack.md").read_text("utf-8")
    assert "socket_mode_enabled:" in told
    assert told.count("https://quoth.example/slack/events") == 3
