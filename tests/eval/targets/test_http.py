"""The HTTP target against a real server on a loopback socket."""

from __future__ import annotations

import base64
import json
import logging
import math
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict
from datetime import date
from typing import Any

import pytest
import uvicorn
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, PlainTextResponse, Response

from eval.replies import reply_of
from eval.targets.base import TOP_K, Corpus, Provenance
from eval.targets.http import HttpTarget
from index.errors import InputError, StoreUnavailable, TargetUnreadable
from rag.records import Answer
from tests.eval.fakes import TEXTS, MemoryArchive, answered, citation, evaluate, gold, passage

ANSWER = answered(
    citation(1, "a1", "It burned down in 1901.", carried_by=["a2"]),
    short_answer="1901",
    retrieved=[passage("a1", 0, 66)],
)


class Service:
    """A canned Quoth: answers by what the question says, and remembers what it was asked."""

    def __init__(self, url: str, asked: list[dict[str, Any]]) -> None:
        self.url = url
        self.asked = asked


def as_sent(answer: Answer) -> dict[str, Any]:
    """Return the answer with only those keys in `retrieved` that the contract shows."""
    shown = ("passage_id", "article_id", "title", "text", "start", "end", "score")
    document = asdict(answer) | {"added_later": True}
    document["retrieved"] = [{key: one[key] for key in shown} for one in document["retrieved"]]
    document["citations"][0]["published_at"] = "1901-05-02"
    return document


def problem(status: int, detail: str) -> JSONResponse:
    content = {"title": "Refused", "status": status, "detail": detail, "code": "x"}
    return JSONResponse(content, status_code=status, media_type="application/problem+json")


def canned(asked: list[dict[str, Any]]) -> FastAPI:
    app = FastAPI()
    archive = MemoryArchive()

    @app.post("/v1/ask")
    async def ask(request: Request) -> Response:
        body = await request.json()
        asked.append(body)
        match body["question"]:
            case "What about refused?":
                return problem(422, "the question is\ntoo long")
            case "What about broken?":
                return PlainTextResponse("<html>oops</html>", status_code=500)
            case "What about garbled?":
                return PlainTextResponse("not json")
            case "What about partial?":
                return JSONResponse({"id": "ans_1", "retrieved": [7]})
            case "What about nan?":
                return PlainTextResponse(json.dumps(as_sent(ANSWER) | {"confidence": math.nan}))
            case "What about list?":
                return JSONResponse([])
        return JSONResponse(as_sent(ANSWER))

    @app.get("/v1/status")
    def status() -> Any:
        return {
            "version": "1.2",
            "fingerprint": "f",
            "articles": 3,
            "passages": 9,
            "models": {"reader": "r@1"},
            "settings": {"fusion": "min-max"},
        }

    @app.get("/v1/articles")
    def articles(limit: int = 50, offset: int = 0) -> Any:
        return archive.articles(limit=limit, offset=offset)

    @app.get("/v1/articles/{article_id}")
    def article(article_id: str) -> Any:
        if article_id == "bad":
            return {"body": "no text"}
        return archive.article(article_id) if article_id in TEXTS else problem(404, "no article")

    return app


@contextmanager
def served(app: FastAPI) -> Iterator[str]:
    config = uvicorn.Config(app, log_level="error", ws="none", lifespan="off")
    server = uvicorn.Server(config)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        while not server.started:
            time.sleep(0.01)
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        server.should_exit = True
        thread.join()


@pytest.fixture(scope="module")
def service() -> Iterator[Service]:
    asked: list[dict[str, Any]] = []
    with served(canned(asked)) as url:
        yield Service(url, asked)


@pytest.fixture
def target(service: Service) -> Iterator[HttpTarget]:
    with HttpTarget.connect(f"{service.url}/") as connected:
        yield connected


def free_url() -> str:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return f"http://127.0.0.1:{listener.getsockname()[1]}"


def test_answers_come_back_as_records(target: HttpTarget, service: Service) -> None:
    reply = target.ask(gold().model_copy(update={"as_of": date(2026, 1, 6)}))
    assert service.asked[-1] == {
        "question": "What about q1?",
        "top_k": TOP_K,
        "as_of": "2026-01-06",
    }
    [found] = reply.citations or ()
    assert (found.published_at, found.copies) == ("1901-05-02", ("a2",))
    assert reply.retrieved == reply_of(ANSWER, None).retrieved
    assert reply.outcome is ANSWER.outcome
    assert reply.milliseconds is not None
    assert reply.milliseconds > 0


def test_articles_are_found_and_read(target: HttpTarget, service: Service) -> None:
    assert target.name == service.url
    assert target.resolve("a3.txt") == {"a3"}
    assert target.resolve("https://news.example/a2") == {"a2"}
    assert target.article_text("a1") == TEXTS["a1"]
    assert target.article_text("../a9?x=1") is None
    with pytest.raises(TargetUnreadable, match="sent an article that cannot be read"):
        target.article_text("bad")


@pytest.mark.parametrize(
    ("question", "error"),
    [
        ("refused", "answered 422: the question is too long"),
        ("broken", "answered 500"),
        ("garbled", "sent an answer that cannot be read"),
        ("partial", "sent an answer that cannot be read (question: Field required)"),
        ("nan", "sent an answer that cannot be read (NaN is not JSON)"),
        ("list", "sent an answer that cannot be read"),
    ],
)
def test_a_failing_question_is_a_row(target: HttpTarget, question: str, error: str) -> None:
    evaluation = evaluate([gold(question), gold("fine")], target)
    failed, fine = evaluation.questions
    assert failed.error is not None
    assert error in failed.error
    assert "\n" not in failed.error
    assert (fine.error, fine.correct, (fine.citations or ())[0].exact) == (None, True, True)
    assert evaluation.value("Success@1") == 0.5


