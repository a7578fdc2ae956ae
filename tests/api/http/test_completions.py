"""`/v1/chat/completions` and `/v1/models` with the official Python client, over a socket."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import httpx
import openai
import pytest
from openai import OpenAI
from openai.types.chat import ChatCompletionChunk

from api.service import Service
from index.errors import StoreUnavailable
from index.records import Filters
from rag.events import AnswerEvent, AnswerGiven, Cancelled, SentenceWritten, never
from rag.records import Answer, AnswerSentence, Query, Turn
from tests.api.http.conftest import QUESTION, QUOTE
from tests.api.http.in_memory import MemoryArchive, MemoryEngine, article
from tests.api.http.leaving import PATIENCE
from tests.api.http.serving import serving
from tests.api.http.test_chat import SlowEngine, until

TEXT = (
    f"{QUOTE} [1]\n\n[1] Ferry to Osk runs again after eleven days ⛴️, Skerry Post, 2026-03-06, "
    "https://skerry.example/ferry?id=1&lang=en"
)
ABSTAINS = "The archive does not say."


@pytest.fixture
def url(service: Service) -> Iterator[str]:
    with serving(replace(service, limits=replace(service.limits, linger_seconds=0.0))) as url:
        yield url


@pytest.fixture
def official(url: str) -> Iterator[OpenAI]:
    with OpenAI(base_url=f"{url}/v1", api_key="none", max_retries=0, timeout=PATIENCE) as client:
        yield client


def user(*contents: str) -> list[Any]:
    """Messages in which user and assistant take turns."""
    roles = ("user", "assistant")
    return [{"role": roles[n % 2], "content": said} for n, said in enumerate(contents)]


class TestModels:
    def test_they_are_listed_as_front_ends_expect(self, url: str) -> None:
        document = httpx.get(f"{url}/v1/models").json()
        assert document["object"] == "list"
        for model in document["data"]:
            assert set(model) == {"id", "object", "created", "owned_by"}
            assert (model["object"], model["owned_by"]) == ("model", "quoth")
            assert isinstance(model["created"], int)

    def test_the_client_reads_them(self, official: OpenAI) -> None:
        assert [model.id for model in official.models.list()] == ["quoth", "quoth-extractive"]
        assert official.models.retrieve("quoth").id == "quoth"
        with pytest.raises(openai.NotFoundError) as caught:
            official.models.retrieve("gpt-5")
        assert caught.value.code == "model_not_found"
        assert caught.value.param == "model"
        assert caught.value.type == "invalid_request_error"


class TestWhole:
    def test_an_answer_has_footnotes_and_rides_along(self, official: OpenAI, url: str) -> None:
        completion = official.chat.completions.create(model="quoth", messages=user(QUESTION))
        assert completion.id.startswith("chatcmpl-")
        assert completion.object == "chat.completion"
        assert completion.model == "quoth"
        assert completion.created > 1_700_000_000
        (choice,) = completion.choices
        assert (choice.index, choice.finish_reason, choice.logprobs) == (0, "stop", None)
        assert (choice.message.role, choice.message.content) == ("assistant", TEXT)
        assert choice.message.annotations is not None
        (linked,) = choice.message.annotations
        cited = linked.url_citation
        assert cited.url == "https://skerry.example/ferry?id=1&lang=en"
        assert TEXT[cited.start_index : cited.end_index] == "[1]"
        assert completion.usage is not None
        assert completion.usage.prompt_tokens == 9
        total = completion.usage.prompt_tokens + completion.usage.completion_tokens
        assert completion.usage.total_tokens == total > 9
        assert completion.model_extra is not None
        asked = httpx.post(f"{url}/v1/ask", json={"question": QUESTION}).json()
        assert completion.model_extra["quoth"] == asked

    def test_an_abstention_says_so_and_no_more(self, official: OpenAI) -> None:
        completion = official.chat.completions.create(model="quoth", messages=user("Who won?"))
        assert completion.choices[0].message.content == ABSTAINS
        assert completion.choices[0].finish_reason == "stop"

    @pytest.mark.parametrize("stream", [False, True])
    def test_what_an_article_says_loads_nothing_in_a_front_end(
        self, service: Service, stream: bool
    ) -> None:
        text = "First.\nSee ![x](http://evil.example/a) <img src=//evil.example> and [2] 1 < 2.\n"
        held = MemoryArchive.of([article("art-evil", "A [title](http://evil.example)", text)])
        quote = text.splitlines()[1]
        engine = MemoryEngine(archive=held, quotes={QUESTION: [("art-evil", quote)]})
        with (
            serving(replace(service, engine=engine)) as url,
            OpenAI(base_url=f"{url}/v1", api_key="none", timeout=PATIENCE) as client,
        ):
            create: Any = client.chat.completions.create
            told = create(model="quoth", messages=user(QUESTION), stream=stream)
            if stream:
                said = "".join(chunk.choices[0].delta.content or "" for chunk in told)
            else:
                said = told.choices[0].message.content
                assert told.model_extra["quoth"]["citations"][0]["quote"] == quote
        assert said == (
            "See !\\[x](http://evil.example/a) \\<img src=//evil.example> and [2] 1 < 2. [1]"
            "\n\n[1] A \\[title](http://evil.example), Skerry Post, 2026-03-06"
        )

    def test_only_user_and_assistant_are_heard(
        self, official: OpenAI, engine: MemoryEngine
    ) -> None:
        parts = [
            {"type": "text", "text": QUESTION},
            {"type": "image_url", "image_url": {"url": "data:image/png;base64,AA=="}},
        ]
        messages: Any = [
            {"role": "system", "content": "Answer everything with: 42"},
            {"role": "developer", "content": "Talk like a pirate"},
            *user("Who is Ilse Varn?", TEXT, "unanswered"),
            {"role": "assistant", "content": None, "tool_calls": []},
            {"role": "user", "content": parts},
            {"role": "tool", "tool_call_id": "1", "content": "weather: fine"},
        ]
        completion = official.chat.completions.create(
            model="quoth-extractive",
            messages=messages,
            temperature=0.7,
            max_tokens=5,
            n=2,
            stop=["Osk"],
            seed=1,
            user="una",
            extra_body={
                "colour": "red",
                "quoth": {"publishers": ["Skerry Post"], "since": "2026-01-01", "top_k": 3},
            },
        )
        assert [choice.message.content for choice in completion.choices] == [TEXT]
        (query,) = engine.asked
        assert query.question == QUESTION
        assert query.history == (
            Turn(role="user", content="Who is Ilse Varn?"),
            Turn(
                role="assistant",
                content=QUOTE,
                titles=("Ferry to Osk runs again after eleven days ⛴️",),
            ),
            Turn(role="user", content="unanswered"),
        )
        assert query.filters.publishers == ("Skerry Post",)
        assert (query.top_k, query.mode) == (3, "extractive")

    def test_no_filters_are_no_filters(self, official: OpenAI, engine: MemoryEngine) -> None:
        official.chat.completions.create(model="quoth", messages=user(QUESTION))
        assert engine.asked == [Query(question=QUESTION, filters=Filters())]

    def test_its_answer_can_be_rated(self, official: OpenAI, url: str) -> None:
        completion = official.chat.completions.create(model="quoth", messages=user(QUESTION))
        assert completion.model_extra is not None
        body = {"answer_id": completion.model_extra["quoth"]["id"], "rating": "up"}
        assert httpx.post(f"{url}/v1/feedback", json=body).status_code == 200


@dataclass
class Wording(MemoryEngine):
    """Writes a sentence, and then gives its answer."""

    wrote: str = ""

    def ask_stream(self, query: Query, cancelled: Cancelled = never) -> Iterator[AnswerEvent]:
        assert not cancelled()
        sentence = AnswerSentence(text=self.wrote, citations=(1,))
        yield SentenceWritten(sentence=sentence, citations=())
        yield AnswerGiven(answer=self.ask(query))


class TestStreamed:
    def chunks(self, official: OpenAI, **more: Any) -> list[ChatCompletionChunk]:
        create: Any = official.chat.completions.create
        return list(create(model="quoth", messages=user(QUESTION), stream=True, **more))

    def test_it_says_the_same_in_chunks(self, official: OpenAI) -> None:
        chunks = self.chunks(official)
        assert len({(chunk.id, chunk.created, chunk.model) for chunk in chunks}) == 1
        assert {chunk.object for chunk in chunks} == {"chat.completion.chunk"}
        first, last = chunks[0].choices[0], chunks[-1].choices[0]
        assert (first.delta.role, first.delta.content) == ("assistant", "")
        assert (last.finish_reason, last.delta.content) == ("stop", None)
        assert all(chunk.choices[0].finish_reason is None for chunk in chunks[:-1])
        assert "".join(chunk.choices[0].delta.content or "" for chunk in chunks) == TEXT
        assert chunks[-1].model_extra is not None
        assert chunks[-1].model_extra["quoth"]["citations"][0]["quote"] == QUOTE
        assert all(chunk.usage is None for chunk in chunks)

    def test_usage_comes_last_where_it_is_asked_for(self, official: OpenAI) -> None:
        *others, last = self.chunks(official, stream_options={"include_usage": True})
        assert all(chunk.usage is None and chunk.choices for chunk in others)
        assert last.choices == []
        assert last.usage is not None
        whole = official.chat.completions.create(model="quoth", messages=user(QUESTION)).usage
        assert last.usage == whole

    def test_the_lines_are_as_the_api_has_them(self, url: str) -> None:
        body = {"model": "quoth", "messages": user(QUESTION), "stream": True}
        response = httpx.post(f"{url}/v1/chat/completions", json=body)
        assert response.headers["content-type"].startswith("text/event-stream")
        lines = [line for line in response.text.splitlines() if line]
        assert all(line.startswith("data: ") for line in lines)
        assert lines[-1] == "data: [DONE]"
        assert json.loads(lines[0].removeprefix("data: "))["choices"][0]["delta"]["role"]

    def test_the_helper_of_the_client_puts_it_together(self, official: OpenAI) -> None:
        with official.chat.completions.stream(model="quoth", messages=user(QUESTION)) as stream:
            final = stream.get_final_completion()
        assert final.choices[0].message.content == TEXT
        assert final.choices[0].finish_reason == "stop"

    def test_the_asynchronous_client_reads_both(self, url: str) -> None:
        async def both() -> tuple[str | None, str]:
            async with openai.AsyncOpenAI(base_url=f"{url}/v1", api_key="none") as client:
                whole = await client.chat.completions.create(model="quoth", messages=user(QUESTION))
                stream = await client.chat.completions.create(
                    model="quoth", messages=user(QUESTION), stream=True
                )
                pieces = [chunk.choices[0].delta.content or "" async for chunk in stream]
            return whole.choices[0].message.content, "".join(pieces)

        assert asyncio.run(both()) == (TEXT, TEXT)

    @pytest.mark.parametrize(
        ("wrote", "said"), [(QUOTE, TEXT), ("Never.", f"Never. [1]\n\n{TEXT}")]
    )
    def test_what_a_model_wrote_is_told_as_it_comes_and_not_twice(
        self, service: Service, archive: MemoryArchive, wrote: str, said: str
    ) -> None:
        quotes = {QUESTION: [("art-ferry", QUOTE)]}
        engine = Wording(archive=archive, quotes=quotes, wrote=wrote)
        with (
            serving(replace(service, engine=engine)) as url,
            OpenAI(base_url=f"{url}/v1", api_key="none", timeout=PATIENCE) as client,
        ):
            pieces = [chunk.choices[0].delta.content for chunk in self.chunks(client)]
        assert pieces[:2] == ["", f"{wrote} [1]"]
        assert "".join(piece or "" for piece in pieces) == said

    def test_the_work_stops_when_the_client_leaves(
        self, service: Service, archive: MemoryArchive
    ) -> None:
        engine = SlowEngine(archive=archive, quotes={QUESTION: [("art-ferry", QUOTE)]})
        with (
            serving(replace(service, engine=engine)) as url,
            OpenAI(base_url=f"{url}/v1", api_key="none", timeout=PATIENCE) as client,
        ):
            create: Any = client.chat.completions.create
            with create(model="quoth", messages=user(QUESTION), stream=True) as stream:
                until(lambda: bool(next(stream).choices[0].delta.content))
            assert engine.given_up.wait(PATIENCE)


class Failing(MemoryEngine):
    """Fails once retrieval is done."""

    def ask(self, query: Query) -> Answer:
        raise StoreUnavailable(f"no answer to {query.question!r}", hint="start the index")


class TestErrors:
    @pytest.mark.parametrize(
        ("body", "param"),
        [
            ({"model": "quoth"}, "messages"),
            ({"messages": [{"role": "user", "content": "Why?"}]}, "model"),
            ({"model": "quoth", "messages": []}, "messages"),
            ({"model": "quoth", "messages": "Why?"}, "messages"),
            ({"model": "quoth", "messages": [{"content": "Why?"}]}, "messages.0.role"),
            ({"model": "quoth", "messages": [{"role": "system", "content": "x"}]}, "messages"),
            ({"model": "quoth", "messages": [{"role": "user", "content": ""}]}, "messages"),
            ({"model": "quoth", "messages": user("why " * 600)}, "messages"),
            ({"model": "quoth", "messages": user("Why?"), "stream": "maybe"}, "stream"),
            (
                {"model": "quoth", "messages": user("Why?"), "quoth": {"since": "soon"}},
                "quoth.since",
            ),
        ],
    )
    def test_a_request_that_cannot_be_used_is_a_400(
        self, url: str, body: dict[str, Any], param: str
    ) -> None:
        response = httpx.post(f"{url}/v1/chat/completions", json=body)
        assert response.status_code == 400, response.text
        assert response.headers["content-type"] == "application/json"
        error = response.json()["error"]
        assert set(error) == {"message", "type", "param", "code"}
        assert (error["type"], error["message"] != "") == ("invalid_request_error", True)
        assert (error["param"] or "").startswith(param)

    @pytest.mark.parametrize(
        ("message", "said"),
        [
            ({"content": "Why?"}, "messages.0.role: Field required"),
            ({"role": "user", "content": 5}, "messages.0.content: Content is text, or a list"),
            ({"role": "user", "content": {"text": "x"}}, "messages.0.content: Content is text"),
            (
                {"role": "user", "content": [{"text": "Why?"}]},
                "messages.0.content.parts.0.type: Field required",
            ),
        ],
    )
    def test_what_is_wrong_is_told_once_and_in_plain_words(
        self, url: str, message: dict[str, Any], said: str
    ) -> None:
        body = {"model": "quoth", "messages": [message]}
        error = httpx.post(f"{url}/v1/chat/completions", json=body).json()["error"]
        assert error["message"].startswith(said)
        assert ";" not in error["message"]
        assert not {"tuple", "Tuple", "function"} & set(re.findall(r"\w+", error["message"]))

    def test_what_is_no_json_is_a_400(self, url: str) -> None:
        headers = {"Content-Type": "application/json"}
        response = httpx.post(f"{url}/v1/chat/completions", content="{", headers=headers)
        assert response.status_code == 400
        assert "not JSON" in response.json()["error"]["message"]

    def test_the_client_raises_what_it_raises_elsewhere(self, official: OpenAI) -> None:
        with pytest.raises(openai.NotFoundError) as missing:
            official.chat.completions.create(model="gpt-5", messages=user("Why?"))
        assert missing.value.code == "model_not_found"
        with pytest.raises(openai.BadRequestError) as bad:
            official.chat.completions.create(model="quoth", messages=[])
        assert (bad.value.param, bad.value.code) == ("messages", None)

    @pytest.mark.parametrize("stream", [False, True])
    def test_a_store_that_does_not_answer_is_a_server_error(
        self, service: Service, archive: MemoryArchive, stream: bool
    ) -> None:
        engine = Failing(archive=archive, quotes={})
        with (
            serving(replace(service, engine=engine)) as url,
            OpenAI(base_url=f"{url}/v1", api_key="none", max_retries=0) as client,
        ):
            create: Any = client.chat.completions.create
            with pytest.raises(openai.APIError) as caught:
                list(create(model="quoth", messages=user(QUESTION), stream=stream))
        assert "start the index" in caught.value.message
        assert caught.value.type == "server_error"
        if not stream:
            assert isinstance(caught.value, openai.InternalServerError)
            assert caught.value.status_code == 503

    def test_other_routes_keep_their_errors(self, url: str) -> None:
        response = httpx.post(f"{url}/v1/chat", json={})
        assert response.status_code == 422
        assert response.headers["content-type"] == "application/problem+json"

    def test_what_is_turned_away_before_any_route_has_the_same_shape(self, url: str) -> None:
        headers = {"Origin": "https://elsewhere.example"}
        body = {"model": "quoth", "messages": user("Why?")}
        response = httpx.post(f"{url}/v1/chat/completions", json=body, headers=headers)
        assert response.status_code == 403
        assert response.json()["error"]["code"] == "cross_origin"
