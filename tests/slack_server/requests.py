"""Deliveries over HTTP: requests that are signed as Slack signs them.

https://docs.slack.dev/authentication/verifying-requests-from-slack
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import time
from collections.abc import Mapping
from urllib.parse import urlencode

import aiohttp

from tests.slack_server.deliveries import Attempt, Delivery, NotAcknowledged
from tests.slack_server.events import VERIFICATION_TOKEN
from tests.slack_server.workspace import Json

AGENT = "Slackbot 1.0 (+https://api.slack.com/robots)"
_REASONS = {
    "timeout": "http_timeout",
    "connection_closed": "connection_failed",
    "no_connection": "connection_failed",
}


def signed_headers(secret: str, body: str, *, at: float | None = None) -> dict[str, str]:
    """The headers that say who sent the body, and when (seconds since 1970; now unless given)."""
    timestamp = str(int(time.time() if at is None else at))
    signed = hmac.new(secret.encode(), f"v0:{timestamp}:{body}".encode(), hashlib.sha256)
    return {
        "X-Slack-Request-Timestamp": timestamp,
        "X-Slack-Signature": f"v0={signed.hexdigest()}",
        "User-Agent": AGENT,
    }


def encoded(kind: str, payload: Mapping[str, object]) -> tuple[str, str]:
    """The body of a request and its content type."""
    if kind == "events_api":
        return json.dumps(payload), "application/json"
    fields = payload if kind == "slash_commands" else {"payload": json.dumps(payload)}
    return urlencode(dict(fields)), "application/x-www-form-urlencoded"


class HttpMode:
    """The app's request URL; every delivery is posted there."""

    def __init__(self, url: str, secret: str) -> None:
        self.url = url
        self.secret = secret
        self._session: aiohttp.ClientSession | None = None

    async def send(self, delivery: Delivery, attempt: Attempt, *, within: float) -> Json:
        attempt.to = self.url
        body, content_type = encoded(delivery.kind, delivery.payload)
        headers = {**signed_headers(self.secret, body), "Content-Type": content_type}
        if attempt.number:
            headers["X-Slack-Retry-Num"] = str(attempt.number)
            headers["X-Slack-Retry-Reason"] = _REASONS.get(attempt.reason, attempt.reason)
        try:
            async with asyncio.timeout(within):
                status, said, answer = await self._post(body, headers)
        except TimeoutError:
            raise NotAcknowledged("http_timeout") from None
        except aiohttp.ClientError:
            raise NotAcknowledged("connection_failed") from None
        if status != 200:
            raise NotAcknowledged("http_error", final=said.get("X-Slack-No-Retry") == "1")
        return answer

    async def verify(self, challenge: str) -> str:
        """What the URL answers to the question by which Slack makes sure that it is the app's."""
        body = json.dumps(
            {"token": VERIFICATION_TOKEN, "challenge": challenge, "type": "url_verification"}
        )
        headers = signed_headers(self.secret, body)
        _, _, answer = await self._post(body, {**headers, "Content-Type": "application/json"})
        return str(answer.get("challenge", answer.get("text", "")))

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()

    async def _post(
        self, body: str, headers: Mapping[str, str]
    ) -> tuple[int, Mapping[str, str], Json]:
        if self._session is None:
            self._session = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0))
        async with self._session.post(
            self.url, data=body.encode(), headers=headers, allow_redirects=False
        ) as reply:
            text = await reply.text()
            if reply.content_type == "application/json" and text:
                return reply.status, reply.headers, dict(json.loads(text))
            return reply.status, reply.headers, {"text": text} if text else {}
