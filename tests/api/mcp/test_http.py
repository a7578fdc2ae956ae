"""`/mcp` over a real socket, asked by the protocol's own client, in its newest and an older way."""

from __future__ import annotations

import threading
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

import anyio
import anyio.to_thread
import httpx
import pytest
import structlog
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]
from mcp import Client, MCPError
from mcp.types import CallToolResult, TextContent, TextResourceContents
from pydantic import TypeAdapter

from api.http.access.rules import AccessRules
from api.service import Limits, Service
from index.catalogue.keys import KeyWanted, Scope
from index.keys import open_keys
from index.settings import IndexSettings
from rag.events import AnswerEvent, Cancelled, PassagesFound, never
from rag.records import Answer, Query, RetrievedPassage
from tests.api.http.conftest import QUESTION, QUOTE
from tests.api.http.in_memory import FERRY, MemoryArchive, MemoryEngine, article, two_articles
from tests.api.http.leaving import PATIENCE
from tests.api.http.serving import serving

Mode = Literal["auto", "legacy"]
INITIALIZE = {
    "jsonrpc": "2.0",
    "id": 1,
    "method": "initialize",
    "params": {
        "protocolVersion": "2025-06-18",
        "capabilities": {},
        "clientInfo": {"name": "test", "version": "1"},
    },
}
ACCEPT = {"Accept": "application/json, text/event-stream"}


@pytest.fixture
def archive() -> MemoryArchive:
    return MemoryArchive.of(two_articles())


@pytest.fixture
def engine(archive: MemoryArchive) -> MemoryEngine:
    return MemoryEngine(archive=archive, quotes={QUESTION: [("art-ferry", QUOTE)]})


@pytest.fixture
def service(engine: MemoryEngine, archive: MemoryArchive, tmp_path: Path) -> Service:
    return Service(engine=engine, archive=archive, scratch=tmp_path, version="1.2.3")


@pytest.fixture
def url(service: Service) -> Iterator[str]:
    with serving(service) as url:
        yield f"{url}/mcp"


@pytest.fixture(params=["auto", "legacy"])
def mode(request: pytest.FixtureRequest) -> Mode:
    chosen: Mode = request.param
    return chosen


def with_client(url: str, mode: Mode, use: Callable[[Client], Awaitable[Any]]) -> Any:
    """What came of using a client."""

    async def run() -> Any:
        async with Client(url, mode=mode) as client:
            return await use(client)

    return anyio.run(run)


def call(url: str, mode: Mode, tool: str, **arguments: Any) -> CallToolResult:
    """What a tool gave."""
    result = with_client(url, mode, lambda client: client.call_tool(tool, arguments))
    assert isinstance(result, CallToolResult)
    return result


def text_of(result: CallToolResult) -> str:
    """The one text of a result."""
    (content,) = result.content
    assert isinstance(content, TextContent)
    return content.text


def test_an_answer_is_structured_and_readable(url: str, mode: Mode, engine: MemoryEngine) -> None:
    result = call(url, mode, "ask", question=QUESTION, publishers=["Skerry Post"], since=None)
    assert not result.is_error
    answer = TypeAdapter(Answer).validate_python(result.structured_content)
    (citation,) = answer.citations
    assert FERRY[citation.start : citation.end] == citation.quote == QUOTE
    said = text_of(result)
    assert f"[1] “{QUOTE}” — Ferry to Osk runs again after eleven days ⛴️ (Skerry Post, " in said
    assert f"quoth://articles/art-ferry characters {citation.start}–{citation.end}" in said
    (query,) = engine.asked
    assert (query.filters.publishers, query.filters.since) == (("Skerry Post",), None)


def test_an_abstention_is_no_error(url: str, mode: Mode) -> None:
    result = call(url, mode, "ask", question="Who won?", top_k=1)
    assert not result.is_error
    assert result.structured_content is not None
    assert result.structured_content["outcome"] == "not_found"
    assert len(result.structured_content["retrieved"]) == 1
    assert text_of(result).startswith("The archive does not say.\n\nNearest, but no answer:\n1. ")


def test_search_and_article(url: str, mode: Mode) -> None:
    found = call(url, mode, "search", question="ferry", top_k=1)
    assert found.structured_content is not None
    (passage,) = found.structured_content["passages"]
    read = call(url, mode, "get_article", article_id=passage["article_id"])
    assert read.structured_content is not None
    text = read.structured_content["text"]
    assert text[passage["start"] : passage["end"]] == passage["text"]
    assert text_of(read).endswith(FERRY)
    assert "by Una Brae, Jón Teitsson (Skerry Post, 2026-03-06)" in text_of(read)


