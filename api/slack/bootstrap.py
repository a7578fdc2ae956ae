"""Where settings become a bot: inside the service, beside it, or with an archive of its own.

Bolt is imported only where a bot is made: who has nothing to do with Slack has no use for it.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial
from typing import TYPE_CHECKING

from anyio import to_thread

from api.slack.settings import SlackSettings
from index.catalogue.slack_questions import SlackQuestionTable

if TYPE_CHECKING:
    from api.http.observing.metrics import Metrics
    from api.http.routes.slack import MakeSlackEndpoint, SlackEndpoint
    from api.http.threads import Threads
    from api.service import Service
    from api.slack.answering import Answering
    from api.slack.worker import Pace
    from index.records import Feedback, GivenAnswer, Rating

RateHere = Callable[["GivenAnswer", "Rating", str | None], "Feedback"]


def endpoint_maker(
    settings: SlackSettings, table: SlackQuestionTable, pace: Pace | None = None
) -> MakeSlackEndpoint:
    """Makes what answers `POST /slack/events` in a service; `pace` as a bot has it, if not as
    usual."""

    def make(service: Service, threads: Threads, metrics: Metrics) -> SlackEndpoint:
        from api.slack.bot import Needs
        from api.slack.in_process import InProcess, SharedThreads
        from api.slack.transports import RequestEndpoint
        from api.slack.worker import Pace

        answering = InProcess(
            service, engine=SharedThreads(threads.engine), archive=SharedThreads(threads.archive)
        )
        needs = Needs(
            settings=settings,
            table=table,
            answering=answering,
            pace=pace or Pace(),
            counts=metrics,
        )
        return RequestEndpoint(needs)

    return make


def own_answering(service: Service) -> Answering:
    """Answers from the archive that this process holds."""
    from api.slack.in_process import InProcess, OwnThreads

    limits = service.limits
    return InProcess(
        service,
        engine=OwnThreads(limits.engine_threads),
        archive=OwnThreads(limits.archive_threads),
    )


@asynccontextmanager
async def remote_answering(
    url: str, settings: SlackSettings, rate_here: RateHere
) -> AsyncIterator[Answering]:
    """Answers by asking a service. `rate_here` keeps ratings in the catalogue that lies here."""
    from api.client import AsyncQuoth
    from api.slack.remote import Remote

    async def rate(given: GivenAnswer, rating: Rating, comment: str | None) -> None:
        await to_thread.run_sync(partial(rate_here, given, rating, comment))

    key = settings.slack_service_key
    async with AsyncQuoth(url, api_key=None if key is None else key.get_secret_value()) as quoth:
        yield Remote(quoth, rate)
