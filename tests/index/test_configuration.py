"""Where settings come from, and what is said about wrong ones."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from index.configuration import Configuration, QuothSettings, read_configuration
from index.errors import ConfigurationError, UnknownSetting
from index.settings import IndexSettings


class OtherSettings(QuothSettings):
    """Settings of another package."""

    reader: str = "built-in"


KINDS = (IndexSettings, OtherSettings)


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Work in a folder without `./var`."""
    monkeypatch.chdir(tmp_path)


def read(**overrides: Any) -> Configuration:
    return read_configuration(KINDS, overrides)


def index_settings(**overrides: Any) -> IndexSettings:
    return read(**overrides).build(IndexSettings)


def write_toml(folder: Path, content: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "quoth.toml"
    path.write_text(content, encoding="utf-8")
    return path


def origins(configuration: Configuration) -> Mapping[str, str]:
    return {row.name: row.origin for row in configuration.explain(KINDS)}


def test_without_anything_the_defaults_hold() -> None:
    settings = index_settings()
    assert settings.data_dir == Path("./var")
    assert settings.models_dir == Path("./var/models")
    assert set(origins(read()).values()) == {"default"}


def test_the_file_the_environment_and_the_command_line_win_in_that_order(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_toml(tmp_path / "var", "passage_words = 50\npassage_overlap = 2\nreader = 'x'\n")
    assert index_settings().passage_words == 50
    monkeypatch.setenv("QUOTH_PASSAGE_WORDS", "60")
    assert index_settings().passage_words == 60
    assert index_settings(passage_words=70).passage_words == 70
    assert index_settings(passage_words=None).passage_words == 60
    assert index_settings().passage_overlap == 2
    assert read().build(OtherSettings).reader == "x"
    named = origins(read(data_dir="var", model_cache="m"))
    assert named["QUOTH_PASSAGE_WORDS"] == "environment"
    assert named["QUOTH_MODEL_CACHE"] == "command line"
    assert Path(named["QUOTH_PASSAGE_OVERLAP"]).resolve() == path


def test_the_file_lies_in_the_data_directory_that_is_in_force(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_toml(tmp_path / "one", "passage_words = 51")
    write_toml(tmp_path / "two", "passage_words = 52")
    monkeypatch.setenv("QUOTH_DATA_DIR", str(tmp_path / "one"))
    assert index_settings().passage_words == 51
    assert index_settings(data_dir=tmp_path / "two").passage_words == 52


def test_a_file_named_by_the_environment_is_used_instead(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_toml(tmp_path / "var", "passage_words = 51")
    named = write_toml(tmp_path / "etc", "passage_words = 52")
    monkeypatch.setenv("QUOTH_CONFIG", str(named))
    assert index_settings().passage_words == 52


@pytest.mark.parametrize("content", [b"passage_words = ", b"\xff\xfe\x00", b"= 1"])
def test_a_file_that_is_no_toml_is_named(tmp_path: Path, content: bytes) -> None:
    path = write_toml(tmp_path / "var", "")
    path.write_bytes(content)
    with pytest.raises(ConfigurationError, match=r"quoth\.toml is not valid TOML") as raised:
        read()
    assert "\n" not in str(raised.value)


def test_a_named_file_that_is_missing_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QUOTH_CONFIG", "nowhere.toml")
    with pytest.raises(ConfigurationError, match=r"QUOTH_CONFIG names nowhere\.toml"):
        read()


@pytest.mark.parametrize(
    ("name", "nearest"),
    [
        ("QUOTH_DATADIR", "QUOTH_DATA_DIR"),
        ("QUOTH_CHROMA_ULR", "QUOTH_CHROMA_URL"),
        ("QUOTH_PASAGE_WORDS", "QUOTH_PASSAGE_WORDS"),
        ("QUOTH_READERS", "QUOTH_READER"),
    ],
)
def test_an_unknown_variable_stops_with_the_nearest_known_one(
    monkeypatch: pytest.MonkeyPatch, name: str, nearest: str
) -> None:
    monkeypatch.setenv(name, "x")
    with pytest.raises(UnknownSetting) as raised:
        read()
    assert str(raised.value) == f"unknown setting {name}: did you mean {nearest}?"


def test_an_unknown_key_of_the_file_is_named_with_the_file(tmp_path: Path) -> None:
    write_toml(tmp_path / "var", "chroma_uri = 'http://x'")
    with pytest.raises(UnknownSetting, match=r"'chroma_uri' in var/quoth\.toml.*CHROMA_URL"):
        read()


def test_what_an_unknown_variable_holds_is_not_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QUOTH_OTHER_TOKEN", "secret-value")
    with pytest.raises(UnknownSetting, match="QUOTH_OTHER_TOKEN") as raised:
        read()
    assert "secret-value" not in str(raised.value)


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("QUOTH_PASSAGE_WORDS", "many", "valid integer"),
        ("QUOTH_PASSAGE_WORDS", "3", "greater than or equal to 20"),
        ("QUOTH_PASSAGE_OVERLAP", "-1", "greater than or equal to 0"),
        ("QUOTH_CHROMA_URL", "localhost:8001", "http://127.0.0.1:8001"),
    ],
)
def test_a_bad_value_is_one_line_that_names_the_setting(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, said: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(ConfigurationError) as raised:
        index_settings()
    assert str(raised.value).startswith(f"{name} is not usable: ")
    assert said in str(raised.value)
    assert "\n" not in str(raised.value)


def test_a_bad_value_of_the_file_is_named_too(tmp_path: Path) -> None:
    write_toml(tmp_path / "var", "passage_words = 'many'")
    with pytest.raises(ConfigurationError, match="QUOTH_PASSAGE_WORDS is not usable"):
        index_settings()


def test_an_empty_variable_counts_as_unset(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_toml(tmp_path / "var", "passage_words = 50")
    for name in ("QUOTH_DATA_DIR", "QUOTH_CHROMA_URL", "QUOTH_PASSAGE_WORDS"):
        monkeypatch.setenv(name, "")
    settings = index_settings()
    assert (settings.data_dir, settings.chroma_url) == (Path("./var"), None)
    assert settings.passage_words == 50
    assert origins(read())["QUOTH_DATA_DIR"] == "default"


def test_secrets_are_masked_and_only_where_they_are_set(monkeypatch: pytest.MonkeyPatch) -> None:
    shown = {row.name: row.value for row in read().explain(KINDS)}
    assert shown["QUOTH_CATALOGUE_URL"] is None
    monkeypatch.setenv("QUOTH_CATALOGUE_URL", "postgresql://quoth:hunter2@db/quoth")
    shown = {row.name: row.value for row in read().explain(KINDS)}
    assert shown["QUOTH_CATALOGUE_URL"] == "********"


def test_settings_cannot_be_changed_afterwards() -> None:
    with pytest.raises(ValueError, match="frozen"):
        index_settings().passage_words = 30
