"""`/healthz`, `/readyz` and `/v1/status`."""

from __future__ import annotations

from fastapi import APIRouter
from pydantic import TypeAdapter
from starlette.responses import Response

from api.http import examples
from api.http.dependencies import ServiceDep, ThreadsDep, json_response
from api.http.openapi import example, problems
from api.http.schemas import Health, Status
from index.records import Readiness

router = APIRouter(tags=["Health"])
_readiness: TypeAdapter[Readiness] = TypeAdapter(Readiness)


@router.get("/healthz", responses={200: example(examples.HEALTH)})
async def healthz() -> Health:
    """Whether the process answers."""
    return Health()


@router.get("/v1/status", responses={200: example(examples.STATUS), **problems(503)})
async def status(service: ServiceDep, threads: ThreadsDep) -> Status:
    """What answers depend on: the corpus, the models, the settings."""
    return Status.of(await threads.archive(service.describe))


@router.get(
    "/readyz",
    response_model=Readiness,
    responses={
        200: example(examples.READY, "Questions can be answered"),
        503: {"model": Readiness, **example(examples.NOT_READY, "Not yet, and why not")},
    },
)
async def readyz(service: ServiceDep, threads: ThreadsDep) -> Response:
    """Whether questions can be answered now."""
    readiness = await threads.probe(service.archive.readiness)
    return json_response(_readiness, readiness, 200 if readiness.ready else 503)
