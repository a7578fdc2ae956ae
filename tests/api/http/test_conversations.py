"""`/v1/conversations` over a socket: kept, listed, renamed, exported, deleted, gone on with."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from api.service import Service
from index.archive import Archive
from rag.bootstrap import build_engine
from rag.records import Turn
from rag.settings import RagSettings
from tests.api.http.conftest import QUESTION, QUOTE
from tests.api.http.event_streams import asking, streamed
from tests.api.http.in_memory import MemoryEngine
from tests.api.http.serving import serving
from tests.api.http.test_questions import problem
from tests.index.building import archive_in, ingest, record

FERRY = "The ferry to Osk runs again from Monday, the harbour office said on Friday."
BRIDGE = "The bridge at Harrowmouth will close for repairs in September, the county decided."


def begun(client: httpx.Client, **body: Any) -> str:
    """The id of a new conversation."""
    response = client.post("/v1/conversations", json=body)
    assert response.status_code == 201, response.text
    conversation_id: str = response.json()["conversation_id"]
    return conversation_id


def said_in(client: httpx.Client, conversation_id: str) -> dict[str, Any]:
    """A conversation with all its turns."""
    response = client.get(f"/v1/conversations/{conversation_id}")
    assert response.status_code == 200, response.text
    document: dict[str, Any] = response.json()
    return document


@pytest.mark.parametrize("stream", [False, True])
def test_answers_join_the_conversation_that_they_are_asked_in(
    client: httpx.Client, engine: MemoryEngine, stream: bool
) -> None:
    conversation_id = begun(client)
    if stream:
        done = streamed(client, QUESTION, conversation_id=conversation_id)[-1]
        assert done.data["conversation_id"] == conversation_id
    else:
        body = asking(QUESTION, conversation_id=conversation_id)
        assert client.post("/v1/chat", json=body).status_code == 200
    document = said_in(client, conversation_id)
    assert document["title"] == QUESTION
    assert document["created_at"] < document["updated_at"]
    (turn,) = document["turns"]
    assert turn["question"] == QUESTION
    assert turn["answer"] == client.post("/v1/ask", json={"question": QUESTION}).json()
    follow_up = asking("made up", "by the client", "And why?", conversation_id=conversation_id)
    assert client.post("/v1/chat", json=follow_up).status_code == 200
    assert engine.asked[-1].question == "And why?"
    assert engine.asked[-1].history == (
        Turn(role="user", content=QUESTION),
        Turn(
            role="assistant",
            content=QUOTE,
            titles=("Ferry to Osk runs again after eleven days ⛴️",),
        ),
    )
    assert [t["question"] for t in said_in(client, conversation_id)["turns"]] == [
        QUESTION,
        "And why?",
    ]


def test_nothing_is_kept_unasked(client: httpx.Client) -> None:
    client.post("/v1/chat", json=asking(QUESTION))
    streamed(client, QUESTION)
    assert client.get("/v1/conversations").json()["total"] == 0


def test_they_are_listed_latest_first_and_paged(client: httpx.Client) -> None:
    ids = [begun(client, title=f"  Talk {n} ") for n in range(3)]
    client.post("/v1/chat", json=asking(QUESTION, conversation_id=ids[0]))
    page = client.get("/v1/conversations", params={"limit": 2}).json()
    assert (page["total"], page["limit"], page["offset"]) == (3, 2, 0)
    assert [(each["title"], each["turns"]) for each in page["conversations"]] == [
        ("Talk 0", 1),
        ("Talk 2", 0),
    ]
    rest = client.get("/v1/conversations", params={"limit": 2, "offset": 2}).json()
    assert [each["conversation_id"] for each in rest["conversations"]] == [ids[1]]


def test_a_title_that_was_given_stays_until_it_is_changed(client: httpx.Client) -> None:
    conversation_id = begun(client, title="Ferries")
    client.post("/v1/chat", json=asking(QUESTION, conversation_id=conversation_id))
    assert said_in(client, conversation_id)["title"] == "Ferries"
    renamed = client.patch(f"/v1/conversations/{conversation_id}", json={"title": "Boats"})
    assert (renamed.status_code, renamed.json()["title"]) == (200, "Boats")
    assert renamed.json()["turns"] == 1
    assert said_in(client, conversation_id)["title"] == "Boats"


def test_one_that_was_deleted_is_gone(client: httpx.Client) -> None:
    conversation_id = begun(client)
    client.post("/v1/chat", json=asking(QUESTION, conversation_id=conversation_id))
    path = f"/v1/conversations/{conversation_id}"
    assert client.delete(path).status_code == 204
    for response in (
        client.get(path),
        client.delete(path),
        client.get(f"{path}/export"),
        client.patch(path, json={"title": "x"}),
        client.post("/v1/chat", json=asking(QUESTION, conversation_id=conversation_id)),
        client.post("/v1/chat", json=asking(QUESTION, conversation_id="' OR 1=1 --", stream=True)),
    ):
        problem(response, 404, "conversation_not_found")


@pytest.mark.parametrize(
    ("body", "field"),
    [({"title": ""}, "title"), ({"title": "x" * 201}, "title"), ({"name": "x"}, "name")],
)
def test_a_bad_title_names_its_field(
    client: httpx.Client, body: dict[str, Any], field: str
) -> None:
    made = client.post("/v1/conversations", json=body)
    assert problem(made, 422, "invalid_request")["errors"][0]["field"] == field


@pytest.mark.parametrize("title", [" ", "\n\t", "\0", " \0 "])
def test_a_title_of_nothing_is_none(client: httpx.Client, title: str) -> None:
    problem(client.post("/v1/conversations", json={"title": title}), 422, "invalid_request")
    path = f"/v1/conversations/{begun(client, title='Ferries')}"
    problem(client.patch(path, json={"title": title}), 422, "invalid_request")
    assert client.get(path).json()["title"] == "Ferries"


def test_a_title_is_measured_without_what_surrounds_it(client: httpx.Client) -> None:
    made = client.post("/v1/conversations", json={"title": f"  {'x' * 199}\0y\n"})
    assert (made.status_code, made.json()["title"]) == (201, "x" * 199 + "y")


def test_the_export_as_json_is_all_that_is_stored(client: httpx.Client) -> None:
    conversation_id = begun(client)
    client.post("/v1/chat", json=asking(QUESTION, conversation_id=conversation_id))
    exported = client.get(f"/v1/conversations/{conversation_id}/export")
    assert exported.json() == said_in(client, conversation_id)
    assert exported.headers["content-disposition"] == (
        f'attachment; filename="{conversation_id}.json"'
    )


def test_the_export_as_markdown_can_be_read(client: httpx.Client) -> None:
    conversation_id = begun(client, title="Ferries *and* <b>")
    client.post("/v1/chat", json=asking(QUESTION, conversation_id=conversation_id))
    client.post("/v1/chat", json=asking("Who won?", conversation_id=conversation_id))
    path = f"/v1/conversations/{conversation_id}/export"
    exported = client.get(path, params={"format": "markdown"})
    assert exported.headers["content-type"] == "text/markdown; charset=utf-8"
    assert exported.text == (
        f"# Ferries \\*and\\* \\<b\\>\n\n## {QUESTION}\n\n{QUOTE} [1]\n\n"
        f"1. “{QUOTE}” — Ferry to Osk runs again after eleven days ⛴️, Skerry Post, 2026-03-06, "
        "<https://skerry.example/ferry?id=1&lang=en>\n\n"
        "## Who won?\n\nThe archive does not say.\n"
    )


@contextmanager
def served(folder: Path) -> Iterator[tuple[httpx.Client, Archive]]:
    """A real archive and engine behind a real socket."""
    with archive_in(folder) as archive:
        engine = build_engine(archive, RagSettings(answer_threshold=0.0))
        service = Service(engine=engine, archive=archive, scratch=folder)
        with serving(service) as url, httpx.Client(base_url=url, timeout=10) as client:
            yield client, archive


def test_conversations_outlive_the_service_but_not_the_articles(tmp_path: Path) -> None:
    with served(tmp_path) as (client, archive):
        ingest(archive, record("ferry", FERRY), record("bridge", BRIDGE))
        conversation_id = begun(client)
        body = asking(QUESTION, conversation_id=conversation_id)
        answer = client.post("/v1/chat", json=body).json()
        assert answer["citations"][0]["quote"] == FERRY
    with served(tmp_path) as (client, archive):
        assert said_in(client, conversation_id)["turns"][0]["answer"] == answer
        gone = answer["citations"][0]["article_id"]
        assert client.delete(f"/v1/articles/{gone}").status_code == 204
        document = said_in(client, conversation_id)
        assert document["turns"][0]["question"] == QUESTION
        assert "harbour office" not in str(document["turns"][0]["answer"])
        exported = client.get(
            f"/v1/conversations/{conversation_id}/export", params={"format": "markdown"}
        )
        assert "harbour office" not in exported.text
