"""`/v1/ask` and `/v1/search` over a socket."""

from __future__ import annotations

import json
import threading
from datetime import date
from typing import Any

import httpx
import pytest
from pydantic import TypeAdapter

from index.records import Filters
from rag.records import Answer, Query, RetrievedPassage
from tests.api.http.conftest import QUESTION, QUOTE
from tests.api.http.in_memory import MemoryArchive, MemoryEngine


def problem(response: httpx.Response, status: int, code: str) -> dict[str, Any]:
    """The problem document, whose invariants hold for every error."""
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    document: dict[str, Any] = response.json()
    assert document["code"] == code
    assert document["status"] == status
    assert document["type"] == "about:blank"
    assert document["title"]
    assert document["detail"]
    assert "\n" not in document["detail"]
    assert document["request_id"] == response.headers["x-request-id"]
    assert "Traceback" not in response.text
    return document


def test_ask_returns_the_answer_record_as_it_stands(
    client: httpx.Client, engine: MemoryEngine
) -> None:
    response = client.post("/v1/ask", json={"question": QUESTION})
    assert response.status_code == 200
    assert response.headers["content-type"] == "application/json"
    answer = TypeAdapter(Answer).validate_json(response.content)
    expected = engine.ask(Query(question=QUESTION))
    assert TypeAdapter(Answer).dump_python(answer, mode="json") == response.json()
    assert TypeAdapter(Answer).dump_json(expected) == response.content


def test_an_explanation_is_asked_for(client: httpx.Client, engine: MemoryEngine) -> None:
    client.post("/v1/ask", json={"question": QUESTION, "explain": True})
    client.post("/v1/ask", json={"question": QUESTION})
    assert [query.explain for query in engine.asked[-2:]] == [True, False]
    refused = client.post("/v1/search", json={"question": QUESTION, "explain": True})
    problem(refused, 422, "invalid_request")


def test_quotes_are_exact_spans_of_the_article_that_is_served(client: httpx.Client) -> None:
    answer = client.post("/v1/ask", json={"question": QUESTION}).json()
    (citation,) = answer["citations"]
    article = client.get(f"/v1/articles/{citation['article_id']}").json()
    assert article["text"][citation["start"] : citation["end"]] == citation["quote"] == QUOTE


def test_not_found_is_an_answer_with_the_nearest_passages(client: httpx.Client) -> None:
    answer = client.post("/v1/ask", json={"question": "Who painted the lighthouse?"}).json()
    assert answer["outcome"] == "not_found"
    assert answer["citations"] == []
    assert answer["retrieved"]


def test_every_filter_reaches_the_engine(client: httpx.Client, engine: MemoryEngine) -> None:
    body = {
        "question": f"  {QUESTION} ",
        "top_k": 3,
        "publishers": ["Skerry Post", "Osk Gazette"],
        "since": "2026-01-01",
        "until": "2026-12-31",
        "as_of": "2026-06-01",
        "mode": "extractive",
    }
    assert client.post("/v1/ask", json=body).status_code == 200
    assert engine.asked[-1] == Query(
        question=QUESTION,
        top_k=3,
        filters=Filters(
            publishers=("Skerry Post", "Osk Gazette"),
            since=date(2026, 1, 1),
            until=date(2026, 12, 31),
            as_of=date(2026, 6, 1),
        ),
        mode="extractive",
    )


@pytest.mark.parametrize("route", ["/v1/ask", "/v1/search"])
def test_null_is_as_good_as_absent(client: httpx.Client, route: str) -> None:
    fields = ["top_k", "publishers", "since", "until", "as_of"]
    fields += ["mode"] if route == "/v1/ask" else []
    said = client.post(route, json={"question": QUESTION} | dict.fromkeys(fields))
    assert said.status_code == 200, said.text
    problem(client.post(route, json={"question": None}), 422, "invalid_request")
    problem(client.post(route, json={"question": "x", "topk": None}), 422, "invalid_request")


def test_search_lists_passages(client: httpx.Client, engine: MemoryEngine) -> None:
    found = client.post("/v1/search", json={"question": QUESTION, "top_k": 1}).json()
    assert found["question"] == QUESTION
    expected = engine.search(Query(question=QUESTION, top_k=1))
    adapter = TypeAdapter(list[RetrievedPassage])
    assert found["passages"] == adapter.dump_python(list(expected), mode="json")


