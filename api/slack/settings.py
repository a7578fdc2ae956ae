"""Settings of the Slack bot, and what is wrong with them."""

from __future__ import annotations

from typing import ClassVar

from pydantic import SecretStr, field_validator

from api.settings import Listed
from index.configuration import QuothSettings
from index.errors import ConfigurationError

SLACK_API = "https://slack.com/api/"
BOT_TOKEN_PLACE = "OAuth & Permissions → Bot User OAuth Token"  # noqa: S105 - a place
APP_TOKEN_PLACE = "Basic Information → App-Level Tokens (connections:write)"  # noqa: S105 - a place
SIGNING_PLACE = "Basic Information → App Credentials → Signing Secret"
PAGES = "the pages of your app at https://api.slack.com/apps"


class SlackSettings(QuothSettings):
    """Who the bot is in Slack, and whom it answers."""

    slack_bot_token: SecretStr | None = None
    """What the bot acts with; begins with `xoxb-`."""
    slack_app_token: SecretStr | None = None
    """What Socket Mode connects with; begins with `xapp-`."""
    slack_signing_secret: SecretStr | None = None
    """What Slack signs requests to `POST /slack/events` with."""
    slack_api_url: str = SLACK_API
    slack_channels: Listed = ()
    """Ids of the channels where it answers, such as `C0123456789`; empty: wherever it is invited.
    Direct messages are in no channel."""
    slack_users: Listed = ()
    """Ids of the people whom it answers, such as `U0123456789`; empty: everybody."""
    slack_rate_limit: str | None = "10/minute"
    """Questions of one person."""
    slack_channel_rate_limit: str | None = "30/minute"
    """Questions in one channel."""
    slack_page_url: str | None = None
    """Where people reach the web page, for links to articles that have no address of their own."""
    slack_service_key: SecretStr | None = None
    """API key for the service that `quoth slack --url` asks."""

    secret_fields: ClassVar[frozenset[str]] = frozenset(
        {"slack_bot_token", "slack_app_token", "slack_signing_secret", "slack_service_key"}
    )

    @field_validator("slack_bot_token", "slack_app_token", mode="after")
    @classmethod
    def _is_token(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and not value.get_secret_value().startswith(("xoxb-", "xapp-")):
            raise ValueError("a bot token begins with xoxb-, an app-level token with xapp-")
        return value

    @field_validator("slack_api_url", "slack_page_url")
    @classmethod
    def _is_url(cls, value: str | None) -> str | None:
        if value is None:
            return None
        if not value.startswith(("http://", "https://")):
            raise ValueError("give an address that begins with https://")
        return value if value.endswith("/") else f"{value}/"

    @field_validator("slack_rate_limit", "slack_channel_rate_limit")
    @classmethod
    def _is_rate(cls, value: str | None) -> str | None:
        if value is None or value.lower() == "none":
            return None
        from api.http.access.limiting import parse_rate

        parse_rate(value)
        return value

    @property
    def answers_over_http(self) -> bool:
        """Whether `POST /slack/events` is to be answered.

        Raises:
            ConfigurationError: one setting of two is there.
        """
        bot, secret = self.slack_bot_token, self.slack_signing_secret
        if bot is not None and secret is not None:
            return True
        if secret is not None:
            raise missing("QUOTH_SLACK_BOT_TOKEN", "QUOTH_SLACK_SIGNING_SECRET", BOT_TOKEN_PLACE)
        if bot is not None and self.slack_app_token is None:
            raise missing("QUOTH_SLACK_SIGNING_SECRET", "QUOTH_SLACK_BOT_TOKEN", SIGNING_PLACE)
        return False

    def socket_tokens(self) -> tuple[str, str]:
        """Bot token and app-level token.

        Raises:
            ConfigurationError: one of them is missing, or they were mixed up.
        """
        bot, app = self.slack_bot_token, self.slack_app_token
        if bot is None:
            raise missing("QUOTH_SLACK_BOT_TOKEN", "the Slack bot", BOT_TOKEN_PLACE)
        if app is None:
            raise missing("QUOTH_SLACK_APP_TOKEN", "Socket Mode", APP_TOKEN_PLACE)
        if not app.get_secret_value().startswith("xapp-"):
            raise ConfigurationError(
                "QUOTH_SLACK_APP_TOKEN holds a bot token", hint=f"an app token is under {_at()}"
            )
        if not bot.get_secret_value().startswith("xoxb-"):
            raise ConfigurationError(
                "QUOTH_SLACK_BOT_TOKEN holds an app token", hint=f"a bot token is under {_at()}"
            )
        return bot.get_secret_value(), app.get_secret_value()


def missing(name: str, needed_by: str, where: str) -> ConfigurationError:
    """What to say of a setting that is not there."""
    return ConfigurationError(
        f"{name} is not set, and {needed_by} needs it", hint=f"it is under {where}, on {PAGES}"
    )


def _at() -> str:
    return f"{APP_TOKEN_PLACE}; {BOT_TOKEN_PLACE}"
