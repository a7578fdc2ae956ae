"""Opening the catalogue's database: connections, pragmas and migrations."""

from __future__ import annotations

import logging
import sqlite3
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import structlog
from sqlalchemy import URL, Connection, Engine, create_engine, event, inspect
from sqlalchemy.exc import ArgumentError, DatabaseError, NoSuchModuleError, OperationalError

from index.errors import (
    ArchiveDamaged,
    ArchiveReadOnly,
    ArchiveTooNew,
    ConfigurationError,
    StoreUnavailable,
)

log = structlog.get_logger(__name__)

MIGRATIONS = Path(__file__).parent / "migrations"


def sqlite_url(path: Path) -> str:
    """The URL of a SQLite file, whatever its name holds."""
    return URL.create("sqlite", database=str(path)).render_as_string(hide_password=False)


def connect(url: str) -> Engine:
    """An engine for the catalogue, migrated to the newest revision.

    SQLite runs in WAL mode with full synchronisation (a committed article survives a power cut)
    and overwrites what is deleted.

    Raises:
        ConfigurationError: the URL names no database that SQLAlchemy can open here.
        StoreUnavailable: the database server does not answer.
        ArchiveReadOnly: the database cannot be written.
        ArchiveTooNew: a newer Quoth wrote it. ArchiveDamaged: it is no catalogue.
    """
    try:
        engine = create_engine(url)
    except (ArgumentError, NoSuchModuleError, ModuleNotFoundError):
        raise ConfigurationError(
            "QUOTH_CATALOGUE_URL is not a database URL that can be opened here",
            hint="give sqlite:////absolute/path or postgresql+psycopg://… with its driver",
        ) from None
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _set_pragmas)
    try:
        with ExitStack() as opened:
            opened.callback(engine.dispose)
            _migrate(engine)
            opened.pop_all()
    except OperationalError as error:
        reason = str(error.orig).splitlines()[0]
        if "readonly database" in reason:
            raise ArchiveReadOnly(
                "the catalogue cannot be written", hint="make its file writable for this user"
            ) from None
        raise StoreUnavailable(f"the catalogue cannot be opened ({reason})") from None
    except DatabaseError as error:
        reason = str(error.orig).splitlines()[0]
        raise ArchiveDamaged(
            f"the catalogue cannot be read ({reason})",
            hint="restore it from a backup, or name another data directory",
        ) from None
    return engine


def _set_pragmas(connection: sqlite3.Connection, _record: Any) -> None:
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "secure_delete=ON",
        "busy_timeout=10000",
    ):
        connection.execute(f"PRAGMA {pragma}")
    # SQLite's own knows ASCII only, and would never find the publisher "Écho du Nord".
    connection.create_function("lower", 1, _lower, deterministic=True)


def _lower(value: Any) -> Any:
    return value.lower() if isinstance(value, str) else value


def _migrate(engine: Engine) -> None:
    from alembic import command
    from alembic.config import Config
    from alembic.runtime.migration import MigrationContext
    from alembic.script import ScriptDirectory

    logging.getLogger("alembic").setLevel(logging.WARNING)
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("path_separator", "os")
    scripts = ScriptDirectory.from_config(config)
    head = scripts.get_current_head()
    with engine.begin() as connection:
        current = MigrationContext.configure(connection).get_current_revision()
        if current == head:
            return
        if current is not None and current not in {r.revision for r in scripts.walk_revisions()}:
            raise ArchiveTooNew(
                f"this archive was written by a newer version of Quoth (revision {current})",
                hint="upgrade Quoth, or name another data directory with --data-dir",
            )
        _refuse_foreign(connection, current)
        if engine.dialect.name == "sqlite":
            # Python's driver begins no transaction for CREATE TABLE: a migration that is killed
            # half-way would leave a catalogue that is neither old nor new.
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
    if current is not None:
        log.warning("catalogue_upgraded", from_revision=current, to_revision=head)


def _refuse_foreign(connection: Connection, revision: str | None) -> None:
    if revision is None and inspect(connection).get_table_names():
        raise ArchiveDamaged(
            "the database of QUOTH_CATALOGUE_URL holds tables that are not Quoth's",
            hint="name an empty database",
        )
