"""YAML read so that every value knows its line. The one door to PyYAML in the evaluation suite."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from index.errors import InputError

Location = tuple[int | str, ...]
"""Keys and positions that lead to a value: ("grid", "fusion_weight", 0)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class YamlFile:
    """What a YAML file says, and where."""

    path: Path
    content: Any
    lines: dict[Location, int]
    """From 1, of each value; of a key's value, the line of the key."""

    def place(self, location: Location) -> str:
        """Return file and line of a value, or of what is nearest around it."""
        while location and location not in self.lines:
            location = location[:-1]
        return f"{self.path}:{self.lines.get(location, 1)}"


def read_yaml(path: Path) -> YamlFile:
    """Return the one document of a YAML file.

    Raises: InputError, naming file and line, where it is missing, unreadable, not YAML, or names a
    key twice.
    """
    import yaml

    try:
        text = path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError as error:
        raise InputError(f"{path} does not exist", hint="give the path of a YAML file") from error
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise InputError(f"{path} is not UTF-8", hint="save the file as UTF-8") from error
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
        lines = dict(_lines_of(node, (), path)) if node is not None else {}
        return YamlFile(path=path, content=yaml.safe_load(text), lines=lines)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark is not None else 1
        reason = error.problem or error.context
        raise InputError(f"{path}:{line}: not YAML ({reason})") from error
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        reason = " ".join(str(error).split())
        raise InputError(f"{path}: not YAML ({reason})") from error


def _lines_of(node: Any, location: Location, path: Path) -> Iterator[tuple[Location, int]]:
    import yaml

    yield location, node.start_mark.line + 1
    if isinstance(node, yaml.SequenceNode):
        for position, child in enumerate(node.value):
            yield from _lines_of(child, (*location, position), path)
    if isinstance(node, yaml.MappingNode):
        named: set[str] = set()
        for key, child in node.value:
            name, line = str(key.value), key.start_mark.line + 1
            if name in named:
                raise InputError(f"{path}:{line}: {name!r} is there twice")
            named.add(name)
            yield from _lines_of(child, (*location, name), path)
            yield (*location, name), line
