"""Options that several commands share."""

from __future__ import annotations

from typing import Annotated, Any

import typer

DataDir = Annotated[
    str | None,
    typer.Option("--data-dir", help="The archive's directory (else QUOTH_DATA_DIR, else ./var)."),
]
Debug = Annotated[bool, typer.Option("--debug", help="Show the traceback of an error.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document and nothing else.")]
TopK = Annotated[int, typer.Option("--top-k", min=1, max=100, help="How many passages to list.")]
Publishers = Annotated[
    list[str] | None, typer.Option("--publisher", help="Only from this publisher; repeatable.")
]
Since = Annotated[
    str | None, typer.Option("--since", help="Published on this day or later: 2026-01-31.")
]
Until = Annotated[
    str | None, typer.Option("--until", help="Published on this day or earlier: 2026-01-31.")
]
AsOf = Annotated[
    str | None, typer.Option("--as-of", help="As the archive stood on this day: 2026-01-31.")
]


def filters_from(
    publishers: list[str] | None, since: str | None, until: str | None, as_of: str | None
) -> Any:
    """The filters that the options name.

    Raises:
        DateInvalid: a date is none.
    """
    from index.dates import parse_day
    from index.records import Filters

    days = [parse_day(text) if text is not None else None for text in (since, until, as_of)]
    return Filters(publishers=tuple(publishers or ()), since=days[0], until=days[1], as_of=days[2])
