"""`/v1/chat/completions` and `/v1/models`: for clients and front ends of OpenAI's API."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Path, Request
from starlette.responses import JSONResponse, Response

from api.http.chat.responses import EventStreamResponse
from api.http.chat.streams import EventStream
from api.http.chat.work import ask_while_waited_for, start
from api.http.completions import examples
from api.http.completions.chunks import Completion, CompletionTeller
from api.http.completions.requests import AnswerOptions, CompletionRequest
from api.http.completions.tasks import reply_to_task
from api.http.completions.wording import below, said
from api.http.dependencies import ServiceDep, ThreadsDep, require_json
from api.http.openapi import example
from api.http.problems import ProblemError
from api.service import Limits

router = APIRouter(prefix="/v1", tags=["OpenAI-compatible"])
MODELS: dict[str, Literal["extractive"] | None] = {"quoth": None, "quoth-extractive": "extractive"}
"""Model → how it answers: as the service is set up, or always letter for letter."""
CREATED = 1_767_225_600
"""A fixed day, so that the list is the same each time."""

_ANY_ERROR: dict[int | str, dict[str, Any]] = {
    "default": example(examples.ERROR, "An error, in the words of OpenAI's API")
}


@router.get("/models", responses={200: example(examples.MODELS)})
async def list_models() -> JSONResponse:
    """List what answers: `quoth`, and `quoth-extractive`, which always quotes letter for letter."""
    return JSONResponse({"object": "list", "data": [_model(name) for name in MODELS]})


@router.get(
    "/models/{model}",
    responses={
        200: example(examples.MODEL),
        404: example(examples.ERROR, "There is no such model"),
        **_ANY_ERROR,
    },
)
async def read_model(
    model: Annotated[str, Path(max_length=200, description="Its `id`", examples=["quoth"])],
) -> JSONResponse:
    """One of the models."""
    _check_model(model)
    return JSONResponse(_model(model))


@router.post(
    "/chat/completions",
    responses={
        200: examples.COMPLETED,
        400: example(examples.ERROR, "The request cannot be used"),
        404: example(examples.ERROR, "There is no such model"),
        503: example(examples.ERROR, "Not now; Retry-After says when to try again"),
        **_ANY_ERROR,
    },
    dependencies=[Depends(require_json)],
)
async def create_completion(
    body: CompletionRequest, request: Request, service: ServiceDep, threads: ThreadsDep
) -> Response:
    """Answer the user's last message, as OpenAI's API does.

    The text has numbered footnotes, and the whole Answer is under `quoth`, in a stream in its
    last chunk with a choice. System messages are no instructions here, and parameters that an
    archive has no use for are passed over. What front ends ask for themselves, such as titles, is
    answered in a few words and not from the archive. Filters go under `quoth`.
    """
    _check_model(body.model)
    if not body.asked:
        raise ProblemError(422, "no_user_message", "messages holds no text of the user")
    completion = Completion(body)
    reply = None if body.is_wrapped else reply_to_task(body.asked, wants_json=body.wants_json)
    if reply is not None:
        return _said(completion, reply, service.limits, stream=bool(body.stream))
    options = body.quoth or AnswerOptions.model_validate({})
    query = options.asking(
        body.question,
        service.limits,
        history=body.history,
        mode=options.mode or MODELS[body.model],
    )
    if not body.stream:
        answer = await ask_while_waited_for(request, threads, service, query)
        return JSONResponse(completion.whole(said(answer) + below(answer), answer))
    stream = EventStream(replace(service.limits, linger_seconds=0.0))  # nobody can come back
    teller = CompletionTeller(completion)
    start(stream, threads, teller, partial(service.ask_stream, query))
    await stream.begun()
    return EventStreamResponse(stream, resumable=False)


def _said(completion: Completion, reply: str, limits: Limits, *, stream: bool) -> Response:
    """A reply that is there already."""
    if not stream:
        return JSONResponse(completion.whole(reply))
    told = EventStream(limits)
    for event in (completion.role(), completion.piece(reply), *completion.finish(reply)):
        told.append(event)
    told.end()
    return EventStreamResponse(told, resumable=False)


def _check_model(name: str) -> None:
    if name not in MODELS:
        known = " and ".join(MODELS)
        raise ProblemError(
            404, "model_not_found", f"The model {name!r} does not exist", hint=f"There are {known}"
        )


def _model(name: str) -> dict[str, Any]:
    return {"id": name, "object": "model", "created": CREATED, "owned_by": "quoth"}
