"""What Slack hands out for a while: trigger identifiers and response URLs; and the views opened."""

from __future__ import annotations

import secrets
import threading
import time
from dataclasses import dataclass, field
from typing import Any, Literal

from tests.slack_server.workspace import APP, BOT, TEAM, Json, Message, with_block_ids

TRIGGER_SECONDS = 3.0
RESPONSE_URL_SECONDS = 30 * 60.0
RESPONSE_URL_USES = 5


@dataclass(slots=True, kw_only=True)
class Trigger:
    user: str
    ends: float
    used: bool = False


@dataclass(slots=True, kw_only=True)
class ResponseUrl:
    """Where messages in reply to a command or an interaction may be sent."""

    path: str
    user: str
    channel: str
    source: Message | None
    """The message that was interacted with; None after a command."""
    ends: float
    left: int = RESPONSE_URL_USES


@dataclass(slots=True, kw_only=True)
class View:
    """A modal, or somebody's home tab, as it stands."""

    user: str
    raw: Json
    versions: list[Json] = field(default_factory=list)
    is_open: bool = True

    @property
    def id(self) -> str:
        return str(self.raw["id"])

    @property
    def blocks(self) -> list[Json]:
        return list(self.raw["blocks"])

    def replace(self, view: Json) -> None:
        self.versions.append(self.raw)
        kept = {key: self.raw[key] for key in ("id", "root_view_id", "previous_view_id")}
        self.raw = {**_described(view), **kept}


class Tickets:
    """Everything handed out, and whether it still holds."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.trigger_seconds = TRIGGER_SECONDS
        self.response_url_seconds = RESPONSE_URL_SECONDS
        self._triggers: dict[str, Trigger] = {}
        self._response_urls: dict[str, ResponseUrl] = {}
        self.views: dict[str, View] = {}
        self.homes: dict[str, View] = {}

    def trigger(self, user: str) -> str:
        """A new trigger identifier, which opens one view within three seconds."""
        made = f"{secrets.randbelow(10**13)}.{secrets.randbelow(10**12)}.{secrets.token_hex(16)}"
        with self.lock:
            ends = time.monotonic() + self.trigger_seconds
            self._triggers[made] = Trigger(user=user, ends=ends)
        return made

    def exchange(self, trigger: str) -> str:
        """The user whose trigger it is. A `ValueError` says why it cannot be used."""
        with self.lock:
            found = self._triggers.get(trigger)
            if found is None:
                raise ValueError("invalid_trigger_id")
            if time.monotonic() > found.ends:
                raise ValueError("expired_trigger_id")
            if found.used:
                raise ValueError("exchanged_trigger_id")
            found.used = True
            return found.user

    def response_url(
        self,
        kind: Literal["actions", "app", "commands"],
        user: str,
        channel: str,
        *,
        source: Message | None = None,
    ) -> str:
        """The path of a new response URL."""
        path = f"/{kind}/{TEAM}/{secrets.randbelow(10**12)}/{secrets.token_urlsafe(18)}"
        with self.lock:
            ends = time.monotonic() + self.response_url_seconds
            self._response_urls[path] = ResponseUrl(
                path=path, user=user, channel=channel, source=source, ends=ends
            )
        return path

    def use(self, path: str) -> ResponseUrl:
        """Use a response URL once. A `ValueError` says why it cannot be used."""
        with self.lock:
            found = self._response_urls.get(path)
            if found is None:
                raise ValueError("invalid_url")
            if time.monotonic() > found.ends:
                raise ValueError("expired_url")
            if found.left == 0:
                raise ValueError("used_url")
            found.left -= 1
            return found

    def open(self, user: str, view: Json, *, before: View | None = None) -> View:
        """A new view; `before` is the one that it lies upon."""
        made = f"V{secrets.token_hex(5).upper()}"
        root = made if before is None else before.raw["root_view_id"]
        below = None if before is None else before.id
        raw = {**_described(view), "id": made, "root_view_id": root, "previous_view_id": below}
        with self.lock:
            opened = View(user=user, raw=raw)
            self.views[made] = opened
            return opened

    def publish(self, user: str, view: Json) -> View:
        """Somebody's home tab, replaced."""
        with self.lock:
            home = self.homes.get(user)
            if home is None:
                home = self.homes[user] = self.open(user, view)
            else:
                home.replace(view)
            return home

    def opened(self, user: str) -> list[View]:
        """The modals that somebody has open, the one on top last."""
        with self.lock:
            return [
                view
                for view in self.views.values()
                if view.user == user and view.is_open and view.raw["type"] == "modal"
            ]


def _described(view: Json) -> Json:
    """A view with what Slack adds to it."""
    given: dict[str, Any] = {
        "type": "modal",
        "private_metadata": "",
        "callback_id": "",
        "close": None,
        "submit": None,
        "clear_on_close": False,
        "notify_on_close": False,
        "external_id": "",
        **view,
    }
    return {
        **given,
        "team_id": TEAM,
        "app_id": APP,
        "app_installed_team_id": TEAM,
        "bot_id": BOT,
        "blocks": with_block_ids(view.get("blocks", ())),
        "state": {"values": {}},
        "hash": f"{int(time.time())}.{secrets.token_urlsafe(6)}",
    }
