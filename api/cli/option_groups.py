"""Options that belong together, as one parameter of a command.

A command names the group's dataclass; `with_option_groups` shows typer the fields in its place.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import fields, is_dataclass
from functools import wraps
from typing import Any, get_type_hints


def with_option_groups(command: Callable[..., None]) -> Callable[..., None]:
    """The command with each parameter that is a dataclass taken apart into the dataclass' fields.

    The fields are annotated as typer wants options to be, and each has a default.
    """
    given = inspect.signature(command, eval_str=True)
    groups: dict[str, type[Any]] = {
        name: parameter.annotation
        for name, parameter in given.parameters.items()
        if isinstance(parameter.annotation, type) and is_dataclass(parameter.annotation)
    }

    @wraps(command)
    def taken_apart(**values: Any) -> None:
        for name, group in groups.items():
            held = {field.name: values.pop(field.name) for field in fields(group)}
            values[name] = group(**held)
        command(**values)

    shown: list[inspect.Parameter] = []
    for name, parameter in given.parameters.items():
        alone = [parameter.replace(kind=inspect.Parameter.KEYWORD_ONLY)]
        shown += _options_of(groups[name]) if name in groups else alone
    taken_apart.__signature__ = inspect.Signature(shown)  # type: ignore[attr-defined]
    taken_apart.__annotations__ = {one.name: one.annotation for one in shown}
    return taken_apart


def _options_of(group: type[Any]) -> list[inspect.Parameter]:
    hints = get_type_hints(group, include_extras=True)
    keyword = inspect.Parameter.KEYWORD_ONLY
    return [
        inspect.Parameter(one.name, keyword, default=one.default, annotation=hints[one.name])
        for one in fields(group)
    ]
