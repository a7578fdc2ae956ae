"""The Web API over HTTP: who may call, what goes wrong, and which method it is."""

from __future__ import annotations

import asyncio
import json
import re
import secrets
from collections.abc import Callable, Mapping
from copy import deepcopy

from aiohttp import web

from tests.slack_server.faults import Fault
from tests.slack_server.methods import chat, conversations, streams, surfaces
from tests.slack_server.slack import ApiError, Slack, now
from tests.slack_server.workspace import APP, Json

Method = Callable[[Slack, chat.Arguments], Json]

METHODS: Mapping[str, Method] = {
    "assistant.threads.setStatus": surfaces.set_status,
    "assistant.threads.setSuggestedPrompts": surfaces.set_prompts,
    "assistant.threads.setTitle": surfaces.set_title,
    "auth.test": surfaces.auth_test,
    "bots.info": surfaces.bot_info,
    "chat.appendStream": streams.append,
    "chat.delete": chat.delete,
    "chat.getPermalink": chat.permalink,
    "chat.postEphemeral": chat.post_ephemeral,
    "chat.postMessage": chat.post_message,
    "chat.startStream": streams.start,
    "chat.stopStream": streams.stop,
    "chat.update": chat.update,
    "conversations.history": conversations.history,
    "conversations.info": conversations.info,
    "conversations.join": conversations.join,
    "conversations.list": conversations.list_all,
    "conversations.members": conversations.members,
    "conversations.open": conversations.open_direct,
    "conversations.replies": conversations.replies,
    "reactions.add": surfaces.add_reaction,
    "reactions.remove": surfaces.remove_reaction,
    "users.info": conversations.user_info,
    "views.open": surfaces.open_view,
    "views.publish": surfaces.publish_view,
    "views.push": surfaces.push_view,
    "views.update": surfaces.update_view,
}


class WebApi:
    """Answers calls of `/api/{method}`."""

    def __init__(self, slack: Slack, *, ticket: Callable[[], str]) -> None:
        self._slack = slack
        self._ticket = ticket
        """Makes the ticket of one Socket Mode connection."""

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """One call, with what befalls it."""
        method, at = request.match_info["method"], now()
        arguments = await arguments_of(request)
        token = _token(request, arguments)
        fault = self._slack.faults.take(method)
        if fault is not None and fault.kind == "slow":
            await asyncio.sleep(fault.seconds)
        status, answer, headers = self._refused(fault) or (200, None, {})
        if fault is not None and fault.kind == "dropped":
            answer = {"ok": False, "error": "dropped"}
        if answer is None:
            answer = self._answer(request, method, arguments, token)
        self._slack.record(method, arguments, token, status, answer, at)
        if fault is not None and fault.kind.startswith("dropped"):
            return hang_up(request)
        headers["x-oauth-scopes"] = ",".join(sorted(self._granted(token)))
        headers["x-slack-req-id"] = secrets.token_hex(16)
        if status >= 500:
            return web.Response(status=status, text="upstream error", headers=headers)
        return web.json_response(answer, status=status, headers=headers)

    def _refused(self, fault: Fault | None) -> tuple[int, Json, dict[str, str]] | None:
        """The reply that a fault puts in place of the method's own."""
        if fault is None:
            return None
        if fault.kind == "rate_limited":
            headers = {"Retry-After": f"{fault.seconds:.0f}"}
            return 429, {"ok": False, "error": "ratelimited"}, headers
        if fault.kind == "error":
            return 200, {"ok": False, "error": fault.code, **fault.details}, {}
        if fault.kind == "status":
            return fault.status, {"ok": False, "error": f"status {fault.status}"}, {}
        return None

    def _answer(self, request: web.Request, method: str, arguments: Json, token: str) -> Json:
        try:
            self._admit(method, token)
            if method == "apps.connections.open":
                url = f"ws://{request.host}/link/?ticket={self._ticket()}&app_id={APP}"
                return {"ok": True, "url": url}
            if token == self._slack.app_token:
                return {"ok": True, "app_name": "Quoth", "app_id": APP}
            if wrong := self._slack.check(method, arguments):
                raise ApiError(_code(wrong[0]), response_metadata={"messages": wrong})
            with self._slack.workspace.lock:
                return deepcopy({"ok": True, **METHODS[method](self._slack, arguments)})
        except ApiError as refusal:
            return {"ok": False, "error": refusal.code, **refusal.details}

    def _admit(self, method: str, token: str) -> None:
        """Refuse unknown methods and tokens, and tokens of the wrong kind."""
        if method not in METHODS and method != "apps.connections.open":
            raise ApiError("unknown_method", req_method=method)
        if not token:
            raise ApiError("not_authed")
        if token not in (self._slack.bot_token, self._slack.app_token):
            raise ApiError("invalid_auth")
        for_apps = method == "apps.connections.open"
        if for_apps != (token == self._slack.app_token) and method != "auth.test":
            raise ApiError("not_allowed_token_type")
        if for_apps and "connections:write" not in self._slack.app_scopes:
            provided = ",".join(sorted(self._slack.app_scopes))
            raise ApiError("missing_scope", needed="connections:write", provided=provided)

    def _granted(self, token: str) -> list[str]:
        if token == self._slack.app_token:
            return sorted(self._slack.app_scopes)
        return sorted(self._slack.scopes) if token == self._slack.bot_token else []


async def arguments_of(request: web.Request) -> Json:
    """The arguments of a call: of its query and of its body, whether a form or JSON."""
    arguments: Json = dict(request.query)
    if request.content_type == "application/json":
        body = await request.text()
        arguments |= json.loads(body) if body else {}
    elif request.can_read_body:
        arguments |= {key: str(value) for key, value in (await request.post()).items()}
    return arguments


def _token(request: web.Request, arguments: Json) -> str:
    """The token of a call, taken out of its arguments where it is there."""
    given = str(arguments.pop("token", ""))
    kind, _, value = request.headers.get("Authorization", "").partition(" ")
    return value if kind == "Bearer" else given


def _code(wrong: str) -> str:
    """The error by which Slack refuses a payload, as far as what is wrong with it names one."""
    named = re.search(r"\((\w+)\)$", wrong)
    if named is not None:
        return named[1]
    return "invalid_blocks" if wrong.startswith("blocks") else "invalid_arguments"


def hang_up(request: web.Request) -> web.Response:
    """Break the connection."""
    if request.transport is not None:
        request.transport.abort()
    return web.Response()
