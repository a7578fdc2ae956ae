"""`quoth status`, `verify`, `rebuild`, `delete` and `config`."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Any

import typer

from api.cli.lines import one_line
from api.cli.options import AsJson, DataDir, Debug


def status(
    as_json: AsJson = False,
    data_dir: DataDir = None,
    debug: Debug = False,  # noqa: ARG001 - read by main, which prints the traceback
) -> None:
    """Say what the archive holds."""
    from api.bootstrap import configure, open_archive

    with open_archive(configure({"data_dir": data_dir})) as archive:
        found = archive.status()
    if as_json:
        _print_json(asdict(found))
        return
    typer.echo(f"archive    {found.data_dir}")
    typer.echo(f"articles   {found.articles} ({found.versions} versions, {found.stories} stories)")
    typer.echo(f"passages   {found.passages}")
    typer.echo(f"model      {found.embedding_model or 'none yet'}")
    typer.echo(f"feedback   {found.rated_answers} rated answers")
    for follower in found.followers:
        state = "up to date" if follower.applied == found.last_change else "behind"
        typer.echo(f"{follower.name:<10} {follower.passages} passages, {state}")
    for run in found.last_ingests:
        counts = f"{run.added} added, {run.updated} updated, {run.unchanged} unchanged"
        when = run.started_at.strftime("%Y-%m-%d %H:%M")
        typer.echo(f"ingest     {when} UTC: {counts}, {len(run.refused)} refused")
        for origin, reason in run.refused:
            typer.echo("           " + one_line(f"refused {origin}: {reason}"))


def verify(
    as_json: AsJson = False,
    data_dir: DataDir = None,
    debug: Debug = False,  # noqa: ARG001 - read by main, which prints the traceback
) -> None:
    """Prove that the catalogue and its followers agree; exit 1 where they do not."""
    from api.bootstrap import configure, open_archive

    with open_archive(configure({"data_dir": data_dir})) as archive:
        found = archive.verify()
    if as_json:
        _print_json({"sound": found.sound} | asdict(found))
    else:
        for problem in found.problems:
            typer.echo(one_line(problem))
        verdict = "all agree" if found.sound else "run: quoth rebuild"
        held = f"{found.articles} articles, {found.passages} passages"
        typer.echo(f"{held}, {found.probes} probed: {verdict}")
    raise typer.Exit(0 if found.sound else 1)


def rebuild(
    follower: Annotated[
        str, typer.Option("--follower", help="dense, lexical or all.", show_default=True)
    ] = "all",
    as_json: AsJson = False,
    data_dir: DataDir = None,
    debug: Debug = False,  # noqa: ARG001 - read by main, which prints the traceback
) -> None:
    """Build followers anew from the catalogue; nothing is embedded."""
    from api.bootstrap import configure, open_archive

    with open_archive(configure({"data_dir": data_dir})) as archive:
        held = archive.rebuild(follower)
    if as_json:
        _print_json(held)
        return
    for name, passages in held.items():
        typer.echo(f"{name}: rebuilt, {passages} passages")


def delete(
    article_ids: Annotated[list[str], typer.Argument(help="Ids of articles.", show_default=False)],
    as_json: AsJson = False,
    data_dir: DataDir = None,
    debug: Debug = False,  # noqa: ARG001 - read by main, which prints the traceback
) -> None:
    """Remove articles with all their versions; exit 1 where one was not there."""
    from api.bootstrap import configure, open_archive

    with open_archive(configure({"data_dir": data_dir})) as archive:
        removed = [name for name in dict.fromkeys(article_ids) if archive.delete([name])]
    missing = [name for name in dict.fromkeys(article_ids) if name not in removed]
    if as_json:
        _print_json({"deleted": removed, "not_found": missing})
    else:
        typer.echo(f"{len(removed)} deleted")
    for name in missing:
        typer.echo(f"quoth: no article has the id {name!r}: see GET /v1/articles", err=True)
    raise typer.Exit(1 if missing else 0)


def config(
    as_json: AsJson = False,
    data_dir: DataDir = None,
    debug: Debug = False,  # noqa: ARG001 - read by main, which prints the traceback
) -> None:
    """Print every setting in force and where it came from; secrets are masked."""
    from api.bootstrap import SETTINGS, configure

    rows = configure({"data_dir": data_dir}).explain(SETTINGS)
    if as_json:
        _print_json({row.name: {"value": row.value, "origin": row.origin} for row in rows})
        return
    width = max(len(row.name) for row in rows)
    for row in rows:
        shown = "(none)" if row.value is None else row.value
        typer.echo(f"{row.name:<{width}}  {shown}  [{row.origin}]")


def _print_json(value: Any) -> None:
    typer.echo(json.dumps(value, ensure_ascii=False, indent=2, default=_plain))


def _plain(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)
