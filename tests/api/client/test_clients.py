"""Both clients over a real socket: what they send, read, raise, and go on with."""

from __future__ import annotations

import asyncio
import inspect
import re
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import httpx
import pytest

from api.client import (
    AccessDenied,
    AnswerTold,
    AsyncQuoth,
    CitationTold,
    Concluded,
    NotFound,
    Quoth,
    ReplyUnreadable,
    RequestRefused,
    SentenceTold,
    ServiceFailed,
    ServiceUnreachable,
    StatusTold,
    TimedOut,
    TooManyRequests,
    calls,
)
from api.http.access.rules import AccessRules
from api.service import Limits, Service
from index.catalogue.keys import KeyWanted, Scope
from index.errors import StoreUnavailable
from index.keys import open_keys
from index.records import Filters, Rating
from index.settings import IndexSettings
from rag.events import AnswerEvent, Cancelled, never
from rag.records import Outcome, Query, Turn
from tests.api.client.connections import answering, relaying, saying
from tests.api.http.conftest import QUESTION, QUOTE
from tests.api.http.in_memory import MemoryArchive, MemoryEngine
from tests.api.http.leaving import PATIENCE
from tests.api.http.serving import serving
from tests.index.building import archive_in, ingest, record

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: %s\r\nConnection: close\r\n\r\n"
EVENTS = HEAD % b"text/event-stream"
STATUS = b'event: status\ndata: {"stage": "retrieving", "message": "x"}\nid: s:1\n\n'

Do = Callable[[Any], Any]
Way = Callable[..., Any]


def in_threads(url: str, do: Do, **options: Any) -> Any:
    """What comes of a call of `Quoth`; of a stream, its events."""
    with Quoth(url, **options) as quoth:
        found = do(quoth)
        return list(found) if isinstance(found, Iterator) else found


def in_a_loop(url: str, do: Do, **options: Any) -> Any:
    """What comes of a call of `AsyncQuoth`; of a stream, its events."""

    async def done() -> Any:
        async with AsyncQuoth(url, **options) as quoth:
            found: AsyncIterator[Any] | Awaitable[Any] = do(quoth)
            if isinstance(found, AsyncIterator):
                return [each async for each in found]
            return await found

    return asyncio.run(done())


@pytest.fixture(params=[in_threads, in_a_loop])
def way(request: pytest.FixtureRequest) -> Way:
    way: Way = request.param
    return way


@pytest.fixture
def url(service: Service) -> Iterator[str]:
    with serving(service) as url:
        yield url


def test_both_have_the_same_methods_with_the_same_parameters() -> None:
    def methods(kind: type) -> dict[str, Any]:
        return {
            name: (list(inspect.signature(each).parameters), inspect.getdoc(each))
            for name, each in inspect.getmembers(kind, inspect.isfunction)
            if not name.startswith("_")
        }

    sync, loop = methods(Quoth), methods(AsyncQuoth)
    assert sync.keys() == loop.keys()
    assert sync["ask"] == loop["ask"]
    assert sync["ask"][0][:2] == ["client", "question"]
    assert [name for name, (_, words) in sync.items() if not words and name != "close"] == []


ELSEWHERE = {"POST /v1/chat/completions", "GET /v1/models", "GET /v1/models/{}", "GET /healthz"}
"""OpenAI's own clients call these, and `readiness` says more than that a process answers."""


def test_every_route_has_a_method(url: str) -> None:
    document = httpx.get(f"{url}/openapi.json").json()
    routes = {
        f"{method.upper()} {re.sub('{.*?}', '{}', path)}"
        for path, operations in document["paths"].items()
        for method in operations
    }
    called = {
        f"{call.method} {call.path.replace('~', '{}').replace('/7', '/{}')}"
        for call in (
            calls.ask("?"),
            calls.search("?"),
            calls.chat("?"),
            calls.rate("a", "up"),
            calls.create_conversation(),
            calls.conversations(),
            calls.conversation("~"),
            calls.rename_conversation("~", "x"),
            calls.delete_conversation("~"),
            calls.export_conversation("~"),
            calls.articles(),
            calls.article("~"),
            calls.article_versions("~"),
            calls.article_version("~", 7),
            calls.publishers(),
            calls.add_articles([]),
            calls.upload([]),
            calls.delete_article("~"),
            calls.ingests(),
            calls.status(),
            calls.readiness(),
        )
    }
    assert routes - ELSEWHERE == called


