"""Where settings come from: command-line overrides, then the environment, then `quoth.toml`.

Each package declares one small frozen `QuothSettings`; `read_configuration` reads for all of
them, so that a name which no package reads is an error instead of a silent typo.
"""

from __future__ import annotations

import difflib
import os
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, TypeVar

from pydantic import ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from index.errors import ConfigurationError, UnknownSetting

PREFIX = "QUOTH_"
CONFIG_VARIABLE = "QUOTH_CONFIG"
DATA_DIR_VARIABLE = "QUOTH_DATA_DIR"
DEFAULT_DATA_DIR = "./var"


class QuothSettings(BaseSettings):
    """Base of every settings class: `QUOTH_` variables, frozen; an empty one counts as unset."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_ignore_empty=True, frozen=True, extra="ignore"
    )

    secret_fields: ClassVar[frozenset[str]] = frozenset()
    """Fields that `quoth config` masks."""


S = TypeVar("S", bound=QuothSettings)


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingSource:
    """The value of one setting that is in force, and where it came from."""

    name: str
    value: object
    origin: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Configuration:
    """Everything that was found before it is turned into settings objects."""

    toml_path: Path | None
    from_toml: Mapping[str, Any]
    overrides: Mapping[str, Any]

    def build(self, kind: type[S]) -> S:
        """The settings object of one package.

        Raises:
            ConfigurationError: a value is not of its setting's kind.
        """
        names = set(kind.model_fields)
        in_environment = {name for name in names if os.environ.get(PREFIX + name.upper())}
        values = {k: v for k, v in self.from_toml.items() if k in names - in_environment}
        values |= {k: v for k, v in self.overrides.items() if k in names and v is not None}
        try:
            return kind(**values)
        except ValidationError as error:
            first = error.errors()[0]
            name = PREFIX + str(first["loc"][0] if first["loc"] else "?").upper()
            reason = str(first["msg"]).removeprefix("Value error, ")
            raise ConfigurationError(f"{name} is not usable: {reason}") from None

    def explain(self, kinds: Sequence[type[QuothSettings]]) -> list[SettingSource]:
        """Each setting in force with its origin, in declaration order; secrets masked."""
        rows = []
        for kind in kinds:
            values = self.build(kind)
            for name in kind.model_fields:
                value = getattr(values, name)
                masked = "********" if name in kind.secret_fields and value else value
                origin = self._origin(name)
                rows.append(SettingSource(name=PREFIX + name.upper(), value=masked, origin=origin))
        return rows

    def _origin(self, name: str) -> str:
        if self.overrides.get(name) is not None:
            return "command line"
        if os.environ.get(PREFIX + name.upper()):
            return "environment"
        if name in self.from_toml:
            return str(self.toml_path)
        return "default"


def read_configuration(
    kinds: Sequence[type[QuothSettings]], overrides: Mapping[str, Any]
) -> Configuration:
    """Read environment and `quoth.toml`, and check that every name is known.

    Raises:
        UnknownSetting: a `QUOTH_…` variable or a key of the file that nobody reads.
        ConfigurationError: the file named by `QUOTH_CONFIG` is missing or is not TOML.
    """
    known = {name for kind in kinds for name in kind.model_fields}
    for variable in sorted(os.environ):
        if variable.startswith(PREFIX) and variable != CONFIG_VARIABLE:
            _check_known(variable.removeprefix(PREFIX).lower(), variable, known)
    path, values = _read_toml(overrides)
    for name in values:
        _check_known(name, f"'{name}' in {path}", known)
    return Configuration(toml_path=path, from_toml=values, overrides=dict(overrides))


def _check_known(name: str, shown: str, known: set[str]) -> None:
    if name in known:
        return
    nearest = difflib.get_close_matches(name, sorted(known), n=1, cutoff=0.0)
    raise UnknownSetting(
        f"unknown setting {shown}",
        hint=f"did you mean {PREFIX}{nearest[0].upper()}?" if nearest else "remove it",
    )


def _read_toml(overrides: Mapping[str, Any]) -> tuple[Path | None, dict[str, Any]]:
    named = os.environ.get(CONFIG_VARIABLE)
    data_dir = overrides.get("data_dir") or os.environ.get(DATA_DIR_VARIABLE) or DEFAULT_DATA_DIR
    path = Path(named) if named else Path(data_dir) / "quoth.toml"
    if not path.is_file():
        if named:
            raise ConfigurationError(
                f"{CONFIG_VARIABLE} names {named}, which is not a file", hint="correct the path"
            )
        return None, {}
    try:
        found = tomllib.loads(path.read_text(encoding="utf-8"))
        return path, {name.lower().removeprefix(PREFIX.lower()): v for name, v in found.items()}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{path} is not valid TOML: {error}") from None
    except OSError as error:
        raise ConfigurationError(f"{path} cannot be read: {error.strerror}") from None
