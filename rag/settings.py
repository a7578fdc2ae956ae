"""Settings of the read path."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, field_validator

from index.configuration import QuothSettings
from index.settings import BUILT_IN


class RagSettings(QuothSettings):
    """How passages are found, read and quoted."""

    fusion: Literal["min-max", "rrf"] = "min-max"
    fusion_weight: float = Field(default=0.5, ge=0.0, le=1.0)
    """Share of the dense score in the fused one; the rest is lexical."""
    candidate_depth: int = Field(default=100, ge=10, le=1000)
    """Passages that each index gives to the fusion."""
    read_passages: int = Field(default=8, ge=1, le=50)
    """Passages whose sentences are read."""
    max_sentences: int = Field(default=4, ge=1, le=10)
    """Most sentences that an answer quotes."""
    reading_weight: float = Field(default=0.2, ge=0.0, le=2.0)
    """How much reading moves a passage in `retrieved`: weight of the log-odds of its best sentence
    beside the fused score."""
    answer_threshold: float | None = Field(default=None, ge=0.0, le=1.0)
    """Least confidence that counts as an answer; None is the reader's own, chosen on data."""
    max_question_chars: int = Field(default=2000, ge=1)
    reader: str = BUILT_IN
    """`none` switches reading off: questions find passages, and nothing is answered."""
    reranker: str = "none"

    @field_validator("reader")
    @classmethod
    def _known_reader(cls, value: str) -> str:
        if value not in {BUILT_IN, "none"}:
            raise ValueError("this version reads by similarity only; give 'built-in' or 'none'")
        return value

    @field_validator("reranker")
    @classmethod
    def _known_reranker(cls, value: str) -> str:
        if value != "none":
            raise ValueError("this version has no reranker; give 'none'")
        return value
