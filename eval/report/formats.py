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
_OTHERS = frozenset(
    (".csv", ".doc", ".docx", ".odt", ".pdf", ".png", ".rtf", ".svg", ".tsv", ".xlsx", ".yaml")
)
"""Endings that stand for what no report is."""


def format_of(file: Path) -> Format | None:
    """Return the format that the file's name stands for; None where it stands for none."""
    return _SUFFIXES.get(file.suffix.lower())


def contradicts(file: Path, wanted: Format) -> bool:
    """Return whether the file's name stands for something else than the format."""
    meant = format_of(file)
    return file.suffix.lower() in _OTHERS if meant is None else meant is not wanted
