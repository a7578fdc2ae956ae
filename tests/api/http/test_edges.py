"""What holds for every route: problem documents, headers, guards, limits, probes, OpenAPI."""

from __future__ import annotations

import asyncio
import os
import re
import sys
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from contextvars import ContextVar
from dataclasses import dataclass, replace

import httpx
import pytest

from api.http.problems import ProblemError, status_of
from api.http.threads import NICENESS, Threads
from api.service import Limits, Service
from index.errors import (
    ArchiveDamaged,
    ArchiveLocked,
    ModelUnavailable,
    QuestionInvalid,
    QuothError,
    StoreUnavailable,
)
from index.records import IngestReport
from rag.events import AnswerEvent, AnswerGiven, Cancelled
from rag.records import Answer, Query, RetrievedPassage
from tests.api.http.in_memory import MemoryArchive, MemoryEngine
from tests.api.http.leaving import PATIENCE
from tests.api.http.serving import serving
from tests.api.http.test_questions import problem


@dataclass
class EngineThat:
    """Does whatever the test says, in place of answering."""

    act: Callable[[Query], object]

    def ask(self, query: Query) -> Answer:
        self.act(query)
        raise AssertionError("nothing was raised")

    def ask_stream(self, query: Query, cancelled: Cancelled) -> Iterator[AnswerEvent]:  # noqa: ARG002 - it raises before
        yield AnswerGiven(answer=self.ask(query))

    def search(self, query: Query) -> Sequence[RetrievedPassage]:
        self.act(query)
        return []


def raising(error: Exception) -> EngineThat:
    def act(query: Query) -> None:
        raise error

    return EngineThat(act)


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (QuestionInvalid("empty", hint="ask something"), 422),
        (ArchiveLocked("another process holds it"), 503),
        (StoreUnavailable("no answer from the store"), 503),
        (ModelUnavailable("weights are missing"), 503),
        (ArchiveDamaged("a page is torn"), 500),
    ],
)
def test_errors_of_the_core_keep_code_hint_and_retryable(
    service: Service, error: QuothError, status: int
) -> None:
    with serving(replace(service, engine=raising(error))) as url:
        response = httpx.post(f"{url}/v1/ask", json={"question": "x"})
    document = problem(response, status, error.code)
    assert document["detail"] == error.message
    assert document["hint"] == error.hint
    assert document["retryable"] is error.retryable
    assert ("retry-after" in response.headers) is error.retryable
    assert document["instance"] == "/v1/ask"


def _tree(kind: type[QuothError]) -> Iterator[type[QuothError]]:
    yield kind
    for child in kind.__subclasses__():
        yield from _tree(child)


@pytest.mark.parametrize("kind", list(_tree(QuothError)))
def test_every_error_has_a_status(kind: type[QuothError]) -> None:
    assert 400 <= status_of(kind("x")) <= 599


def test_the_unforeseen_is_a_500_without_a_trace(service: Service) -> None:
    with serving(replace(service, engine=raising(ZeroDivisionError("secret")))) as url:
        # Unlike the service's own logs, those of tests draw tracebacks in full, and slowly.
        response = httpx.post(f"{url}/v1/ask", json={"question": "x"}, timeout=30)
        assert httpx.get(f"{url}/healthz").status_code == 200
    problem(response, 500, "internal")
    assert "secret" not in response.text
    assert "ZeroDivision" not in response.text
    assert "default-src 'none'" in response.headers["content-security-policy"]


def test_unknown_paths_and_methods(client: httpx.Client) -> None:
    problem(client.get("/v2/ask"), 404, "not_found")
    problem(client.get("/assets/../app.py"), 404, "not_found")
    problem(client.get("/assets/%2e%2e%2fservice.py"), 404, "not_found")
    wrong = client.get("/v1/ask")
    problem(wrong, 405, "method_not_allowed")
    assert wrong.headers["allow"] == "POST"


@pytest.mark.parametrize("path", ["/", "/docs", "/healthz", "/v1/articles", "/nowhere"])
def test_every_response_carries_security_headers(client: httpx.Client, path: str) -> None:
    headers = client.get(path).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    policy = headers["content-security-policy"]
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert headers["x-request-id"]
    assert "server" not in headers


def test_a_request_id_is_kept_when_it_is_harmless(client: httpx.Client) -> None:
    kept = client.get("/healthz", headers={"X-Request-ID": "trace-1.2_3"})
    assert kept.headers["x-request-id"] == "trace-1.2_3"
    for bad in ("a b", "x" * 65, "<script>"):
        other = client.get("/healthz", headers={"X-Request-ID": bad})
        assert other.headers["x-request-id"] != bad


