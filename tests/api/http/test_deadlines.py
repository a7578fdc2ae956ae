"""A deadline ends waiting and working: nothing is left running for a request that was given up."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

import httpx
import pytest

from api.http.access.rules import AccessRules
from api.service import Limits, Service
from rag.events import AnswerEvent, Cancelled, PassagesFound
from rag.records import Answer, Query, RetrievedPassage
from tests.api.http.in_memory import MemoryEngine
from tests.api.http.leaving import PATIENCE, leave
from tests.api.http.serving import serving
from tests.api.http.test_questions import problem

QUICK = AccessRules(deadline_seconds=0.3)
CHAT = {"messages": [{"role": "user", "content": "When does the ferry to Osk run again?"}]}


@dataclass
class EndlessEngine:
    """Takes one small step after the other until it is cancelled."""

    begun: threading.Event = field(default_factory=threading.Event)
    stopped: threading.Event = field(default_factory=threading.Event)

    def ask_stream(self, query: Query, cancelled: Cancelled) -> Iterator[AnswerEvent]:
        self.begun.set()
        yield PassagesFound(standalone_question=query.question, passages=1)
        while not cancelled():
            threading.Event().wait(0.01)
        self.stopped.set()

    def ask(self, query: Query) -> Answer:
        raise AssertionError(f"{query.question}: answers are streamed")

    def search(self, query: Query) -> Sequence[RetrievedPassage]:
        self.begun.set()
        assert self.stopped.wait(PATIENCE), query.question
        return []


@pytest.mark.parametrize(("path", "body"), [("/v1/ask", {"question": "When?"}), ("/v1/chat", CHAT)])
def test_work_stops_at_the_deadline(service: Service, path: str, body: dict[str, object]) -> None:
    engine = EndlessEngine()
    with serving(replace(service, engine=engine), QUICK) as url:
        refused = httpx.post(f"{url}{path}", json=body, timeout=PATIENCE)
        document = problem(refused, 503, "deadline_exceeded")
        assert (document["retryable"], "retry-after" in refused.headers) == (True, True)
        assert engine.stopped.is_set() or not engine.begun.is_set(), "nothing is left running"


def test_work_stops_when_nobody_waits_for_the_answer(service: Service) -> None:
    engine = EndlessEngine()
    with serving(replace(service, engine=engine)) as url:
        leave(f"{url}/v1/ask", {"question": "When?"}, when=engine.begun)
        assert engine.stopped.wait(PATIENCE)


def test_a_stream_ends_with_an_error_at_the_deadline(service: Service) -> None:
    engine = EndlessEngine()
    with serving(replace(service, engine=engine), QUICK) as url:
        events = httpx.post(f"{url}/v1/chat", json=CHAT | {"stream": True}, timeout=PATIENCE).text
        assert engine.stopped.is_set() or not engine.begun.is_set(), "nothing is left running"
    *_, last = events.strip().split("\n\n")
    assert "event: error" in last
    assert '"code":"deadline_exceeded"' in last


def test_waiting_ends_at_the_deadline_and_leaves_no_work(
    service: Service, engine: MemoryEngine
) -> None:
    blocked = EndlessEngine()
    limits = Limits(engine_threads=1)
    with serving(replace(service, engine=blocked, limits=limits), QUICK) as url:
        first = threading.Thread(target=_search, args=(url,))
        first.start()
        try:
            assert blocked.begun.wait(PATIENCE)
            blocked.begun.clear()
            problem(_search(url), 503, "deadline_exceeded")
        finally:
            blocked.stopped.set()
            first.join(PATIENCE)
        assert not blocked.begun.is_set(), "what was given up while it waited never began"
        assert _search(url).status_code == 200, "and its place is free"


def test_without_a_deadline_work_goes_on(service: Service, engine: MemoryEngine) -> None:
    with serving(service, AccessRules()) as url:
        assert httpx.post(f"{url}/v1/chat", json=CHAT, timeout=PATIENCE).status_code == 200


def _search(url: str) -> httpx.Response:
    return httpx.post(f"{url}/v1/search", json={"question": "x"}, timeout=PATIENCE)
