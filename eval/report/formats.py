"""What a report can be made into."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path


class Format(StrEnum):
    """The ways in which a report is written."""

    JSON = "json"
    HTML = "html"
    MARKDOWN = "markdown"
    JUNIT = "junit"


_SUFFIXES: Mapping[str, Format] = {
    ".json": Format.JSON,
    ".html": Format.HTML,
    ".htm": Format.HTML,
    ".md": Format.MARKDOWN,
    ".markdown": Format.MARKDOWN,
    ".xml": Format.JUNIT,
}


def format_of(file: Path) -> Format | None:
    """Return the format that the file's name stands for; None where it stands for none."""
    return _SUFFIXES.get(file.suffix.lower())
