"""What happens when somebody presses a button below an answer."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

import structlog

from api.slack.admission import NOT_HERE, NOT_YOU, Admission
from api.slack.advice import log_refusal
from api.slack.answering import Answering, ArticleWords, CannotAnswer
from api.slack.blocks.actions import (
    ACTION_COMMENT,
    ACTION_CONTEXT,
    ACTION_FOLLOW_UP,
    ACTION_RATE_DOWN,
    ACTION_RATE_UP,
    ACTION_SHARE,
)
from api.slack.blocks.messages import MessageContext, answer_message, rated
from api.slack.blocks.modals import comment_modal, context_modal, follow_up_modal
from api.slack.events import Payload, is_direct_channel, team_of
from api.slack.ledger import Ledger, is_settled
from api.slack.sharing import Sharing
from api.slack.web import Message, Slack, SlackFailure
from api.slack.wording import LOST, plain_message, share_modal
from api.slack.worker import ANSWER, Worker
from index.catalogue.slack_questions import SlackQuestion
from index.records import Filters, GivenAnswer, Rating

log = structlog.get_logger(__name__)

NOTED_WITHIN = (0.1, 0.2, 0.4, 0.8, 1.6)
"""Seconds between looks for an answer."""
MOST_ARTICLES = 10
"""Articles that are fetched for the window with quotes in context."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Press:
    """A button that was pressed, and where."""

    action: str
    value: str
    user: str
    team: str
    channel: str
    trigger_id: str
    response_url: str | None
    message: Payload
    """Empty below a message that only the presser sees."""
    message_ts: str
    is_ephemeral: bool

    @classmethod
    def of(cls, body: Payload) -> Press:
        """What a `block_actions` payload says."""
        action = body["actions"][0]
        container = body.get("container") or {}
        message = body.get("message") or {}
        channel = (body.get("channel") or {}).get("id") or container.get("channel_id") or ""
        return cls(
            action=str(action["action_id"]),
            value=str(action.get("value") or ""),
            user=str(body["user"]["id"]),
            team=team_of(body),
            channel=str(channel),
            trigger_id=str(body.get("trigger_id", "")),
            response_url=body.get("response_url"),
            message=message,
            message_ts=str(message.get("ts") or container.get("message_ts") or ""),
            is_ephemeral=bool(container.get("is_ephemeral")),
        )

    @property
    def thread_ts(self) -> str:
        """The thread that the message stands in, or begins."""
        return str(self.message.get("thread_ts") or self.message_ts)


