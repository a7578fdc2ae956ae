"""`/v1/feedback`: what people think of answers."""

from __future__ import annotations

from functools import partial

from fastapi import APIRouter, Depends

from api.http import examples
from api.http.dependencies import ServiceDep, ThreadsDep, require_json
from api.http.openapi import example, problems
from api.http.problems import Problem
from api.http.schemas import FeedbackRequest, FeedbackResult

router = APIRouter(
    prefix="/v1",
    tags=["Questions"],
    dependencies=[Depends(require_json)],
    responses=problems(403, 413, 415, 422, 503),
)


@router.post(
    "/feedback",
    responses={
        200: example(examples.FEEDBACK),
        404: {"model": Problem, "description": "There is no such answer, or it is too long ago"},
    },
)
async def rate_answer(
    body: FeedbackRequest, service: ServiceDep, threads: ThreadsDep
) -> FeedbackResult:
    """Say whether an answer was good.

    The question and the whole answer are kept with the rating, and nothing about who gave it.
    Rating an answer again replaces its rating; without a `comment` the earlier one stays, and an
    empty one takes it away. An answer can be rated for the first time while it is one of the
    latest 10,000 since the service was started.
    """
    call = partial(service.rate, body.answer_id, body.rating, body.comment)
    # One short transaction, which need not wait in line behind an ingest as other changes do.
    return FeedbackResult.of(await threads.archive(call))
