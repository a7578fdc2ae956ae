"""Which files a run leaves behind, and how each is made."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from eval.document import JSON_NAME, as_json, document
from eval.report.formats import Format
from eval.report.junit import junit_xml
from eval.report.markdown import markdown
from eval.report.page import html_page
from eval.run import Evaluation
from index.errors import InputError

FILE_NAMES: Mapping[Format, str] = {
    Format.JSON: JSON_NAME,
    Format.HTML: "eval.html",
    Format.MARKDOWN: "eval.md",
    Format.JUNIT: "eval.junit.xml",
}
"""In the order in which they are written: what everything else is made from comes first."""
_RENDERERS: Mapping[Format, Callable[[Evaluation], str]] = {
    Format.HTML: html_page,
    Format.MARKDOWN: markdown,
    Format.JUNIT: junit_xml,
    Format.JSON: lambda evaluation: as_json(document(evaluation)),
}


def render(evaluation: Evaluation, wanted: Format) -> str:
    """Return the report in this format."""
    return _RENDERERS[wanted](evaluation)


def write_report(evaluation: Evaluation, directory: Path) -> tuple[Path, ...]:
    """Write the run's files into the directory, which is made if need be; return their paths.

    Raises: InputError where they cannot be written.
    """
    written = []
    for wanted, name in FILE_NAMES.items():
        write_text(directory / name, render(evaluation, wanted))
        written.append(directory / name)
    return tuple(written)


def write_text(file: Path, text: str) -> None:
    """Write the text as UTF-8, making the folder if need be.

    Raises: InputError where it cannot be written.
    """
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        # half a surrogate pair, which a target's JSON may hold, is written as JSON escapes it
        file.write_text(text, encoding="utf-8", errors="backslashreplace", newline="\n")
    except OSError as error:
        raise InputError(
            f"the report cannot be written to {file}: {error.strerror}",
            hint="name another place with --out",
        ) from error