def test_nobody_there_is_said_in_one_line() -> None:
    url = free_url()
    with pytest.raises(StoreUnavailable) as caught:
        HttpTarget.connect(url)
    assert str(caught.value) == f"no Quoth answers at {url}: start it, or correct the URL"


def test_a_service_that_is_gone_is_told_before_anything_is_asked() -> None:
    with HttpTarget(free_url()) as gone, pytest.raises(StoreUnavailable, match="no Quoth answers"):
        evaluate([gold(answers=())], gone)


def test_what_a_service_says_of_itself_is_kept(target: HttpTarget) -> None:
    provenance = target.provenance()
    assert provenance.corpus == Corpus(fingerprint="f", articles=3, passages=9)
    assert (provenance.version, provenance.models) == ("1.2", {"reader": "r@1"})
    assert provenance.settings == {"fusion": "min-max"}


def test_a_service_that_says_nothing_of_itself_is_evaluated_all_the_same() -> None:
    app = FastAPI()  # answers 404 to everything
    with served(app) as url, HttpTarget(url) as plain:
        assert plain.provenance() == Provenance()


@contextmanager
def trickling(head: bytes) -> Iterator[str]:
    """Yield the URL of a service that sends this, then a byte now and then for three seconds."""
    stop = threading.Event()

    def serve(listener: socket.socket) -> None:
        connection, _ = listener.accept()
        with connection, suppress(OSError):  # whoever listened has gone
            connection.recv(65536)
            connection.sendall(head)
            for _ in range(60):
                connection.sendall(b"a")
                if stop.wait(0.05):
                    return

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=serve, args=(listener,))
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        stop.set()
        thread.join()


@pytest.mark.parametrize(
    "head",
    [
        b"HTTP/1.1 200 OK\r\nX-Slow: ",
        b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
    ],
)
def test_signs_of_life_do_not_put_off_the_deadline(head: bytes) -> None:
    started = time.monotonic()
    with trickling(head) as url:
        with pytest.raises(StoreUnavailable) as caught:
            HttpTarget.connect(url, timeout_seconds=0.3)
        assert time.monotonic() - started < 2
    assert str(caught.value) == f"{url} did not answer within 0.3 seconds"


def test_a_silent_service_is_said_to_be_slow() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        with pytest.raises(StoreUnavailable, match=r"did not answer within 0\.2 seconds"):
            HttpTarget.connect(url, timeout_seconds=0.2)


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("", "''"),
        ("not a url", "'not a url'"),
        ("localhost:8000", "'localhost:8000'"),
        ("ftp://ada:secret@host", "'ftp://host'"),
        ("ada:secret@host", "'host'"),
        ("http://ada:secret@[::1", "'[::1'"),
    ],
)
def test_what_is_no_url_is_said_to_be_none(url: str, shown: str) -> None:
    with pytest.raises(InputError) as caught:
        HttpTarget.connect(url)
    assert str(caught.value) == f"{shown} is not a URL: give one like http://host:8000"


def test_a_password_in_the_url_is_sent_and_not_shown(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    app = FastAPI()

    @app.get("/v1/articles")
    def articles(request: Request) -> Response:
        return problem(403, request.headers["authorization"])

    with served(app) as url:
        given = f"{url.replace('//', '//ada:hunter2@')}/"
        with HttpTarget(given) as target:
            assert target.name == url
            with pytest.raises(InputError) as caught:
                target.resolve("a1")
    sent = base64.b64encode(b"ada:hunter2").decode()
    assert str(caught.value) == f"{url} answered 403: Basic {sent}"
    assert "hunter2" not in caplog.text


def test_a_server_that_is_no_quoth_is_said_to_be_none() -> None:
    app = FastAPI()
    with served(app) as url, pytest.raises(InputError) as caught:
        HttpTarget.connect(url)
    said = f"{url} is no Quoth (GET /v1/articles: 404): give the URL of a running Quoth"
    assert str(caught.value) == said


def test_a_page_in_place_of_a_listing_is_said_to_be_no_json() -> None:
    app = FastAPI()
    app.get("/v1/articles")(lambda: PlainTextResponse("<html>Welcome!</html>"))
    with served(app) as url, pytest.raises(TargetUnreadable) as caught:
        HttpTarget.connect(url)
    said = f"{url} sent a listing of articles that cannot be read (Invalid JSON: expected value"
    assert str(caught.value).startswith(said)


def listing(articles: Callable[[int], list[str]]) -> FastAPI:
    """Return a service with a listing without end, of these ids by offset."""
    app = FastAPI()

    @app.get("/v1/articles")
    def page(offset: int) -> Any:
        return {"articles": [{"article_id": one} for one in articles(offset)], "total": 10**9}

    return app


def test_a_listing_that_repeats_itself_is_an_error() -> None:
    app = listing(lambda _: ["a1", "a2"])
    with served(app) as url, pytest.raises(TargetUnreadable) as caught:
        HttpTarget.connect(url)
    assert str(caught.value) == (
        f"{url} lists the same articles again and again: 2 of the 1000000000 that it says it has"
    )


def test_a_listing_that_shifts_while_it_is_read_is_read_to_its_end() -> None:
    pages = {0: ["a1", "a2"], 2: ["a2", "a3"]}
    app = listing(lambda offset: pages.get(offset, []))
    with served(app) as url, HttpTarget.connect(url) as target:
        assert target.resolve("a3") == {"a3"}
