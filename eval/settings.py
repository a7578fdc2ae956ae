"""Settings of the language model that judges answers, or is scored itself."""

from __future__ import annotations

from pydantic import Field, field_validator
from pydantic_settings import SettingsConfigDict

from index.configuration import QuothSettings


class EvalSettings(QuothSettings):
    """Which OpenAI-compatible endpoint there is. None is needed for the deterministic metrics."""

    model_config = SettingsConfigDict(hide_input_in_errors=True)

    llm_base_url: str | None = None
    """Its URL up to and with the version, such as `http://127.0.0.1:11434/v1`."""
    llm_model: str | None = None
    llm_api_key: str | None = Field(default=None, repr=False)
    """None where the endpoint wants none."""
    llm_timeout_seconds: float = Field(default=60.0, gt=0, allow_inf_nan=False)
    """How long one reply may take before it counts as none."""

    secret_fields = frozenset({"llm_api_key"})

    @field_validator("llm_base_url")
    @classmethod
    def _is_http(cls, value: str | None) -> str | None:
        if value is not None and not value.startswith(("http://", "https://")):
            raise ValueError("give a URL such as http://127.0.0.1:11434/v1")
        return value

    @field_validator("llm_api_key")
    @classmethod
    def _can_be_sent(cls, value: str | None) -> str | None:
        if value is None:
            return None
        if not value.isascii() or not value.isprintable():
            raise ValueError("it holds characters that no header can hold")
        return value.strip() or None
