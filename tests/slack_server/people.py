"""What people in the workspace do, each as one call."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from copy import deepcopy
from typing import Any, Literal

from tests.slack_server import events, interactions
from tests.slack_server.deliveries import Delivery, Kind
from tests.slack_server.methods import chat
from tests.slack_server.slack import Slack
from tests.slack_server.tickets import View
from tests.slack_server.workspace import ANNA, BOT_USER, GENERAL, Json, Message


class People:
    """People write, edit, press and submit; the app is told as Slack would tell it.

    Texts are given as they reach apps: `<@U…>` for mentions, `&amp;`, `&lt;`, `&gt;` escaped.
    """

    slack: Slack
    url: str

    def hand_over(self, kind: Kind, payload: Json) -> Delivery:
        """Have something delivered to the app."""
        raise NotImplementedError

    # -- writing ----------------------------------------------------------------------------------

    def say(
        self,
        user: str,
        channel: str,
        text: str,
        thread_ts: str | None = None,
        **more: Any,
    ) -> str:
        """Somebody writes; the message's `ts`. `more` are further fields (`subtype`, `files`)."""
        said: Json = {
            "client_msg_id": str(uuid.uuid4()),
            "user": user,
            "text": text,
            "blocks": events.rich_text(text),
            **more,
        }
        with self.slack.workspace.lock:
            message = self.slack.workspace.post(channel, said, thread_ts=thread_ts)
            chat.tell_of(self.slack, message)
        return message.ts

    def mention(
        self, text: str, *, user: str = ANNA, channel: str = GENERAL, thread_ts: str | None = None
    ) -> str:
        """Somebody mentions the app: it hears of an `app_mention`, and of a `message` besides."""
        return self.say(user, channel, f"<@{BOT_USER}> {text}", thread_ts)

    def dm(self, text: str, *, user: str = ANNA, thread_ts: str | None = None) -> str:
        """Somebody writes to the app directly."""
        return self.say(user, self.slack.workspace.direct(user).id, text, thread_ts)

    def bot_says(
        self, text: str, *, channel: str = GENERAL, thread_ts: str | None = None, old: bool = False
    ) -> str:
        """Another app writes; an `old` one with the subtype `bot_message` and no user."""
        said: Json = {"bot_id": "B0OTHERBOT", "app_id": "A0OTHERAPP", "text": text}
        said |= {"subtype": "bot_message"} if old else {"user": "U0OTHERBOT"}
        with self.slack.workspace.lock:
            message = self.slack.workspace.post(channel, said, thread_ts=thread_ts)
            chat.tell_of(self.slack, message)
        return message.ts

    def edit(self, channel: str, ts: str, text: str) -> None:
        """Who wrote a message changes it."""
        with self.slack.workspace.lock:
            message = self.the(channel, ts)
            edited = {"user": message.raw["user"], "ts": self.slack.workspace.new_ts()}
            self._change(
                message, {"text": text, "blocks": events.rich_text(text), "edited": edited}
            )

    def unfurl(self, channel: str, ts: str) -> None:
        """Slack adds a preview of a link: a `message_changed` in which the text is the same."""
        preview = {"from_url": "https://news.example/", "title": "News", "fallback": "News"}
        self._change(self.the(channel, ts), {"attachments": [preview]})

    def delete(self, channel: str, ts: str) -> None:
        """Who wrote a message deletes it. With replies a tombstone stays: `message_changed`."""
        with self.slack.workspace.lock:
            chat.take_away(self.slack, self.the(channel, ts))

    # -- commands and interactions ----------------------------------------------------------------

    def command(
        self, name: str, text: str, *, user: str = ANNA, channel: str = GENERAL
    ) -> Delivery:
        """Somebody gives a slash command."""
        payload = interactions.command(
            self.slack, self.url, name=name, text=text, user=user, channel=channel
        )
        return self.hand_over("slash_commands", payload)

    def shortcut(self, callback: str, channel: str, ts: str, *, user: str = ANNA) -> Delivery:
        """Somebody uses a shortcut on a message."""
        payload = interactions.message_shortcut(
            self.slack, self.url, callback=callback, user=user, of=self.the(channel, ts)
        )
        return self.hand_over("interactive", payload)

    def global_shortcut(self, callback: str, *, user: str = ANNA) -> Delivery:
        payload = interactions.global_shortcut(self.slack, callback=callback, user=user)
        return self.hand_over("interactive", payload)

    def press(
        self, message: Message | View, action: str, *, user: str = ANNA, value: str | None = None
    ) -> Delivery:
        """Somebody presses a button of a message or a view."""
        if isinstance(message, View):
            payload = interactions.press_in_view(
                self.slack, user=user, view=message, action=action, value=value
            )
        else:
            payload = interactions.press_in_message(
                self.slack, self.url, user=user, message=message, action=action, value=value
            )
        return self.hand_over("interactive", payload)

    def submit(self, view: View, values: Mapping[str, Any]) -> Delivery:
        """Somebody submits a modal with such values, by `action_id`."""
        payload = interactions.submission(self.slack, user=view.user, view=view, values=values)
        return self.hand_over("interactive", payload)

    def close(self, view: View) -> Delivery | None:
        """Somebody closes a modal; the app hears of it only if it asked to."""
        view.is_open = False
        if not view.raw["notify_on_close"]:
            return None
        payload = interactions.closing(self.slack, user=view.user, view=view)
        return self.hand_over("interactive", payload)

    # -- the app's own surfaces -------------------------------------------------------------------

    def open_assistant(self, *, user: str = ANNA, viewing: str | None = None) -> str:
        """Somebody opens the assistant pane, with `viewing` in the main view; the thread's `ts`."""
        workspace = self.slack.workspace
        with workspace.lock:
            channel = workspace.direct(user)
            root = workspace.post(
                channel.id,
                {
                    "user": BOT_USER,
                    "text": "New Assistant Thread",
                    "subtype": "assistant_app_thread",
                },
            )
            root.raw["thread_ts"] = root.ts
        self._tell_of_pane("assistant_thread_started", user, root.ts, viewing)
        return root.ts

    def look_at(self, viewing: str, *, thread_ts: str, user: str = ANNA) -> None:
        """Somebody goes to another channel while the assistant pane is open."""
        self._tell_of_pane("assistant_thread_context_changed", user, thread_ts, viewing)

    def open_home(self, *, user: str = ANNA, tab: Literal["home", "messages"] = "home") -> None:
        """Somebody opens the app's home or messages tab."""
        opened: Json = {
            "type": "app_home_opened",
            "user": user,
            "channel": self.slack.workspace.direct(user).id,
            "tab": tab,
            "event_ts": self.slack.workspace.new_ts(),
        }
        home = self.slack.tickets.homes.get(user)
        self.slack.tell(
            {**opened, "view": deepcopy(home.raw)} if home and tab == "home" else opened
        )

    # -- what is there ----------------------------------------------------------------------------

    def the(self, channel: str, ts: str) -> Message:
        """The message, which is there."""
        message = self.slack.workspace.find(channel, ts)
        assert message is not None, f"no message {ts} in {channel}"
        return message

    def _change(self, message: Message, changes: Json) -> None:
        with self.slack.workspace.lock:
            previous = self.slack.workspace.change(message, changes)
            self.slack.tell(events.changed(self.slack.workspace, message, previous))

    def _tell_of_pane(self, kind: str, user: str, thread_ts: str, viewing: str | None) -> None:
        workspace = self.slack.workspace
        self.slack.tell(
            events.assistant_thread(
                kind,
                user,
                channel=workspace.direct(user).id,
                thread_ts=thread_ts,
                event_ts=workspace.new_ts(),
                viewing=viewing,
            )
        )
