"""Options that several commands share."""

from __future__ import annotations

from dataclasses import dataclass
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
    str | None, typer.Option("--as-of", help="From what was published by this day: 2026-01-31.")
]


@dataclass(frozen=True, slots=True, kw_only=True)
class FilterOptions:
    """What an answer may be drawn from."""

    publisher: Publishers = None
    since: Since = None
    until: Until = None
    as_of: AsOf = None

    def filters(self) -> Any:
        """The filters that the options name. Raises: as `filters_from`."""
        return filters_from(self.publisher, self.since, self.until, self.as_of)


def filters_from(
    publishers: list[str] | None, since: str | None, until: str | None, as_of: str | None
) -> Any:
    """The filters that the options name.

    Raises:
        DateInvalid: a date is none. InputError: nothing could pass the filters.
    """
    from index.dates import parse_day
    from index.errors import InputError
    from index.records import Filters

    if any(not name.strip() for name in publishers or ()):
        raise InputError("a publisher's name is empty", hint="leave --publisher out")
    days = [parse_day(text) if text is not None else None for text in (since, until, as_of)]
    if days[0] and days[1] and days[0] > days[1]:
        raise InputError(f"nothing is from {days[0]} on and until {days[1]}", hint="swap the days")
    return Filters(publishers=tuple(publishers or ()), since=days[0], until=days[1], as_of=days[2])
