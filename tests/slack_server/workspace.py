"""What a workspace holds: people, channels, messages, and the app that is installed in it."""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any, Literal

Json = dict[str, Any]
Kind = Literal["channel", "group", "im", "mpim"]
"""`channel_type`: a public channel, a private one, direct messages, those of several people."""

TEAM = "T0QUOTH001"
DOMAIN = "harbour"
APP = "A0QUOTHAPP"
BOT = "B0QUOTHBOT"
BOT_USER = "U0QUOTHBOT"
ANNA = "U0ANNA0001"
BEN = "U0BEN00002"
GENERAL = "C0GENERAL1"
"""A public channel that the bot is in."""
RANDOM = "C0RANDOM02"
"""A public channel that the bot is not in."""
SECRET = "C0SECRET03"
"""A private channel that the bot is in."""
HIDDEN = "C0HIDDEN04"
"""A private channel that the bot is not in."""


@dataclass(slots=True, kw_only=True)
class Channel:
    id: str
    name: str
    kind: Kind
    members: set[str]
    archived: bool = False

    @property
    def has_bot(self) -> bool:
        return BOT_USER in self.members


@dataclass(slots=True, kw_only=True)
class Message:
    """A message as it stands, and as it stood before each change."""

    channel: str
    raw: Json
    at: float
    """When it was posted, in seconds of `time.monotonic()`."""
    ephemeral_to: str | None = None
    versions: list[Json] = field(default_factory=list)
    changed_at: list[float] = field(default_factory=list)
    streaming: bool = False
    deleted: bool = False

    @property
    def ts(self) -> str:
        return str(self.raw["ts"])

    @property
    def thread_ts(self) -> str | None:
        return self.raw.get("thread_ts")

    @property
    def text(self) -> str:
        return str(self.raw.get("text", ""))

    @property
    def blocks(self) -> list[Json]:
        return list(self.raw.get("blocks") or ())

    @property
    def metadata(self) -> Json | None:
        return self.raw.get("metadata")

    @property
    def by_app(self) -> bool:
        return self.raw.get("bot_id") == BOT

    def elements(self) -> Iterator[tuple[Json, Json]]:
        """Every interactive element, with its block."""
        yield from elements_of(self.blocks)


def elements_of(blocks: Sequence[Json]) -> Iterator[tuple[Json, Json]]:
    """Every element with an `action_id` in the blocks, with its block."""
    for block in blocks:
        inside = [*block.get("elements", ()), block.get("accessory"), block.get("element")]
        for element in inside:
            if isinstance(element, dict) and "action_id" in element:
                yield block, element


