"""What Slack's payloads say: who asked what, and what is none of the bot's business."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.slack.events import (
    Bot,
    asked_by_command,
    asked_in_message,
    deleted_message,
    edited_in_message,
    words_of,
)
from index.catalogue.slack_questions import AskedBy

BOT = Bot(user_id="UBOT", bot_id="BBOT")


def body(**event: Any) -> dict[str, Any]:
    message = {
        "type": "message",
        "channel": "C1",
        "channel_type": "channel",
        "user": "U1",
        "ts": "1700000000.000100",
        "text": "How long?",
    }
    return {"team_id": "T1", "event_id": "Ev1", "event": message | event}


def asked_by(**event: Any) -> AskedBy | None:
    found = asked_in_message(body(**event), BOT)
    return None if found is None else found.asked_by


def test_a_mention_and_the_message_that_it_is_are_one_question() -> None:
    text = "<@UBOT> How long?"
    mention = asked_in_message(body(type="app_mention", text=text, channel_type=None), BOT)
    message = asked_in_message(body(text=text), BOT)
    assert mention is not None
    assert message is not None
    assert mention.event_key == message.event_key == "T1:C1:1700000000.000100"
    assert mention.question == message.question == "How long?"
    assert (mention.thread_ts, mention.asked_by) == ("1700000000.000100", AskedBy.MENTION)


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        ({"channel_type": "im"}, AskedBy.DIRECT),
        ({"channel_type": "im", "thread_ts": "1.2"}, AskedBy.ASSISTANT),
        ({"thread_ts": "1.2"}, AskedBy.THREAD),
        ({"thread_ts": "1.2", "channel_type": "group"}, AskedBy.THREAD),
        ({"thread_ts": "1.2", "text": "<@UBOT> and?"}, AskedBy.MENTION),
        ({"channel_type": "im", "subtype": "file_share"}, AskedBy.DIRECT),
    ],
)
def test_how_it_was_asked(event: dict[str, Any], expected: AskedBy) -> None:
    assert asked_by(**event) is expected


@pytest.mark.parametrize(
    "event",
    [
        {},  # said in a channel, to nobody
        {"thread_ts": "1.2", "text": "<@U2> what do you think?"},  # to somebody else
        {"thread_ts": "1700000000.000100"},  # begins a thread
        {"channel_type": "im", "user": "UBOT"},
        {"channel_type": "im", "bot_id": "BBOT"},
        {"channel_type": "im", "bot_id": "B2"},  # another bot
        {"channel_type": "im", "subtype": "bot_message"},
        {"channel_type": "im", "subtype": "channel_join"},
        {"channel_type": "im", "hidden": True},
        {"channel_type": "im", "user": None},
        {"type": "app_mention", "text": "<@UBOT> hi", "bot_id": "B2"},
    ],
)
def test_what_is_none_of_its_business(event: dict[str, Any]) -> None:
    assert asked_by(**event) is None


def changed(before: str, after: str, **message: Any) -> dict[str, Any]:
    inner = {"type": "message", "user": "U1", "ts": "1.5", "text": after} | message
    previous = {"type": "message", "user": "U1", "ts": "1.5", "text": before}
    return body(subtype="message_changed", message=inner, previous_message=previous)


def test_an_edit_is_of_the_message_not_of_the_event_that_tells_of_it() -> None:
    edited = edited_in_message(changed("<@UBOT> How?", "<@UBOT> Why?"), BOT)
    assert edited is not None
    assert (edited.event_key, edited.question) == ("T1:C1:1.5", "Why?")


@pytest.mark.parametrize(
    "event",
    [
        changed("Look https://a.example", "Look https://a.example", attachments=[{}]),
        changed("old", "new", bot_id="BBOT"),
        changed("old", "new", subtype="tombstone"),
        body(),
    ],
)
def test_links_that_unfold_and_its_own_updates_are_no_edits(event: dict[str, Any]) -> None:
    assert edited_in_message(event, BOT) is None


def test_deletions_come_in_two_shapes() -> None:
    gone = body(subtype="message_deleted", deleted_ts="1.5", previous_message={"ts": "1.5"})
    tombstone = changed("How?", "This message was deleted.", subtype="tombstone")
    assert deleted_message(gone) == deleted_message(tombstone) == "T1:C1:1.5"
    assert deleted_message(changed("a", "b")) is None
    assert deleted_message(body()) is None


def test_a_command_says_where_to_respond() -> None:
    payload = {
        "team_id": "T1",
        "channel_id": "C1",
        "user_id": "U1",
        "text": " How long? ",
        "trigger_id": "13.37",
        "response_url": "https://hooks.slack.example/1",
    }
    asked = asked_by_command(payload)
    assert (asked.event_key, asked.thread_ts) == ("cmd:13.37", None)
    assert asked.question == "How long?"
    assert asked.context["response_url"] == "https://hooks.slack.example/1"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("<@UBOT> How long?", "How long?"),
        ("How long, <@UBOT|quoth>?", "How long, ?"),
        ("What did <@U2> say in <#C2|news>?", "What did @U2 say in #news?"),
        ("<!channel> <!here|here> <!subteam^S1|@crew>", "@channel @here @@crew"),
        ("<https://a.example/x|the report> &amp; &lt;b&gt;", "the report & <b>"),
        ("See <https://a.example/x>", "See https://a.example/x"),
        ("<!date^1392734382^{date}|Feb 18>", "@date"),
        ("", ""),
    ],
)
def test_words_are_what_was_typed(text: str, words: str) -> None:
    assert words_of(text, BOT) == words


@given(st.text(alphabet=st.sampled_from("<>@!#|^&;UBOTa :/ht."), max_size=80))
def test_words_hold_no_markup_of_a_mention_whatever_was_sent(text: str) -> None:
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    assert words_of(escaped, BOT) == text.strip()
