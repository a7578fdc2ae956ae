"""`POST /v1/chat`: questions that lean on what was said before, answered whole or as a stream."""

from __future__ import annotations

from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, Request
from pydantic import TypeAdapter
from starlette.responses import Response

from api.http import examples
from api.http.chat.examples import EVENTS
from api.http.chat.history import Owner, keep, stored_history
from api.http.chat.requests import ChatRequest
from api.http.chat.responses import EventStreamResponse
from api.http.chat.streams import Streams
from api.http.chat.telling import ChatTeller
from api.http.chat.work import ask_while_waited_for, problem_document, start
from api.http.dependencies import ServiceDep, ThreadsDep, json_response, require_json
from api.http.openapi import example, problems
from api.http.problems import Problem, ProblemError
from rag.records import Answer

router = APIRouter(
    prefix="/v1",
    tags=["Chat"],
    dependencies=[Depends(require_json)],
    responses=problems(403, 413, 415, 422, 503),
)
_answer: TypeAdapter[Answer] = TypeAdapter(Answer)


async def _streams(request: Request) -> Streams:
    streams: Streams = request.app.state.streams
    return streams


StreamsDep = Annotated[Streams, Depends(_streams)]
LastEventId = Annotated[
    str | None,
    Header(
        max_length=100,
        description="Go on with a stream after this event; the body is ignored",
        examples=["5b0c8e6f:3"],
    ),
]
_ANSWERED: dict[str, Any] = example(examples.ANSWER, "The Answer, or events where `stream` is true")
_ANSWERED["content"]["text/event-stream"] = {"example": EVENTS}


@router.post(
    "/chat",
    response_model=Answer,
    responses={
        200: _ANSWERED,
        404: {"model": Problem, "description": "There is no such conversation"},
        410: {"model": Problem, "description": "The stream to go on with is forgotten"},
    },
)
async def chat(
    body: ChatRequest,
    request: Request,
    service: ServiceDep,
    threads: ThreadsDep,
    streams: StreamsDep,
    owner: Owner,
    last_event_id: LastEventId = None,
) -> Response:
    """Answer the last question of a conversation.

    With `stream` the answer comes as server-sent events. `status` says how far it is
    (`retrieving`, `reading`, with a language model `writing`), each `sentence` comes with the
    `citation`s that are new with it, `answer` is the whole Answer, which replaces what came before
    it, and `done` ends the stream, or `error` does, with a problem document.

    A client that loses its connection sends the request again with `Last-Event-ID`, within two
    minutes, and gets the rest. Where nobody comes back within two seconds, the work stops.
    """
    if last_event_id is not None:
        return _rest(streams, last_event_id, owner)
    history = body.history
    if body.conversation_id is not None:
        history = await stored_history(service, threads, body.conversation_id, owner)
    query = body.query(service.limits, history)

    def kept(answer: Answer) -> str | None:
        if body.conversation_id is None:
            return None
        return keep(service, body.conversation_id, owner, body.question, answer)

    if not body.stream:
        answer = await ask_while_waited_for(request, threads, service, query)
        if body.conversation_id is not None:
            await threads.archive(partial(kept, answer))
        return json_response(_answer, answer)
    stream = streams.open(owner)
    teller = ChatTeller(keep=kept, problem=partial(problem_document, request))
    start(stream, threads, teller, partial(service.ask_stream, query))
    await stream.begun()
    return EventStreamResponse(stream)


def _rest(streams: Streams, last_event_id: str, owner: str | None) -> Response:
    stream_id, _, number = last_event_id.partition(":")
    stream = streams.get(stream_id, owner)
    if stream is None or not (number.isascii() and number.isdecimal()):
        raise ProblemError(
            410,
            "stream_gone",
            "The stream to go on with is not remembered",
            hint="Send the question without Last-Event-ID",
        )
    return EventStreamResponse(stream, after=int(number))