class Workspace:
    """The state of a workspace; every change is made, and every look taken, under one lock."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.changed = threading.Condition(self.lock)
        self.notify: Callable[[Json], None] = lambda _event: None
        """Called with every event that happens, under the lock."""
        self.users = {
            ANNA: {"name": "anna", "real_name": "Anna Berg", "is_bot": False},
            BEN: {"name": "ben", "real_name": "Ben Okafor", "is_bot": False},
            BOT_USER: {"name": "quoth", "real_name": "Quoth", "is_bot": True},
        }
        self.channels: dict[str, Channel] = {}
        self.add_channel(GENERAL, "general", members=(ANNA, BEN, BOT_USER))
        self.add_channel(RANDOM, "random", members=(ANNA, BEN))
        self.add_channel(SECRET, "secret", kind="group", members=(ANNA, BEN, BOT_USER))
        self.add_channel(HIDDEN, "hidden", kind="group", members=(ANNA, BEN))
        self.messages: dict[tuple[str, str], Message] = {}
        self._threads: dict[tuple[str, str], list[Message]] = {}
        self._ephemeral: list[Message] = []
        self._last_ts = 0

    def add_channel(
        self, channel: str, name: str, *, kind: Kind = "channel", members: Sequence[str]
    ) -> Channel:
        made = Channel(id=channel, name=name, kind=kind, members=set(members))
        self.channels[channel] = made
        return made

    def direct(self, user: str) -> Channel:
        """The direct messages between somebody and the app."""
        channel = f"D{user[1:]}"
        with self.lock:
            if channel not in self.channels:
                self.add_channel(channel, "directmessage", kind="im", members=(user, BOT_USER))
            return self.channels[channel]

    def new_ts(self) -> str:
        """A timestamp as Slack gives them: unique in the workspace, and ever rising."""
        with self.lock:
            self._last_ts = max(self._last_ts + 1, time.time_ns() // 1000)
            return f"{self._last_ts // 1_000_000}.{self._last_ts % 1_000_000:06d}"

    def touch(self) -> None:
        """Tell those who wait that something has changed."""
        with self.lock:
            self.changed.notify_all()

    def post(
        self,
        channel: str,
        content: Mapping[str, Any],
        *,
        thread_ts: str | None = None,
        ephemeral_to: str | None = None,
        streaming: bool = False,
    ) -> Message:
        """Add a message; `content` says who speaks, and what."""
        with self.lock:
            raw: Json = {"type": "message", **deepcopy(dict(content)), "ts": self.new_ts()}
            raw["team"] = TEAM
            raw["blocks"] = with_block_ids(raw.get("blocks") or ())
            if thread_ts is not None:
                raw["thread_ts"] = thread_ts
                root = self.messages.get((channel, thread_ts))
                if root is not None:
                    raw["parent_user_id"] = root.raw.get("user")
            message = Message(
                channel=channel,
                raw=raw,
                at=time.monotonic(),
                ephemeral_to=ephemeral_to,
                streaming=streaming,
            )
            if ephemeral_to is not None:
                self._ephemeral.append(message)
            else:
                self.messages[channel, message.ts] = message
                self._threads.setdefault((channel, thread_ts or message.ts), []).append(message)
            self.touch()
            return message

    def change(self, message: Message, changes: Mapping[str, Any]) -> Json:
        """Change parts of a message; what it was before."""
        with self.lock:
            previous = deepcopy(message.raw)
            message.versions.append(previous)
            message.changed_at.append(time.monotonic())
            message.raw.update(deepcopy(dict(changes)))
            if "blocks" in changes:
                message.raw["blocks"] = with_block_ids(message.raw["blocks"] or ())
            self.touch()
            return previous

    def remove(self, message: Message) -> None:
        with self.lock:
            message.deleted = True
            self.touch()

    def find(self, channel: str, ts: str) -> Message | None:
        """The message, where there is one that everybody in the channel can see."""
        with self.lock:
            message = self.messages.get((channel, ts))
            return message if message is not None and not message.deleted else None

    def thread(self, channel: str, ts: str) -> list[Message]:
        """The messages of a thread with the one that began it first, less deleted ones."""
        with self.lock:
            return [m for m in self._threads.get((channel, ts), ()) if not m.deleted]

    def in_channel(self, channel: str) -> list[Message]:
        """All messages of a channel, those in threads too, in the order in which they came."""
        with self.lock:
            found = [m for (where, _), m in self.messages.items() if where == channel]
            return [message for message in found if not message.deleted]

    def ephemeral(self, user: str | None = None) -> list[Message]:
        """What only one person sees."""
        with self.lock:
            seen = [m for m in self._ephemeral if not m.deleted]
            return [m for m in seen if user is None or m.ephemeral_to == user]


def with_block_ids(blocks: Sequence[Mapping[str, Any]]) -> list[Json]:
    """The blocks, each with an identifier: Slack gives one to those that have none."""
    return [{**deepcopy(dict(b)), "block_id": b.get("block_id") or new_block_id()} for b in blocks]


def new_block_id() -> str:
    return secrets.token_urlsafe(4)[:5]


def by_the_app() -> Json:
    """What tells a message of the app from one of a person."""
    return {
        "user": BOT_USER,
        "bot_id": BOT,
        "app_id": APP,
        "bot_profile": {
            "id": BOT,
            "app_id": APP,
            "name": "Quoth",
            "icons": {},
            "deleted": False,
            "updated": 1_700_000_000,
            "team_id": TEAM,
        },
    }
