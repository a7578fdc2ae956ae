"""Opening the catalogue's database: connections, pragmas and migrations."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import structlog
from sqlalchemy import URL, Connection, Engine, create_engine, event, inspect, make_url
from sqlalchemy.exc import ArgumentError, DatabaseError, NoSuchModuleError, OperationalError

from index.errors import (
    ArchiveDamaged,
    ArchiveReadOnly,
    ArchiveTooNew,
    ConfigurationError,
    StoreUnavailable,
)

if TYPE_CHECKING:
    from alembic.config import Config
    from alembic.script import ScriptDirectory

log = structlog.get_logger(__name__)

MIGRATIONS = Path(__file__).parent / "migrations"


def sqlite_url(path: Path) -> str:
    """The URL of a SQLite file, whatever its name holds."""
    return URL.create("sqlite", database=str(path)).render_as_string(hide_password=False)


def sqlite_file(url: str) -> Path | None:
    """The file of a SQLite URL; None for a server, or where the URL names no plain file.

    Raises:
        ConfigurationError: it is no database URL.
    """
    try:
        parts = make_url(url)
    except (ArgumentError, ValueError):
        raise _no_url() from None
    name = parts.database
    if parts.get_backend_name() != "sqlite" or not name or parts.query or name == ":memory:":
        return None
    return Path(name)


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
        engine = create_engine(url, hide_parameters=True)  # questions and articles stay out of logs
    except (ArgumentError, NoSuchModuleError, ModuleNotFoundError):
        raise _no_url() from None
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


@contextmanager
def look_into(path: Path) -> Iterator[tuple[Engine, str]]:
    """A SQLite catalogue that is read and left as it is, with the revision of its tables.

    Raises:
        ArchiveTooNew: a newer Quoth wrote it. ArchiveDamaged: it is no catalogue.
    """
    from alembic.runtime.migration import MigrationContext

    engine = create_engine(sqlite_url(path), hide_parameters=True)
    try:
        with engine.connect() as connection:
            revision = MigrationContext.configure(connection).get_current_revision()
        if revision is None:
            raise ArchiveDamaged("the database holds no catalogue of Quoth")
        _refuse_newer(revision, _scripts()[1])
        yield engine, revision
    except DatabaseError as error:
        reason = str(error.orig).splitlines()[0]
        raise ArchiveDamaged(f"the catalogue cannot be read ({reason})") from None
    finally:
        engine.dispose()


def _no_url() -> ConfigurationError:
    return ConfigurationError(
        "QUOTH_CATALOGUE_URL is not a database URL that can be opened here",
        hint="give sqlite:////absolute/path or postgresql+psycopg://… with its driver",
    )


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
    from alembic.runtime.migration import MigrationContext

    config, scripts = _scripts()
    head = scripts.get_current_head()
    with engine.begin() as connection:
        current = MigrationContext.configure(connection).get_current_revision()
        if current == head:
            return
        _refuse_newer(current, scripts)
        _refuse_foreign(connection, current)
        if engine.dialect.name == "sqlite":
            # Python's driver begins no transaction for CREATE TABLE: a migration that is killed
            # half-way would leave a catalogue that is neither old nor new.
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
    if current is not None:
        log.warning("catalogue_upgraded", from_revision=current, to_revision=head)


def _scripts() -> tuple[Config, ScriptDirectory]:
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    logging.getLogger("alembic").setLevel(logging.WARNING)
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("path_separator", "os")
    return config, ScriptDirectory.from_config(config)


def _refuse_newer(revision: str | None, scripts: ScriptDirectory) -> None:
    if revision is not None and revision not in {r.revision for r in scripts.walk_revisions()}:
        raise ArchiveTooNew(
            f"this archive was written by a newer version of Quoth (revision {revision})",
            hint="upgrade Quoth, or name another data directory with --data-dir",
        )


def _refuse_foreign(connection: Connection, revision: str | None) -> None:
    if revision is None and inspect(connection).get_table_names():
        raise ArchiveDamaged(
            "the database of QUOTH_CATALOGUE_URL holds tables that are not Quoth's",
            hint="name an empty database",
        )
