"""`quoth backup` and `quoth restore`."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import UTC
from pathlib import Path
from typing import Annotated, Any

import typer

from api.cli.lines import one_line
from api.cli.options import AsJson, DataDir, Debug

MEGABYTE = 1_000_000


def backup(
    file: Annotated[Path, typer.Argument(help="The file to write.", show_default=False)],
    force: Annotated[bool, typer.Option("--force", help="Replace a backup of this name.")] = False,
    as_json: AsJson = False,
    data_dir: DataDir = None,
    debug: Debug = False,  # noqa: ARG001 - read by main, which prints the traceback
) -> None:
    """Copy the archive into one file, also while it is being served.

    quoth.toml, which may hold passwords, is left out; what can be rebuilt is left out too.
    """
    from api.bootstrap import configure
    from index.backup import make_backup
    from index.settings import IndexSettings

    configuration = configure({"data_dir": data_dir})
    made = make_backup(configuration.build(IndexSettings), file, force=force)
    size = file.stat().st_size
    if configuration.toml_path is not None:
        left_out = f"{configuration.toml_path} is not in the backup: it may hold passwords"
        typer.echo(one_line(f"quoth: {left_out}"), err=True)
    if as_json:
        _print_json({"file": str(file), "bytes": size} | made.model_dump(mode="json"))
        return
    held = f"{made.holds.articles} articles, {made.holds.passages} passages"
    typer.echo(one_line(f"{file}: {held}, {max(size / MEGABYTE, 0.1):.1f} MB"))


def restore(
    file: Annotated[Path, typer.Argument(help="What backup wrote.", show_default=False)],
    as_json: AsJson = False,
    data_dir: DataDir = None,
    debug: Debug = False,  # noqa: ARG001 - read by main, which prints the traceback
) -> None:
    """Make an archive from a backup, embedding nothing; exit 1 where it does not agree.

    It goes into a data directory that has none.
    """
    from api.bootstrap import configure, open_archive
    from index.restoring import restore_catalogue
    from index.settings import IndexSettings

    configuration = configure({"data_dir": data_dir})
    settings = configuration.build(IndexSettings)
    manifest = restore_catalogue(settings, file)
    with open_archive(configuration) as archive:
        found = archive.verify()
    folder = str(settings.data_dir)
    if as_json:
        backed_up = manifest.model_dump(mode="json")
        _print_json({"data_dir": folder, "sound": found.sound} | asdict(found) | backed_up)
    else:
        for problem in found.problems:
            typer.echo(one_line(problem))
        verdict = "all agree" if found.sound else "run: quoth rebuild"
        held = f"{found.articles} articles, {found.passages} passages"
        made_at = manifest.made_at.astimezone(UTC)
        typer.echo(one_line(f"{folder}: {held}, as of {made_at:%Y-%m-%d %H:%M} UTC"))
        typer.echo(f"{found.probes} probed: {verdict}")
    raise typer.Exit(0 if found.sound else 1)


def _print_json(value: Any) -> None:
    typer.echo(json.dumps(value, ensure_ascii=False, indent=2))