class Buttons:
    """Does what buttons say. Everything but that it was pressed happens in the background."""

    def __init__(
        self,
        *,
        slack: Slack,
        ledger: Ledger,
        answering: Answering,
        worker: Worker,
        admission: Admission,
        sharing: Sharing,
        page_url: str | None,
    ) -> None:
        self._slack = slack
        self._ledger = ledger
        self._answering = answering
        self._worker = worker
        self._admission = admission
        self._sharing = sharing
        self._page_url = page_url
        self._doings: Mapping[str, Callable[[Press], Awaitable[None]]] = {
            ACTION_CONTEXT: self._show_context,
            ACTION_FOLLOW_UP: self._follow_up,
            ACTION_RATE_UP: self._rate_up,
            ACTION_RATE_DOWN: self._rate_down,
            ACTION_COMMENT: self._comment,
            ACTION_SHARE: self._share,
        }

    async def pressed(self, body: Payload) -> None:
        """A button was pressed; the same press may arrive more than once."""
        press = Press.of(body)
        doing = self._doings.get(self.kind(press.action))
        if doing is None:  # a link, which the browser follows
            return
        if await self._ledger.first_time(f"act:{press.trigger_id}"):
            self._worker.spawn(self._do(doing, press))

    @staticmethod
    def kind(action_id: str) -> str:
        """The action, without what makes it unique in its message."""
        return action_id.partition(":")[0]

    async def _do(self, doing: Callable[[Press], Awaitable[None]], press: Press) -> None:
        if not self._admission.lets_in(press.user, press.channel):
            listed = self._admission.lets_in(press.user, "D")  # a direct message
            await self.tell(press, plain_message(NOT_HERE if listed else NOT_YOU))
            return
        try:
            await doing(press)
        except SlackFailure as failure:
            told = log_refusal(failure, channel=press.channel).told
            await self.tell(press, plain_message(told))
        except CannotAnswer as error:
            log.warning("slack_button_failed", action=press.action, reason=str(error))
            await self.tell(press, plain_message(str(error)))
        except Exception:  # the process boundary: the bot goes on
            log.exception("slack_button_failed", action=press.action)
            await self.tell(press, plain_message("That did not work; the log has the details."))

    async def tell(self, press: Press, message: Message) -> None:
        """Say something to the presser only."""
        try:
            if press.response_url is not None:
                await self._slack.respond(press.response_url, message, replace=False)
            else:
                await self._slack.whisper(press.channel, press.user, message)
        except SlackFailure as failure:
            log.warning("slack_not_told", method=failure.method, code=failure.code)

    # -- what the buttons do --------------------------------------------------------------------

    async def _show_context(self, press: Press) -> None:
        question = await self._answered(press)
        if question is None or question.answer is None:
            return
        answer = ANSWER.validate_python(question.answer)
        wanted = dict.fromkeys(each.article_id for each in answer.citations)
        articles: dict[str, ArticleWords] = {}
        for article_id in list(wanted)[:MOST_ARTICLES]:
            found = await self._answering.article(article_id)
            if found is not None:
                articles[article_id] = found
        view = context_modal(answer, articles, page=self._page_url)
        await self._slack.open_view(press.trigger_id, view)

    async def _follow_up(self, press: Press) -> None:
        question = await self._known(press)
        if question is None:
            return
        view = follow_up_modal(press.channel, press.thread_ts, question.event_key)
        private = private_of(press, question, ephemeral=press.is_ephemeral)
        await self._slack.open_view(press.trigger_id, with_private(view, private))

    async def _rate_up(self, press: Press) -> None:
        await self._rate(press, Rating.UP)

    async def _rate_down(self, press: Press) -> None:
        await self._rate(press, Rating.DOWN)

    async def _rate(self, press: Press, rating: Rating) -> None:
        question = await self._answered(press)
        if question is None:
            return
        await self._answering.rate(given_of(question), rating, None)
        await self._show_rated(press, question, rating)

    async def _show_rated(self, press: Press, question: SlackQuestion, rating: Rating) -> None:
        message = press.message
        if not message.get("blocks"):  # Slack leaves out what only one person sees
            message = private_message(question, press.user, self._page_url)
        shown = {"text": message.get("text") or "", "blocks": rated(message["blocks"], rating)}
        if press.is_ephemeral and press.response_url is not None:
            await self._slack.respond(press.response_url, shown, replace=True)
            return
        await self._slack.update(press.channel, press.message_ts, shown)

    async def _comment(self, press: Press) -> None:
        question = await self._answered(press)
        if question is None:
            return
        view = comment_modal(str(question.answer_id), _rating_shown(press))
        private = private_of(press, question, ephemeral=press.is_ephemeral)
        private["rating"] = str(_rating_shown(press))
        await self._slack.open_view(press.trigger_id, with_private(view, private))

    async def _share(self, press: Press) -> None:
        question = await self._answered(press)
        if question is None:
            return
        if is_direct_channel(press.channel):
            private = private_of(press, question, ephemeral=press.is_ephemeral)
            await self._slack.open_view(press.trigger_id, share_modal(json.dumps(private)))
            return
        await self._sharing.share(question, press.channel, press.user)

    # -- small things ---------------------------------------------------------------------------

    async def _known(self, press: Press) -> SlackQuestion | None:
        """The question below whose answer the button stands: it may have been pressed in the very
        moment in which the answer appeared, and before that was noted."""
        for pause in NOTED_WITHIN:
            found = await self._ledger.by_answer(press.value) or await self._ledger.get(press.value)
            if found is not None and is_settled(found):
                return found
            await asyncio.sleep(pause)
        await self.tell(press, plain_message(LOST))
        return None

    async def _answered(self, press: Press) -> SlackQuestion | None:
        question = await self._known(press)
        if question is not None and (question.answer is None or question.answer_id is None):
            await self.tell(press, plain_message(LOST))
            return None
        return question


def given_of(question: SlackQuestion) -> GivenAnswer:
    """The answer as feedback keeps it."""
    assert question.answer is not None
    assert question.answer_id is not None
    return GivenAnswer(
        answer_id=question.answer_id,
        question=question.question,
        filters=Filters(),
        document=question.answer,
    )


def private_message(question: SlackQuestion, asker: str, page_url: str | None) -> Message:
    """The message with the buttons, as it was shown to the asker alone."""
    assert question.answer is not None
    answer = ANSWER.validate_python(question.answer)
    context = MessageContext(
        event_key=question.event_key,
        answer_id=answer.id,
        asker=asker,
        is_private=True,
        archive_url=page_url,
    )
    return answer_message(answer, context=context)[-1]


def private_of(press: Press, question: SlackQuestion, *, ephemeral: bool) -> dict[str, Any]:
    """What a window remembers of where it was opened."""
    return {
        "event_key": question.event_key,
        "channel": press.channel,
        "thread_ts": None if ephemeral else press.thread_ts,
        "response_url": press.response_url if ephemeral else None,
    }


def with_private(view: Mapping[str, Any], private: Mapping[str, Any]) -> dict[str, Any]:
    """The window, which remembers this."""
    return {**view, "private_metadata": json.dumps(private)}


def _rating_shown(press: Press) -> Rating:
    """The rating that a comment is added to; the button's name ends in it."""
    return Rating.UP if press.action.endswith(f":{Rating.UP}") else Rating.DOWN
