"""Windows that were filled in: questions, comments, and where to share."""

from __future__ import annotations

import json
from typing import Any

import structlog

from api.slack.admission import NOT_HERE, Admission
from api.slack.advice import log_refusal
from api.slack.answering import Answering, CannotAnswer
from api.slack.asking import Asking
from api.slack.blocks.actions import CALLBACK_ASK, CALLBACK_COMMENT, CALLBACK_FOLLOW_UP
from api.slack.blocks.modals import ask_modal
from api.slack.buttons import given_of, with_private
from api.slack.delivery import NOTICE
from api.slack.events import (
    AFTER,
    DIRECT,
    RESPONSE_URL,
    Payload,
    is_direct_channel,
    team_of,
    words_of,
)
from api.slack.ledger import Ledger
from api.slack.sharing import Sharing
from api.slack.web import Slack, SlackFailure
from api.slack.wording import LOST, SHARE_TO, THANKS, plain_message
from api.slack.worker import Worker
from index.catalogue.slack_questions import AskedBy, NewQuestion
from index.records import Rating

log = structlog.get_logger(__name__)


class Windows:
    """Opens the window of the message shortcut, and reads what was filled in."""

    def __init__(
        self,
        *,
        slack: Slack,
        ledger: Ledger,
        answering: Answering,
        worker: Worker,
        asking: Asking,
        admission: Admission,
        sharing: Sharing,
    ) -> None:
        self._slack = slack
        self._ledger = ledger
        self._answering = answering
        self._worker = worker
        self._asking = asking
        self._admission = admission
        self._sharing = sharing

    async def shortcut(self, body: Payload) -> None:
        """“Ask Quoth about this” was chosen on a message."""
        if await self._ledger.first_time(f"act:{body['trigger_id']}"):
            self._worker.spawn(self._open(body))

    async def _open(self, body: Payload) -> None:
        private = {
            "channel": body["channel"]["id"],
            "thread_ts": None,
            "response_url": body.get("response_url"),
            "event_key": None,
            "shortcut": True,
        }
        text = words_of(str((body.get("message") or {}).get("text") or ""))
        try:
            view = ask_modal(text)
            await self._slack.open_view(str(body["trigger_id"]), with_private(view, private))
        except SlackFailure as failure:
            await self._not_opened(body, failure)

    async def _not_opened(self, body: Payload, failure: SlackFailure) -> None:
        told = log_refusal(failure, channel=body["channel"]["id"]).told
        try:
            await self._slack.respond(str(body["response_url"]), plain_message(told), replace=False)
        except SlackFailure as again:
            log.warning("slack_not_told", method=again.method, code=again.code)

    async def submitted(self, body: Payload) -> None:
        """A window was sent off."""
        view = body["view"]
        private = json.loads(view.get("private_metadata") or "{}")
        match view.get("callback_id"):
            case str() as name if name in {CALLBACK_ASK, CALLBACK_FOLLOW_UP}:
                await self._asked(body, private)
            case str() as name if name == CALLBACK_COMMENT:
                if await self._ledger.first_time(f"view:{view['id']}"):
                    self._worker.spawn(self._commented(body, private))
            case str() as name if name == SHARE_TO:
                if await self._ledger.first_time(f"view:{view['id']}"):
                    self._worker.spawn(self._shared(body, private))
            case other:
                log.warning("slack_window_unknown", callback_id=other)

    async def _asked(self, body: Payload, private: dict[str, Any]) -> None:
        context: dict[str, Any] = {}
        if private.get("event_key"):
            context[AFTER] = private["event_key"]
        url = private.get("response_url")
        if url is not None:
            context[RESPONSE_URL] = url
        elif is_direct_channel(str(private["channel"])):
            context[DIRECT] = True
        asked_by = AskedBy.SHORTCUT if private.get("shortcut") else AskedBy.MODAL
        asked = NewQuestion(
            event_key=f"view:{body['view']['id']}",
            team=team_of(body),
            channel=str(private["channel"]),
            user=str(body["user"]["id"]),
            thread_ts=private.get("thread_ts"),
            asked_by=asked_by,
            question=words_of(first_value(body)),
            context=context,
        )
        message = await self._asking.ask(asked)
        if (
            url is not None
            and message is not None
            and await self._ledger.first_time(f"told:{asked.event_key}")
        ):
            self._worker.spawn(self._asking.tell(asked, message))

    async def _commented(self, body: Payload, private: dict[str, Any]) -> None:
        question = await self._ledger.get(str(private["event_key"]))
        if question is None or question.answer is None:
            await self._say(body, private, LOST)
            return
        try:
            rating = Rating(private["rating"])
            await self._answering.rate(given_of(question), rating, first_value(body))
            await self._say(body, private, THANKS)
        except CannotAnswer as error:
            log.warning("slack_comment_lost", reason=str(error))
            await self._say(body, private, str(error))

    async def _shared(self, body: Payload, private: dict[str, Any]) -> None:
        question = await self._ledger.get(str(private["event_key"]))
        if question is None or question.answer is None:
            await self._say(body, private, LOST)
            return
        chosen = body["view"]["state"]["values"][SHARE_TO][SHARE_TO]["selected_conversation"]
        if not self._admission.lets_in(str(body["user"]["id"]), str(chosen)):
            await self._say(body, private, NOT_HERE)
            return
        try:
            await self._sharing.share(question, str(chosen), str(body["user"]["id"]))
        except SlackFailure as failure:
            await self._say(body, private, log_refusal(failure, channel=str(chosen)).told)

    async def _say(self, body: Payload, private: dict[str, Any], text: str) -> None:
        """Say something to whoever sent the window off."""
        user, channel = str(body["user"]["id"]), str(private["channel"])
        try:
            if private.get("response_url"):
                await self._slack.respond(
                    private["response_url"], plain_message(text), replace=False
                )
            elif is_direct_channel(channel):
                thread_ts = private.get("thread_ts")
                await self._slack.post(
                    channel, plain_message(text), thread_ts=thread_ts, metadata=NOTICE
                )
            else:
                await self._slack.whisper(
                    channel, user, plain_message(text), thread_ts=private.get("thread_ts")
                )
        except SlackFailure as failure:
            log.warning("slack_not_told", method=failure.method, code=failure.code)


def first_value(body: Payload) -> str:
    """What was typed into the first field of a window."""
    for block in body["view"]["state"]["values"].values():
        for element in block.values():
            if element.get("value"):
                return str(element["value"])
    return ""
