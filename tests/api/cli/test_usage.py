"""Help, versions, and mistakes in how the command is called."""

from __future__ import annotations

from importlib.metadata import version
from pathlib import Path

import pytest

from tests.api.cli.conftest import Cli
from tests.api.cli.running import environment, run_quoth

COMMANDS = (
    "ingest",
    "ask",
    "search",
    "serve",
    "export-models",
    "status",
    "verify",
    "rebuild",
    "delete",
    "config",
    "eval",
)


def test_help_lists_every_command(cli: Cli) -> None:
    for flag in ("--help", "-h"):
        done = cli(flag)
        assert (done.code, done.err) == (0, "")
        listed = {line.split()[0] for line in done.out.splitlines() if line.startswith("  ")}
        assert set(COMMANDS) <= listed


@pytest.mark.parametrize("command", [*COMMANDS, "eval run"])
def test_every_command_has_help_that_names_the_data_directory(cli: Cli, command: str) -> None:
    done = cli(*command.split(), "--help")
    assert (done.code, done.err) == (0, "")
    assert command == "eval" or "--data-dir" in done.out


def test_the_version_is_the_package_version(cli: Cli) -> None:
    done = cli("--version")
    assert (done.code, done.out, done.err) == (0, f"{version('quoth')}\n", "")


@pytest.mark.parametrize("args", [(), ("eval",)])
def test_no_command_shows_the_help_and_fails(cli: Cli, args: tuple[str, ...]) -> None:
    done = cli(*args)
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith("Usage: ")


@pytest.mark.parametrize(
    ("args", "named"),
    [
        (("asc", "why?"), "'asc'"),
        (("eval", "rum"), "'rum'"),
        (("status", "--jsonn"), "--jsonn"),
        (("ask",), "question"),
        (("ingest",), "paths"),
        (("delete",), "article_ids"),
        (("ask", "why?", "--top-k", "0"), "--top-k"),
        (("ask", "why?", "--top-k", "many"), "--top-k"),
        (("serve", "--port", "99999"), "--port"),
        (("serve", "--workers", "2"), "--workers 1"),
        (("rebuild", "--follower", "sparse"), "'sparse'"),
        (("ask", "why?", "--since", "yesterday-ish"), "'yesterday-ish' is not a day"),
        (("ask", "why?", "--until", "01/02/2026"), "might be one of two days"),
        (("search", "why?", "--as-of", ""), "'' is not a day"),
        (("serve", "--host", "0.0.0.0"), "0.0.0.0"),
    ],
)
def test_a_mistake_is_told_in_one_line(cli: Cli, args: tuple[str, ...], named: str) -> None:
    done = cli(*args)
    assert done.code == 2
    assert named.lower() in done.complaint.lower()


def test_a_mistake_in_a_process_of_its_own(tmp_path: Path, model_cache: Path) -> None:
    done = run_quoth("asc", "why?", env=environment(model_cache), cwd=tmp_path)
    assert done.code == 2
    assert "Did you mean 'ask'?" in done.complaint
    assert list(tmp_path.iterdir()) == []


def test_debug_shows_the_traceback_before_the_line(cli: Cli) -> None:
    done = cli("ask", "why?", "--since", "yesterday-ish", "--debug")
    assert done.code == 2
    assert done.err.startswith("Traceback ")
    assert done.err.splitlines()[-1].startswith("quoth: 'yesterday-ish' is not a day")


@pytest.mark.parametrize(
    ("variable", "nearest"),
    [("QUOTH_DATADIR", "QUOTH_DATA_DIR"), ("QUOTH_FUSION_WIEGHT", "QUOTH_FUSION_WEIGHT")],
)
def test_an_unknown_variable_names_the_nearest(
    cli: Cli, monkeypatch: pytest.MonkeyPatch, variable: str, nearest: str
) -> None:
    monkeypatch.setenv(variable, "1")
    for command in (("status",), ("config",), ("ask", "why?"), ("serve",)):
        done = cli(*command)
        assert done.code == 2
        assert variable in done.complaint
        assert f"did you mean {nearest}?" in done.complaint


def test_an_unusable_value_names_its_variable(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QUOTH_FUSION_WEIGHT", "2")
    assert "QUOTH_FUSION_WEIGHT is not usable" in cli("ask", "why?").complaint


class TestConfig:
    def test_it_prints_each_setting_and_its_origin(
        self, cli: Cli, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        folder = tmp_path / "held"
        folder.mkdir()
        (folder / "quoth.toml").write_text('fusion = "rrf"\nread_passages = 4\n', encoding="utf-8")
        monkeypatch.setenv("QUOTH_READ_PASSAGES", "6")
        found = cli("config", "--json", "--data-dir", folder).json()
        assert found["QUOTH_DATA_DIR"] == {"value": str(folder), "origin": "command line"}
        assert found["QUOTH_FUSION"] == {"value": "rrf", "origin": str(folder / "quoth.toml")}
        assert found["QUOTH_READ_PASSAGES"] == {"value": 6, "origin": "environment"}
        assert found["QUOTH_LOG_LEVEL"] == {"value": "info", "origin": "default"}
        plain = cli("config", "--data-dir", folder).out
        assert all(name in plain for name in found)
        assert plain.count("[default]") == sum(r["origin"] == "default" for r in found.values())

    def test_secrets_are_masked(self, cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("QUOTH_CATALOGUE_URL", "postgresql+psycopg://quoth:hush@db/quoth")
        for done in (cli("config"), cli("config", "--json")):
            assert done.code == 0
            assert "hush" not in done.out
            assert "********" in done.out

    def test_it_makes_no_archive(self, cli: Cli, tmp_path: Path) -> None:
        assert cli("config").code == 0
        assert list(tmp_path.iterdir()) == []


def test_models_are_exported_ahead_of_the_first_start(model_cache: Path, tmp_path: Path) -> None:
    folder = tmp_path / "data"
    done = run_quoth(
        "export-models", "--data-dir", folder, env=environment(model_cache), cwd=tmp_path
    )
    assert done.code == 0
    assert "all-MiniLM-L6-v2@" in done.err
    assert not folder.exists(), "only the model cache is written"
