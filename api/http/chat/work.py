"""Answering in a thread of the core: events to the loop, and a stop when nobody waits."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Protocol

import structlog
from anyio import from_thread
from fastapi import Request
from starlette.requests import ClientDisconnect

from api.http.chat.streams import EventStream, ServerEvent
from api.http.deadlines import check_deadline, deadline_passed
from api.http.problems import ProblemError, problem_of, status_of
from api.http.threads import Threads
from api.service import Service
from index.errors import QuothError
from rag.events import AnswerEvent, AnswerGiven, Cancelled
from rag.records import Answer, Query

log = structlog.get_logger(__name__)

Events = Callable[[Cancelled], Iterator[AnswerEvent]]
"""Begins the work, whose steps are taken as the events are asked for."""


class Teller(Protocol):
    """Puts what happens into the events of one protocol. Called in the thread of the work, but
    for `failed`."""

    def begun(self) -> Iterable[ServerEvent]:
        """The events before anything is done."""

    def told(self, event: AnswerEvent) -> Iterable[ServerEvent]:
        """The events for something that happened."""

    def failed(self, problem: ProblemError) -> Iterable[ServerEvent]:
        """The events for a failure, with which the stream ends."""


def start(
    stream: EventStream,
    threads: Threads,
    teller: Teller,
    events: Events,
) -> None:
    """Fill the stream in the background, until the answer is given or nobody waits for it."""
    stream.work(asyncio.create_task(_fill(stream, threads, teller, events)))


async def _fill(
    stream: EventStream,
    threads: Threads,
    teller: Teller,
    events: Events,
) -> None:
    try:
        await threads.engine(partial(_tell, stream, teller, events))
    except Exception as error:  # noqa: BLE001 - the process boundary, as the response has begun
        _fail(stream, teller, error)
    finally:
        stream.end()


def _tell(stream: EventStream, teller: Teller, events: Events) -> None:
    def tell(told: Iterable[ServerEvent]) -> None:
        for each in told:
            from_thread.run_sync(stream.append, each)

    if not stream.cancelled():  # while it waited for this thread
        tell(teller.begun())
        for event in events(_unless_late(stream.cancelled)):
            tell(teller.told(event))
            if isinstance(event, AnswerGiven):
                return
    check_deadline()
    raise ProblemError(
        503, "cancelled", "The answer was given up, as nobody waited for it", retryable=True
    )


def _unless_late(cancelled: Cancelled) -> Cancelled:
    """Cancelled, or past the deadline of the request that began the work."""
    return lambda: cancelled() or deadline_passed()


def _fail(stream: EventStream, teller: Teller, error: Exception) -> None:
    if not len(stream):
        stream.failure = error
        return
    problem = _problem_error(error)
    if problem.code == "internal":
        log.error("stream failed", exc_info=error)
    for told in teller.failed(problem):
        stream.append(told)


def _problem_error(error: Exception) -> ProblemError:
    match error:
        case ProblemError():
            return error
        case QuothError():
            return ProblemError(
                status_of(error),
                error.code,
                error.message,
                hint=error.hint,
                retryable=error.retryable,
            )
        case _:
            hint = "The log has the details under this request's id"
            return ProblemError(500, "internal", "Quoth failed on this request", hint=hint)


def problem_document(request: Request, error: ProblemError) -> str:
    """The problem document of an error that came too late for a status, as JSON."""
    return problem_of(request, error).model_dump_json(exclude_none=True)


async def ask_while_waited_for(
    request: Request, threads: Threads, service: Service, query: Query
) -> Answer:
    """The answer. The work stops when the client leaves, or at the deadline.

    Raises: ClientDisconnect: the client left. ProblemError: it took too long.
    """
    gone = threading.Event()
    watching = asyncio.create_task(_watch(request, gone))
    try:
        answer = await threads.engine(partial(_ask, service, query, gone))
    finally:
        watching.cancel()
    if answer is None:
        check_deadline()
        raise ClientDisconnect
    return answer


async def _watch(request: Request, gone: threading.Event) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass
    gone.set()


def _ask(service: Service, query: Query, gone: threading.Event) -> Answer | None:
    for event in service.ask_stream(query, _unless_late(gone.is_set)):
        if isinstance(event, AnswerGiven):
            return event.answer
    return None
