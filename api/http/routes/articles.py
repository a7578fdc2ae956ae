"""`/v1/articles`: what the archive holds."""

from __future__ import annotations

from functools import partial
from typing import Annotated

from fastapi import APIRouter, Path, Query, Request
from pydantic import TypeAdapter
from starlette.responses import Response

from api.http import examples
from api.http.dependencies import ServiceDep, ThreadsDep, json_response, media_type
from api.http.ingestion import ingest_json, ingest_upload
from api.http.openapi import example, problems
from api.http.problems import ProblemError
from api.http.schemas import ArticleDocument, IngestResult, article_request_body
from index.errors import ArticleNotFound
from index.records import ArticlePage, IngestOutcome, IngestReport

router = APIRouter(prefix="/v1/articles", tags=["Archive"], responses=problems(503))
_page: TypeAdapter[ArticlePage] = TypeAdapter(ArticlePage)
_document: TypeAdapter[ArticleDocument] = TypeAdapter(ArticleDocument)
_result: TypeAdapter[IngestResult] = TypeAdapter(IngestResult)

ArticleId = Annotated[
    str,
    Path(
        max_length=200,
        description="`article_id` of a citation, a passage or a listing",
        examples=["art_5d01c2"],
    ),
]
Limit = Annotated[int, Query(ge=1, le=200, description="How many to list at most")]
Offset = Annotated[int, Query(ge=0, le=1_000_000_000, description="How many to pass over")]
Text = Annotated[str | None, Query(min_length=1, max_length=200)]


@router.get(
    "",
    response_model=ArticlePage,
    responses={200: example(examples.PAGE), **problems(422)},
)
async def list_articles(
    service: ServiceDep,
    threads: ThreadsDep,
    limit: Limit = 20,
    offset: Offset = 0,
    publisher: Annotated[Text, Query(description="Only its articles")] = None,
    contains: Annotated[Text, Query(description="Words of the title")] = None,
) -> Response:
    """List the archive page by page, newest publication first, undated articles last."""
    call = partial(
        service.archive.articles,
        limit=limit,
        offset=offset,
        publisher=publisher,
        contains=contains,
    )
    return json_response(_page, await threads.archive(call))


@router.get(
    "/{article_id}",
    response_model=ArticleDocument,
    responses={200: example(examples.ARTICLE), **problems(404, 422)},
)
async def read_article(article_id: ArticleId, service: ServiceDep, threads: ThreadsDep) -> Response:
    """One article with its stored text. Offsets count Unicode code points of `text`."""
    article = await threads.archive(partial(service.archive.article, article_id))
    return json_response(_document, ArticleDocument.of(article))


@router.post(
    "",
    response_model=IngestResult,
    responses={200: example(examples.INGESTED), **problems(403, 413, 415, 422)},
    openapi_extra={"requestBody": article_request_body()},
)
async def add_articles(request: Request, service: ServiceDep, threads: ThreadsDep) -> Response:
    """Take in articles: one JSON object, an array of them, or uploaded files.

    What cannot be used is listed with its reason and does not stop the rest; only where nothing
    at all could be used is the answer an error.
    """
    match media_type(request):
        case "application/json":
            report = await ingest_json(request, service, threads)
        case "multipart/form-data":
            report = await ingest_upload(request, service, threads)
        case _:
            raise ProblemError(
                415,
                "unsupported_media_type",
                "Articles are sent as application/json or multipart/form-data",
            )
    return _ingested(report)


@router.delete("/{article_id}", status_code=204, responses=problems(403, 404, 422))
async def delete_article(
    article_id: ArticleId, service: ServiceDep, threads: ThreadsDep
) -> Response:
    """Take an article out of the archive, with everything derived from it."""
    if not await threads.change(partial(service.archive.delete, [article_id])):
        raise ArticleNotFound(f"No article has the id {article_id}")
    return Response(status_code=204)


def _ingested(report: IngestReport) -> Response:
    result = IngestResult.of(report)
    if report.items and result.refused == len(report.items):
        refused = [item for item in report.items if item.outcome is IngestOutcome.REFUSED]
        raise ProblemError(
            422,
            "source_refused",
            f"Nothing was taken in: {refused[0].reason or 'refused'}",
            items=_result.dump_python(result, mode="json")["items"],
        )
    return json_response(_result, result)
