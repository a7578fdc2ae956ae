"""`POST /v1/chat` over a socket: whole answers, streams, heartbeats, going on and giving up."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import httpx
import pytest

from api.service import Limits, Service
from index.errors import StoreUnavailable
from index.records import Filters
from rag.events import (
    AnswerEvent,
    AnswerGiven,
    Cancelled,
    PassagesFound,
    SentenceWritten,
    WritingBegun,
    never,
)
from rag.records import Answer, Query, Turn
from tests.api.http.conftest import QUESTION, QUOTE
from tests.api.http.event_streams import asking, events_in, streamed, streaming
from tests.api.http.in_memory import MemoryArchive, MemoryEngine
from tests.api.http.leaving import PATIENCE, leave
from tests.api.http.serving import serving
from tests.api.http.test_questions import problem

QUICK = Limits(heartbeat_seconds=0.05, linger_seconds=0.0)


@dataclass
class SlowEngine(MemoryEngine):
    """Takes step after step until it is told to go on, or given up."""

    go: threading.Event = field(default_factory=threading.Event)
    begun: threading.Event = field(default_factory=threading.Event)
    given_up: threading.Event = field(default_factory=threading.Event)
    failure: Exception | None = None

    def ask_stream(self, query: Query, cancelled: Cancelled = never) -> Iterator[AnswerEvent]:
        """Sentences, a moment apart."""
        self.begun.set()
        yield PassagesFound(standalone_question=query.question, passages=8)
        yield WritingBegun(quotes=2)
        answer = self.ask(query)
        for _ in range(int(PATIENCE / 0.01)):
            if self.go.wait(0.01):
                break
            if cancelled():
                self.given_up.set()
                return
            yield SentenceWritten(sentence=answer.sentences[0], citations=())
        if self.failure is not None:
            raise self.failure
        yield AnswerGiven(answer=answer)


@pytest.fixture
def slow(archive: MemoryArchive) -> SlowEngine:
    return SlowEngine(archive=archive, quotes={QUESTION: [("art-ferry", QUOTE)]})


@pytest.fixture
def slow_client(service: Service, slow: SlowEngine) -> Iterator[httpx.Client]:
    quick = replace(service, engine=slow, limits=QUICK)
    with serving(quick) as url, httpx.Client(base_url=url, timeout=PATIENCE) as client:
        yield client


def until(condition: Callable[[], bool]) -> None:
    """Wait for it. Raises: AssertionError where it does not come."""
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


class TestWholeAnswers:
    def test_a_chat_is_answered_as_a_question_is(self, client: httpx.Client) -> None:
        answer = client.post("/v1/chat", json=asking(QUESTION)).json()
        assert answer == client.post("/v1/ask", json={"question": QUESTION}).json()

    def test_what_was_said_before_and_the_filters_reach_the_engine(
        self, client: httpx.Client, engine: MemoryEngine
    ) -> None:
        body = asking("Who is Ilse Varn?", "The harbour master.", " And her ferry? ")
        body["messages"].insert(0, {"role": "system", "content": "Talk like a pirate."})
        body |= {"publishers": ["Skerry Post"], "top_k": 3, "mode": "extractive"}
        assert client.post("/v1/chat", json=body).status_code == 200
        assert engine.asked == [
            Query(
                question="And her ferry?",
                history=(
                    Turn(role="user", content="Who is Ilse Varn?"),
                    Turn(role="assistant", content="The harbour master."),
                ),
                filters=Filters(publishers=("Skerry Post",)),
                top_k=3,
                mode="extractive",
            )
        ]

    def test_its_answer_can_be_rated(self, client: httpx.Client) -> None:
        answer = client.post("/v1/chat", json=asking(QUESTION)).json()
        rated = client.post("/v1/feedback", json={"answer_id": answer["id"], "rating": "up"})
        assert rated.status_code == 200

    @pytest.mark.parametrize(
        ("body", "field"),
        [
            ({}, "messages"),
            ({"messages": []}, "messages"),
            ({"messages": [{"role": "user", "content": "  "}]}, "messages"),
            ({"messages": [{"role": "assistant", "content": "Hm."}]}, "messages"),
            ({"messages": [{"role": "pirate", "content": "Arr"}]}, "messages.0.role"),
            ({"messages": [{"role": "user"}]}, "messages.0.content"),
            (asking(QUESTION, since="2026-02-02", until="2026-01-01"), "body"),
            (asking(QUESTION, colour="red"), "colour"),
        ],
    )
    def test_a_bad_chat_names_its_field(
        self, client: httpx.Client, body: dict[str, Any], field: str
    ) -> None:
        document = problem(client.post("/v1/chat", json=body), 422, "invalid_request")
        assert document["errors"][0]["field"] == field

    @pytest.mark.parametrize("stream", [False, True])
    def test_a_question_that_is_too_long_is_refused(
        self, client: httpx.Client, stream: bool
    ) -> None:
        body = asking("why " * 600, stream=stream)
        problem(client.post("/v1/chat", json=body), 422, "invalid_question")

    def test_the_work_stops_when_the_client_leaves(
        self, slow_client: httpx.Client, slow: SlowEngine
    ) -> None:
        leave(slow_client.base_url.join("/v1/chat"), asking(QUESTION), when=slow.begun)
        assert slow.given_up.wait(PATIENCE)


class TestStreams:
    def test_events_come_in_the_order_of_the_work(self, client: httpx.Client) -> None:
        events = streamed(client, QUESTION)
        assert [event.name for event in events] == [
            "status",
            "status",
            "sentence",
            "citation",
            "answer",
            "done",
        ]
        data = [event.data for event in events]
        assert data[0] == {"stage": "retrieving", "message": "searching the archive"}
        assert data[1]["stage"] == "reading"
        assert (data[1]["message"], data[1]["passages"]) == ("found 2 passages", 2)
        answer = client.post("/v1/ask", json={"question": QUESTION}).json()
        assert data[2] == answer["sentences"][0]
        assert data[3] == answer["citations"][0]
        assert data[4] == answer
        assert data[5] == {"answer_id": answer["id"], "conversation_id": None}
        stream, _, _ = events[0].event_id.partition(":")
        assert [event.event_id for event in events] == [f"{stream}:{n}" for n in range(1, 7)]

    def test_an_abstention_has_no_sentences(self, client: httpx.Client) -> None:
        events = streamed(client, "Who won the chess championship?")
        assert [event.name for event in events] == ["status", "status", "answer", "done"]
        assert events[2].data["outcome"] == "not_found"

    def test_an_answer_of_a_stream_can_be_rated(self, client: httpx.Client) -> None:
        answer_id = streamed(client, QUESTION)[-1].data["answer_id"]
        rated = client.post("/v1/feedback", json={"answer_id": answer_id, "rating": "up"})
        assert rated.status_code == 200

    def test_events_come_while_the_work_goes_on(
        self, slow_client: httpx.Client, slow: SlowEngine
    ) -> None:
        with streaming(slow_client, QUESTION) as events:
            names = [next(events).name for _ in range(4)]
            assert names == ["status", "status", "status", "sentence"]
            assert not slow.go.is_set(), "the work goes on"
            slow.go.set()
            assert [event.name for event in events][-2:] == ["answer", "done"]

    def test_silence_is_broken_by_comments(self, service: Service, archive: MemoryArchive) -> None:
        heard = threading.Event()

        class Silent(MemoryEngine):
            def ask(self, query: Query) -> Answer:
                assert heard.wait(PATIENCE)
                return super().ask(query)

        silent = replace(service, engine=Silent(archive=archive, quotes={}), limits=QUICK)
        names: list[str] = []
        with (
            serving(silent) as url,
            httpx.Client(base_url=url, timeout=PATIENCE) as client,
            streaming(client, QUESTION) as events,
        ):
            for event in events:
                names.append(event.name)
                if names.count(":") == 3:
                    heard.set()
        assert [name for name in names if name != ":"] == ["status", "status", "answer", "done"]

    def test_a_failure_on_the_way_is_the_last_event(
        self, slow_client: httpx.Client, slow: SlowEngine
    ) -> None:
        slow.failure = StoreUnavailable("the index does not answer", hint="start it")
        slow.go.set()
        events = streamed(slow_client, QUESTION)
        assert [event.name for event in events[-2:]] == ["status", "error"]
        document = events[-1].data
        assert (document["status"], document["code"]) == (503, "store_unavailable")
        assert (document["detail"], document["hint"]) == ("the index does not answer", "start it")
        assert document["retryable"] is True
        assert document["request_id"]

    def test_a_failure_of_ours_tells_nothing_of_its_inside(
        self, slow_client: httpx.Client, slow: SlowEngine
    ) -> None:
        slow.failure = RuntimeError("secret")
        slow.go.set()
        (error,) = [event for event in streamed(slow_client, QUESTION) if event.name == "error"]
        assert (error.data["status"], error.data["code"]) == (500, "internal")
        assert "secret" not in str(error.data)

    def test_one_too_many_is_turned_away_with_a_status(
        self, service: Service, slow: SlowEngine
    ) -> None:
        limits = replace(QUICK, engine_threads=1, waiting=0)
        busy = replace(service, engine=slow, limits=limits)
        with (
            serving(busy) as url,
            httpx.Client(base_url=url, timeout=PATIENCE) as client,
            streaming(client, QUESTION),
        ):
            refused = client.post("/v1/chat", json=asking(QUESTION, stream=True))
            document = problem(refused, 503, "busy")
            assert document["retryable"] is True
            assert refused.headers["Retry-After"]


class TestGivingUp:
    def test_the_work_stops_when_the_last_reader_leaves(
        self, slow_client: httpx.Client, slow: SlowEngine
    ) -> None:
        with streaming(slow_client, QUESTION) as events:
            until(lambda: next(events).name == "sentence")
        assert slow.given_up.wait(PATIENCE)

    def test_who_comes_back_too_late_is_told_so(
        self, slow_client: httpx.Client, slow: SlowEngine
    ) -> None:
        with streaming(slow_client, QUESTION) as events:
            last = next(event.event_id for event in events if event.name == "sentence")
        assert slow.given_up.wait(PATIENCE)
        rest = go_on(slow_client, last)
        assert rest[-1].name == "error"
        assert (rest[-1].data["code"], rest[-1].data["retryable"]) == ("cancelled", True)


def go_on(client: httpx.Client, last_event_id: str) -> list[Any]:
    """The rest of a stream."""
    headers = {"Last-Event-ID": last_event_id}
    body = asking(QUESTION, stream=True)
    with client.stream("POST", "/v1/chat", json=body, headers=headers) as response:
        assert response.status_code == 200, response.read()
        return list(events_in(response.iter_lines()))


class TestGoingOn:
    @pytest.mark.parametrize("after", [0, 1, 3, 6, 99])
    def test_the_rest_of_an_ended_stream_is_told_again(
        self, client: httpx.Client, engine: MemoryEngine, after: int
    ) -> None:
        events = streamed(client, QUESTION)
        stream = events[0].event_id.partition(":")[0]
        assert go_on(client, f"{stream}:{after}") == events[after:]
        assert len(engine.asked) == 1

    def test_who_comes_back_in_time_misses_nothing(
        self, service: Service, slow: SlowEngine
    ) -> None:
        patient = replace(service, engine=slow, limits=replace(QUICK, linger_seconds=PATIENCE))
        with serving(patient) as url, httpx.Client(base_url=url, timeout=PATIENCE) as client:
            with streaming(client, QUESTION) as events:
                first = next(events)
            slow.go.set()
            rest = go_on(client, first.event_id)
        assert rest[-1].name == "done"
        numbers = [int(e.event_id.partition(":")[2]) for e in [first, *rest] if e.name != ":"]
        assert numbers == list(range(1, len(numbers) + 1))

    @pytest.mark.parametrize("last_event_id", ["nobody:1", "nobody", "", ":", "x:-1", "x:²"])
    def test_a_stream_that_is_not_remembered_is_gone(
        self, client: httpx.Client, last_event_id: str
    ) -> None:
        response = client.post(
            "/v1/chat",
            json=asking(QUESTION, stream=True),
            headers={b"Last-Event-ID": last_event_id.encode()},
        )
        document = problem(response, 410, "stream_gone")
        assert "without Last-Event-ID" in document["hint"]

    def test_only_so_many_streams_are_remembered(self, service: Service) -> None:
        few = replace(service, limits=replace(QUICK, kept_streams=2))
        with serving(few) as url, httpx.Client(base_url=url, timeout=PATIENCE) as client:
            ids = [streamed(client, QUESTION)[0].event_id for _ in range(3)]
            headers = {"Last-Event-ID": ids[0]}
            gone = client.post("/v1/chat", json=asking(QUESTION), headers=headers)
            problem(gone, 410, "stream_gone")
            assert go_on(client, ids[2])[-1].name == "done"

    def test_streams_are_forgotten_in_time(self, service: Service) -> None:
        brief = replace(service, limits=replace(QUICK, kept_seconds=0.0))
        with serving(brief) as url, httpx.Client(base_url=url, timeout=PATIENCE) as client:
            headers = {"Last-Event-ID": streamed(client, QUESTION)[0].event_id}
            gone = client.post("/v1/chat", json=asking(QUESTION), headers=headers)
            problem(gone, 410, "stream_gone")
