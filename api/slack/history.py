"""What was said before a question: read from the thread itself, so that it is what people see."""

from __future__ import annotations

from collections.abc import Sequence

import structlog

from api.slack.advice import advice_on
from api.slack.delivery import answer_payload
from api.slack.events import AFTER, Bot, Payload, is_own, is_persons, timestamp_of, words_of
from api.slack.ledger import Ledger
from api.slack.web import Slack, SlackFailure
from index.catalogue.slack_questions import AskedBy, QuestionState, SlackQuestion
from rag.records import Turn

MOST_TURNS = 20
MOST_FOLLOWED = 5
"""Questions that a private follow-up is told of."""

log = structlog.get_logger(__name__)


async def turns_before(
    question: SlackQuestion, *, slack: Slack, ledger: Ledger, bot: Bot
) -> list[Turn]:
    """The conversation before a question, oldest turn first. Without the permission to read it, or
    with Slack out of reach, it is empty: a question without its history is better than none."""
    after = question.context.get(AFTER)
    if question.thread_ts is None:
        return await _chain(after, ledger)
    asked_at = question.event_key.rpartition(":")[2]
    if asked_at == question.thread_ts:
        return []  # it begins its thread
    until = asked_at if timestamp_of(question.event_key) else None
    try:
        messages = await slack.thread_until(question.channel, question.thread_ts, until)
    except SlackFailure as failure:
        hint = advice_on(failure).hint
        log.warning("slack_history_unread", code=failure.code, needed=failure.needed, hint=hint)
        return []
    turns: list[Turn] = []
    told = {question.event_key}
    for message in messages:
        if is_persons(message, bot) and str(message.get("ts")) != asked_at:
            words = words_of(str(message.get("text") or ""), bot)
            turns += [Turn(role="user", content=words)] if words else []
        elif is_own(message, bot):
            payload = answer_payload(message)
            key = str(payload.get("event_key", ""))
            if key and key not in told:  # an answer may have several messages
                told.add(key)
                turns += await _answered(key, payload, ledger)
    return turns[-MOST_TURNS:]


async def _answered(key: str, payload: Payload, ledger: Ledger) -> Sequence[Turn]:
    earlier = await ledger.get(key)
    if earlier is None:
        return []
    elsewhere = bool(payload.get("shared") or payload.get("direct"))
    return _turns_of(earlier, asked=elsewhere or earlier.asked_by is AskedBy.MODAL)


async def _chain(after: object, ledger: Ledger) -> list[Turn]:
    """The questions that a private one follows, and their answers."""
    turns: list[Turn] = []
    for _ in range(MOST_FOLLOWED):
        earlier = await ledger.get(after) if isinstance(after, str) else None
        if earlier is None:
            break
        turns = [*_turns_of(earlier, asked=True), *turns]
        after = earlier.context.get(AFTER)
    return turns


def _turns_of(earlier: SlackQuestion, *, asked: bool) -> list[Turn]:
    """A question and its answer; `asked`: the question stands nowhere else in the thread."""
    turns = [Turn(role="user", content=earlier.question)] if asked else []
    if earlier.state is not QuestionState.ANSWERED or earlier.answer is None:
        return turns
    said = str(earlier.answer.get("answer") or "")
    titles = tuple(str(each.get("title") or "") for each in earlier.answer.get("citations") or ())
    return [*turns, Turn(role="assistant", content=said, titles=titles)] if said else turns
