"""`/v1/articles` over a socket."""

from __future__ import annotations

import json
from pathlib import Path

import httpx
import pytest

from api.http.ingestion import safe_name
from tests.api.http.in_memory import FERRY, MemoryArchive
from tests.api.http.test_questions import problem


def test_the_listing_is_paged(client: httpx.Client) -> None:
    first = client.get("/v1/articles", params={"limit": 1}).json()
    second = client.get("/v1/articles", params={"limit": 1, "offset": 1}).json()
    assert (first["total"], first["limit"], first["offset"]) == (2, 1, 0)
    ids = [page["articles"][0]["article_id"] for page in (first, second)]
    assert ids == ["art-ferry", "art-bridge"]


def test_the_listing_can_be_narrowed(client: httpx.Client) -> None:
    by_publisher = client.get("/v1/articles", params={"publisher": "Harrowmouth Echo"}).json()
    by_title = client.get("/v1/articles", params={"contains": "BRIDGE"}).json()
    assert by_publisher["articles"] == by_title["articles"]
    assert by_title["total"] == 1


@pytest.mark.parametrize("query", ["limit=0", "limit=201", "offset=-1", "limit=x", "publisher="])
def test_listing_parameters_are_checked(client: httpx.Client, query: str) -> None:
    problem(client.get(f"/v1/articles?{query}"), 422, "invalid_request")


def test_an_article_comes_with_metadata_and_its_whole_text(client: httpx.Client) -> None:
    article = client.get("/v1/articles/art-ferry").json()
    assert article["text"] == FERRY
    assert article["authors"] == ["Una Brae", "Jón Teitsson"]
    assert article["published_at"] == "2026-03-06"
    assert article["published_at_source"] == "metadata"
    assert article["published_at_confidence"] == "high"


def test_an_unknown_article_is_not_found(client: httpx.Client) -> None:
    problem(client.get("/v1/articles/art-none"), 404, "article_not_found")
    problem(client.delete("/v1/articles/art-none"), 404, "article_not_found")
    problem(client.get("/v1/articles/" + "x" * 201), 422, "invalid_request")


def test_a_deleted_article_is_gone(client: httpx.Client) -> None:
    response = client.delete("/v1/articles/art-ferry")
    assert (response.status_code, response.content) == (204, b"")
    problem(client.get("/v1/articles/art-ferry"), 404, "article_not_found")


def test_one_record_or_many_are_taken_in(client: httpx.Client, archive: MemoryArchive) -> None:
    one = client.post("/v1/articles", json={"text": "One."})
    assert one.status_code == 200
    assert one.json()["added"] == 1
    many = client.post("/v1/articles", json=[{"text": "One."}, {"title": "no text"}]).json()
    assert (many["added"], many["refused"]) == (1, 1)
    assert [item["origin"] for item in many["items"]] == ["api:1", "api:2"]
    assert many["items"][1]["reason"] == "neither text nor html"


def test_when_everything_is_refused_the_answer_is_an_error(client: httpx.Client) -> None:
    document = problem(client.post("/v1/articles", json={"title": "x"}), 422, "source_refused")
    assert "neither text nor html" in document["detail"]
    assert document["items"][0]["outcome"] == "refused"


@pytest.mark.parametrize("content", [b"", b"[", b"[]", b'"text"', b"[1]", b'{"text": "\\ud800"}'])
def test_records_that_are_none(client: httpx.Client, content: bytes) -> None:
    headers = {"Content-Type": "application/json"}
    response = client.post("/v1/articles", content=content, headers=headers)
    problem(response, 422, "invalid_request")


def test_files_are_taken_in_under_their_own_names(
    client: httpx.Client, archive: MemoryArchive, tmp_path: Path
) -> None:
    files = [
        ("files", ("ferry.html", b"<p>Ferry</p>", "text/html")),
        ("files", ("ferry.html", b"<p>Another</p>", "text/html")),
        ("files", ("../../etc/überfahrt\n.txt", b"Text", "text/plain")),
    ]
    result = client.post("/v1/articles", files=files, data={"publisher": " Skerry Post "}).json()
    assert result["added"] == 3
    assert [(name, publisher) for name, publisher, _ in archive.received] == [
        ("ferry.html", "Skerry Post"),
        ("ferry.html", "Skerry Post"),
        ("überfahrt%0A.txt", "Skerry Post"),
    ]
    assert [content for _, _, content in archive.received][1] == b"<p>Another</p>"
    assert list(tmp_path.iterdir()) == [], "nothing of an upload stays behind"


def test_forms_that_cannot_be_used(client: httpx.Client) -> None:
    empty = client.post("/v1/articles", files={}, data={})
    problem(empty, 415, "unsupported_media_type")
    file = ("files", ("a.txt", b"x"))
    problem(client.post("/v1/articles", files=[file] * 4), 400, "bad_request")
    other = client.post("/v1/articles", files=[file], data={"author": "x"})
    assert "author" in problem(other, 422, "invalid_request")["detail"]
    headers = {"Content-Type": "multipart/form-data"}
    problem(client.post("/v1/articles", content=b"x", headers=headers), 400, "bad_request")


@pytest.mark.parametrize(
    ("given", "safe"),
    [
        ("story.html", "story.html"),
        ("C:\\Users\\x\\story.html", "story.html"),
        ("/etc/passwd", "passwd"),
        ("..", "upload"),
        ("", "upload"),
        (None, "upload"),
        ("a\x00b\r\n.md", "ab.md"),
        (".hidden", ".hidden"),
        ("渡" * 300 + ".txt", "渡" * 50 + ".txt"),
    ],
)
def test_names_of_strangers_are_made_safe(given: str | None, safe: str) -> None:
    assert safe_name(given) == safe


def test_an_upload_may_be_larger_than_a_question_but_not_without_end(
    client: httpx.Client,
) -> None:
    record = json.dumps({"text": "x" * 100_000}).encode()
    headers = {"Content-Type": "application/json"}
    assert client.post("/v1/articles", content=record, headers=headers).status_code == 200
    too_large = json.dumps({"text": "x" * 300_000}).encode()
    response = client.post("/v1/articles", content=too_large, headers=headers)
    assert "300,000" in problem(response, 413, "body_too_large")["detail"]
