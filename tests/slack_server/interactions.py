"""What people do with the app besides writing: commands, shortcuts, buttons, modals.

https://docs.slack.dev/reference/interaction-payloads
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping, Sequence
from copy import deepcopy
from typing import Any

from aiohttp import web

from tests.slack_server.deliveries import Delivery
from tests.slack_server.events import VERIFICATION_TOKEN
from tests.slack_server.methods import chat
from tests.slack_server.slack import ApiError, Slack, now
from tests.slack_server.tickets import ResponseUrl, View
from tests.slack_server.web_api import hang_up
from tests.slack_server.workspace import APP, DOMAIN, TEAM, Channel, Json, Message, elements_of

DIRECT_NAMES = {"im": "directmessage", "group": "privategroup"}


def command(slack: Slack, base: str, *, name: str, text: str, user: str, channel: str) -> Json:
    """https://docs.slack.dev/interactivity/implementing-slash-commands#app_command_handling"""
    assert "commands" in slack.scopes, "an app without the scope `commands` has no commands"
    where = slack.workspace.channels[channel]
    path = slack.tickets.response_url("commands", user, channel)
    return {
        "token": VERIFICATION_TOKEN,
        "team_id": TEAM,
        "team_domain": DOMAIN,
        "channel_id": channel,
        "channel_name": DIRECT_NAMES.get(where.kind, where.name),
        "user_id": user,
        "user_name": slack.workspace.users[user]["name"],
        "command": name,
        "text": text,
        "api_app_id": APP,
        "is_enterprise_install": "false",
        "response_url": f"{base}{path}",
        "trigger_id": slack.tickets.trigger(user),
    }


def message_shortcut(slack: Slack, base: str, *, callback: str, user: str, of: Message) -> Json:
    assert "commands" in slack.scopes, "an app without the scope `commands` has no shortcuts"
    path = slack.tickets.response_url("app", user, of.channel)
    return {
        "type": "message_action",
        **_who(slack, user),
        "action_ts": f"{time.time():.6f}",
        "callback_id": callback,
        "trigger_id": slack.tickets.trigger(user),
        "channel": _where(slack.workspace.channels[of.channel]),
        "message_ts": of.ts,
        "message": _shown(of),
        "response_url": f"{base}{path}",
    }


def global_shortcut(slack: Slack, *, callback: str, user: str) -> Json:
    return {
        "type": "shortcut",
        **_who(slack, user),
        "action_ts": f"{time.time():.6f}",
        "callback_id": callback,
        "trigger_id": slack.tickets.trigger(user),
    }


def press_in_message(
    slack: Slack, base: str, *, user: str, message: Message, action: str, value: str | None
) -> Json:
    channel = slack.workspace.channels[message.channel]
    path = slack.tickets.response_url("actions", user, channel.id, source=message)
    ephemeral = message.ephemeral_to is not None
    container: Json = {
        "type": "message",
        "message_ts": message.ts,
        "channel_id": channel.id,
        "is_ephemeral": ephemeral,
    }
    if message.thread_ts is not None:
        container["thread_ts"] = message.thread_ts
    pressed: Json = {
        "type": "block_actions",
        **_who(slack, user),
        "container": container,
        "trigger_id": slack.tickets.trigger(user),
        "channel": _where(channel),
        "state": {"values": {}},
        "response_url": f"{base}{path}",
        "actions": [_action(message.blocks, action, value)],
    }
    if not ephemeral:
        pressed["message"] = _shown(message)
    return pressed


def press_in_view(slack: Slack, *, user: str, view: View, action: str, value: str | None) -> Json:
    return {
        "type": "block_actions",
        **_who(slack, user),
        "container": {"type": "view", "view_id": view.id},
        "trigger_id": slack.tickets.trigger(user),
        "view": deepcopy(view.raw),
        "actions": [_action(view.blocks, action, value)],
    }


def submission(slack: Slack, *, user: str, view: View, values: Mapping[str, Any]) -> Json:
    """`values` are by `action_id`: a text for a text input, else the element's state."""
    return {
        "type": "view_submission",
        **_who(slack, user),
        "trigger_id": slack.tickets.trigger(user),
        "view": {**deepcopy(view.raw), "state": {"values": _state(view.blocks, values)}},
        "response_urls": [],
    }


def closing(slack: Slack, *, user: str, view: View) -> Json:
    return {
        "type": "view_closed",
        **_who(slack, user),
        "view": deepcopy(view.raw),
        "is_cleared": False,
    }


def answered(slack: Slack, delivery: Delivery, told: list[tuple[str, str]]) -> None:
    """Do what the app's answer to a command or an interaction says; `told` takes what Slack tells
    the person when there is none."""
    payload = delivery.payload
    user = str(payload.get("user_id") or payload["user"]["id"])
    if delivery.answer is None:
        late = str(delivery.attempts[-1].failed).endswith("timeout")
        failed = "operation_timeout" if late else "dispatch_failed"
        told.append((user, f"{payload.get('command') or payload['type']}: {failed}"))
        return
    if payload.get("type") == "view_submission":
        _after_submission(slack, payload["view"]["id"], delivery.answer)
    elif payload.get("command") and delivery.answer:
        use = ResponseUrl(
            path="", user=user, channel=payload["channel_id"], source=None, ends=0.0, left=0
        )
        _respond(slack, use, delivery.answer)
    slack.workspace.touch()


