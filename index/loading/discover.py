"""Paths as a user gives them to the files in them.

A file that is named is always tried, and refused with a reason if it is no article. In a folder,
where nobody named the file, these are passed over and only noted in the log:

- hidden files and folders (a name that begins with a dot);
- files of kinds that no loader reads (images, programs): they become one `Refusal` only where the
  folder held nothing that could be loaded, so that a picture beside an article is no failure;
- what comes with a collection and is no article: `README`, `LICENSE` and `CHANGELOG` files, and
  JSON lines files that hold gold questions and nothing else.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import structlog

from index.loading.files import KNOWN_SUFFIXES, unreadable
from index.loading.records import JsonLinesLoader, holds_only_gold
from index.records import Refusal

_ABOUT_THE_COLLECTION = frozenset({"readme", "license", "licence", "changelog"})
_LINES = JsonLinesLoader.suffixes

logger = structlog.get_logger(__name__)


def discover(paths: Sequence[str], *, recursive: bool) -> Iterator[Path | Refusal]:
    """The files that the paths name, each once, in the order given; inside a folder sorted.

    A folder stands for the files directly in it, or with `recursive` for all files below it.
    A `Refusal` stands for each path that names nothing that could be taken in.
    """
    seen: set[str] = set()
    for given in paths:
        for found in _found_at(given, recursive=recursive):
            if isinstance(found, Refusal):
                yield found
                continue
            real = os.path.realpath(found)
            if real not in seen:
                seen.add(real)
                yield found


def _found_at(given: str, *, recursive: bool) -> Iterator[Path | Refusal]:
    if given.lower().startswith(("http://", "https://")):
        yield Refusal(
            origin=given,
            reason="URLs are not taken in by this version: save the page and ingest the file",
        )
        return
    path = Path(given)
    try:
        path.stat()
    except (OSError, ValueError) as error:
        reason = unreadable(error) if isinstance(error, OSError) else "it is not a path"
        yield Refusal(origin=given, reason=reason)
        return
    if path.is_dir():
        yield from _walk(path, recursive=recursive)
    elif path.is_file():
        yield path
    else:
        yield Refusal(origin=given, reason="it is neither a file nor a folder: name one of them")


def _walk(folder: Path, *, recursive: bool) -> Iterator[Path | Refusal]:
    """The folder's loadable files, or one `Refusal` where there are none."""
    passed_over: Counter[str] = Counter()
    failures: list[OSError] = []
    found = 0
    for root, folders, names in os.walk(folder, onerror=failures.append):
        folders[:] = sorted(n for n in folders if not n.startswith(".")) if recursive else []
        for name in sorted(name for name in names if not name.startswith(".")):
            path = Path(root) / name
            why = _why_passed_over(path)
            if why is None:
                found += 1
                yield path
            else:
                passed_over[why] += 1
    for failure in failures:
        yield Refusal(origin=str(failure.filename), reason=unreadable(failure))
    if passed_over:
        logger.info("files passed over", folder=str(folder), kinds=dict(passed_over))
    if not found and not failures:
        yield Refusal(origin=str(folder), reason=_nothing_found(folder, passed_over, recursive))


def _why_passed_over(path: Path) -> str | None:
    """What kind of file it is that no article comes from; None for one to load."""
    suffix = path.suffix.lower()
    if suffix not in KNOWN_SUFFIXES:
        return suffix or "no ending"
    if path.stem.lower() in _ABOUT_THE_COLLECTION:
        return path.name
    return "gold questions" if suffix in _LINES and _is_gold(path) else None


def _is_gold(path: Path) -> bool:
    try:
        with path.open("rb") as stream:
            return holds_only_gold(stream)
    except OSError:
        return False  # load_path says why it cannot be read


def _nothing_found(folder: Path, passed_over: Counter[str], recursive: bool) -> str:
    known = ", ".join(sorted(KNOWN_SUFFIXES))
    if passed_over:
        kinds = ", ".join(sorted(passed_over))
        return (
            f"nothing in the folder can be taken in, only {passed_over.total()} files of other "
            f"kinds ({kinds}): Quoth reads {known}"
        )
    if not recursive and any(entry.is_dir() for entry in folder.iterdir()):
        return "no articles directly in the folder: give --recursive to go into its subfolders"
    return f"the folder holds no articles: Quoth reads {known}"
