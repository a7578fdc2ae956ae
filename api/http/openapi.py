"""The OpenAPI document: problem documents where errors are, and an example for every answer."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI
from fastapi.routing import APIRoute

from api.http.access.scopes import required_scope
from api.http.completions.errors import speaks_openai
from api.http.problems import MEDIA_TYPE, Problem

KEY = {
    "type": "http",
    "scheme": "bearer",
    "description": "An API key, where the service asks for one; `quoth key create` makes them. The "
    "names beside an operation are the scopes that it needs.",
}
_REASONS = {
    401: "An API key is needed, and none that is usable was sent",
    403: "The request comes from another origin, or its API key lacks the scope",
    404: "There is no such article",
    413: "The body is too large",
    415: "The media type is not taken here",
    422: "The request, or all that was sent with it, cannot be used",
    429: "Too many requests; RateLimit and Retry-After say when to go on",
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
    """FastAPI, with keys and scopes in the OpenAPI document, and the media type of errors put
    right."""

    def openapi(self) -> dict[str, Any]:
        """The document; made once."""
        fresh = self.openapi_schema is None
        document = super().openapi()
        if fresh:
            document["components"]["securitySchemes"] = {"key": KEY}
            for path, operations in document["paths"].items():
                for method, operation in operations.items():
                    _document_access(method, path, operation)
                    _mark_problems(operation["responses"])
        return document


def _document_access(method: str, path: str, operation: dict[str, Any]) -> None:
    scope = required_scope(method.upper(), path)
    if scope is None:
        return
    operation["security"] = [{"key": [scope.value]}, {}]
    schema = {"$ref": "#/components/schemas/Problem"}
    if speaks_openai(path):
        schema = {"type": "object"}
    for status in (401, 403, 429):
        content = {"application/json": {"schema": schema}}
        response = {"description": _REASONS[status], "content": content}
        operation["responses"].setdefault(str(status), response)


def _mark_problems(responses: dict[str, Any]) -> None:
    for response in responses.values():
        content = response.get("content", {})
        schema = content.get("application/json", {}).get("schema", {})
        if schema.get("$ref", "").endswith("/Problem"):
            content[MEDIA_TYPE] = content.pop("application/json")