class TestCalls:
    def test_an_answer_is_a_record(self, way: Way, url: str, engine: MemoryEngine) -> None:
        filters = Filters(publishers=("Skerry Post",), since=date(2026, 1, 1))
        answer = way(url, lambda quoth: quoth.ask(QUESTION, filters=filters, top_k=1))
        assert answer.outcome is Outcome.ANSWERED
        assert answer.citations[0].quote == QUOTE
        assert answer.citations[0].published_at == date(2026, 3, 6)
        assert engine.asked == [Query(question=QUESTION, filters=filters, top_k=1)]

    def test_quotes_lie_where_they_are_said_to(self, way: Way, url: str) -> None:
        (citation,) = way(url, lambda quoth: quoth.ask(QUESTION)).citations
        article = way(url, lambda quoth: quoth.article(citation.article_id))
        assert article.text[citation.start : citation.end] == citation.quote

    def test_searching_and_listing(self, way: Way, url: str) -> None:
        found = way(url, lambda quoth: quoth.search(QUESTION, top_k=1))
        assert [each.article_id for each in found.passages] == ["art-ferry"]
        page = way(url, lambda quoth: quoth.articles(contains="BRIDGE", limit=5))
        assert [(each.article_id, page.total) for each in page.articles] == [("art-bridge", 1)]

    def test_what_went_before(self, way: Way, url: str) -> None:
        (version,) = way(url, lambda quoth: quoth.article_versions("art-ferry"))
        assert (version.version, version.published_at) == (1, date(2026, 3, 6))
        assert QUOTE in way(url, lambda quoth: quoth.article_version("art-ferry", 1)).text
        counted = way(url, lambda quoth: quoth.publishers())
        assert [(each.publisher, each.articles) for each in counted] == [
            ("Harrowmouth Echo", 1),
            ("Skerry Post", 1),
        ]

    def test_what_was_taken_in(self, way: Way, service: Service, tmp_path: Path) -> None:
        with archive_in(tmp_path) as archive:
            for number in range(2):
                ingest(
                    archive, record(f"it{number}", f"It rained on day {number}."), record("b", "")
                )
            with serving(replace(service, archive=archive)) as url:
                (latest,) = way(url, lambda quoth: quoth.ingests(limit=1))
                assert len(way(url, lambda quoth: quoth.ingests())) == 2
        assert (latest.added, [each.origin for each in latest.refused]) == (1, ["test:2"])

    def test_an_answer_is_rated(self, way: Way, url: str, archive: MemoryArchive) -> None:
        answer = way(url, lambda quoth: quoth.ask(QUESTION))
        kept = way(url, lambda quoth: quoth.rate(answer.id, Rating.DOWN, comment="Which one?"))
        assert (kept.rating, kept.comment) == (Rating.DOWN, "Which one?")
        assert archive.rated[answer.id].rating is Rating.DOWN

    def test_articles_come_and_go(
        self, way: Way, url: str, archive: MemoryArchive, tmp_path: Path
    ) -> None:
        result = way(url, lambda quoth: quoth.add_articles([{"text": "News."}, {"title": "No"}]))
        assert (result.added, result.refused) == (1, 1)
        path = tmp_path / "überfahrt.txt"
        path.write_text("Text", encoding="utf-8")
        sent = way(url, lambda quoth: quoth.upload([path], publisher="Skerry Post"))
        assert sent.added == 1
        assert archive.received[-1] == ("überfahrt.txt", "Skerry Post", b"Text")
        assert way(url, lambda quoth: quoth.delete_article("art-ferry")) is None
        assert "art-ferry" not in archive.held

    def test_a_conversation_from_beginning_to_end(self, way: Way, url: str) -> None:
        begun = way(url, lambda quoth: quoth.create_conversation(title="Ferries"))
        same = begun.conversation_id
        answer = way(url, lambda quoth: quoth.chat(QUESTION, conversation_id=same))
        kept = way(url, lambda quoth: quoth.conversation(same))
        assert [turn.answer["id"] for turn in kept.turns] == [answer.id]
        assert way(url, lambda quoth: quoth.rename_conversation(same, "Boats")).title == "Boats"
        assert way(url, lambda quoth: quoth.conversations()).total == 1
        assert way(url, lambda quoth: quoth.export_conversation(same)).startswith("# Boats\n")
        way(url, lambda quoth: quoth.delete_conversation(same))
        with pytest.raises(NotFound) as caught:
            way(url, lambda quoth: quoth.conversation(same))
        assert caught.value.code == "conversation_not_found"

    def test_what_was_said_before_is_sent(self, way: Way, url: str, engine: MemoryEngine) -> None:
        history = [
            Turn(role="user", content="Who is Ilse Varn?"),
            Turn(role="assistant", content="The harbour master."),
        ]
        way(url, lambda quoth: quoth.chat("And her ferry?", history=history))
        assert list(engine.asked[-1].history) == history

    def test_a_service_that_is_not_ready_says_why(
        self, way: Way, url: str, archive: MemoryArchive
    ) -> None:
        assert way(url, lambda quoth: quoth.readiness()).ready
        archive.reasons = ("the dense index is 12 changes behind",)
        readiness = way(url, lambda quoth: quoth.readiness())
        assert (readiness.ready, readiness.reasons) == (False, archive.reasons)

    def test_the_status_names_the_version(self, way: Way, url: str) -> None:
        assert way(url, lambda quoth: quoth.status()).version == ""


