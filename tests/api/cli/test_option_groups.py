"""Options that belong together reach a command as one record, and typer as options."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

import pytest
import typer
from typer.testing import CliRunner

from api.cli.option_groups import with_option_groups


@dataclass(frozen=True, slots=True, kw_only=True)
class Sails:
    """A group with a flag, a list, a choice and a number."""

    reefed: Annotated[bool, typer.Option("--reefed", help="Take them in.")] = False
    colour: Annotated[list[str] | None, typer.Option("--colour")] = None
    rig: Annotated[Literal["gaff", "square"] | None, typer.Option("--rig")] = None
    masts: Annotated[int, typer.Option("--masts", min=1, max=4)] = 2


@with_option_groups
def launch(
    name: Annotated[str, typer.Argument()],
    sails: Sails,
    crew: Annotated[int, typer.Option("--crew")] = 3,
) -> None:
    """Launch a ship."""
    typer.echo(f"{name} {sails} {crew}")


@pytest.fixture
def app() -> typer.Typer:
    made = typer.Typer(add_completion=False)
    made.command()(launch)
    return made


def test_the_command_gets_the_group_with_its_defaults(app: typer.Typer) -> None:
    done = CliRunner().invoke(app, ["Lune"])
    assert done.stdout == f"Lune {Sails()} 3\n"


def test_every_option_reaches_its_field(app: typer.Typer) -> None:
    given = [
        "Lune",
        "--reefed",
        "--colour",
        "red",
        "--colour",
        "tan",
        "--rig",
        "gaff",
        "--masts",
        "3",
        "--crew",
        "9",
    ]
    done = CliRunner().invoke(app, given)
    sails = Sails(reefed=True, colour=["red", "tan"], rig="gaff", masts=3)
    assert done.stdout == f"Lune {sails} 9\n"


@pytest.mark.parametrize("wrong", [("--rig", "lateen"), ("--masts", "5")])
def test_what_an_option_does_not_take_is_refused(app: typer.Typer, wrong: tuple[str, str]) -> None:
    assert CliRunner().invoke(app, ["Lune", *wrong]).exit_code == 2


def test_help_knows_the_options_and_the_command(app: typer.Typer) -> None:
    shown = CliRunner().invoke(app, ["--help"]).stdout
    assert "Launch a ship." in shown
    for option in ("--reefed", "--colour", "--rig", "--masts", "--crew"):
        assert option in shown
    assert "--sails" not in shown
