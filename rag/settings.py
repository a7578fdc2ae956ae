"""Settings of the read path."""

from __future__ import annotations

import difflib
from typing import Literal

from pydantic import Field, field_validator
from pydantic_settings import SettingsConfigDict

from index.configuration import QuothSettings
from index.settings import BUILT_IN

READERS = frozenset({BUILT_IN, "similarity", "span", "none"})


class RagSettings(QuothSettings):
    """How passages are found, read and quoted, and which language model there is, if any."""

    model_config = SettingsConfigDict(hide_input_in_errors=True)

    fusion: Literal["min-max", "rrf"] = "min-max"
    fusion_weight: float = Field(default=0.6, ge=0.0, le=1.0)
    """Share of the dense score in the fused one; the rest is lexical."""
    candidate_depth: int = Field(default=100, ge=10, le=1000)
    """Passages that each index gives to the fusion."""
    read_passages: int = Field(default=8, ge=1, le=50)
    """Passages whose sentences are read."""
    max_sentences: int = Field(default=4, ge=1, le=10)
    """Most sentences that an answer quotes."""
    reading_weight: float = Field(default=0.1, ge=0.0, le=2.0)
    """How much reading moves a passage in `retrieved`: weight of the log-odds of its best sentence
    beside the fused score."""
    answer_threshold: float | None = Field(default=None, ge=0.0, le=1.0)
    """Least confidence that counts as an answer; None is the reader's own, chosen on data."""
    max_question_chars: int = Field(default=2000, ge=1)
    reader: str = BUILT_IN
    """`built-in`, or `span`, has a trained network find the answering words besides what
    similarity tells; `similarity` goes without it, several times faster; `none` switches reading
    off: questions find passages, and nothing is answered. Another value is the name or
    path of a Hugging Face model for extractive question answering, in place of the built-in one."""
    reranker: str = "none"
    """The name or path of a sentence-transformers `CrossEncoder`, which orders the best passages
    anew before they are read."""
    llm_provider: Literal["openai-like", "anthropic", "ollama"] = "openai-like"
    """How the model is spoken to; all but the first need an extra package."""
    llm_base_url: str | None = None
    """Its URL up to and with the version, such as `http://127.0.0.1:11434/v1`."""
    llm_model: str | None = None
    """None: answers are quotes, and no model is asked anything."""
    llm_api_key: str | None = Field(default=None, repr=False)
    """None where the endpoint wants none."""
    llm_timeout_seconds: float = Field(default=60.0, gt=0, allow_inf_nan=False)
    """How long one reply may take before it counts as none."""

    secret_fields = frozenset({"llm_api_key"})

    @field_validator("reader")
    @classmethod
    def _a_reader(cls, value: str) -> str:
        known = sorted(READERS)
        mistyped = difflib.get_close_matches(value.lower(), known, n=1, cutoff=0.7)
        if value in READERS or (value.strip() and not mistyped):
            return value
        raise ValueError(
            f"there is no such reader; give one of {', '.join(known)}, or the name or path of a "
            "question-answering model"
        )

    @field_validator("reranker")
    @classmethod
    def _a_reranker(cls, value: str) -> str:
        if not value.strip() or value == BUILT_IN:
            raise ValueError("none is built in; give 'none', or a cross-encoder's name or path")
        return value

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
