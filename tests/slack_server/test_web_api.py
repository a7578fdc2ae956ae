"""The Web API, called by the unmodified `slack_sdk`."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import nullcontext
from typing import Any

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry.builtin_async_handlers import AsyncRateLimitErrorRetryHandler
from slack_sdk.web.async_client import AsyncWebClient

from tests.slack_limits import MESSAGE_BLOCKS
from tests.slack_server.apps import client_of
from tests.slack_server.faults import ALWAYS
from tests.slack_server.server import SlackServer
from tests.slack_server.slack import SCOPES, Slack
from tests.slack_server.workspace import (
    ANNA,
    BEN,
    BOT,
    BOT_USER,
    GENERAL,
    HIDDEN,
    RANDOM,
    SECRET,
    TEAM,
    Json,
)

Coroutines = Callable[[AsyncWebClient], Coroutine[Any, Any, Any]]


def ask(server: SlackServer, call: Coroutines, *, token: str | None = None) -> Json:
    """What the SDK gives back for a call."""
    return dict(asyncio.run(call(client_of(server, token))).data)


def refusal(server: SlackServer, call: Coroutines, *, token: str | None = None) -> Json:
    """What the SDK raises for a call."""
    with pytest.raises(SlackApiError) as raised:
        asyncio.run(call(client_of(server, token)))
    return dict(raised.value.response.data)


class TestWhoMayCall:
    def test_auth_test_says_who_one_is_and_with_which_scopes(self, server: SlackServer) -> None:
        reply = asyncio.run(client_of(server).auth_test())
        assert (reply["user_id"], reply["bot_id"], reply["team_id"]) == (BOT_USER, BOT, TEAM)
        assert set(reply.headers["x-oauth-scopes"].split(",")) == set(SCOPES)

    @pytest.mark.parametrize(
        ("token", "error"),
        [("xoxb-wrong", "invalid_auth"), ("xapp-test", "not_allowed_token_type")],
    )
    def test_wrong_tokens_are_refused(self, server: SlackServer, token: str, error: str) -> None:
        told = refusal(server, lambda c: c.users_info(user=ANNA), token=token)
        assert told["error"] == error

    def test_a_bot_token_opens_no_socket(self, server: SlackServer) -> None:
        told = refusal(server, lambda c: c.apps_connections_open(app_token="xoxb-test"))
        assert told["error"] == "not_allowed_token_type"

    def test_a_missing_scope_is_named_beside_those_there_are(self) -> None:
        with SlackServer(Slack(scopes=("users:read", "commands"))) as server:
            told = refusal(server, lambda c: c.chat_postMessage(channel=GENERAL, text="a"))
        assert told["error"] == "missing_scope"
        assert (told["needed"], told["provided"]) == ("chat:write", "commands,users:read")

    def test_reading_a_private_channel_needs_its_own_scope(self) -> None:
        with SlackServer(Slack(scopes=("channels:history", "chat:write"))) as server:
            ts = server.say(ANNA, SECRET, "a")
            told = refusal(server, lambda c: c.conversations_replies(channel=SECRET, ts=ts))
        assert (told["error"], told["needed"]) == ("missing_scope", "groups:history")

    def test_methods_that_nobody_wrote_are_unknown(self, server: SlackServer) -> None:
        assert refusal(server, lambda c: c.api_call("chat.sing"))["error"] == "unknown_method"


class TestMessages:
    def test_a_message_is_read_back_with_its_metadata_if_asked_for(
        self, server: SlackServer
    ) -> None:
        ts = server.say(ANNA, GENERAL, "a question")
        known: Json = {"event_type": "quoth_answer", "event_payload": {"event_key": "k"}}

        async def run(client: AsyncWebClient) -> tuple[Any, Any]:
            await client.chat_postMessage(
                channel=GENERAL, text="an answer", thread_ts=ts, metadata=known
            )
            plain = await client.conversations_replies(channel=GENERAL, ts=ts)
            whole = await client.conversations_replies(
                channel=GENERAL, ts=ts, include_all_metadata=True
            )
            return plain["messages"], whole["messages"]

        plain, whole = asyncio.run(run(client_of(server)))
        assert [m["text"] for m in plain] == ["a question", "an answer"]
        assert plain[0]["reply_count"] == 1
        assert "metadata" not in plain[1]
        assert whole[1]["metadata"] == known
        assert [m.metadata for m in server.replies(GENERAL, ts)] == [known]

    def test_threads_are_read_page_by_page(self, server: SlackServer) -> None:
        ts = server.say(ANNA, GENERAL, "0")
        said = [server.say(BEN, GENERAL, str(number), ts) for number in range(1, 6)]

        async def run(client: AsyncWebClient) -> list[str]:
            texts: list[str] = []
            async for page in await client.conversations_replies(channel=GENERAL, ts=ts, limit=2):
                texts += [m["text"] for m in page["messages"]]
            return texts

        assert asyncio.run(run(client_of(server))) == ["0", "1", "2", "3", "4", "5"]
        late = ask(
            server, lambda c: c.conversations_replies(channel=GENERAL, ts=ts, oldest=said[2])
        )
        assert [m["text"] for m in late["messages"]] == ["4", "5"]

    def test_an_update_keeps_metadata_and_drops_blocks_for_a_text(
        self, server: SlackServer
    ) -> None:
        known: Json = {"event_type": "quoth_answer", "event_payload": {}}
        block: Json = {"type": "section", "text": {"type": "plain_text", "text": "a"}}

        async def run(client: AsyncWebClient) -> str:
            posted = await client.chat_postMessage(
                channel=GENERAL, text="a", blocks=[block], metadata=known
            )
            ts = str(posted["ts"])
            await client.chat_update(channel=GENERAL, ts=ts, text="b")
            return ts

        message = server.the(GENERAL, asyncio.run(run(client_of(server))))
        assert (message.text, message.blocks, message.metadata) == ("b", [], known)
        assert [version["text"] for version in message.versions] == ["a"]
        assert message.versions[0]["blocks"][0]["block_id"]

    @pytest.mark.parametrize(
        ("channel", "error"),
        [
            (RANDOM, "not_in_channel"),
            (HIDDEN, "channel_not_found"),
            ("C0NOWHERE0", "channel_not_found"),
        ],
    )
    def test_channels_without_the_bot_are_closed_to_it(
        self, server: SlackServer, channel: str, error: str
    ) -> None:
        told = refusal(server, lambda c: c.chat_postMessage(channel=channel, text="a"))
        assert told["error"] == error

    def test_archived_channels_take_no_messages(self, server: SlackServer) -> None:
        server.workspace.channels[GENERAL].archived = True
        told = refusal(server, lambda c: c.chat_postMessage(channel=GENERAL, text="a"))
        assert told["error"] == "is_archived"

    def test_only_its_own_messages_can_be_changed(self, server: SlackServer) -> None:
        ts = server.say(ANNA, GENERAL, "mine")
        changed = refusal(server, lambda c: c.chat_update(channel=GENERAL, ts=ts, text="b"))
        gone = refusal(server, lambda c: c.chat_update(channel=GENERAL, ts="1.000001", text="b"))
        deleted = refusal(server, lambda c: c.chat_delete(channel=GENERAL, ts=ts))
        assert [changed["error"], gone["error"], deleted["error"]] == [
            "cant_update_message",
            "message_not_found",
            "cant_delete_message",
        ]

    def test_an_ephemeral_message_is_seen_by_one_and_not_updated(self, server: SlackServer) -> None:
        told = ask(server, lambda c: c.chat_postEphemeral(channel=GENERAL, user=ANNA, text="psst"))
        ts = told["message_ts"]
        assert [m.text for m in server.workspace.ephemeral(ANNA)] == ["psst"]
        assert server.workspace.ephemeral(BEN) == []
        assert server.workspace.in_channel(GENERAL) == []
        refused = refusal(server, lambda c: c.chat_update(channel=GENERAL, ts=ts, text="b"))
        assert refused["error"] == "message_not_found"

    def test_a_message_to_a_user_goes_to_their_direct_messages(self, server: SlackServer) -> None:
        told = ask(server, lambda c: c.chat_postMessage(channel=ANNA, text="hello"))
        assert told["channel"] == server.workspace.direct(ANNA).id

    def test_links_lead_to_a_message_in_its_thread(self, server: SlackServer) -> None:
        root = server.say(ANNA, GENERAL, "a")
        ts = server.say(ANNA, GENERAL, "b", root)
        told = ask(server, lambda c: c.chat_getPermalink(channel=GENERAL, message_ts=ts))
        assert told["permalink"].endswith(
            f"/archives/{GENERAL}/p{ts.replace('.', '')}?thread_ts={root}&cid={GENERAL}"
        )


class TestStreams:
    def test_a_message_grows_and_ends_with_blocks(self, server: SlackServer) -> None:
        ts = server.dm("a question")
        channel = server.workspace.direct(ANNA).id
        end: Json = {"type": "divider"}

        async def run(client: AsyncWebClient) -> None:
            stream = await client.chat_stream(channel=channel, thread_ts=ts, buffer_size=1)
            await stream.append(markdown_text="One. ")
            await stream.append(markdown_text="Two.")
            await stream.stop(blocks=[end])

        asyncio.run(run(client_of(server)))
        (message,) = server.replies(channel, ts)
        assert message.text == "One. Two."
        assert [block["type"] for block in message.blocks] == ["markdown", "divider"]
        assert not message.streaming
        server.check()

    def test_in_channels_a_stream_needs_somebody_to_read_it(self, server: SlackServer) -> None:
        ts = server.say(ANNA, GENERAL, "a question")
        refusal(server, lambda c: c.chat_startStream(channel=GENERAL, thread_ts=ts))
        with pytest.raises(AssertionError, match="recipient_user_id"):
            server.check()
        told = ask(
            server,
            lambda c: c.chat_startStream(
                channel=GENERAL, thread_ts=ts, recipient_team_id=TEAM, recipient_user_id=ANNA
            ),
        )
        assert server.the(GENERAL, told["ts"]).streaming

    def test_while_it_streams_it_cannot_be_updated_and_afterwards_not_appended_to(
        self, server: SlackServer
    ) -> None:
        thread = server.dm("a question")
        channel = server.workspace.direct(ANNA).id
        ts = ask(server, lambda c: c.chat_startStream(channel=channel, thread_ts=thread))["ts"]
        early = refusal(server, lambda c: c.chat_update(channel=channel, ts=ts, text="b"))
        ask(server, lambda c: c.chat_stopStream(channel=channel, ts=ts, markdown_text="end"))
        late = refusal(
            server, lambda c: c.chat_appendStream(channel=channel, ts=ts, markdown_text="more")
        )
        assert early["error"] == "streaming_state_conflict"
        assert late["error"] == "message_not_in_streaming_state"


class TestWhatGoesWrong:
    def test_a_rate_limit_is_waited_out_by_the_sdk(self, server: SlackServer) -> None:
        server.faults.rate_limited("chat.postMessage", times=2, retry_after=0)

        async def run(client: AsyncWebClient) -> Any:
            client.retry_handlers.append(AsyncRateLimitErrorRetryHandler(max_retry_count=3))
            return await client.chat_postMessage(channel=GENERAL, text="a")

        assert asyncio.run(run(client_of(server)))["ok"]
        assert [c.status for c in server.calls("chat.postMessage")] == [429, 429, 200]
        assert len(server.workspace.in_channel(GENERAL)) == 1

    def test_without_patience_a_rate_limit_says_how_long(self, server: SlackServer) -> None:
        server.faults.rate_limited("chat.postMessage", retry_after=7)
        with pytest.raises(SlackApiError) as raised:
            asyncio.run(client_of(server).chat_postMessage(channel=GENERAL, text="a"))
        assert raised.value.response.status_code == 429
        assert raised.value.response.headers["Retry-After"] == "7"

    def test_more_calls_than_a_limit_allows_are_refused(self, server: SlackServer) -> None:
        server.faults.at_most("chat.postMessage", 2, seconds=60)
        for _ in range(2):
            ask(server, lambda c: c.chat_postMessage(channel=GENERAL, text="a"))
        told = refusal(server, lambda c: c.chat_postMessage(channel=GENERAL, text="a"))
        assert told["error"] == "ratelimited"

    def test_an_error_comes_as_often_as_was_said(self, server: SlackServer) -> None:
        server.faults.error("chat.postMessage", "channel_not_found", times=2)
        errors: list[str | None] = []
        for _ in range(3):
            with pytest.raises(SlackApiError) if len(errors) < 2 else nullcontext():
                asyncio.run(client_of(server).chat_postMessage(channel=GENERAL, text="a"))
            errors.append(server.calls()[-1].error)
        assert errors == ["channel_not_found", "channel_not_found", None]

    def test_an_error_can_stay_until_it_is_cleared(self, server: SlackServer) -> None:
        server.faults.error("chat.delete", "message_not_found", times=ALWAYS)
        for _ in range(3):
            told = refusal(server, lambda c: c.chat_delete(channel=GENERAL, ts="1.000001"))
            assert told["error"] == "message_not_found"
        server.faults.clear()
        ts = ask(server, lambda c: c.chat_postMessage(channel=GENERAL, text="a"))["ts"]
        assert ask(server, lambda c: c.chat_delete(channel=GENERAL, ts=ts))["ok"]

    @pytest.mark.parametrize(("done", "posted"), [(False, 0), (True, 1)])
    def test_a_connection_breaks_before_or_after_the_deed(
        self, server: SlackServer, done: bool, posted: int
    ) -> None:
        server.faults.drop("chat.postMessage", done=done)

        async def run(client: AsyncWebClient) -> None:
            client.retry_handlers.clear()
            await client.chat_postMessage(channel=GENERAL, text="a")

        with pytest.raises(aiohttp.ClientError):
            asyncio.run(run(client_of(server)))
        assert len(server.workspace.in_channel(GENERAL)) == posted

    def test_a_fault_of_the_server_is_no_json(self, server: SlackServer) -> None:
        server.faults.status("auth.test", 503)
        with pytest.raises(SlackApiError) as raised:
            asyncio.run(client_of(server).auth_test())
        assert raised.value.response.status_code == 503


class TestLimits:
    def test_a_payload_that_breaks_them_is_refused_and_remembered(
        self, server: SlackServer
    ) -> None:
        blocks: list[Json] = [{"type": "divider"}] * (MESSAGE_BLOCKS + 1)
        told = refusal(
            server, lambda c: c.chat_postMessage(channel=GENERAL, text="a", blocks=blocks)
        )
        assert told["error"] == "invalid_blocks"
        assert server.workspace.in_channel(GENERAL) == []
        with pytest.raises(AssertionError, match=r"chat\.postMessage: blocks"):
            server.check()

    def test_what_is_right_leaves_nothing_to_complain_of(self, server: SlackServer) -> None:
        ask(server, lambda c: c.chat_postMessage(channel=GENERAL, text="a"))
        server.check()


class TestSurfaces:
    def test_status_prompts_and_title_of_an_assistant_thread(self, server: SlackServer) -> None:
        thread = server.open_assistant()
        channel = server.workspace.direct(ANNA).id

        async def run(client: AsyncWebClient) -> None:
            where: dict[str, str] = {"channel_id": channel, "thread_ts": thread}
            await client.assistant_threads_setStatus(
                channel_id=channel, thread_ts=thread, status="is reading…"
            )
            await client.assistant_threads_setTitle(**where, title="Guarantees")
            await client.assistant_threads_setSuggestedPrompts(
                **where, prompts=[{"title": "Guarantees", "message": "How long?"}]
            )

        asyncio.run(run(client_of(server)))
        assert [status["status"] for status in server.slack.statuses] == ["is reading…"]
        assert server.slack.titles == {(channel, thread): "Guarantees"}
        assert server.slack.prompts[channel, thread]["prompts"][0]["message"] == "How long?"
        server.check()

    def test_channels_and_people_are_described(self, server: SlackServer) -> None:
        random = ask(server, lambda c: c.conversations_info(channel=RANDOM))["channel"]
        assert (random["is_member"], random["is_private"]) == (False, False)
        assert ask(server, lambda c: c.conversations_join(channel=RANDOM))["channel"]["is_member"]
        members = ask(server, lambda c: c.conversations_members(channel=GENERAL))["members"]
        assert set(members) == {ANNA, BEN, BOT_USER}
        assert ask(server, lambda c: c.users_info(user=BEN))["user"]["real_name"] == "Ben Okafor"
        assert refusal(server, lambda c: c.users_info(user="U0"))["error"] == "user_not_found"
        direct = ask(server, lambda c: c.conversations_open(users=BEN))["channel"]["id"]
        assert direct == server.workspace.direct(BEN).id

    def test_reactions_are_put_and_taken_once(self, server: SlackServer) -> None:
        ts = server.say(ANNA, GENERAL, "a")
        what: dict[str, str] = {"channel": GENERAL, "name": "eyes", "timestamp": ts}
        ask(server, lambda c: c.reactions_add(**what))
        eyes: Json = {"name": "eyes", "users": [BOT_USER], "count": 1}
        assert server.the(GENERAL, ts).raw["reactions"] == [eyes]
        assert refusal(server, lambda c: c.reactions_add(**what))["error"] == "already_reacted"
        ask(server, lambda c: c.reactions_remove(**what))
        assert refusal(server, lambda c: c.reactions_remove(**what))["error"] == "no_reaction"
