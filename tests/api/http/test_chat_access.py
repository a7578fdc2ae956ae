"""Chat with API keys: what one key's holder began, no other one sees."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import openai
import pytest
from openai import OpenAI

from api.http.access.rules import AccessRules
from api.service import Limits, Service
from index.catalogue.keys import KeyTable, Scope
from index.keys import open_keys
from index.settings import IndexSettings
from tests.api.http.conftest import QUESTION
from tests.api.http.event_streams import asking, streamed
from tests.api.http.serving import serving
from tests.api.http.test_access import bearer, key_for
from tests.api.http.test_conversations import begun
from tests.api.http.test_questions import problem


@pytest.fixture
def keys(tmp_path: Path) -> Iterator[KeyTable]:
    with open_keys(IndexSettings(data_dir=tmp_path / "archive")) as table:
        yield table


@pytest.fixture
def url(service: Service, keys: KeyTable) -> Iterator[str]:
    with serving(replace(service, limits=Limits()), AccessRules(keys=keys)) as url:
        yield url


@pytest.fixture
def two(url: str, keys: KeyTable) -> Iterator[tuple[httpx.Client, httpx.Client]]:
    mine, theirs = (bearer(key_for(keys, Scope.ASK)) for _ in range(2))
    with (
        httpx.Client(base_url=url, headers=mine, timeout=10) as one,
        httpx.Client(base_url=url, headers=theirs, timeout=10) as other,
    ):
        yield one, other


def test_a_conversation_is_seen_with_its_own_key_only(
    two: tuple[httpx.Client, httpx.Client],
) -> None:
    one, other = two
    conversation_id = begun(one)
    body = asking(QUESTION, conversation_id=conversation_id)
    assert one.post("/v1/chat", json=body).status_code == 200
    path = f"/v1/conversations/{conversation_id}"
    assert one.get(path).json()["turns"][0]["question"] == QUESTION
    for response in (other.get(path), other.delete(path), other.post("/v1/chat", json=body)):
        problem(response, 404, "conversation_not_found")
    assert other.get("/v1/conversations").json()["total"] == 0
    assert one.get("/v1/conversations").json()["total"] == 1


def test_a_stream_is_gone_on_with_by_its_own_key_only(
    two: tuple[httpx.Client, httpx.Client],
) -> None:
    one, other = two
    last = {"Last-Event-ID": streamed(one, QUESTION)[0].event_id}
    problem(other.post("/v1/chat", json=asking(QUESTION), headers=last), 410, "stream_gone")
    assert one.post("/v1/chat", json=asking(QUESTION), headers=last).status_code == 200


def test_the_official_client_is_told_of_keys_and_limits_as_elsewhere(
    url: str, keys: KeyTable
) -> None:
    def ask(key: str) -> Any:
        with OpenAI(base_url=f"{url}/v1", api_key=key, max_retries=0, timeout=10) as client:
            messages: Any = [{"role": "user", "content": QUESTION}]
            return client.chat.completions.create(model="quoth", messages=messages)

    assert ask(key_for(keys, Scope.ASK)).choices
    with pytest.raises(openai.AuthenticationError) as unknown:
        ask("sk-nobody")
    assert unknown.value.code == "invalid_api_key"
    with pytest.raises(openai.PermissionDeniedError) as denied:
        ask(key_for(keys, Scope.INGEST))
    assert denied.value.code == "scope_missing"
    hasty = key_for(keys, Scope.ASK, rate="1/minute")
    ask(hasty)
    with pytest.raises(openai.RateLimitError) as limited:
        ask(hasty)
    assert (limited.value.code, limited.value.type) == ("rate_limit_exceeded", "requests")
    assert int(limited.value.response.headers["Retry-After"]) > 0
    poor = key_for(keys, Scope.ASK, quota=1)
    ask(poor)
    with pytest.raises(openai.RateLimitError) as used_up:
        ask(poor)
    assert used_up.value.code == "insufficient_quota"
