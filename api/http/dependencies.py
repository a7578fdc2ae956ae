"""What handlers ask for. All of it is async: FastAPI sends whatever is not to a thread and back."""

from __future__ import annotations

from typing import Annotated, TypeVar

from fastapi import Depends, Request
from pydantic import TypeAdapter
from starlette.responses import Response

from api.http.problems import ProblemError
from api.http.threads import Threads
from api.service import Service

T = TypeVar("T")


async def _service(request: Request) -> Service:
    service: Service = request.app.state.service
    return service


async def _threads(request: Request) -> Threads:
    threads: Threads = request.app.state.threads
    return threads


def media_type(request: Request) -> str:
    """The request's media type without parameters, in lower case."""
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


async def require_json(request: Request) -> None:
    """Raises: ProblemError unless the body is declared as JSON, which a form on another page
    cannot do without asking first."""
    if media_type(request) != "application/json":
        raise ProblemError(
            415,
            "unsupported_media_type",
            "This route takes application/json",
            hint="Send the header Content-Type: application/json",
        )


def json_response(adapter: TypeAdapter[T], value: T, status: int = 200) -> Response:
    """The value as JSON, written by pydantic without a second validation."""
    return Response(adapter.dump_json(value), status_code=status, media_type="application/json")


ServiceDep = Annotated[Service, Depends(_service)]
ThreadsDep = Annotated[Threads, Depends(_threads)]
