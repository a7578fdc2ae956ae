"""The OpenAPI document: problem documents where errors are, and an example for every answer."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI
from fastapi.routing import APIRoute

from api.http.problems import MEDIA_TYPE, Problem

_REASONS = {
    403: "The request comes from another origin",
    404: "There is no such article",
    413: "The body is too large",
    415: "The media type is not taken here",
    422: "The request, or all that was sent with it, cannot be used",
    503: "Not now; Retry-After says when to try again",
}


def example(value: Any, description: str = "OK") -> dict[str, Any]:
    """A response description with an example."""
    return {"description": description, "content": {"application/json": {"example": value}}}


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Response descriptions for errors."""
    return {status: {"model": Problem, "description": _REASONS[status]} for status in statuses}


def operation_id(route: APIRoute) -> str:
    """The handler's name, which generated clients turn into a method."""
    return route.name


class DocumentedApp(FastAPI):
    """FastAPI, with the media type of errors put right in the OpenAPI document."""

    def openapi(self) -> dict[str, Any]:
        """The document; made once."""
        fresh = self.openapi_schema is None
        document = super().openapi()
        if fresh:
            for path in document["paths"].values():
                for operation in path.values():
                    _mark_problems(operation["responses"])
        return document


def _mark_problems(responses: dict[str, Any]) -> None:
    for response in responses.values():
        content = response.get("content", {})
        schema = content.get("application/json", {}).get("schema", {})
        if schema.get("$ref", "").endswith("/Problem"):
            content[MEDIA_TYPE] = content.pop("application/json")
