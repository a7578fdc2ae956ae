"""Settings of the ways in."""

from __future__ import annotations

import ipaddress
import re
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, field_validator
from pydantic_settings import NoDecode

from index.configuration import QuothSettings

_ORIGIN = re.compile(r"https?://[a-z0-9.\[\]:-]+|\*")


def _split(value: object) -> object:
    """The parts of a text with commas in it; anything else as it is."""
    if isinstance(value, str):
        return tuple(part.strip() for part in value.split(",") if part.strip())
    return value


Listed = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_split)]
"""Several texts: with commas between them in the environment, an array in `quoth.toml`."""


class ApiSettings(QuothSettings):
    """Where Quoth listens, whom it lets in, and how it logs."""

    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=0, le=65535)
    api_auth: Literal["auto", "off", "on"] = "auto"
    """Whether callers need an API key; `auto`: unless Quoth listens on loopback only."""
    api_rate_limit: str | None = None
    """Requests of one caller, such as `60/minute`: by key, else by address. None: no limit."""
    api_daily_quota: int | None = Field(default=None, ge=1)
    """Requests of one caller in a day of UTC. None: no limit."""
    api_cors_origins: Listed = ()
    """Origins whose pages may call the service from a browser, such as `https://news.example`."""
    api_trusted_proxies: Listed = ()
    """Addresses or networks of proxies that are believed about whom they ask for."""
    api_deadline_seconds: float = Field(default=90.0, gt=0, allow_inf_nan=False)
    """How long a request may wait and be worked on before it is given up."""
    max_upload_mb: int = Field(default=64, ge=1)
    """Largest request body where articles are sent."""
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    log_format: Literal["console", "json"] = "console"
    log_access: bool = True
    """Whether each request has a line in the log. It never has a question or a query string."""

    @field_validator("log_level", "log_format", "api_auth", mode="before")
    @classmethod
    def _lower(cls, value: object) -> object:
        return value.lower() if isinstance(value, str) else value

    @field_validator("api_rate_limit")
    @classmethod
    def _is_rate(cls, value: str | None) -> str | None:
        if value is not None:
            from api.http.access.limiting import parse_rate

            parse_rate(value)
        return value

    @field_validator("api_cors_origins")
    @classmethod
    def _are_origins(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        origins = tuple(each.lower() for each in value)
        for origin in origins:
            if not _ORIGIN.fullmatch(origin):
                raise ValueError(f"{origin} is no origin; give such as https://news.example")
        return origins

    @field_validator("api_trusted_proxies")
    @classmethod
    def _are_networks(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for each in value:
            try:
                ipaddress.ip_network(each, strict=False)
            except ValueError:
                raise ValueError(
                    f"{each} is no address; give such as 10.0.0.7 or 172.16.0.0/12"
                ) from None
        return value
