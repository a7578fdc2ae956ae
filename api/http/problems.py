"""Errors as `application/problem+json` (RFC 9457), with a stable `code`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict, Field
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from index.errors import (
    AnswerNotFound,
    ArchiveError,
    ArchiveLocked,
    ArchiveReadOnly,
    ArticleNotFound,
    ConfigurationError,
    InputError,
    ModelUnavailable,
    QuothError,
    StoreUnavailable,
)

MEDIA_TYPE = "application/problem+json"
RETRY_AFTER_SECONDS = 5

STATUS_OF: Mapping[type[QuothError], int] = {
    InputError: 422,
    ArticleNotFound: 404,
    AnswerNotFound: 404,
    ArchiveLocked: 503,
    ArchiveReadOnly: 503,
    ArchiveError: 500,
    ConfigurationError: 500,
    ModelUnavailable: 503,
    StoreUnavailable: 503,
    QuothError: 500,
}
"""The nearest ancestor of an error decides."""

CODE_OF = {
    400: "bad_request",
    404: "not_found",
    405: "method_not_allowed",
    413: "body_too_large",
    415: "unsupported_media_type",
}


_CLEARER: Mapping[str, str] = {
    "There was an error parsing the body": "body: not JSON that can be read (in UTF-8, nested not "
    "too deep)",
}
"""What FastAPI says of a body that is not even wrong JSON, and what is said in its place."""
_WORDS: Mapping[str, str] = {
    "Tuple should": "List should",
    " after validation": "",
    "a valid tuple": "a list",
    "a valid dictionary or object to extract fields from": "an object",
}


class FieldError(BaseModel):
    """What is wrong with one field of a request."""

    field: str
    message: str
    code: str


class Problem(BaseModel):
    """What went wrong, and what to do about it."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "type": "about:blank",
                "title": "Not Found",
                "status": 404,
                "detail": "No article has the id art_7f3a",
                "instance": "/v1/articles/art_7f3a",
                "code": "article_not_found",
                "hint": "",
                "retryable": False,
                "request_id": "1f0c7a52d7e94e0e9a3d5a6f4a1b2c3d",
            }
        }
    )

    type: str = "about:blank"
    title: str = Field(description="The HTTP status in words")
    status: int
    detail: str = Field(description="One line for people")
    instance: str = Field(description="The path that was asked for")
    code: str = Field(description="Stable; for programs")
    hint: str = Field("", description="What to do about it, where Quoth knows")
    retryable: bool = Field(False, description="Whether the same request may succeed later")
    request_id: str | None = None
    errors: list[FieldError] | None = Field(None, description="Field by field, for 422")
    items: list[dict[str, Any]] | None = Field(None, description="Refused articles, for 422")


class ProblemError(Exception):
    """A failure that exists at this edge only (media types, origins, overload)."""

    def __init__(
        self,
        status: int,
        code: str,
        detail: str,
        *,
        hint: str = "",
        retryable: bool = False,
        items: list[dict[str, Any]] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.code = code
        self.detail = detail
        self.hint = hint
        self.retryable = retryable
        self.items = items
        self.headers = headers or {}


def problem_of(
    request: Request, error: ProblemError, errors: list[FieldError] | None = None
) -> Problem:
    """What a problem document says of an error."""
    return Problem(
        title=HTTPStatus(error.status).phrase,
        status=error.status,
        detail=error.detail,
        instance=request.url.path,
        code=error.code,
        hint=error.hint,
        retryable=error.retryable,
        request_id=getattr(request.state, "request_id", None),
        errors=errors,
        items=error.items,
    )


def problem_response(
    request: Request,
    error: ProblemError,
    *,
    errors: list[FieldError] | None = None,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """The problem document for an error."""
    problem = problem_of(request, error, errors)
    retry = {"Retry-After": str(RETRY_AFTER_SECONDS)} if error.retryable else {}
    return JSONResponse(
        problem.model_dump(mode="json", exclude_none=True),
        status_code=error.status,
        headers={**(headers or {}), **retry, **error.headers},
        media_type=MEDIA_TYPE,
    )


def status_of(error: QuothError) -> int:
    """The HTTP status of an error of the core."""
    return next(STATUS_OF[kind] for kind in type(error).__mro__ if kind in STATUS_OF)


def install_handlers(app: FastAPI) -> None:
    """Make every error of this app a problem document."""
    app.add_exception_handler(QuothError, _on_quoth_error)
    app.add_exception_handler(ProblemError, _on_problem)
    app.add_exception_handler(RequestValidationError, _on_invalid_request)
    app.add_exception_handler(HTTPException, _on_http_exception)


async def _on_quoth_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, QuothError)
    return problem_response(
        request,
        ProblemError(
            status_of(error),
            error.code,
            error.message,
            hint=error.hint,
            retryable=error.retryable,
        ),
    )


async def _on_problem(request: Request, error: Exception) -> Response:
    assert isinstance(error, ProblemError)
    return problem_response(request, error)


async def _on_invalid_request(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    found = error.errors()
    fields = [_field_error(each) for each in found if not _follows_from_another(each, found)]
    detail = "; ".join(f"{each.field}: {each.message}" for each in fields[:3])
    if len(fields) > 3:
        detail += f"; and {len(fields) - 3} more"
    return problem_response(request, ProblemError(422, "invalid_request", detail), errors=fields)


async def _on_http_exception(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    code = CODE_OF.get(error.status_code, f"http_{error.status_code}")
    details = {
        404: f"Nothing lies at {request.url.path}",
        405: f"{request.method} is not possible at {request.url.path}",
    }
    said = str(error.detail)
    detail = details.get(error.status_code, _CLEARER.get(said, said))
    return problem_response(
        request, ProblemError(error.status_code, code, detail), headers=error.headers
    )


def _field_error(raw: Mapping[str, Any]) -> FieldError:
    """The error without the offending input, which may be long or private."""
    if raw["type"] == "json_invalid":
        reason = raw.get("ctx", {}).get("error", "cannot be read")
        return FieldError(field="body", message=f"not JSON ({reason})", code="json_invalid")
    message = _in_words_of_json(str(raw["msg"]).removeprefix("Value error, "))
    return FieldError(field=_place(raw["loc"]), message=message, code=str(raw["type"]))


def _in_words_of_json(message: str) -> str:
    """What pydantic says, without the names of Python's types."""
    for said, better in _WORDS.items():
        message = message.replace(said, better)
    return message


def _follows_from_another(raw: Mapping[str, Any], found: Sequence[Any]) -> bool:
    """Whether a list is only too short as its items are wrong, which is told of them."""
    place = raw["loc"]
    return raw["type"] == "too_short" and any(
        len(other["loc"]) > len(place) and other["loc"][: len(place)] == place for other in found
    )


def _place(location: Sequence[str | int]) -> str:
    """`publishers.0` for `("body", "publishers", 0)`; the section alone where it is all."""
    inner = [str(part) for part in location[1:]]
    return ".".join(inner) or str(location[0])
