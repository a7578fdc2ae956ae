"""What people do, as slack_bolt hears of it, and what comes of the answers."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import pytest
from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncAssistant, AsyncSay, AsyncSetStatus
from slack_sdk.errors import SlackApiError
from slack_sdk.webhook.async_client import AsyncWebhookClient

from tests.slack_server.apps import app_of, client_of, connected
from tests.slack_server.server import SlackServer
from tests.slack_server.tickets import RESPONSE_URL_USES
from tests.slack_server.workspace import ANNA, BEN, BOT, BOT_USER, GENERAL, RANDOM, TEAM, Json

INPUT: Json = {
    "type": "input",
    "label": {"type": "plain_text", "text": "Comment"},
    "element": {"type": "plain_text_input", "action_id": "comment"},
}
MODAL: Json = {
    "type": "modal",
    "callback_id": "rating",
    "title": {"type": "plain_text", "text": "Rating"},
    "submit": {"type": "plain_text", "text": "Send"},
    "blocks": [INPUT],
}
BUTTONS: list[Json] = [
    {
        "type": "actions",
        "elements": [
            {
                "type": "button",
                "action_id": "rate",
                "text": {"type": "plain_text", "text": "Good"},
                "value": "a1",
            }
        ],
    }
]


def played(
    server: SlackServer, app: AsyncApp, script: Callable[[], Coroutine[Any, Any, None]]
) -> None:
    """Run a script while the app is connected, and until nothing is on its way."""

    async def run() -> None:
        async with connected(server, app):
            await script()
            await server.until(server.quiet)

    asyncio.run(run())


def posted(server: SlackServer, **more: Any) -> str:
    """The timestamp of a message of the app with a button."""
    told = asyncio.run(
        client_of(server).chat_postMessage(channel=GENERAL, text="a", blocks=BUTTONS, **more)
    )
    return str(told["ts"])


class TestWriting:
    def test_the_app_hears_its_own_messages_and_changes_too(self, server: SlackServer) -> None:
        ts = posted(server)
        asyncio.run(client_of(server).chat_update(channel=GENERAL, ts=ts, text="b"))
        said, changed = [delivery.event for delivery in server.deliveries()]
        assert (said["bot_id"], said["user"], said["channel_type"]) == (BOT, BOT_USER, "channel")
        assert (changed["subtype"], changed["message"]["text"]) == ("message_changed", "b")
        assert changed["previous_message"]["text"] == "a"

    def test_an_edit_says_who_and_what_it_was(self, server: SlackServer) -> None:
        ts = server.say(ANNA, GENERAL, "before")
        server.edit(GENERAL, ts, "after")
        event = server.deliveries()[-1].event
        assert (event["message"]["text"], event["previous_message"]["text"]) == ("after", "before")
        assert event["message"]["edited"]["user"] == ANNA
        assert event["message"]["ts"] == ts != event["ts"]

    def test_a_preview_changes_a_message_but_not_its_text(self, server: SlackServer) -> None:
        ts = server.say(ANNA, GENERAL, "see")
        server.unfurl(GENERAL, ts)
        event = server.deliveries()[-1].event
        assert event["subtype"] == "message_changed"
        assert event["message"]["text"] == event["previous_message"]["text"]
        assert "edited" not in event["message"]

    def test_a_deleted_message_is_gone_and_one_with_replies_a_tombstone(
        self, server: SlackServer
    ) -> None:
        alone = server.say(ANNA, GENERAL, "alone")
        server.delete(GENERAL, alone)
        event = server.deliveries()[-1].event
        assert (event["subtype"], event["deleted_ts"]) == ("message_deleted", alone)
        assert event["previous_message"]["user"] == ANNA
        root = server.say(ANNA, GENERAL, "root")
        server.say(BEN, GENERAL, "reply", root)
        server.delete(GENERAL, root)
        event = server.deliveries()[-1].event
        assert (event["subtype"], event["message"]["subtype"]) == ("message_changed", "tombstone")
        assert event["previous_message"]["text"] == "root"
        assert [m.text for m in server.workspace.thread(GENERAL, root)][1:] == ["reply"]

    def test_other_apps_write_with_and_without_a_subtype(self, server: SlackServer) -> None:
        server.bot_says("old", old=True)
        server.bot_says("new")
        old, new = [delivery.event for delivery in server.deliveries()]
        assert (old["subtype"], "user" in old) == ("bot_message", False)
        assert ("subtype" in new, new["bot_id"]) == (False, "B0OTHERBOT")

    def test_replies_say_whose_thread_it_is(self, server: SlackServer) -> None:
        root = server.say(ANNA, GENERAL, "root")
        server.say(BEN, GENERAL, "reply", root)
        event = server.deliveries()[-1].event
        assert (event["thread_ts"], event["parent_user_id"]) == (root, ANNA)


class TestInteracting:
    def test_a_button_opens_a_modal_and_what_is_submitted_arrives(
        self, server: SlackServer
    ) -> None:
        app = app_of(server)
        said: list[Json] = []

        @app.action("rate")
        async def on_press(ack: AsyncAck, body: Json, client: Any) -> None:
            await ack()
            await client.views_open(trigger_id=body["trigger_id"], view=MODAL)

        @app.view("rating")
        async def on_submit(ack: AsyncAck, view: Json) -> None:
            said.append(view["state"]["values"])
            await ack()

        @app.event("message")
        async def on_message() -> None: ...

        ts = posted(server)

        async def script() -> None:
            server.press(server.the(GENERAL, ts), "rate")
            await server.until(lambda: server.slack.tickets.opened(ANNA))
            server.submit(server.view(), {"comment": "well found"})

        played(server, app, script)
        (values,) = said
        (block,) = values.values()
        assert block == {"comment": {"type": "plain_text_input", "value": "well found"}}
        assert server.slack.tickets.opened(ANNA) == []
        server.check()

    @pytest.mark.parametrize(
        ("answer", "titles"),
        [
            ({"response_action": "update", "view": {**MODAL, "callback_id": "b"}}, ["b"]),
            ({"response_action": "push", "view": {**MODAL, "callback_id": "b"}}, ["rating", "b"]),
            ({"response_action": "clear"}, []),
        ],
    )
    def test_a_submission_can_be_answered_with_another_view(
        self, server: SlackServer, answer: Json, titles: list[str]
    ) -> None:
        app = app_of(server)

        @app.view("rating")
        async def on_submit(ack: AsyncAck) -> None:
            await ack(**answer)

        async def script() -> None:
            server.submit(server.slack.tickets.open(ANNA, MODAL), {"comment": "a"})

        played(server, app, script)
        opened = server.slack.tickets.opened(ANNA)
        assert [view.raw["callback_id"] for view in opened] == titles

    def test_a_shortcut_brings_the_message(self, server: SlackServer) -> None:
        app = app_of(server)
        heard: list[Json] = []

        @app.shortcut("ask_quoth")
        async def on_shortcut(ack: AsyncAck, shortcut: Json) -> None:
            await ack()
            heard.append(shortcut)

        ts = server.say(ANNA, RANDOM, "is that so?")

        async def script() -> None:
            server.shortcut("ask_quoth", RANDOM, ts, user=BEN)

        played(server, app, script)
        (shortcut,) = heard
        assert (shortcut["message"]["text"], shortcut["message_ts"]) == ("is that so?", ts)
        assert (shortcut["user"]["id"], shortcut["channel"]["id"]) == (BEN, RANDOM)

    def test_pressing_what_is_not_there_fails_the_test(self, server: SlackServer) -> None:
        ts = posted(server)
        with pytest.raises(AssertionError, match="only \\['rate'\\]"):
            server.press(server.the(GENERAL, ts), "share")

    def test_a_press_in_an_ephemeral_message_brings_no_message(self, server: SlackServer) -> None:
        asyncio.run(
            client_of(server).chat_postEphemeral(
                channel=GENERAL, user=ANNA, text="a", blocks=BUTTONS
            )
        )
        (message,) = server.workspace.ephemeral(ANNA)
        delivery = server.press(message, "rate")
        assert delivery.payload["container"]["is_ephemeral"]
        assert "message" not in delivery.payload

    @pytest.mark.parametrize(
        ("seconds", "uses", "error"),
        [(0.0, 1, "expired_trigger_id"), (60.0, 2, "exchanged_trigger_id")],
    )
    def test_triggers_are_good_for_one_view_and_not_for_long(
        self, server: SlackServer, seconds: float, uses: int, error: str
    ) -> None:
        server.slack.tickets.trigger_seconds = seconds
        trigger = server.command("/ask", "").trigger_id

        async def run() -> None:
            for _ in range(uses):
                await client_of(server).views_open(trigger_id=trigger, view=MODAL)

        with pytest.raises(SlackApiError) as raised:
            asyncio.run(run())
        assert raised.value.response["error"] == error

    def test_a_view_is_updated_only_as_it_was_seen(self, server: SlackServer) -> None:
        view = server.slack.tickets.open(ANNA, MODAL)
        seen = view.raw["hash"]
        client = client_of(server)
        asyncio.run(client.views_update(view_id=view.id, view=MODAL, hash=seen))
        with pytest.raises(SlackApiError) as raised:
            asyncio.run(client.views_update(view_id=view.id, view=MODAL, hash=seen))
        assert raised.value.response["error"] == "hash_conflict"


class TestResponseUrls:
    def send(self, url: str, **body: Any) -> tuple[int, str]:
        reply = asyncio.run(AsyncWebhookClient(url).send(**body))
        return reply.status_code, reply.body

    def test_of_a_command_it_writes_to_one_or_to_all_and_replaces_nothing(
        self, server: SlackServer
    ) -> None:
        url = server.command("/ask", "a", channel=RANDOM).response_url
        assert self.send(url, text="reading…") == (200, "ok")
        assert self.send(url, text="answer", replace_original=True) == (200, "ok")
        assert self.send(url, text="shared", response_type="in_channel") == (200, "ok")
        assert [m.text for m in server.workspace.ephemeral(ANNA)] == ["reading…", "answer"]
        assert [m.text for m in server.workspace.in_channel(RANDOM)] == ["shared"]

    def test_of_a_press_it_replaces_and_deletes_what_was_pressed(self, server: SlackServer) -> None:
        asyncio.run(
            client_of(server).chat_postEphemeral(
                channel=GENERAL, user=ANNA, text="a", blocks=BUTTONS
            )
        )
        (message,) = server.workspace.ephemeral(ANNA)
        url = server.press(message, "rate").response_url
        self.send(url, text="b", replace_original=True)
        assert [m.text for m in server.workspace.ephemeral(ANNA)] == ["b"]
        self.send(url, delete_original=True)
        assert server.workspace.ephemeral(ANNA) == []

    def test_it_can_be_used_five_times(self, server: SlackServer) -> None:
        url = server.command("/ask", "a").response_url
        for _ in range(RESPONSE_URL_USES):
            assert self.send(url, text="a")[0] == 200
        assert self.send(url, text="a") == (404, "used_url")

    def test_it_ends_and_is_not_to_be_guessed(self, server: SlackServer) -> None:
        server.slack.tickets.response_url_seconds = 0.0
        url = server.command("/ask", "a").response_url
        assert self.send(url, text="a") == (404, "expired_url")
        assert self.send(f"{url}x", text="a") == (404, "invalid_url")

    def test_what_breaks_the_limits_is_refused(self, server: SlackServer) -> None:
        url = server.command("/ask", "a").response_url
        assert self.send(url, text="a", blocks=[{"type": "divider"}] * 51)[0] == 400
        with pytest.raises(AssertionError, match="response_url"):
            server.check()


class TestAssistant:
    def test_a_thread_begins_is_answered_and_follows_what_is_viewed(
        self, server: SlackServer
    ) -> None:
        app = app_of(server)
        assistant = AsyncAssistant()
        viewed: list[Json] = []

        @assistant.thread_started
        async def on_start(say: AsyncSay, set_suggested_prompts: Any) -> None:
            await say("What would you like to know?")
            await set_suggested_prompts(prompts=["How long would the guarantees last?"])

        @assistant.thread_context_changed
        async def on_change(event: Json) -> None:
            viewed.append(event["assistant_thread"]["context"])

        @assistant.user_message
        async def on_message(say: AsyncSay, set_status: AsyncSetStatus, set_title: Any) -> None:
            await set_status("is reading…")
            await set_title("Guarantees")
            await say("Fifteen years.")

        app.use(assistant)
        channel = server.workspace.direct(ANNA).id
        threads: list[str] = []

        async def script() -> None:
            thread = server.open_assistant(viewing=GENERAL)
            threads.append(thread)
            await server.until(lambda: server.slack.prompts)
            server.dm("How long?", thread_ts=thread)
            await server.until(lambda: len(server.replies(channel, thread)) == 2)
            server.look_at(RANDOM, thread_ts=thread)

        played(server, app, script)
        texts = [m.text for m in server.replies(channel, threads[0])]
        assert texts == ["What would you like to know?", "Fifteen years."]
        assert viewed == [{"channel_id": RANDOM, "team_id": TEAM, "enterprise_id": None}]
        assert server.slack.titles == {(channel, threads[0]): "Guarantees"}
        assert [s["status"] for s in server.slack.statuses] == ["is reading…"]
        server.check()

    def test_a_home_tab_is_opened_and_published(self, server: SlackServer) -> None:
        app = app_of(server)

        @app.event("app_home_opened")
        async def on_home(event: Json, client: Any) -> None:
            view = {"type": "home", "blocks": [{"type": "divider"}]}
            await client.views_publish(user_id=event["user"], view=view)

        async def script() -> None:
            server.open_home()
            await server.until(lambda: server.slack.tickets.homes)

        played(server, app, script)
        assert server.slack.tickets.homes[ANNA].raw["type"] == "home"
        assert server.slack.tickets.opened(ANNA) == []
        server.check()
