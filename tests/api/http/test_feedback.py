"""`/v1/feedback` over a socket, and what a real archive keeps of it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path
from threading import get_ident
from typing import Any

import httpx
import pytest
from pydantic import TypeAdapter

from api.client import NotFound, Quoth
from api.given_answers import GivenAnswers
from api.service import Service
from index.archive import Archive
from index.records import Feedback, Filters, Rating
from rag.bootstrap import build_engine
from rag.records import Answer, Outcome
from rag.settings import RagSettings
from tests.api.http.conftest import QUESTION
from tests.api.http.in_memory import MemoryArchive
from tests.api.http.serving import serving
from tests.api.http.test_questions import problem
from tests.index.building import archive_in, ingest, record

FERRY = "The ferry to Osk runs again from Monday, the harbour office said on Friday."
BRIDGE = "The bridge at Harrowmouth will close for repairs in September, the county decided."


def ask(client: httpx.Client, question: str = QUESTION, **more: Any) -> dict[str, Any]:
    """An answer over HTTP."""
    answer: dict[str, Any] = client.post("/v1/ask", json={"question": question} | more).json()
    return answer


def rate(client: httpx.Client, answer_id: str, rating: str, **more: Any) -> httpx.Response:
    """The response to a rating."""
    return client.post("/v1/feedback", json={"answer_id": answer_id, "rating": rating} | more)


@contextmanager
def served(folder: Path) -> Iterator[tuple[Quoth, Archive]]:
    """A real archive and engine behind a real socket."""
    with archive_in(folder) as archive:
        engine = build_engine(archive, RagSettings(answer_threshold=0.0))
        service = Service(engine=engine, archive=archive, scratch=folder)
        with serving(service) as url, Quoth(url) as quoth:
            yield quoth, archive


def test_a_rating_is_told_back(client: httpx.Client, archive: MemoryArchive) -> None:
    answer = ask(client, as_of="2026-06-01")
    response = rate(client, answer["id"], "down", comment="  Which Monday?\0 ")
    assert response.status_code == 200, response.text
    told = response.json()
    assert told == {
        "answer_id": answer["id"],
        "rating": "down",
        "comment": "Which Monday?",
        "rated_at": "2026-03-07T09:00:00Z",
    }
    kept = archive.rated[answer["id"]]
    assert (kept.rating, kept.comment) == (Rating.DOWN, "Which Monday?")
    assert kept.given.question == QUESTION
    assert kept.given.filters == Filters(as_of=date(2026, 6, 1))
    assert kept.given.document == answer
    assert get_ident() not in archive.threads


@pytest.mark.parametrize("answer_id", ["ans_nobody", "ans_' OR 1=1 --", "渡𠮷"])
def test_an_answer_that_was_never_given_cannot_be_rated(
    client: httpx.Client, answer_id: str
) -> None:
    document = problem(rate(client, answer_id, "up"), 404, "answer_not_found")
    assert document["hint"]
    assert document["retryable"] is False


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "answer_id"),
        ({"answer_id": "ans_1"}, "rating"),
        ({"answer_id": "ans_1", "rating": "sideways"}, "rating"),
        ({"answer_id": "", "rating": "up"}, "answer_id"),
        ({"answer_id": "a" * 65, "rating": "up"}, "answer_id"),
        ({"answer_id": 7, "rating": "up"}, "answer_id"),
        ({"answer_id": "ans_1", "rating": "up", "comment": "x" * 2001}, "comment"),
        ({"answer_id": "ans_1", "rating": "up", "comment": ["x"]}, "comment"),
        ({"answer_id": "ans_1", "rating": "up", "comment": "\ud800"}, "comment"),
        ({"answer_id": "ans_1", "rating": "up", "user": "una"}, "user"),
    ],
)
def test_a_bad_rating_names_its_field(
    client: httpx.Client, archive: MemoryArchive, body: dict[str, Any], field: str
) -> None:
    ask(client)
    headers = {"Content-Type": "application/json"}
    response = client.post("/v1/feedback", content=json.dumps(body), headers=headers)
    document = problem(response, 422, "invalid_request")
    assert next(error["field"] for error in document["errors"]) == field
    assert archive.rated == {}


def test_a_form_of_another_page_cannot_rate(client: httpx.Client) -> None:
    ask(client)
    form = client.post("/v1/feedback", data={"answer_id": "ans_1", "rating": "up"})
    problem(form, 415, "unsupported_media_type")
    origin = {"Origin": "https://elsewhere.example"}
    body = {"answer_id": "ans_1", "rating": "up"}
    assert client.post("/v1/feedback", json=body, headers=origin).status_code == 403


def test_an_answer_that_was_pushed_out_can_be_rated_only_if_it_was_before(
    service: Service, archive: MemoryArchive
) -> None:
    small = replace(service, given=GivenAnswers(most=0))
    with serving(small) as url, httpx.Client(base_url=url) as client:
        answer = ask(client)
        problem(rate(client, answer["id"], "up"), 404, "answer_not_found")
    assert archive.rated == {}


def test_ratings_outlive_the_service_and_can_be_changed(tmp_path: Path) -> None:
    as_of = Filters(as_of=date(2030, 1, 1))
    with served(tmp_path) as (quoth, archive):
        ingest(archive, record("ferry", FERRY), record("bridge", BRIDGE))
        answer = quoth.ask(QUESTION, filters=as_of)
        assert answer.outcome is Outcome.ANSWERED
        assert quoth.rate(answer.id, "up", comment="Right.").comment == "Right."
    with served(tmp_path) as (quoth, archive):
        again = quoth.rate(answer.id, "down")
        assert (again.rating, again.comment) == (Rating.DOWN, "Right.")
        assert quoth.rate(answer.id, "down", comment="").comment is None
        with pytest.raises(NotFound) as caught:
            quoth.rate("ans_nobody", "up")
        assert caught.value.code == "answer_not_found"
        (kept,) = archive.feedback()
        assert isinstance(kept, Feedback)
        assert TypeAdapter(Answer).validate_python(kept.given.document) == answer
        assert kept.given.filters == as_of
        assert archive.status().rated_answers == 1


def test_an_answer_rated_after_its_article_was_deleted_keeps_none_of_its_words(
    tmp_path: Path,
) -> None:
    with served(tmp_path) as (quoth, archive):
        ingest(archive, record("ferry", FERRY), record("bridge", BRIDGE))
        answer = quoth.ask(QUESTION)
        (citation, *_) = answer.citations
        assert citation.quote == FERRY
        quoth.delete_article(citation.article_id)
        quoth.rate(answer.id, "up")
        (kept,) = archive.feedback()
        assert "Osk runs again" not in str(kept.given.document)
        assert BRIDGE in str(kept.given.document)
