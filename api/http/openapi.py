"""The OpenAPI document: an example for everything that is sent and answered, errors among it."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI
from fastapi.routing import APIRoute

from api.http import examples
from api.http.access.scopes import required_scope
from api.http.completions.errors import error_body, speaks_openai
from api.http.problems import MEDIA_TYPE, Problem

KEY = {
    "type": "http",
    "scheme": "bearer",
    "description": "An API key, where the service asks for one; `quoth key create` makes them. The "
    "names beside an operation are the scopes that it needs.",
}
_REASONS = {
    400: "The body cannot be read as what it is said to be",
    401: "An API key is needed, and none that is usable was sent",
    403: "The request comes from another origin, or its API key lacks the scope",
    404: "There is no such article",
    413: "The body is too large",
    415: "The media type is not taken here",
    422: "The request, or all that was sent with it, cannot be used",
    429: "Too many requests; RateLimit and Retry-After say when to go on",
    503: "Not now; Retry-After says when to try again",
}


RETRY_AFTER = {
    "description": "Seconds to wait before the same request is worth another try",
    "schema": {"type": "integer"},
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
    """FastAPI, with keys and scopes in the OpenAPI document, and with what every route may answer:
    problems of their own media type, each with an example."""

    def openapi(self) -> dict[str, Any]:
        """The document; made once."""
        fresh = self.openapi_schema is None
        document = super().openapi()
        if fresh:
            document["components"]["securitySchemes"] = {"key": KEY}
            for path, operations in document["paths"].items():
                for method, operation in operations.items():
                    _document_access(method, path, operation)
                    if "requestBody" in operation and not speaks_openai(path):
                        operation["responses"].setdefault("400", _problem(400))
                    for status, response in operation["responses"].items():
                        _complete(response, status, path)
        return document


def _document_access(method: str, path: str, operation: dict[str, Any]) -> None:
    scope = required_scope(method.upper(), path)
    if scope is None:
        return
    operation["security"] = [{"key": [scope.value]}, {}]
    for status in (401, 403, 429):
        response = _openai_error(status) if speaks_openai(path) else _problem(status)
        operation["responses"].setdefault(str(status), response)


def _problem(status: int) -> dict[str, Any]:
    content = {"application/json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {"description": _REASONS[status], "content": content}


def _openai_error(status: int) -> dict[str, Any]:
    return example(error_body(status, None, _REASONS[status]), _REASONS[status])


def _complete(response: dict[str, Any], status: str, path: str) -> None:
    """Give a problem its media type, an example and what it says of another try."""
    if status in {"429", "503"}:
        response.setdefault("headers", {})["Retry-After"] = RETRY_AFTER
    content = response.get("content", {})
    schema = content.get("application/json", {}).get("schema", {})
    if schema.get("$ref", "").endswith("/Problem"):
        content[MEDIA_TYPE] = content.pop("application/json")
        content[MEDIA_TYPE]["example"] = examples.problem(int(status), path)