class TestFailures:
    def test_a_refusal_names_the_fields(self, way: Way, url: str) -> None:
        with pytest.raises(RequestRefused) as caught:
            way(url, lambda quoth: quoth.ask(QUESTION, top_k=0))
        error = caught.value
        assert (error.status, error.code, error.retryable) == (422, "invalid_request", False)
        assert "top_k" in error.fields
        assert error.request_id

    def test_an_id_with_anything_in_it_stays_one_segment(self, way: Way, url: str) -> None:
        with pytest.raises(NotFound, match=r"the id b\?c#d%20"):
            way(url, lambda quoth: quoth.article("b?c#d%20"))

    def test_keys_and_limits(self, way: Way, service: Service, tmp_path: Path) -> None:
        with open_keys(IndexSettings(data_dir=tmp_path / "archive")) as keys:
            wanted = KeyWanted(name="test", scopes=(Scope.ASK,), rate_limit="2/hour")
            key = keys.create(wanted)[1]
            with serving(service, AccessRules(keys=keys)) as url:
                with pytest.raises(AccessDenied) as missing:
                    way(url, lambda quoth: quoth.ask(QUESTION))
                assert (missing.value.status, missing.value.code) == (401, "key_missing")
                assert way(url, lambda quoth: quoth.ask(QUESTION), api_key=key).citations
                with pytest.raises(AccessDenied) as scope:
                    way(url, lambda quoth: quoth.delete_article("x"), api_key=key)
                assert (scope.value.status, scope.value.code) == (403, "scope_missing")
                with pytest.raises(TooManyRequests) as limited:
                    way(url, lambda quoth: quoth.ask(QUESTION), api_key=key)
        assert limited.value.retryable
        assert limited.value.retry_after is not None
        assert 3_500 < limited.value.retry_after <= 3_600

    def test_nobody_there(self, way: Way) -> None:
        with pytest.raises(ServiceUnreachable) as caught:
            way("http://127.0.0.1:9", lambda quoth: quoth.status())
        assert caught.value.retryable
        with pytest.raises(ServiceUnreachable):
            way("http://127.0.0.1:9", lambda quoth: quoth.stream_chat(QUESTION))

    def test_no_answer_in_time(self, way: Way, service: Service, engine: MemoryEngine) -> None:
        silent = _Silent(archive=engine.archive, quotes={})
        silent.go_on = threading.Event()
        with serving(replace(service, engine=silent)) as url:
            with pytest.raises(TimedOut) as caught:
                way(url, lambda quoth: quoth.search(QUESTION), timeout_seconds=0.1)
            silent.go_on.set()
        assert isinstance(caught.value, ServiceUnreachable)

    @pytest.mark.parametrize(
        ("reply", "kind"),
        [
            (HEAD % b"application/json" + b'{"hello": 1}', ReplyUnreadable),
            (HEAD % b"text/html" + b"<h1>Router</h1>", ReplyUnreadable),
            (b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 3\r\n\r\n<h>", ServiceFailed),
            (b"HTTP/1.1 400 No\r\nContent-Length: 2\r\n\r\n[]", RequestRefused),
        ],
    )
    def test_somebody_else_answers(self, way: Way, reply: bytes, kind: type) -> None:
        with answering(saying(reply)) as (url, _):
            with pytest.raises(kind):
                way(url, lambda quoth: quoth.ask(QUESTION))
            with pytest.raises(kind):
                way(url, lambda quoth: quoth.stream_chat(QUESTION))


class _Silent(MemoryEngine):
    go_on = threading.Event()

    def search(self, query: Query) -> Any:
        self.go_on.wait(PATIENCE)
        return super().search(query)


class _Failing(MemoryEngine):
    def ask_stream(self, query: Query, cancelled: Cancelled = never) -> Iterator[AnswerEvent]:
        yield next(super().ask_stream(query, cancelled))
        raise StoreUnavailable("the dense index does not answer", hint="start it")


class TestStreams:
    def test_events_are_records(self, way: Way, url: str) -> None:
        events = way(url, lambda quoth: quoth.stream_chat(QUESTION))
        kinds = [StatusTold, StatusTold, SentenceTold, CitationTold, AnswerTold, Concluded]
        assert [type(each) for each in events] == kinds
        assert events[-2].answer == way(url, lambda quoth: quoth.ask(QUESTION))
        assert events[-1].answer_id == events[-2].answer.id

    def test_separators_of_lines_in_articles_do_not_break_events(
        self, way: Way, service: Service
    ) -> None:
        asked = "What\u2028of\x85it?"
        events = way_of(service, way, lambda quoth: quoth.stream_chat(asked))
        assert events[-2].answer.question == asked

    @pytest.mark.parametrize("cut", [200, 300, 700, 2_500])
    def test_a_stream_that_breaks_is_gone_on_with(
        self, way: Way, url: str, engine: MemoryEngine, cut: int
    ) -> None:
        whole = way(url, lambda quoth: quoth.stream_chat(QUESTION))
        engine.asked.clear()
        with relaying(url, [cut, 300]) as (relay, requests):
            assert way(relay, lambda quoth: quoth.stream_chat(QUESTION)) == whole
        assert len(engine.asked) == 1, "it is not asked anew"
        assert 2 <= len(requests) <= 3
        assert b"last-event-id" not in requests[0].lower()
        assert all(b"last-event-id: " in each.lower() for each in requests[1:])

    def test_one_that_breaks_before_its_first_event_is_given_up(self, way: Way) -> None:
        with answering(saying(EVENTS + b"retry: 1\n\n")) as (url, requests):
            with pytest.raises(ServiceUnreachable):
                way(url, lambda quoth: quoth.stream_chat(QUESTION))
            assert len(requests) == 1

    def test_one_that_breaks_again_and_again_is_given_up(self, way: Way) -> None:
        replies = iter([EVENTS + b"retry: 1\n\n" + STATUS])

        def reply(client: Any, _request: bytes) -> None:
            client.sendall(next(replies, EVENTS))

        with answering(reply) as (url, requests):
            with pytest.raises(ServiceUnreachable):
                way(url, lambda quoth: quoth.stream_chat(QUESTION))
            assert len(requests) == 6

    def test_a_service_that_gives_up_is_an_error(
        self, way: Way, service: Service, engine: MemoryEngine
    ) -> None:
        failing = replace(service, engine=_Failing(archive=engine.archive, quotes={}))
        with pytest.raises(ServiceFailed) as caught:
            way_of(failing, way, lambda quoth: quoth.stream_chat(QUESTION))
        assert (caught.value.code, caught.value.retryable) == ("store_unavailable", True)

    def test_refusals_come_before_the_stream(self, way: Way, url: str) -> None:
        with pytest.raises(NotFound):
            way(url, lambda quoth: quoth.stream_chat(QUESTION, conversation_id="nobody"))

    def test_heartbeats_and_unknown_events_are_passed_over(self, way: Way) -> None:
        reply = (
            EVENTS + b": ping\r\n\r\nevent: colour\r\ndata: red\r\nid: s:1\r\n\r\n"
            b'event: done\ndata: {"answer_id": "ans_1", "more": 1}\nid: s:2\n\n'
        )
        with answering(saying(reply)) as (url, _):
            events = way(url, lambda quoth: quoth.stream_chat(QUESTION))
        assert events == [Concluded(answer_id="ans_1")]

    def test_events_of_somebody_else_are_unreadable(self, way: Way) -> None:
        with (
            answering(saying(EVENTS + b"event: answer\ndata: {}\n\n")) as (url, _),
            pytest.raises(ReplyUnreadable),
        ):
            way(url, lambda quoth: quoth.stream_chat(QUESTION))


def way_of(service: Service, way: Way, do: Do) -> Any:
    """What comes of a call of a service that is there for it alone."""
    with serving(replace(service, limits=Limits(heartbeat_seconds=0.1))) as url:
        return way(url, do)
