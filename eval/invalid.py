"""What pydantic found wrong, in one line that names the key."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from pydantic import ValidationError
from pydantic_core import ErrorDetails

_KINDS: Mapping[str, str] = {
    "string_type": "a string",
    "bool_type": "true or false",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "finite_number": "a finite number",
    "tuple_type": "a list",
    "list_type": "a list",
    "dict_type": "a JSON object",
    "model_type": "a JSON object",
    "dataclass_type": "a JSON object",
    "date_type": "a day (YYYY-MM-DD)",
    "date_parsing": "a day (YYYY-MM-DD)",
    "date_from_datetime_parsing": "a day (YYYY-MM-DD)",
    "date_from_datetime_inexact": "a day (YYYY-MM-DD)",
}
"""Pydantic's error → what the value had to be."""
_BRANCH = re.compile(r"((function-(after|before|wrap|plain)|tuple)\[|constrained-str$)")
"""The part of a location that names no key but one of the forms that a value may have."""


def describe_invalid(error: ValidationError) -> str:
    """Return all that is wrong with a record, separated by semicolons.

    Where a value may have several forms and has none of them, they are named together; where it
    has one, only what is wrong within that one is told.
    """
    details = error.errors(include_url=False)
    formless = [detail for detail in details if _is_of_another_form(detail)]
    within = {_key(each["loc"][: _forms(each["loc"])[0]]) for each in details if _has_form(each)}
    kinds: dict[str, list[str]] = {}
    for detail in formless:
        kinds.setdefault(_key(detail["loc"]), []).append(_KINDS[detail["type"]])
    reasons = [
        f"{_key(detail['loc'])!r} is not {' or '.join(kinds[_key(detail['loc'])])}"
        if detail in formless
        else _reason(detail)
        for detail in details
        if not (detail in formless and _key(detail["loc"]) in within)
    ]
    return "; ".join(dict.fromkeys(reasons))


def _forms(location: Sequence[int | str]) -> list[int]:
    """Return the positions at which the location names a form."""
    return [n for n, part in enumerate(location) if isinstance(part, str) and _BRANCH.match(part)]


def _is_of_another_form(detail: ErrorDetails) -> bool:
    forms = _forms(detail["loc"])
    return bool(forms) and forms[-1] == len(detail["loc"]) - 1 and detail["type"] in _KINDS


def _has_form(detail: ErrorDetails) -> bool:
    return bool(_forms(detail["loc"])) and not _is_of_another_form(detail)


def _reason(detail: ErrorDetails) -> str:
    key = _key(detail["loc"])
    named = repr(key) if key else "it"
    match detail["type"]:
        case "json_invalid":
            return f"not JSON ({detail['ctx']['error']})"
        case "missing":
            return f"{key!r} is missing"
        case "extra_forbidden":
            return f"{key!r} is not a known key"
        case "string_pattern_mismatch":
            return f"{key!r} is blank"
        case "too_short" | "string_too_short" if detail["ctx"]["min_length"] == 1:
            return f"{named} is empty"
        case "value_error":
            message = str(detail["ctx"]["error"])
            return f"{key!r}: {message}" if key else message
        case kind if kind in _KINDS:
            return f"{named} is not {_KINDS[kind]}"
        case _:
            message = detail["msg"].removeprefix("Input ").replace("a valid ", "a ")
            if message == detail["msg"]:
                return f"{named}: {message[0].lower()}{message[1:]}"
            return f"{named} {message}"


def _key(location: Sequence[int | str]) -> str:
    forms = _forms(location)
    return ".".join(str(part) for n, part in enumerate(location) if n not in forms)
