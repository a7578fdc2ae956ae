"""The HTTP service, put together."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from anyio import to_thread
from fastapi import FastAPI
from fastapi.middleware.cors import CORSMiddleware

from api.http.access.guard import AccessGuard, Admission
from api.http.access.rules import AccessRules
from api.http.chat.streams import Streams
from api.http.completions.errors import OpenAiErrors
from api.http.deadlines import Deadline
from api.http.memory import giving_back
from api.http.middleware import BodyLimit, Guard, RequestContext
from api.http.observing.metrics import Metrics
from api.http.observing.middleware import Observing
from api.http.observing.queues import ObservedThreads
from api.http.observing.tracing import Traces, build_traces
from api.http.observing.watching import observed
from api.http.openapi import DocumentedApp, operation_id
from api.http.problems import install_handlers
from api.http.routes import (
    archive_views,
    articles,
    chat,
    completions,
    conversations,
    feedback,
    health,
    metrics,
    pages,
    questions,
    slack,
)
from api.http.routes.mcp import McpEndpoint
from api.http.routes.slack import MakeSlackEndpoint, SlackEndpoint
from api.service import Service

EXPOSED_HEADERS = (
    "RateLimit",
    "RateLimit-Limit",
    "RateLimit-Policy",
    "RateLimit-Remaining",
    "RateLimit-Reset",
    "Retry-After",
    "X-Request-ID",
)
"""What scripts of other origins may read of a response, where they may call at all."""


def create_app(
    service: Service,
    rules: AccessRules | None = None,
    make_slack: MakeSlackEndpoint | None = None,
) -> FastAPI:
    """The app for a service that is already running; closing it is the caller's. Without rules
    everybody may do everything, any number of times. Without `make_slack` it does not answer
    Slack."""
    rules = rules or AccessRules()
    admission = Admission(rules)
    figures = Metrics(service.version)
    traces = build_traces(service.version, os.environ)
    service = observed(service, figures, traces)
    threads = ObservedThreads(service.limits, figures)
    mcp = McpEndpoint(service, threads)
    bot = None if make_slack is None else make_slack(service, threads, figures)
    app = DocumentedApp(
        title="Quoth",
        summary="Answers from an archive of articles, in the articles' own words",
        version=service.version,
        docs_url=None,  # its page would load scripts from another host; ours is in pages.py
        redoc_url=None,
        redirect_slashes=False,
        generate_unique_id_function=operation_id,
        lifespan=lambda _app: _running(admission, mcp, bot, traces),
        telemetry={"tracing": False, "metrics": False, "logs": False, "auto_configure": False},
    )
    app.state.service = service
    app.state.threads = threads
    app.state.metrics = figures
    app.state.streams = Streams(service.limits)
    app.state.slack = bot
    install_handlers(app)
    app.include_router(questions.router)
    app.include_router(chat.router)
    app.include_router(completions.router)
    app.include_router(conversations.router)
    app.include_router(feedback.router)
    app.include_router(articles.router)
    app.include_router(archive_views.router)
    app.include_router(health.router)
    app.include_router(metrics.router)
    app.include_router(slack.router)
    app.router.routes.append(mcp.route)
    pages.install_pages(app)
    _surround(app, service, rules, admission)
    app.add_middleware(Observing, metrics=figures, traces=traces)
    return app


@asynccontextmanager
async def _running(
    admission: Admission, mcp: McpEndpoint, bot: SlackEndpoint | None, traces: Traces
) -> AsyncIterator[None]:
    async with AsyncExitStack() as running:
        await running.enter_async_context(giving_back())
        await running.enter_async_context(admission.running())
        await running.enter_async_context(mcp.running())
        if bot is not None:
            await running.enter_async_context(bot.running())
        yield
    await to_thread.run_sync(traces.close)


def _surround(app: FastAPI, service: Service, rules: AccessRules, admission: Admission) -> None:
    # The last one added is the first to see a request.
    app.add_middleware(
        BodyLimit,
        body_bytes=service.limits.body_bytes,
        upload_bytes=service.limits.upload_bytes,
    )
    app.add_middleware(AccessGuard, admission=admission)
    app.add_middleware(Deadline, seconds=rules.deadline_seconds)
    app.add_middleware(
        Guard, allowed_hosts=service.allowed_hosts, allowed_origins=rules.cors_origins
    )
    if rules.cors_origins:  # without it, browsers keep the scripts of every other origin out
        app.add_middleware(
            CORSMiddleware,
            allow_origins=rules.cors_origins,
            allow_methods=["GET", "POST", "PATCH", "DELETE"],
            allow_headers=["*"],  # clients send headers of their own, and a key is no cookie
            expose_headers=EXPOSED_HEADERS,
        )
    app.add_middleware(RequestContext)
    app.add_middleware(OpenAiErrors)
