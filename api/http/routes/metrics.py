"""`/metrics`: figures for Prometheus."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import structlog
from fastapi import APIRouter, Request
from starlette.responses import Response

from api.http.dependencies import ServiceDep
from api.http.observing.metrics import MEDIA_TYPE, Metrics
from api.http.observing.queues import ObservedThreads
from api.service import Archive
from index.archive import ArchiveStatus
from index.errors import QuothError

router = APIRouter(include_in_schema=False)
log = structlog.get_logger(__name__)


@router.get("/metrics")
async def metrics(request: Request, service: ServiceDep) -> Response:
    """All figures, as they are now."""
    figures: Metrics = request.app.state.metrics
    threads: ObservedThreads = request.app.state.threads
    threads.show()
    await threads.probe(lambda: _show(service.archive, figures))
    return Response(figures.exposed(), headers={"Content-Type": MEDIA_TYPE})


def _show(archive: Archive, figures: Metrics) -> None:
    try:
        figures.show_archive(archive.readiness(), _lag(archive))
    except QuothError as error:
        log.warning("archive_not_counted", reason=str(error))
        figures.show_archive(None, {})


def _lag(archive: Archive) -> Mapping[str, int]:
    """Changes that each follower has yet to apply."""
    tell: Callable[[], ArchiveStatus] | None = getattr(archive, "status", None)
    if tell is None:  # an archive may well have no followers
        return {}
    status = tell()
    return {each.name: max(0, status.last_change - each.applied) for each in status.followers}