def test_other_origins_cannot_write(client: httpx.Client, archive: MemoryArchive) -> None:
    for origin in ("https://evil.example", "null", "http://127.0.0.1:1", "http://localhost"):
        headers = {"Origin": origin}
        problem(client.delete("/v1/articles/art-ferry", headers=headers), 403, "cross_origin")
        asked = client.post("/v1/ask", json={"question": "x"}, headers=headers)
        problem(asked, 403, "cross_origin")
    cross_site = client.delete("/v1/articles/art-ferry", headers={"Sec-Fetch-Site": "cross-site"})
    problem(cross_site, 403, "cross_origin")
    assert "art-ferry" in archive.held
    own = f"http://{client.base_url.netloc.decode()}"
    assert client.delete("/v1/articles/art-ferry", headers={"Origin": own}).status_code == 204


def test_only_the_hosts_own_names_are_answered(service: Service) -> None:
    with serving(service) as url:
        port = url.rpartition(":")[2]
        for host in (f"localhost:{port}", f"127.0.0.1:{port}", f"[::1]:{port}", "LOCALHOST"):
            assert httpx.get(f"{url}/healthz", headers={"Host": host}).status_code == 200
        for host in (f"rebound.example:{port}", "localhost.evil.example", "[::2]"):
            response = httpx.get(f"{url}/v1/articles", headers={"Host": host})
            problem(response, 403, "host_not_allowed")
    with serving(replace(service, allowed_hosts=None)) as url:
        anyone = httpx.get(f"{url}/healthz", headers={"Host": "archive.example"})
        assert anyone.status_code == 200


def test_bodies_are_limited_as_they_arrive(client: httpx.Client) -> None:
    headers = {"Content-Type": "application/json"}
    announced = client.post("/v1/ask", content=b"x" * 20_001, headers=headers)
    problem(announced, 413, "body_too_large")
    streamed = client.post("/v1/ask", content=(b"x" * 1_000 for _ in range(30)), headers=headers)
    assert "content-length" not in streamed.request.headers
    problem(streamed, 413, "body_too_large")
    boundary = {"Content-Type": "multipart/form-data; boundary=b"}
    head = b'--b\r\nContent-Disposition: form-data; name="files"; filename="a.txt"\r\n\r\n'
    endless = (head if not n else b"x" * 10_000 for n in range(40))
    problem(client.post("/v1/articles", content=endless, headers=boundary), 413, "body_too_large")
    huge = client.post("/v1/ask", content=b"x" * 8_000_000, headers=headers)
    problem(huge, 413, "body_too_large")
    assert client.get("/healthz").status_code == 200


def test_the_service_stays_awake_while_the_engine_works(service: Service) -> None:
    release = threading.Event()
    limits = Limits(engine_threads=1, waiting=1)
    slow = EngineThat(lambda _: release.wait(PATIENCE))

    def search(url: str) -> httpx.Response:
        return httpx.post(f"{url}/v1/search", json={"question": "x"}, timeout=PATIENCE)

    with (
        serving(replace(service, engine=slow, limits=limits)) as url,
        ThreadPoolExecutor(3) as searching,
    ):
        searches = [searching.submit(search, url) for _ in range(3)]
        try:
            ended, _ = wait(searches, PATIENCE, return_when=FIRST_COMPLETED)
            (response,) = [each.result() for each in ended]
            document = problem(response, 503, "busy")
            assert document["retryable"] is True
            assert response.headers["retry-after"]
            assert httpx.get(f"{url}/healthz").status_code == 200
            assert httpx.get(f"{url}/v1/articles").status_code == 200
            assert httpx.get(f"{url}/readyz").status_code == 200
        finally:
            release.set()
    assert sorted(each.result().status_code for each in searches) == [200, 200, 503]


def test_the_queue_has_the_length_that_was_set_also_for_those_who_come_at_once() -> None:
    release = threading.Event()

    async def come(threads: Threads) -> list[bool]:
        """Who was let in. All come in one turn of the loop."""

        async def call() -> bool:
            try:
                return await threads.engine(lambda: release.wait(PATIENCE))
            except ProblemError:
                release.set()  # the last ones are refused
                return False

        return await asyncio.gather(*(call() for _ in range(9)))

    let_in = asyncio.run(come(Threads(Limits(engine_threads=2, waiting=3))))
    assert let_in == [True] * 5 + [False] * 4


