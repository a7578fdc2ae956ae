"""What stands where there is no answer, how a rating is shown, and what the pane suggests."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from api.slack.blocks.messages import (
    answer_message,
    failure_message,
    rate_limited_message,
    rated,
    reading_message,
    streaming_message,
    withdrawn_message,
)
from api.slack.blocks.prompts import suggested_prompts
from index.records import Rating
from rag.records import Answer, AnswerSentence
from tests.api.slack.blocks.answering import LONG, answers, context_of, small_in, words_in
from tests.api.slack.blocks.test_answers import answer, citation
from tests.slack_limits import check_blocks, check_payload, pings_and_links

SENTENCES = st.lists(
    st.builds(AnswerSentence, text=LONG, citations=st.lists(st.integers(1, 9)).map(tuple)),
    max_size=5,
)
FEW = settings(
    max_examples=20,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


@FEW
@given(SENTENCES, LONG, st.sampled_from(("busy", "unreachable", "failed", "other")))
def test_they_are_what_slack_takes_and_ping_nobody(
    sentences: list[AnswerSentence], told: str, kind: str
) -> None:
    for message in (
        reading_message(),
        withdrawn_message(),
        rate_limited_message(0.2),
        streaming_message(sentences),
        failure_message(kind, told),
    ):
        assert check_payload("chat.update", {"channel": "C1", "ts": "1.1", **message}) == []
        assert check_payload("response_url", message) == []
        assert pings_and_links(message) == []


def test_a_failure_says_what_and_what_more_is_known() -> None:
    message = failure_message("busy", "Twelve are waiting.")
    assert words_in([message]).startswith("There are more questions than I can read for")
    assert small_in([message]) == "Twelve are waiting."
    assert small_in([failure_message("failed")]) == ""


@pytest.mark.parametrize(
    ("seconds", "words"), [(0.1, "1 second,"), (40.4, "40 seconds,"), (150, "2 minutes,")]
)
def test_a_limit_says_for_how_long(seconds: float, words: str) -> None:
    assert f"Ask again in {words}" in small_in([rate_limited_message(seconds)])


def test_sentences_are_shown_as_they_come() -> None:
    first = AnswerSentence(text="It runs from Monday.", citations=(1,))
    message = streaming_message([first, AnswerSentence(text="Fares stay.", citations=())])
    assert words_in([message]) == "It runs from Monday. Fares stay."
    assert small_in([message]) == "Reading on…"


class TestRated:
    @FEW
    @given(answers(), st.sampled_from(Rating))
    def test_any_message_stays_what_slack_takes(self, given_: Answer, rating: Rating) -> None:
        for message in answer_message(given_, context=context_of(given_, is_private=True)):
            assert check_blocks(rated(rated(message["blocks"], rating), Rating.UP)) == []

    @pytest.mark.parametrize(
        ("rating", "labels"),
        [
            (Rating.UP, ["👍 Rated good", "Add a comment", "👎 Bad"]),
            (Rating.DOWN, ["👍 Good", "👎 Rated bad", "Say what is wrong"]),
        ],
    )
    def test_the_button_says_it_and_a_comment_can_be_added(
        self, rating: Rating, labels: list[str]
    ) -> None:
        given_ = answer(citation())
        (message,) = answer_message(given_, context=context_of(given_))
        *others, buttons = rated(message["blocks"], rating)
        assert others == message["blocks"][:-1]
        assert [e["text"]["text"] for e in buttons["elements"][2:]] == labels
        (comment,) = [e for e in buttons["elements"] if e["action_id"].startswith("quoth_comment")]
        assert (comment["action_id"], comment["value"]) == (f"quoth_comment:{rating}", "ans_1")

    def test_a_rating_can_be_changed(self) -> None:
        given_ = answer(citation())
        (message,) = answer_message(given_, context=context_of(given_))
        once = rated(message["blocks"], Rating.DOWN)
        assert rated(once, Rating.UP) == rated(message["blocks"], Rating.UP)

    def test_slacks_names_of_blocks_are_dropped(self) -> None:
        named = [{"type": "divider", "block_id": "x"}]
        assert rated(named, Rating.UP) == [{"type": "divider"}]


class TestPrompts:
    @given(st.lists(LONG.map(lambda title: title[:400]), max_size=6))
    def test_there_are_some_and_no_more_than_slack_takes(self, titles: list[str]) -> None:
        call = {"channel_id": "D1", "thread_ts": "1.1", "prompts": suggested_prompts(titles)}
        assert check_payload("assistant.threads.setSuggestedPrompts", call) == []

    def test_they_ask_about_the_articles(self) -> None:
        prompts = suggested_prompts(["Ferry Freed", "Ferry Freed", "Paris Talks"])
        assert [prompt["title"] for prompt in prompts] == ["Ferry Freed", "Paris Talks"]
        assert prompts[0]["message"] == "What is reported about “Ferry Freed”?"
