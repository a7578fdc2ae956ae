"""The HTTP service, put together."""

from __future__ import annotations

from fastapi import FastAPI

from api.http.middleware import BodyLimit, Guard, RequestContext
from api.http.openapi import DocumentedApp, operation_id
from api.http.problems import install_handlers
from api.http.routes import articles, feedback, health, pages, questions
from api.http.threads import Threads
from api.service import Service


def create_app(service: Service) -> FastAPI:
    """The app for a service that is already running; closing it is the caller's."""
    app = DocumentedApp(
        title="Quoth",
        summary="Answers from an archive of articles, in the articles' own words",
        version=service.version,
        docs_url=None,  # its page would load scripts from another host; ours is in pages.py
        redoc_url=None,
        redirect_slashes=False,
        generate_unique_id_function=operation_id,
        telemetry={"tracing": False, "metrics": False, "logs": False, "auto_configure": False},
    )
    app.state.service = service
    app.state.threads = Threads(service.limits)
    install_handlers(app)
    app.include_router(questions.router)
    app.include_router(feedback.router)
    app.include_router(articles.router)
    app.include_router(health.router)
    pages.install_pages(app)
    # The last one added is the first to see a request.
    app.add_middleware(
        BodyLimit,
        body_bytes=service.limits.body_bytes,
        upload_bytes=service.limits.upload_bytes,
    )
    app.add_middleware(Guard, allowed_hosts=service.allowed_hosts)
    app.add_middleware(RequestContext)
    return app
