"""What the bot is set up with, and what is said where something is missing."""

from __future__ import annotations

from typing import Any

import pytest

from api.bootstrap import configure
from api.slack.settings import SlackSettings
from index.configuration import read_configuration
from index.errors import ConfigurationError, UnknownSetting

BOT = "xoxb-1-2-abc"
APP = "xapp-1-A-2-abc"


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def settings(monkeypatch: pytest.MonkeyPatch, **variables: str) -> SlackSettings:
    for name, value in variables.items():
        monkeypatch.setenv(f"QUOTH_SLACK_{name.upper()}", value)
    return read_configuration((SlackSettings,), {}).build(SlackSettings)


def test_without_anything_slack_is_not_answered(monkeypatch: pytest.MonkeyPatch) -> None:
    assert not settings(monkeypatch).answers_over_http


def test_over_http_it_takes_token_and_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    assert settings(monkeypatch, bot_token=BOT, signing_secret="s").answers_over_http


def test_tokens_of_socket_mode_do_not_open_the_route(monkeypatch: pytest.MonkeyPatch) -> None:
    found = settings(monkeypatch, bot_token=BOT, app_token=APP)
    assert not found.answers_over_http
    assert found.socket_tokens() == (BOT, APP)


@pytest.mark.parametrize(
    ("given", "lacking"),
    [
        ({"bot_token": BOT}, "QUOTH_SLACK_SIGNING_SECRET"),
        ({"signing_secret": "s"}, "QUOTH_SLACK_BOT_TOKEN"),
        ({"signing_secret": "s", "app_token": APP}, "QUOTH_SLACK_BOT_TOKEN"),
    ],
)
def test_one_of_two_is_an_error_that_names_the_other(
    monkeypatch: pytest.MonkeyPatch, given: dict[str, str], lacking: str
) -> None:
    with pytest.raises(ConfigurationError, match=f"{lacking} is not set") as raised:
        _ = settings(monkeypatch, **given).answers_over_http
    assert "api.slack.com/apps" in raised.value.hint


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({}, "QUOTH_SLACK_BOT_TOKEN is not set"),
        ({"bot_token": BOT}, "QUOTH_SLACK_APP_TOKEN is not set"),
        ({"bot_token": APP, "app_token": APP}, "BOT_TOKEN holds an app token"),
        ({"bot_token": BOT, "app_token": BOT}, "APP_TOKEN holds a bot token"),
    ],
)
def test_socket_mode_says_which_token_is_missing_or_mixed_up(
    monkeypatch: pytest.MonkeyPatch, given: dict[str, str], said: str
) -> None:
    with pytest.raises(ConfigurationError, match=said):
        settings(monkeypatch, **given).socket_tokens()


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("bot_token", "abc", "begins with xoxb-"),
        ("api_url", "slack.com", "begins with https://"),
        ("rate_limit", "often", "such as 60/minute"),
    ],
)
def test_a_bad_value_is_named_and_a_secret_is_not_told(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, said: str
) -> None:
    with pytest.raises(ConfigurationError, match=f"QUOTH_SLACK_{name.upper()} is not usable") as e:
        settings(monkeypatch, **{name: value})
    assert said in str(e.value)
    assert "abc" not in str(e.value)


def test_lists_addresses_and_limits_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    found = settings(
        monkeypatch, channels="C1, C2", page_url="https://q.example", rate_limit="none"
    )
    assert found.slack_channels == ("C1", "C2")
    assert found.slack_page_url == "https://q.example/"
    assert found.slack_rate_limit is None
    assert found.slack_channel_rate_limit == "30/minute"


def test_secrets_are_masked_and_a_mistyped_name_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QUOTH_SLACK_BOT_TOKEN", BOT)
    rows = {row.name: row.value for row in configure({}).explain((SlackSettings,))}
    assert rows["QUOTH_SLACK_BOT_TOKEN"] == "********"
    assert BOT not in repr(configure({}).build(SlackSettings))
    monkeypatch.setenv("QUOTH_SLACK_BOT_TOKN", BOT)
    with pytest.raises(UnknownSetting, match="did you mean QUOTH_SLACK_BOT_TOKEN") as raised:
        configure({})
    assert BOT not in str(raised.value)
