"""`quoth key`: who may use the service, also while it runs."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Any

import typer

from api.cli.lines import one_line
from api.cli.option_groups import with_option_groups
from api.cli.options import AsJson, DataDir, Debug

if TYPE_CHECKING:
    from index.catalogue.keys import ApiKey

SCOPES = ("ask", "ingest", "admin")
NAME_CHARACTERS = 100

USAGE_ERROR = 2

app = typer.Typer(help="API keys: make, list and revoke them, also while the service runs.")


@app.callback(invoke_without_command=True)
def key(context: typer.Context) -> None:
    """API keys: make, list and revoke them, also while the service runs."""
    if context.invoked_subcommand is None:
        typer.echo(context.get_help(), err=True)
        raise typer.Exit(USAGE_ERROR)


ExpiresInDays = Annotated[
    int | None, typer.Option("--expires-in-days", min=1, max=36_500, show_default="never")
]
RateLimit = Annotated[str | None, typer.Option("--rate-limit", help="Its own, as 600/minute.")]
DailyQuota = Annotated[
    int | None, typer.Option("--daily-quota", min=1, help="Its own, in requests.")
]


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyLimits:
    """How long and how much a key may be used."""

    expires_in_days: ExpiresInDays = None
    rate_limit: RateLimit = None
    daily_quota: DailyQuota = None


@app.command("create")
@with_option_groups
def create(
    name: Annotated[str, typer.Argument(help="Whose key it is.", show_default=False)],
    limits: KeyLimits,
    scopes: Annotated[
        list[str] | None,
        typer.Option(
            "--scope", help="ask, ingest (add and delete articles) or admin (all); repeatable."
        ),
    ] = None,
    as_json: AsJson = False,
    data_dir: DataDir = None,
    debug: Debug = False,  # noqa: ARG001 - read by main, which prints the traceback
) -> None:
    """Make a key and print it, this once: only its hash is stored.

    It opens the service at once, also one that runs already. Without --scope it may ask.
    """
    from api.bootstrap import configure
    from index.catalogue.keys import KeyWanted
    from index.keys import open_keys
    from index.settings import IndexSettings

    expires_at = None
    if limits.expires_in_days is not None:
        expires_at = datetime.now(UTC) + timedelta(days=limits.expires_in_days)
    wanted = KeyWanted(
        name=_checked_name(name),
        scopes=_checked_scopes(scopes or ["ask"]),
        expires_at=expires_at,
        rate_limit=_checked_rate(limits.rate_limit),
        daily_quota=limits.daily_quota,
    )
    settings = configure({"data_dir": data_dir}).build(IndexSettings)
    with open_keys(settings) as keys:
        key, text = keys.create(wanted)
    if as_json:
        _print_json({"key": text} | _document(key))
        return
    typer.echo(text)
    told = f"key {key.key_id} of {settings.data_dir} for {key.name} ({_listed(key)})"
    typer.echo(one_line(f"quoth: {told}: keep it now, it is not shown again"), err=True)


@app.command("list")
def list_keys(
    as_json: AsJson = False,
    data_dir: DataDir = None,
    debug: Debug = False,  # noqa: ARG001 - read by main, which prints the traceback
) -> None:
    """List all keys, less what is secret of them."""
    from api.bootstrap import configure, require_archive
    from index.keys import open_keys
    from index.settings import IndexSettings

    configuration = configure({"data_dir": data_dir})
    require_archive(configuration)
    with open_keys(configuration.build(IndexSettings)) as table:
        keys = table.each()
    if as_json:
        _print_json([_document(key) for key in keys])
        return
    for key in keys:
        columns = (key.key_id, f"{_state(key):<8}", f"{_listed(key):<12}", _used(key), key.name)
        typer.echo(one_line("  ".join(columns)))
    if not keys:
        typer.echo("quoth: there is no key; make one with: quoth key create NAME", err=True)


@app.command("revoke")
def revoke(
    key_id: Annotated[str, typer.Argument(help="As `quoth key list` shows it.")],
    as_json: AsJson = False,
    data_dir: DataDir = None,
    debug: Debug = False,  # noqa: ARG001 - read by main, which prints the traceback
) -> None:
    """Close a key for good, also for a service that runs."""
    from api.bootstrap import configure, require_archive
    from index.keys import open_keys
    from index.settings import IndexSettings

    configuration = configure({"data_dir": data_dir})
    require_archive(configuration)
    with open_keys(configuration.build(IndexSettings)) as keys:
        key = keys.revoke(key_id)
    if as_json:
        _print_json(_document(key))
    else:
        typer.echo(one_line(f"{key.key_id} ({key.name}) is revoked"))


def _checked_name(name: str) -> str:
    from index.errors import InputError

    cleaned = one_line(name)
    if not cleaned or len(cleaned) > NAME_CHARACTERS or not cleaned.isprintable():
        raise InputError(
            "the key's name cannot be used", hint=f"give 1 to {NAME_CHARACTERS} characters"
        )
    return cleaned


def _checked_scopes(names: list[str]) -> Any:
    from index.catalogue.keys import Scope
    from index.errors import InputError

    for name in names:
        if name.lower() not in SCOPES:
            raise InputError(f"there is no scope {name!r}", hint=f"give {', '.join(SCOPES)}")
    return tuple(Scope(name) for name in sorted({name.lower() for name in names}))


def _checked_rate(rate: str | None) -> str | None:
    from api.http.access.limiting import parse_rate
    from index.errors import InputError

    if rate is None:
        return None
    try:
        parse_rate(rate)
    except ValueError as error:
        raise InputError(f"{rate!r} is no rate limit", hint=str(error)) from None
    return rate


def _state(key: ApiKey) -> str:
    if key.revoked_at is not None:
        return "revoked"
    return "expired" if key.is_expired(datetime.now(UTC)) else "usable"


def _listed(key: ApiKey) -> str:
    return ",".join(key.scopes)


def _used(key: ApiKey) -> str:
    if key.last_used_on is None:
        return "never used"
    return f"used {key.last_used_on}"


def _document(key: ApiKey) -> dict[str, Any]:
    moments = {
        name: None if moment is None else moment.isoformat()
        for name, moment in (
            ("created_at", key.created_at),
            ("expires_at", key.expires_at),
            ("revoked_at", key.revoked_at),
            ("last_used_on", key.last_used_on),
        )
    }
    return {
        "id": key.key_id,
        "name": key.name,
        "scopes": list(key.scopes),
        "state": _state(key),
        **moments,
        "requests_that_day": key.requests_that_day,
        "rate_limit": key.rate_limit,
        "daily_quota": key.daily_quota,
    }


def _print_json(value: Any) -> None:
    typer.echo(json.dumps(value, ensure_ascii=False, indent=2))
