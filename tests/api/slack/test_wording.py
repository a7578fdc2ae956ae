"""The bot's own messages fit, whatever people wrote."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from api.slack.web import Message
from api.slack.wording import asked_message, plain_message, unconfirmed_message
from index.catalogue.slack_questions import AskedBy, QuestionState, SlackQuestion
from tests.slack_limits import check_payload
from tests.slack_server.workspace import ANNA, GENERAL, TEAM


def asked(question: str) -> SlackQuestion:
    return SlackQuestion(
        event_key="view:V1",
        team=TEAM,
        channel=GENERAL,
        user=ANNA,
        thread_ts="1.5",
        asked_by=AskedBy.MODAL,
        question=question,
        context={},
        state=QuestionState.CLAIMED,
        message_channel=None,
        message_ts=None,
        answer_id=None,
        outcome=None,
        answer=None,
        asked_at=datetime.now(UTC),
        attempts=1,
    )


@pytest.mark.parametrize("words", ["&" * 1_000, "word " * 4_000, "👩‍🚒" * 2_000, "<!channel> *b*"])
def test_they_can_be_posted_and_updated(words: str) -> None:
    shown: list[Message] = [
        plain_message(words),
        asked_message(asked(words)),
        unconfirmed_message(words, [plain_message(words)]),
    ]
    for message in shown:
        payload = {"channel": GENERAL, "ts": "1.5", **message}
        assert check_payload("chat.update", payload) == []
        assert check_payload("chat.postMessage", {"channel": GENERAL, **message}) == []
        assert "<!" not in str(message["text"])