def test_tools_state_what_they_take_and_give(url: str, mode: Mode) -> None:
    async def look(client: Client) -> None:
        assert client.server_info is not None
        assert (client.server_info.name, client.server_info.version) == ("quoth", "1.2.3")
        assert "does not say" in (client.instructions or "")
        tools = {tool.name: tool for tool in (await client.list_tools()).tools}
        assert list(tools) == ["ask", "search", "get_article"]
        for tool in tools.values():
            assert tool.annotations is not None
            assert (tool.annotations.read_only_hint, tool.annotations.open_world_hint) == (
                True,
                False,
            )
            Draft202012Validator.check_schema(tool.input_schema)
            assert tool.output_schema is not None
            Draft202012Validator.check_schema(tool.output_schema)
        assert tools["ask"].input_schema["required"] == ["question"]
        result = await client.call_tool("ask", {"question": QUESTION})
        assert isinstance(result, CallToolResult)
        Draft202012Validator(tools["ask"].output_schema).validate(result.structured_content)

    with_client(url, mode, look)


def test_articles_are_resources(mode: Mode) -> None:
    many = [article(f"art-{n:03}", f"Title {n}", f"One.\nTwo of {n}.\nThree.") for n in range(130)]
    held = MemoryArchive.of(many)
    service = Service(engine=MemoryEngine(archive=held, quotes={}), archive=held)

    async def look(client: Client) -> None:
        (template,) = (await client.list_resource_templates()).resource_templates
        assert template.uri_template == "quoth://articles/{article_id}"
        first = await client.list_resources()
        assert (len(first.resources), first.resources[0].title) == (100, "Title 0")
        second = await client.list_resources(cursor=first.next_cursor)
        assert (len(second.resources), second.next_cursor) == (30, None)
        (content,) = (await client.read_resource(second.resources[-1].uri)).contents
        assert isinstance(content, TextResourceContents)
        assert content.text == many[-1].text
        for refused in (
            client.read_resource("quoth://articles/none"),
            client.read_resource("quoth://elsewhere/secrets"),
            client.list_resources(cursor="-1"),
        ):
            with pytest.raises(MCPError) as error:
                await refused
            assert (error.value.code, "\n" in error.value.message) == (-32602, False)

    with serving(service) as url:
        with_client(f"{url}/mcp", mode, look)


@pytest.mark.parametrize(
    ("tool", "arguments", "complaint"),
    [
        ("ask", {}, "question: Field required"),
        ("ask", {"question": " "}, "question: String should have at least 1 character"),
        ("ask", {"question": "?", "explain": True}, "explain: Extra inputs are not permitted"),
        ("search", {"question": "?", "since": 7}, "since: a date is written YYYY-MM-DD"),
        ("search", {"question": "?", "top_k": 0}, "top_k: Input should be greater than"),
        (
            "search",
            {"question": "?", "publishers": "all"},
            "publishers: Input should be a valid list",
        ),
        (
            "search",
            {"question": "?", "since": "2026-03-02", "until": "2026-03-01"},
            "nothing is from 2026-03-02 on and until 2026-03-01: swap the days",
        ),
        (
            "get_article",
            {"article_id": "none"},
            "No article has the id none: citations, passages and resources name those",
        ),
    ],
)
def test_what_is_wrong_is_one_line_that_the_assistant_reads(
    url: str, tool: str, arguments: dict[str, Any], complaint: str
) -> None:
    result = call(url, "auto", tool, **arguments)
    assert result.is_error
    assert text_of(result).startswith(complaint)
    assert "\n" not in text_of(result)


class BrokenEngine(MemoryEngine):
    """Fails as no engine should."""

    def search(self, query: Query) -> Sequence[RetrievedPassage]:
        raise RuntimeError(f"secret {query.question}")


def test_a_failure_of_ours_says_nothing_of_the_inside(archive: MemoryArchive, mode: Mode) -> None:
    service = Service(engine=BrokenEngine(archive=archive, quotes={}), archive=archive)
    with serving(service) as url:
        result = call(f"{url}/mcp", mode, "search", question="x")
    assert (result.is_error, "secret" in text_of(result)) == (True, False)


def test_there_is_no_tool_of_another_name(url: str, mode: Mode) -> None:
    async def look(client: Client) -> None:
        with pytest.raises(MCPError, match="no tool named delete"):
            await client.call_tool("delete", {})

    with_client(url, mode, look)