@pytest.mark.skipif(sys.platform != "linux", reason="threads have priorities on Linux alone")
def test_changes_give_way_to_questions_and_know_for_which_request_they_are() -> None:
    request: ContextVar[str] = ContextVar("request")

    def seen() -> tuple[int, str]:
        return os.getpriority(os.PRIO_PROCESS, threading.get_native_id()), request.get()

    async def come(threads: Threads) -> list[tuple[int, str]]:
        request.set("of Ada")
        calls = (threads.engine, threads.change, threads.archive, threads.engine)
        return [await call(seen) for call in calls]

    usual = os.getpriority(os.PRIO_PROCESS, 0)
    given_way = max(usual, NICENESS)
    found = asyncio.run(come(Threads(Limits())))
    assert [name for _, name in found] == ["of Ada"] * 4
    assert [priority for priority, _ in found] == [usual, given_way, usual, usual]


def test_articles_are_read_while_others_are_taken_in(
    service: Service, archive: MemoryArchive
) -> None:
    release = threading.Event()
    taking = _Taking(archive, release)
    limits = Limits(archive_threads=1)
    with serving(replace(service, archive=taking, limits=limits)) as url:

        def send() -> None:
            httpx.post(f"{url}/v1/articles", json={"text": "One."}, timeout=PATIENCE)

        senders = [threading.Thread(target=send) for _ in range(3)]
        for sender in senders:
            sender.start()
        try:
            assert taking.begun.wait(PATIENCE)
            assert httpx.get(f"{url}/v1/articles").status_code == 200
            assert httpx.get(f"{url}/v1/articles/art-ferry").status_code == 200
        finally:
            release.set()
            for sender in senders:
                sender.join(PATIENCE)
    assert (len(archive.received), taking.most_at_once) == (3, 1)


class _Taking(MemoryArchive):
    """Takes nothing in before it is told to."""

    def __init__(self, archive: MemoryArchive, release: threading.Event) -> None:
        super().__init__(held=archive.held, received=archive.received)
        self.begun = threading.Event()
        self.release = release
        self.now = self.most_at_once = 0

    def ingest_records(
        self, records: Sequence[Mapping[str, object]], *, origin: str
    ) -> IngestReport:
        self.now += 1
        self.most_at_once = max(self.most_at_once, self.now)
        self.begun.set()
        assert self.release.wait(PATIENCE)
        self.now -= 1
        return super().ingest_records(records, origin=origin)


def test_probes(service: Service, archive: MemoryArchive) -> None:
    with serving(service) as url:
        assert httpx.get(f"{url}/healthz").json() == {"status": "ok"}
        ready = httpx.get(f"{url}/readyz")
        assert ready.status_code == 200
        assert ready.json() == {"ready": True, "reasons": [], "articles": 2, "passages": 2}
        archive.reasons = ("the dense index is behind",)
        late = httpx.get(f"{url}/readyz")
        assert late.status_code == 503
        assert late.json()["reasons"] == ["the dense index is behind"]


def test_openapi_has_examples_and_problem_documents_everywhere(
    client: httpx.Client, engine: MemoryEngine
) -> None:
    document = client.get("/openapi.json").json()
    wanted = {"/v1/ask", "/v1/search", "/v1/articles", "/v1/articles/{article_id}"}
    wanted |= {"/v1/feedback", "/v1/status", "/v1/chat", "/v1/conversations"}
    one = "/v1/conversations/{conversation_id}"
    wanted |= {one, f"{one}/export", "/v1/publishers", "/v1/ingests"}
    versions = "/v1/articles/{article_id}/versions"
    wanted |= {versions, f"{versions}/{{version}}"}
    of_openai = {"/v1/chat/completions", "/v1/models", "/v1/models/{model}"}
    wanted |= of_openai
    assert wanted | {"/healthz", "/readyz"} == set(document["paths"])
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            for status, response in operation["responses"].items():
                content = response.get("content", {})
                if status == "200":
                    assert "example" in content["application/json"], (method, path)
                elif path in of_openai and status >= "400":
                    assert list(content) == ["application/json"], (method, path, status)
                elif path.startswith("/v1/") and status >= "400":
                    assert list(content) == ["application/problem+json"], (method, path, status)
    assert "HTTPValidationError" not in str(document["paths"])


def test_the_pages_files_are_cached_by_content(client: httpx.Client) -> None:
    for path in ("/", "/docs", "/assets/app.js", "/assets/style.css", "/assets/swagger-ui.css"):
        first = client.get(path)
        assert first.status_code == 200
        assert first.headers["cache-control"] == "no-cache"
        again = client.get(path, headers={"If-None-Match": first.headers["etag"]})
        assert (again.status_code, again.content) == (304, b"")
        assert client.head(path).headers["content-length"] == str(len(first.content))
    assert client.get("/assets/app.js").headers["content-type"].startswith("text/javascript")


def test_the_pages_name_no_other_host(client: httpx.Client) -> None:
    for path in ("/", "/docs", "/assets/app.js", "/assets/docs.js", "/assets/style.css"):
        assert re.findall(r"https?://[^\s\"']+", client.get(path).text) == []
