"""What the archive's keepers look at: versions of articles, publishers, what ingests did."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query
from pydantic import TypeAdapter
from starlette.responses import Response

from api.http import examples
from api.http.dependencies import ServiceDep, ThreadsDep, json_response
from api.http.openapi import example, problems
from api.http.routes.articles import ArticleId
from api.http.schemas import ArticleDocument, Ingest
from index.catalogue.history import ArticleVersion, PublisherCount

router = APIRouter(prefix="/v1", tags=["Archive"], responses=problems(503))


@dataclass(frozen=True, slots=True, kw_only=True)
class Versions:
    """All versions of an article, newest first."""

    versions: Sequence[ArticleVersion]


@dataclass(frozen=True, slots=True, kw_only=True)
class Publishers:
    """Publishers of what is held, by name."""

    publishers: Sequence[PublisherCount]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ingests:
    """The latest ingests, newest first."""

    ingests: Sequence[Ingest]


_versions: TypeAdapter[Versions] = TypeAdapter(Versions)
_document: TypeAdapter[ArticleDocument] = TypeAdapter(ArticleDocument)
_publishers: TypeAdapter[Publishers] = TypeAdapter(Publishers)
_ingests: TypeAdapter[Ingests] = TypeAdapter(Ingests)

_VERSION: dict[str, Any] = {
    "version": 2,
    "title": "Ferry to Osk runs again",
    "publisher": "Skerry Post",
    "published_at": "2026-03-06",
    "origin": "ferry.html",
    "characters": 65,
    "content_hash": "9f0c",
    "ingested_at": "2026-03-07T08:30:00Z",
}
_INGEST: dict[str, Any] = {
    "started_at": "2026-03-07T08:30:00Z",
    "seconds": 3,
    "added": 12,
    "updated": 1,
    "unchanged": 4,
    "refused": [{"origin": "empty.txt", "reason": "no text in it"}],
}


@router.get(
    "/articles/{article_id}/versions",
    response_model=Versions,
    responses={200: example({"versions": [_VERSION]}), **problems(404, 422)},
)
async def list_versions(
    article_id: ArticleId, service: ServiceDep, threads: ThreadsDep
) -> Response:
    """All versions of an article, newest first, without their texts."""
    found = await threads.archive(partial(service.archive.history.versions, article_id))
    return json_response(_versions, Versions(versions=found))


@router.get(
    "/articles/{article_id}/versions/{version}",
    response_model=ArticleDocument,
    responses={200: example(examples.ARTICLE), **problems(404, 422)},
)
async def read_version(
    article_id: ArticleId,
    version: Annotated[
        int, Path(ge=1, le=1_000_000_000, description="1 is the first", examples=[1])
    ],
    service: ServiceDep,
    threads: ThreadsDep,
) -> Response:
    """An article as it was in one version, with the text of that version."""
    article = await threads.archive(partial(service.archive.history.version, article_id, version))
    return json_response(_document, ArticleDocument.of(article))


@router.get(
    "/publishers",
    response_model=Publishers,
    responses={200: example({"publishers": [{"publisher": "Skerry Post", "articles": 12}]})},
)
async def list_publishers(service: ServiceDep, threads: ThreadsDep) -> Response:
    """Publishers of what is held, by name, and how many articles are theirs."""
    found = await threads.archive(service.archive.history.publishers)
    return json_response(_publishers, Publishers(publishers=found))


@router.get(
    "/ingests",
    response_model=Ingests,
    responses={200: example({"ingests": [_INGEST]}), **problems(422)},
)
async def list_ingests(
    service: ServiceDep,
    threads: ThreadsDep,
    limit: Annotated[int, Query(ge=1, le=100, description="How many to list at most")] = 10,
) -> Response:
    """The latest ingests, newest first, with what each refused and why."""
    runs = await threads.archive(partial(service.archive.history.ingests, limit=limit))
    return json_response(_ingests, Ingests(ingests=[Ingest.of(run) for run in runs]))
