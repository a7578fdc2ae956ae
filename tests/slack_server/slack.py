"""All that the local Slack knows, and what every Web API method works on."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.slack_limits import check_payload
from tests.slack_server import events
from tests.slack_server.faults import Faults
from tests.slack_server.tickets import Tickets
from tests.slack_server.workspace import Channel, Json, Message, Workspace

SCOPES = frozenset(
    {
        "app_mentions:read",
        "assistant:write",
        "channels:history",
        "channels:join",
        "channels:read",
        "chat:write",
        "commands",
        "groups:history",
        "groups:read",
        "im:history",
        "im:read",
        "im:write",
        "mpim:history",
        "mpim:read",
        "reactions:write",
        "users:read",
    }
)
"""What the bot's token may do unless a test says otherwise."""


class ApiError(Exception):
    """A refusal: `{"ok": false, "error": code}` with its details."""

    def __init__(self, code: str, **details: Any) -> None:
        super().__init__(code)
        self.code = code
        self.details = details


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One call of a Web API method, or one message to a response URL (`method` is then
    `response_url`)."""

    method: str
    arguments: Json
    at: float
    """When it came, in seconds of `time.monotonic()`."""
    token: str
    status: int
    answer: Json

    @property
    def error(self) -> str | None:
        return self.answer.get("error")


@dataclass(frozen=True, slots=True, kw_only=True)
class Violation:
    """What is wrong with a payload by Slack's documented limits."""

    method: str
    wrong: tuple[str, ...]
    payload: Json

    def __str__(self) -> str:
        return f"{self.method}: {'; '.join(self.wrong)}"


@dataclass(slots=True, kw_only=True)
class Slack:
    """The workspace with the app installed in it, what goes wrong, and what was asked."""

    bot_token: str = "xoxb-test"
    app_token: str = "xapp-test"
    signing_secret: str = "a-signing-secret-for-tests"
    scopes: Collection[str] = SCOPES
    app_scopes: Collection[str] = ("connections:write",)
    subscriptions: Collection[str] = events.SUBSCRIPTIONS
    workspace: Workspace = field(default_factory=Workspace)
    faults: Faults = field(default_factory=Faults)
    tickets: Tickets = field(default_factory=Tickets)
    calls: list[Call] = field(default_factory=list)
    violations: list[Violation] = field(default_factory=list)
    statuses: list[Json] = field(default_factory=list)
    """What was set with `assistant.threads.setStatus`, in order."""
    titles: dict[tuple[str, str], str] = field(default_factory=dict)
    """Titles of assistant threads, by channel and thread."""
    prompts: dict[tuple[str, str], Json] = field(default_factory=dict)
    """Suggested prompts, by channel and thread."""
    deliver: Callable[[Json], object] = lambda _event: None
    """Where an event goes that the app is to be told of. It may be called from any thread."""

    def tell(self, *happened: Json) -> None:
        """Deliver those of the events that the app asked for and may read."""
        for event in happened:
            if events.is_told(
                self.workspace, event, subscriptions=self.subscriptions, scopes=self.scopes
            ):
                self.deliver(events.wrapped(event))

    def check(self, method: str, payload: Mapping[str, Any]) -> list[str]:
        """What is wrong with the payload; kept for the test to see."""
        wrong = check_payload(method, payload)
        if wrong:
            self.violations.append(
                Violation(method=method, wrong=tuple(wrong), payload=dict(payload))
            )
        return wrong

    def record(
        self, method: str, arguments: Json, token: str, status: int, answer: Json, at: float
    ) -> None:
        self.calls.append(
            Call(
                method=method,
                arguments=arguments,
                at=at,
                token=token,
                status=status,
                answer=answer,
            )
        )
        self.workspace.touch()

    def channel_to_read(self, arguments: Mapping[str, Any], needed: str) -> Channel:
        """A channel that the bot may look into with `channels:{needed}` or its like."""
        channel = self._channel(arguments)
        plural = {"channel": "channels", "group": "groups"}.get(channel.kind, channel.kind)
        self.need(f"{plural}:{needed}")
        if channel.kind != "channel" and not channel.has_bot:
            raise ApiError("channel_not_found")
        return channel

    def channel_to_write(self, arguments: Mapping[str, Any]) -> Channel:
        """A channel that the bot may post to. For a user, the direct messages with them."""
        asked = str(arguments.get("channel", ""))
        if asked in self.workspace.users:
            return self.workspace.direct(asked)
        channel = self._channel(arguments)
        if not channel.has_bot and channel.kind != "channel":
            raise ApiError("channel_not_found")
        if not channel.has_bot and "chat:write.public" not in self.scopes:
            raise ApiError("not_in_channel")
        if channel.archived:
            raise ApiError("is_archived")
        return channel

    def own_message(self, arguments: Mapping[str, Any], refusal: str) -> Message:
        """A message of the bot that can be changed; `refusal` is for those of others."""
        channel = self.channel_to_write(arguments)
        message = self.workspace.find(channel.id, str(arguments.get("ts", "")))
        if message is None:
            raise ApiError("message_not_found")
        if not message.by_app:
            raise ApiError(refusal)
        return message

    def need(self, *any_of: str) -> None:
        """Refuse unless one of the scopes was granted."""
        if not any(scope in self.scopes for scope in any_of):
            raise ApiError(
                "missing_scope", needed=",".join(any_of), provided=",".join(sorted(self.scopes))
            )

    def _channel(self, arguments: Mapping[str, Any]) -> Channel:
        channel = self.workspace.channels.get(str(arguments.get("channel", "")))
        if channel is None:
            raise ApiError("channel_not_found")
        return channel


def now() -> float:
    return time.monotonic()


def decoded(value: Any) -> Any:
    """The value of an argument that is JSON, also where it came as a form's field."""
    if isinstance(value, str) and value:
        try:
            return json.loads(value)
        except ValueError:
            raise ApiError("invalid_arguments") from None
    return value
