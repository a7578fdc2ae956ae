"""Errors in the shape of OpenAI's API, for the routes that speak it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.http.problems import MEDIA_TYPE

PATHS = ("/v1/chat/completions", "/v1/models")
_STATUS = {422: 400}
_TYPES = {429: "requests", 500: "server_error", 503: "server_error"}
_CODES = {
    "invalid_request": None,
    "internal": None,
    "key_missing": "invalid_api_key",
    "key_unknown": "invalid_api_key",
    "key_revoked": "invalid_api_key",
    "key_expired": "invalid_api_key",
    "rate_limited": "rate_limit_exceeded",
    "quota_exceeded": "insufficient_quota",
}
"""Codes of Quoth that have no name, or another one, in this API; the rest stay as they are."""
_PARAMS = {
    "model_not_found": "model",
    "no_user_message": "messages",
    "invalid_question": "messages",
}
"""Which parameter is at fault, where the code tells."""


def error_body(
    status: int, code: str | None, detail: str, *, hint: str = "", param: str | None = None
) -> dict[str, Any]:
    """`{"error": {message, type, param, code}}`."""
    return {
        "error": {
            "message": f"{detail}. {hint}" if hint else detail,
            "type": _TYPES.get(status, "invalid_request_error"),
            "param": param,
            "code": _CODES.get(code, code) if code else None,
        }
    }


class OpenAiErrors:
    """Rewrites problem documents of these routes, whoever wrote them: the status of a request that
    cannot be used is 400 here."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, and what comes back but for problem documents."""
        if scope["type"] == "http" and speaks_openai(scope["path"]):
            send = _Rewriting(send)
        await self.app(scope, receive, send)


class _Rewriting:
    """Sends messages on; holds back a problem document until it is whole."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._start: Message | None = None
        self._body = b""

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start" and _is_problem(message):
            self._start = message
        elif self._start is None:
            await self._send(message)
        else:
            self._body += message.get("body", b"")
            if not message.get("more_body", False):
                await self._send_rewritten(self._start)

    async def _send_rewritten(self, start: Message) -> None:
        problem = json.loads(self._body)
        body = json.dumps(_rewritten(problem), ensure_ascii=False).encode()
        start["status"] = _STATUS.get(start["status"], start["status"])
        headers = MutableHeaders(scope=start)
        headers["content-type"] = "application/json"
        headers["content-length"] = str(len(body))
        await self._send(start)
        await self._send({"type": "http.response.body", "body": body, "more_body": False})


def _rewritten(problem: Mapping[str, Any]) -> dict[str, Any]:
    wrong = problem.get("errors") or []
    status = _STATUS.get(problem["status"], problem["status"])
    return error_body(
        status,
        problem["code"],
        problem["detail"],
        hint=problem.get("hint", ""),
        param=wrong[0]["field"] if wrong else _PARAMS.get(problem["code"]),
    )


def speaks_openai(path: str) -> bool:
    """Whether the route of this path is one of OpenAI's."""
    return path in PATHS or path.startswith("/v1/models/")


def _is_problem(message: Message) -> bool:
    content_type = Headers(raw=message["headers"]).get("content-type", "")
    return content_type.partition(";")[0] == MEDIA_TYPE