async def respond(slack: Slack, request: web.Request) -> web.Response:
    """A message sent to a response URL."""
    at, body = now(), json.loads(await request.text())
    status, answer = 200, "ok"
    fault = slack.faults.take("response_url")
    try:
        if fault is not None and fault.kind == "rate_limited":
            status, answer = 429, "ratelimited"
        elif fault is not None and fault.kind == "dropped":
            status, answer = 0, "dropped"
        elif fault is not None and fault.kind == "status":
            status, answer = fault.status, "fault"
        else:
            use = slack.tickets.use(request.path)
            if wrong := slack.check("response_url", body):
                raise ApiError("invalid_payload", wrong=wrong)
            _respond(slack, use, body)
    except (ValueError, ApiError) as refusal:
        status, answer = 404 if isinstance(refusal, ValueError) else 400, str(refusal)
    said: Json = {"ok": status == 200} if status == 200 else {"ok": False, "error": answer}
    slack.record("response_url", {**body, "url": request.path}, "", status, said, at)
    if fault is not None and fault.kind.startswith("dropped"):
        return hang_up(request)
    headers = {"Retry-After": f"{fault.seconds:.0f}"} if status == 429 and fault else {}
    return web.Response(status=status, text=answer, headers=headers)


def _respond(slack: Slack, use: ResponseUrl, body: Json) -> None:
    source = use.source
    with slack.workspace.lock:
        if source is None or not (body.get("delete_original") or body.get("replace_original")):
            _post(slack, use, body)
        elif body.get("delete_original"):
            chat.take_away(slack, source)
        else:
            chat.change(slack, source, body)


def _post(slack: Slack, use: ResponseUrl, body: Json) -> None:
    """A new message. The response URL of a command replaces nothing (bolt-js #2287)."""
    alone = body.get("response_type", "ephemeral") == "ephemeral"
    message = slack.workspace.post(
        use.channel,
        chat.said(body),
        thread_ts=body.get("thread_ts"),
        ephemeral_to=use.user if alone else None,
    )
    if not alone:
        chat.tell_of(slack, message)


def _after_submission(slack: Slack, view_id: str, answer: Json) -> None:
    view = slack.tickets.views[view_id]
    action = answer.get("response_action")
    if action in {"update", "push"}:
        slack.check(f"views.{action}", {"view": answer["view"], "view_id": "-", "trigger_id": "-"})
    if action == "update":
        view.replace(answer["view"])
    elif action == "push":
        slack.tickets.open(view.user, answer["view"], before=view)
    elif action == "errors":
        view.raw["errors"] = answer["errors"]
    elif action == "clear":
        for opened in slack.tickets.opened(view.user):
            opened.is_open = False
    else:
        view.is_open = False


def _who(slack: Slack, user: str) -> Json:
    name = slack.workspace.users[user]["name"]
    return {
        "team": {"id": TEAM, "domain": DOMAIN},
        "user": {"id": user, "username": name, "name": name, "team_id": TEAM},
        "api_app_id": APP,
        "token": VERIFICATION_TOKEN,
        "enterprise": None,
        "is_enterprise_install": False,
    }


def _where(channel: Channel) -> Json:
    return {"id": channel.id, "name": DIRECT_NAMES.get(channel.kind, channel.name)}


def _shown(message: Message) -> Json:
    shown = deepcopy(message.raw)
    shown.pop("metadata", None)
    return shown


def _action(blocks: Sequence[Json], action: str, value: str | None) -> Json:
    """What was pressed, as the app is told of it."""
    found = [
        (block, element)
        for block, element in elements_of(blocks)
        if element["action_id"] == action and value in (None, element.get("value"))
    ]
    there = [element["action_id"] for _, element in elements_of(blocks)]
    assert found, f"there is no {action!r} to press, only {there}"
    block, element = found[0]
    told: Json = {
        key: element[key] for key in ("action_id", "type", "text", "value") if key in element
    }
    return {**deepcopy(told), "block_id": block["block_id"], "action_ts": f"{time.time():.6f}"}


def _state(blocks: Sequence[Json], values: Mapping[str, Any]) -> Json:
    state: Json = {}
    for block, element in elements_of(blocks):
        if block["type"] != "input":
            continue
        given = values.get(element["action_id"])
        if isinstance(given, Mapping):
            held = {"type": element["type"], **given}
        else:
            held = {"type": element["type"], "value": given}
        state[block["block_id"]] = {element["action_id"]: held}
    unknown = set(values) - {element["action_id"] for _, element in elements_of(blocks)}
    assert not unknown, f"there is no input called {sorted(unknown)}"
    return state
