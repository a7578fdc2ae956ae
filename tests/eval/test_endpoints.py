"""Endpoints as settings name them, and what is sent to them."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from eval.endpoints import ChatClient, ChatEndpoint, endpoint_of, masked, shown_url
from index.configuration import read_configuration
from index.errors import ConfigurationError, InputError
from rag.settings import RagSettings
from tests.llm_server import MODEL, llm_server

KEY = "sk-very-secret-0123456789"
HELLO = ({"role": "user", "content": "Hello."},)
SETTINGS = RagSettings(llm_base_url="http://a.example/v1", llm_model="m", llm_api_key=KEY)


@pytest.mark.parametrize(
    "url", ["", "localhost", "ftp://ada:secret@host", "http://", "http://[::1"]
)
def test_what_is_no_url_is_said_to_be_none(url: str) -> None:
    with pytest.raises(InputError, match="is no URL of an endpoint") as caught:
        ChatClient(ChatEndpoint(base_url=url, model=MODEL))
    assert "secret" not in str(caught.value)


def test_a_password_in_the_url_is_not_shown() -> None:
    there = ChatEndpoint(base_url="http://ada:secret@host.example:80/v1/?a=b", model=MODEL)
    assert there.shown_url == "http://host.example:80/v1"
    assert "secret" not in repr(there)


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("http://host:8000/", "http://host:8000"),
        ("http://ada@host/a@b/", "http://host/a@b"),
        ("https://ada:se@cret@[::1]:8000?key=secret#x", "https://[::1]:8000"),
        ("ada:secret@host", "host"),
        ("http://ada:secret@[::1", "[::1"),
        ("", ""),
    ],
)
def test_a_url_is_shown_without_its_secrets(url: str, shown: str) -> None:
    assert shown_url(url) == shown


def test_what_the_environment_says_to_the_client_reaches_nobody(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("API_KEY", "ADMIN_KEY", "ORG_ID", "PROJECT_ID", "BASE_URL"):
        monkeypatch.setenv(f"OPENAI_{name}", "from-the-environment")
    with llm_server("Hello.") as server:
        client = ChatClient(ChatEndpoint(base_url=server.url, model=MODEL))
        client.complete(HELLO, {})
        client.close()
    assert "from-the-environment" not in str(server.asked[0].headers)
    assert server.asked[0].headers["authorization"] == "Bearer none"


def test_settings_name_an_endpoint() -> None:
    found = endpoint_of(SETTINGS)
    assert (found.base_url, found.model, found.api_key) == ("http://a.example/v1", "m", KEY)
    assert found.timeout_seconds == 60.0
    assert KEY not in repr(SETTINGS) + repr(found)


def test_a_key_goes_to_the_host_that_it_is_for() -> None:
    assert endpoint_of(SETTINGS, base_url="http://a.example/v2", model="n").api_key == KEY
    assert endpoint_of(SETTINGS, base_url="https://b.example/v1").api_key is None
    assert endpoint_of(SETTINGS, base_url="http://[::1").api_key is None
    alone = RagSettings(llm_api_key=KEY)
    assert endpoint_of(alone, base_url="https://b.example/v1", model="n").api_key == KEY


@pytest.mark.parametrize(
    ("settings", "lacking"),
    [
        (RagSettings(), "QUOTH_LLM_BASE_URL"),
        (RagSettings(llm_base_url="http://a.example"), "QUOTH_LLM_MODEL"),
    ],
)
def test_without_settings_there_is_no_endpoint(settings: RagSettings, lacking: str) -> None:
    with pytest.raises(ConfigurationError, match=f"no language model is named: set {lacking}"):
        endpoint_of(settings)


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("llm_base_url", "host.example", "give a URL such as"),
        ("llm_api_key", f"{KEY}\n{KEY}", "it holds characters that no header can hold"),
        ("llm_api_key", f"{KEY}é", "it holds characters that no header can hold"),
        ("llm_timeout_seconds", "0", "greater than 0"),
        ("llm_timeout_seconds", "inf", "finite"),
    ],
)
def test_settings_that_cannot_be_used(
    monkeypatch: pytest.MonkeyPatch, field: str, value: str, message: str
) -> None:
    monkeypatch.setenv(f"QUOTH_{field.upper()}", value)
    name = f"QUOTH_{field.upper()}"
    with pytest.raises(ConfigurationError, match=f"{name} is not usable: .*{message}"):
        read_configuration([RagSettings], {"data_dir": "nowhere"}).build(RagSettings)
    with pytest.raises(ValidationError) as caught:
        RagSettings()
    assert KEY not in str(caught.value)


def test_a_key_is_masked_where_settings_are_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QUOTH_LLM_API_KEY", f" {KEY} ")
    found = read_configuration([RagSettings], {"data_dir": "nowhere"})
    assert found.build(RagSettings).llm_api_key == KEY
    shown = {row.name: row.value for row in found.explain([RagSettings])}
    assert shown["QUOTH_LLM_API_KEY"] == "********"


def test_keys_are_masked_in_what_others_say() -> None:
    there = ChatEndpoint(base_url="http://a.example", model=MODEL, api_key="plain-key")
    said = "plain-key sk-abcdef123 sk-ab***yz9 Bearer abc.def-123 ask-me"
    assert masked(said, there) == "******** sk-******** sk-******** Bearer ******** ask-me"