@dataclass
class EndlessEngine(MemoryEngine):
    """Takes step after step until somebody cancels."""

    begun: threading.Event = field(default_factory=threading.Event)
    stopped: threading.Event = field(default_factory=threading.Event)

    def ask_stream(self, query: Query, cancelled: Cancelled = never) -> Iterator[AnswerEvent]:
        self.begun.set()
        for _ in range(int(PATIENCE / 0.01)):
            yield PassagesFound(standalone_question=query.question, passages=0)
            if cancelled():
                self.stopped.set()
                return
            threading.Event().wait(0.01)


def test_work_stops_when_the_client_leaves(archive: MemoryArchive, mode: Mode) -> None:
    engine = EndlessEngine(archive=archive, quotes={})

    async def leave(client: Client) -> None:
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(client.call_tool, "ask", {"question": QUESTION})
            assert await anyio.to_thread.run_sync(engine.begun.wait, PATIENCE)
            tasks.cancel_scope.cancel()

    with serving(Service(engine=engine, archive=archive)) as url:
        with_client(f"{url}/mcp", mode, leave)
        assert engine.stopped.wait(PATIENCE)


def test_work_stops_at_the_deadline(archive: MemoryArchive, mode: Mode) -> None:
    engine = EndlessEngine(archive=archive, quotes={})
    service = Service(engine=engine, archive=archive)
    with serving(service, AccessRules(deadline_seconds=0.3)) as url:
        result = call(f"{url}/mcp", mode, "ask", question=QUESTION)
    assert (result.is_error, "took too long" in text_of(result)) == (True, True)
    assert engine.stopped.is_set() or not engine.begun.is_set(), "nothing is left running"


@dataclass
class StoppedEngine(MemoryEngine):
    """Answers once it may go on."""

    go_on: threading.Event = field(default_factory=threading.Event)

    def ask_stream(self, query: Query, cancelled: Cancelled = never) -> Iterator[AnswerEvent]:
        assert self.go_on.wait(PATIENCE)
        return super().ask_stream(query, cancelled)


def test_a_full_service_says_so(archive: MemoryArchive, mode: Mode) -> None:
    engine = StoppedEngine(archive=archive, quotes={})
    limits = Limits(engine_threads=1, waiting=1)
    service = Service(engine=engine, archive=archive, limits=limits)

    async def ask_thrice(client: Client) -> list[str]:
        said: list[str] = []

        async def ask() -> None:
            result = await client.call_tool("ask", {"question": QUESTION})
            engine.go_on.set()  # it was refused: the other two cannot end before this
            assert isinstance(result, CallToolResult)
            said.append(text_of(result))

        async with anyio.create_task_group() as tasks:
            for _ in range(3):
                tasks.start_soon(ask)
        return said

    with serving(service) as url:
        said = with_client(f"{url}/mcp", mode, ask_thrice)
    refusal, *answers = said
    assert "as many requests as it can: Try again" in refusal
    assert ["The archive does not say" in each for each in answers] == [True, True]


def test_keys_hosts_origins_and_methods_hold_here_too(service: Service, tmp_path: Path) -> None:
    with open_keys(IndexSettings(data_dir=tmp_path / "archive")) as keys:
        _, text = keys.create(KeyWanted(name="Assistant", scopes=(Scope.ASK,)))
        with serving(service, AccessRules(keys=keys)) as url:
            path = f"{url}/mcp"
            assert httpx.post(path, json=INITIALIZE, headers=ACCEPT).status_code == 401
            bearer = ACCEPT | {"Authorization": f"Bearer {text}"}
            assert httpx.post(path, json=INITIALIZE, headers=bearer).status_code == 200
    with serving(replace(service)) as url:
        path = f"{url}/mcp"
        assert httpx.post(path, json=INITIALIZE, headers=ACCEPT).status_code == 200
        elsewhere = ACCEPT | {"Origin": "https://evil.example"}
        refused = httpx.post(path, json=INITIALIZE, headers=elsewhere)
        assert (refused.status_code, refused.json()["code"]) == (403, "cross_origin")
        pointed = httpx.post(path, json=INITIALIZE, headers=ACCEPT | {"Host": "evil.example"})
        assert (pointed.status_code, pointed.json()["code"]) == (403, "host_not_allowed")
        assert 'route="/mcp",status="200"' in httpx.get(f"{url}/metrics").text
        with structlog.testing.capture_logs() as lines:
            assert httpx.post(path, json=INITIALIZE, headers={"Accept": "*"}).status_code == 406
        assert [repr(line["status"]) for line in lines if line["event"] == "request"] == ["406"]
        assert httpx.get(path, headers=ACCEPT).status_code == 405
        assert httpx.delete(path).status_code == 405
