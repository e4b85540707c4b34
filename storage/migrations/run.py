"""Brings a database to the newest revision; a copy of an SQLite file is made before anything in it changes.

All of it blocks; `storage.database.migrate` runs it in a thread.
"""

from __future__ import annotations

import os
import sqlite3
import time
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import URL, Connection, NullPool, create_engine, event, text
from sqlalchemy.exc import DBAPIError

from storage.errors import DatabaseAway, StorageError, is_away, reason_of
from storage.migrations.state import MigrationResult, explained, sqlite_revision
from storage.private_files import OWNER_ONLY

OURS = "storage:migrations"
"""Where the migrations are, as Alembic names a folder inside a package."""

_COPIES_KEPT = 3
_ONE_AT_A_TIME = 0x61725869
"""PostgreSQL's advisory lock while tables are made or changed: two numbers: one is a bot's (storage/lead.py)."""

_CONNECT = 10
"""Seconds for a server to answer."""

_PATIENCE = 60_000
_WAL_ATTEMPTS = 100
_WAL_PAUSE = 0.05


def migrate_sqlite(path: Path, now: datetime, *, location: str = OURS) -> MigrationResult:
    """Make or upgrade the file. `now` (aware) stands in the copy's name. Raises StorageError."""
    before = sqlite_revision(path)
    with explained(path):
        config = _config(location)
        scripts = ScriptDirectory.from_config(config)
        after = _head(scripts)
        if before == after:
            return MigrationResult(before, after)
        _refuse_unknown(str(path), before, scripts)
        engine = create_engine(URL.create("sqlite", database=str(path)), poolclass=NullPool)
        event.listen(engine, "connect", _prepare)
        # All revisions in one transaction: after a failure the file is what it was. A second process waits here, looks
        # again, and finds nothing left to do; it must not take its copy for one of what was there before.
        event.listen(engine, "begin", _begin)
        with engine.begin() as connection:
            before = MigrationContext.configure(connection).get_current_revision()
            if before == after:
                return MigrationResult(before, after)
            copied_to = _copy(path, after, now) if before is not None else None
            _upgrade(config, connection)
        return MigrationResult(before, after, copied_to)


def migrate_postgresql(address: URL) -> MigrationResult:
    """Make or upgrade the tables; copies are the server's business. Raises StorageError, DatabaseAway for no answer.

    Several processes that start at the same time do so one after the other: two that make the same table both fail.
    """
    shown = address.render_as_string(hide_password=True)
    try:
        engine = create_engine(address, poolclass=NullPool, connect_args={"connect_timeout": _CONNECT})
        with engine.begin() as connection:
            connection.execute(text("SELECT pg_advisory_xact_lock(:ours, 0)"), {"ours": _ONE_AT_A_TIME})
            before = MigrationContext.configure(connection).get_current_revision()
            config = _config(OURS)
            scripts = ScriptDirectory.from_config(config)
            _refuse_unknown(shown, before, scripts)
            _upgrade(config, connection)
    except ModuleNotFoundError as error:
        raise StorageError(f"{address.drivername}:// needs the package {error.name}, which is not installed") from None
    except DBAPIError as error:
        if is_away(error):
            raise DatabaseAway(f"the database {shown} does not answer: {reason_of(error)}") from error
        raise StorageError(f"the database {shown} cannot be used: {reason_of(error)}") from error
    return MigrationResult(before, _head(scripts))


def _config(location: str) -> Config:
    config = Config()
    # A percent sign would begin a reference to another option.
    config.set_main_option("script_location", location.replace("%", "%%"))
    return config


def _head(scripts: ScriptDirectory) -> str:
    return scripts.get_current_head() or ""


def _upgrade(config: Config, connection: Connection) -> None:
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _refuse_unknown(shown: str, revision: str | None, scripts: ScriptDirectory) -> None:
    if revision is not None and revision not in {script.revision for script in scripts.walk_revisions()}:
        raise StorageError(
            f"the database {shown} was made by a newer version of this program (its revision is {revision}, "
            f"the newest known here {_head(scripts)}); install that version, or restore the copy made before it"
        )


def _copy(path: Path, revision: str, now: datetime) -> Path:
    """A whole copy even while another process writes: SQLite's own backup, not the file's bytes."""
    target = path.with_name(f"{path.name}.before-{revision}-{now.astimezone(UTC):%Y%m%dT%H%M%SZ}")
    unfinished = target.with_name(f"{target.name}.part")
    try:
        # It holds what the database holds, so nobody else may read it either, from its first byte on.
        os.close(os.open(unfinished, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, OWNER_ONLY))
        with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(unfinished)) as copy:
            source.backup(copy)
        unfinished.replace(target)
    finally:
        unfinished.unlink(missing_ok=True)
    copies = sorted(path.parent.glob(f"{path.name}.before-*Z"), key=lambda copy: copy.name.rpartition("-")[2])
    for old in copies[:-_COPIES_KEPT]:
        old.unlink()
    return target


def _prepare(connection: Any, _record: object) -> None:
    # Foreign keys stay off: rebuilding a table drops the old one, which would take the rows that refer to it along.
    connection.isolation_level = None
    cursor = connection.cursor()
    # Milliseconds that a second process waits while a large file is brought up to date.
    cursor.execute(f"PRAGMA busy_timeout = {_PATIENCE}")
    _into_wal(cursor)
    cursor.close()


def _into_wal(cursor: sqlite3.Cursor) -> None:
    """Changing the mode does not wait for another process, as writing does: it is refused while one is at work."""
    for attempt in range(_WAL_ATTEMPTS):
        try:
            cursor.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError:
            if attempt == _WAL_ATTEMPTS - 1:
                raise
            time.sleep(_WAL_PAUSE)
        else:
            return


def _begin(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")
