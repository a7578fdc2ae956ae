"""`POST /slack/events`: what Slack sends, where the bot is set up for it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Protocol

from fastapi import APIRouter, Request
from starlette.responses import Response

from api.http.observing.metrics import Metrics
from api.http.problems import ProblemError
from api.http.threads import Threads
from api.service import Service

PATH = "/slack/events"

router = APIRouter(include_in_schema=False)


class SlackEndpoint(Protocol):
    """Takes Slack's requests. Whose they are is its affair: they are signed."""

    def running(self) -> AbstractAsyncContextManager[None]:
        """Between the start of the app and its end."""

    async def answer(self, request: Request) -> Response:
        """The acknowledgement. Raises: ProblemError where Slack did not sign it."""


MakeSlackEndpoint = Callable[[Service, Threads, Metrics], SlackEndpoint]
"""Makes the endpoint from what the app has. The bot knows of the app, not the other way round."""


@router.post(PATH)
async def slack_events(request: Request) -> Response:
    """Acknowledge an event; the answer comes in Slack."""
    endpoint: SlackEndpoint | None = request.app.state.slack
    if endpoint is None:
        raise ProblemError(
            404,
            "slack_not_set_up",
            "This service does not answer Slack over HTTP",
            hint="Set QUOTH_SLACK_BOT_TOKEN and QUOTH_SLACK_SIGNING_SECRET and start it again, or "
            "use Socket Mode: quoth slack",
        )
    return await endpoint.answer(request)
