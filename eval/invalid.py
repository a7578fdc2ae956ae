"""What pydantic found wrong, in one line that names the key."""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import ValidationError
from pydantic_core import ErrorDetails


def describe_invalid(error: ValidationError) -> str:
    """Return all that is wrong with a record, separated by semicolons."""
    return "; ".join(_reason(detail) for detail in error.errors(include_url=False))


def _reason(detail: ErrorDetails) -> str:
    key = _key(detail["loc"])
    match detail["type"]:
        case "json_invalid":
            return f"not JSON ({detail['ctx']['error']})"
        case "model_type":
            return f"{key or 'the line'} is not a JSON object"
        case "missing":
            return f"{key!r} is missing"
        case "extra_forbidden":
            return f"{key!r} is not a known key"
        case "string_pattern_mismatch":
            return f"{key!r} is blank"
        case "value_error":
            message = str(detail["ctx"]["error"])
            return f"{key!r}: {message}" if key else message
        case _:
            return f"{key!r}: {detail['msg'][0].lower()}{detail['msg'][1:]}"


def _key(location: Sequence[int | str]) -> str:
    return ".".join(str(part) for part in location)
