"""An answer that was given privately, shown to a channel."""

from __future__ import annotations

from api.slack.blocks.messages import MessageContext, answer_message
from api.slack.delivery import answer_metadata
from api.slack.web import Slack
from api.slack.wording import asked_message
from api.slack.worker import ANSWER
from index.catalogue.slack_questions import SlackQuestion


class Sharing:
    """Posts answers where everybody sees them. Raises: `SlackFailure`."""

    def __init__(self, slack: Slack, page_url: str | None) -> None:
        self._slack = slack
        self._page_url = page_url

    async def share(self, question: SlackQuestion, channel: str, user: str) -> None:
        """Post question and answer as a thread of their own."""
        assert question.answer is not None
        answer = ANSWER.validate_python(question.answer)
        context = MessageContext(
            event_key=question.event_key,
            answer_id=answer.id,
            asker=user,
            is_private=False,
            archive_url=self._page_url,
        )
        thread_ts: str | None = None
        messages = [asked_message(question), *answer_message(answer, context=context)]
        for part, message in enumerate(messages):
            posted = await self._slack.post(
                channel,
                message,
                thread_ts=thread_ts,
                metadata=answer_metadata(question, part, shared=True),
            )
            thread_ts = thread_ts or posted.ts
