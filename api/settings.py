"""Settings of the ways in."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, field_validator

from index.configuration import QuothSettings


class ApiSettings(QuothSettings):
    """Where Quoth listens and how it logs."""

    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=0, le=65535)
    api_auth: Literal["auto", "off", "on"] = "auto"
    """`auto` refuses to listen beyond loopback; `off` insists, with a proxy in front."""
    max_upload_mb: int = Field(default=64, ge=1)
    """Largest request body where articles are sent."""
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    log_format: Literal["console", "json"] = "console"

    @field_validator("log_level", "log_format", "api_auth", mode="before")
    @classmethod
    def _lower(cls, value: object) -> object:
        return value.lower() if isinstance(value, str) else value

    @field_validator("api_auth")
    @classmethod
    def _no_keys_yet(cls, value: str) -> str:
        if value == "on":
            raise ValueError("this version has no API keys; give 'auto' or 'off'")
        return value
