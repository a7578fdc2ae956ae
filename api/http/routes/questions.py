"""`/v1/ask` and `/v1/search`."""

from __future__ import annotations

from functools import partial

from fastapi import APIRouter, Depends, Request
from pydantic import TypeAdapter
from starlette.responses import Response

from api.http import examples
from api.http.chat.work import ask_while_waited_for
from api.http.dependencies import ServiceDep, ThreadsDep, json_response, require_json
from api.http.openapi import example, problems
from api.http.schemas import AskRequest, SearchRequest, SearchResults
from rag.records import Answer

router = APIRouter(
    prefix="/v1",
    tags=["Questions"],
    dependencies=[Depends(require_json)],
    responses=problems(403, 413, 415, 422, 503),
)
_answer: TypeAdapter[Answer] = TypeAdapter(Answer)
_results: TypeAdapter[SearchResults] = TypeAdapter(SearchResults)


@router.post("/ask", response_model=Answer, responses={200: example(examples.ANSWER)})
async def ask(
    body: AskRequest, request: Request, service: ServiceDep, threads: ThreadsDep
) -> Response:
    """Answer a question in the articles' own words.

    Every sentence names the citations that support it, and every citation is an exact span of a
    stored article. Where the archive does not say, `outcome` is `not_found` and `retrieved`
    lists the nearest passages. With `explain`, `explanation` says why, and gives every score.
    """
    query = body.query(service.limits)
    return json_response(_answer, await ask_while_waited_for(request, threads, service, query))


@router.post("/search", response_model=SearchResults, responses={200: example(examples.SEARCH)})
async def search(body: SearchRequest, service: ServiceDep, threads: ThreadsDep) -> Response:
    """List the passages nearest to a question, nearest first, without answering it."""
    query = body.query(service.limits)
    passages = await threads.engine(partial(service.engine.search, query))
    return json_response(_results, SearchResults(question=query.question, passages=passages))