@pytest.mark.parametrize("route", ["/v1/ask", "/v1/search"])
@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "question"),
        ({"question": ""}, "question"),
        ({"question": "   "}, "question"),
        ({"question": 7}, "question"),
        ({"question": "x", "top_k": 0}, "top_k"),
        ({"question": "x", "top_k": 101}, "top_k"),
        ({"question": "x", "since": "6 January"}, "since"),
        ({"question": "x", "since": "2026-02-30"}, "since"),
        ({"question": "x", "until": 20_000}, "until"),
        ({"question": "x", "as_of": "2026-01-06T00:00:00"}, "as_of"),
        ({"question": "x", "publishers": [""]}, "publishers.0"),
        ({"question": "x", "since": "2026-02-02", "until": "2026-01-01"}, "body"),
        ({"question": "x", "topk": 5}, "topk"),
        ([], "body"),
    ],
)
def test_invalid_requests_name_the_field(
    client: httpx.Client, route: str, body: Any, field: str
) -> None:
    document = problem(client.post(route, json=body), 422, "invalid_request")
    assert field in [error["field"] for error in document["errors"]]
    assert field in document["detail"]


@pytest.mark.parametrize(
    ("body", "detail"),
    [
        (b"[]", "body: Input should be an object"),
        (b'{"question": "x", "publishers": "all"}', "publishers: Input should be a list"),
        (
            json.dumps({"question": "x", "publishers": ["p"] * 101}).encode(),
            "publishers: List should have at most 100 items, not 101",
        ),
        (b'{"question": "\xff"}', "body: not JSON that can be read"),
        (b"[" * 10_000, "body: not JSON that can be read"),
    ],
)
def test_what_is_wrong_is_said_in_words_of_json(
    client: httpx.Client, body: bytes, detail: str
) -> None:
    headers = {"Content-Type": "application/json"}
    said = client.post("/v1/ask", content=body, headers=headers).json()["detail"]
    assert said.startswith(detail)
    assert ";" not in said


def test_other_modes_are_refused_clearly(client: httpx.Client) -> None:
    response = client.post("/v1/ask", json={"question": "x", "mode": "generative"})
    document = problem(response, 422, "invalid_request")
    assert "mode" in document["detail"]
    assert "extractive" in document["detail"]


def test_a_question_may_be_as_long_as_the_limit_in_code_points(client: httpx.Client) -> None:
    assert client.post("/v1/ask", json={"question": "🎉" * 2_000}).status_code == 200
    response = client.post("/v1/ask", json={"question": "🎉" * 2_001})
    assert "2,001" in problem(response, 422, "invalid_question")["detail"]


@pytest.mark.parametrize(
    "content", [b"", b"{", b'{"question": "\xff"}', b'{"question": "\\ud800"}']
)
def test_bodies_that_are_no_json_are_invalid(client: httpx.Client, content: bytes) -> None:
    headers = {"Content-Type": "application/json"}
    response = client.post("/v1/ask", content=content, headers=headers)
    assert response.status_code in {400, 422}
    assert response.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    "media_type", ["text/plain", "application/x-www-form-urlencoded", "text/json", None]
)
def test_only_json_is_taken(client: httpx.Client, media_type: str | None) -> None:
    headers = {"Content-Type": media_type} if media_type else {}
    response = client.post("/v1/ask", content=b'{"question": "x"}', headers=headers)
    problem(response, 415, "unsupported_media_type")


def test_parameters_of_the_media_type_do_not_matter(client: httpx.Client) -> None:
    headers = {"Content-Type": "Application/JSON; charset=utf-8"}
    response = client.post("/v1/ask", content=b'{"question": "x"}', headers=headers)
    assert response.status_code == 200


def test_the_engine_runs_off_the_event_loop(
    client: httpx.Client, engine: MemoryEngine, archive: MemoryArchive
) -> None:
    client.post("/v1/ask", json={"question": QUESTION})
    loops = {thread.ident for thread in threading.enumerate() if "run" in thread.name}
    assert engine.threads
    assert not engine.threads & loops
