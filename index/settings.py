"""Settings of the write path."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field, field_validator

from index.configuration import DEFAULT_DATA_DIR, QuothSettings

BUILT_IN = "built-in"
"""Names the model that ships with Quoth, wherever a setting takes a model's name or path."""


class IndexSettings(QuothSettings):
    """Where the archive lies and how articles become passages and vectors."""

    data_dir: Path = Field(default=Path(DEFAULT_DATA_DIR))
    """Everything that Quoth writes."""
    catalogue_url: str | None = None
    """SQLAlchemy URL of SQLite or Postgres; None is `catalogue.sqlite` in the data directory."""
    chroma_url: str | None = None
    """URL of a Chroma server; None embeds Chroma in the data directory."""
    embedding_model: str = BUILT_IN
    """A sentence-transformers name or path."""
    model_cache: Path | None = None
    """Where exported models are kept; None is `models` in the data directory."""
    passage_words: int = Field(default=150, ge=20, le=400)
    """Longest passage, in words; whole sentences only."""
    passage_overlap: int = Field(default=1, ge=0, le=5)
    """How many sentences a passage repeats of the one before it."""
    embed_batch_size: int = Field(default=32, ge=1, le=512)
    max_file_mb: int = Field(default=64, ge=1)
    """Largest single-article file that is taken in; JSONL is streamed and may be larger."""

    secret_fields = frozenset({"catalogue_url", "chroma_url"})

    @field_validator("chroma_url")
    @classmethod
    def _is_http(cls, value: str | None) -> str | None:
        if value is not None and not value.startswith(("http://", "https://")):
            raise ValueError("give a URL such as http://127.0.0.1:8001")
        return value

    @property
    def models_dir(self) -> Path:
        """Folder of exported models."""
        return self.model_cache or self.data_dir / "models"
