"""One file to the articles in it, whatever its kind."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from pathlib import Path

from index.loading.base import MEBIBYTE, Loaded, Loader, LoadLimits
from index.loading.html import HtmlLoader
from index.loading.markdown import MarkdownLoader
from index.loading.records import JsonLinesLoader, JsonLoader
from index.loading.text import TextLoader
from index.records import Refusal

_DEFAULT_LIMITS = LoadLimits()


def loaders(limits: LoadLimits = _DEFAULT_LIMITS) -> Sequence[Loader]:
    """One loader for each kind of file that can be taken in."""
    return (
        TextLoader(),
        MarkdownLoader(),
        HtmlLoader(),
        JsonLinesLoader(limits),
        JsonLoader(limits),
    )


KNOWN_SUFFIXES: frozenset[str] = frozenset().union(*(loader.suffixes for loader in loaders()))


def load_path(
    path: Path, *, origin: str | None = None, limits: LoadLimits = _DEFAULT_LIMITS
) -> Iterator[Loaded]:
    """The articles of a file in order, and a `Refusal` for each that cannot be taken in.

    `origin` is what the articles and refusals are said to come from, by default the path as given.
    Never raises for a file that is missing, unreadable, too large or no article.
    """
    origin = str(path) if origin is None else origin
    loader = _loader_for(path.name, limits)
    if loader is None:
        yield Refusal(origin=origin, reason=_unknown_kind(path.name))
        return
    try:
        size = path.stat().st_size
        if not path.is_file():
            yield Refusal(origin=origin, reason="it is not a file: name a file or a folder")
        elif size > limits.max_file_bytes and not loader.streamed:
            yield Refusal(origin=origin, reason=_too_large(size, limits))
        elif size == 0:
            yield Refusal(origin=origin, reason="the file is empty: put the article's text in it")
        else:
            with path.open("rb") as stream:
                yield from loader.load(stream, origin=origin)
    except OSError as error:
        yield Refusal(origin=origin, reason=unreadable(error))


def load_bytes(
    data: bytes, *, name: str, origin: str | None = None, limits: LoadLimits = _DEFAULT_LIMITS
) -> Iterator[Loaded]:
    """As `load_path`, for a file that was handed over and is not on disk (an upload)."""
    origin = name if origin is None else origin
    loader = _loader_for(name, limits)
    if loader is None:
        yield Refusal(origin=origin, reason=_unknown_kind(name))
    elif len(data) > limits.max_file_bytes and not loader.streamed:
        yield Refusal(origin=origin, reason=_too_large(len(data), limits))
    elif not data:
        yield Refusal(origin=origin, reason="the file is empty: put the article's text in it")
    else:
        yield from loader.load(io.BytesIO(data), origin=origin)


def unreadable(error: OSError) -> str:
    """Why a file or folder could not be read, in one line."""
    if isinstance(error, FileNotFoundError):
        return "there is no such file or folder: check the spelling"
    if isinstance(error, PermissionError):
        return "it may not be read: check its permissions"
    return f"it cannot be read ({error.strerror or error}): check the path and the disk"


def _loader_for(name: str, limits: LoadLimits) -> Loader | None:
    suffix = Path(name).suffix.lower()
    return next((loader for loader in loaders(limits) if suffix in loader.suffixes), None)


def _unknown_kind(name: str) -> str:
    suffix = Path(name).suffix or "no ending"
    return (
        f"files of this kind ({suffix}) are not taken in: "
        f"save the article as one of {', '.join(sorted(KNOWN_SUFFIXES))}"
    )


def _too_large(size: int, limits: LoadLimits) -> str:
    return (
        f"it is {size // MEBIBYTE} MiB, more than the {limits.max_file_bytes // MEBIBYTE} MiB "
        "that one file may have: split it, or put many articles into one .jsonl file"
    )
