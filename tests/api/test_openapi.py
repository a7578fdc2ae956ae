"""The OpenAPI document: valid, and pleasant: everything is described, and shown by an example."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from api.http.app import create_app
from api.http.completions.errors import speaks_openai
from api.http.problems import MEDIA_TYPE
from api.service import Service
from tests.api.http.in_memory import MemoryArchive, MemoryEngine

JSON = "application/json"


@dataclass(frozen=True)
class Shown:
    """An example, and the schema that it is one of."""

    where: str
    value: Any
    schema: dict[str, Any]


def document() -> dict[str, Any]:
    archive = MemoryArchive()
    service = Service(engine=MemoryEngine(archive=archive, quotes={}), archive=archive)
    return create_app(service).openapi()


DOCUMENT = document()
OPERATIONS = {
    f"{method.upper()} {path}": operation
    for path, operations in DOCUMENT["paths"].items()
    for method, operation in operations.items()
}
operations = pytest.mark.parametrize("name", OPERATIONS)


def resolved(schema: dict[str, Any]) -> dict[str, Any]:
    reference = schema.get("$ref", "").rpartition("/")[2]
    found: dict[str, Any] = DOCUMENT["components"]["schemas"][reference] if reference else schema
    return found


def shown(where: str, media: dict[str, Any]) -> Shown | None:
    schema = media.get("schema", {})
    value = media.get("example", resolved(schema).get("example"))
    return None if value is None else Shown(where, value, schema)


def all_media(name: str) -> Iterator[tuple[str, dict[str, Any]]]:
    operation = OPERATIONS[name]
    for media_type, media in operation.get("requestBody", {}).get("content", {}).items():
        yield f"request {media_type}", media
    for status, response in operation["responses"].items():
        for media_type, media in response.get("content", {}).items():
            yield f"{status} {media_type}", media


def test_the_document_is_valid() -> None:
    schemathesis = pytest.importorskip("schemathesis")
    schemathesis.openapi.from_dict(DOCUMENT).validate()
    ids = [operation["operationId"] for operation in OPERATIONS.values()]
    assert len(set(ids)) == len(ids)
    assert len(ids) >= 20


@operations
def test_every_operation_and_parameter_is_described(name: str) -> None:
    operation = OPERATIONS[name]
    assert operation["summary"]
    assert operation["description"]
    assert operation["tags"]
    for parameter in operation.get("parameters", ()):
        assert parameter.get("description"), parameter["name"]


@operations
def test_everything_sent_and_answered_is_shown(name: str) -> None:
    found = [where for where, media in all_media(name) if shown(where, media) is None]
    assert found == []
    for response in OPERATIONS[name]["responses"].values():
        assert response["description"]


@operations
def test_examples_are_of_their_schemas(name: str) -> None:
    jsonschema = pytest.importorskip("jsonschema")
    components = {"components": DOCUMENT["components"]}
    checked = 0
    for where, media in all_media(name):
        example = shown(where, media)
        if example is not None and where.endswith("json"):
            checker = jsonschema.Draft202012Validator(example.schema | components)
            assert [error.message for error in checker.iter_errors(example.value)] == [], where
            checked += 1
    assert checked


@operations
def test_what_may_go_wrong_is_documented_as_problems(name: str) -> None:
    method, path = name.split()
    operation = OPERATIONS[name]
    errors = {s: r for s, r in operation["responses"].items() if s >= "400" and s != "default"}
    if speaks_openai(path) or path == "/readyz":
        assert all(JSON in response["content"] for response in errors.values())
        return
    for status, response in errors.items():
        example = response["content"][MEDIA_TYPE]["example"]
        assert example["status"] == int(status)
    keyed = {"401", "403", "429", "503"} if "security" in operation else set()
    typed = {"422"} if operation.get("parameters") or "requestBody" in operation else set()
    sent = {"400", "413", "415"} if "requestBody" in operation else set()
    assert keyed | typed | sent <= set(errors)
    if "{" in path:
        assert "404" in errors
    assert method != "DELETE" or "204" in operation["responses"]


@pytest.mark.parametrize("status", ["429", "503"])
def test_who_is_sent_away_learns_for_how_long(status: str) -> None:
    responses = [each["responses"].get(status) for each in OPERATIONS.values()]
    found = [each["headers"]["Retry-After"]["schema"] for each in responses if each is not None]
    assert len(found) > 10
    assert all(schema == {"type": "integer"} for schema in found)
