"""The database: its address, its connections, its transactions."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, event, make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine

from storage.backup import back_up_sqlite
from storage.compiled import compiled_for_sqlite
from storage.errors import TROUBLE, GivenUp, StorageError
from storage.migrations.state import MigrationResult, newest, sqlite_revision
from storage.sqlite_driver import in_one_trip

__all__ = ["Database", "MigrationResult", "StorageError", "back_up", "migrate"]

_EXAMPLE = "sqlite+aiosqlite:////var/lib/arxiv-digest-bot/bot.sqlite3"
_READERS = 8
# A server that is gone without a word is noticed within about a minute; the system's own patience is two hours.
# https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-PARAMKEYWORDS
NOTICED = {
    "connect_timeout": 10,
    "keepalives_idle": 30,
    "keepalives_interval": 10,
    "keepalives_count": 3,
    "tcp_user_timeout": 60_000,
}


class Database:
    """Connections to one database. Raises StorageError for an address that it cannot use.

    SQLite has one writer at a time: transactions of this process queue here, those of other processes wait in SQLite
    for up to five seconds.
    """

    def __init__(self, url: str) -> None:
        self._url = parse_address(url)
        self._given_up = self._in_trouble = False
        self._one_writer: asyncio.Lock | None = None
        self._ending: set[asyncio.Future[Any]] = set()
        if self._url.get_backend_name() == "sqlite":
            self._one_writer = asyncio.Lock()
            # IMMEDIATE: one that begins by reading cannot become a writing one while another process writes.
            self._writer = _sqlite_engine(self._url, "BEGIN IMMEDIATE", self._ending, pool_size=1)
            self._reader = _sqlite_engine(self._url, "BEGIN", self._ending, pool_size=_READERS, read_only=True)
        else:
            self._writer = _engine(self._url, connect_args=NOTICED)
            self._reader = self._writer.execution_options(postgresql_readonly=True)

    @property
    def name(self) -> str:
        """The file, or the address without its password."""
        return _shown(self._url)

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[AsyncSession]:
        """One transaction, committed at the end, rolled back on any error. Raises GivenUp after `give_up`."""
        async with AsyncExitStack() as stack:
            if self._one_writer is not None:
                await stack.enter_async_context(self._one_writer)
            if self._given_up and self._in_trouble:
                raise GivenUp("the program stops")
            try:
                async with AsyncSession(self._writer) as session, session.begin():
                    yield session
            except TROUBLE:
                self._in_trouble = True
                raise
            self._in_trouble = False

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncSession]:
        """One view of the database that no writer changes meanwhile; writing in it is an error."""
        async with AsyncSession(self._reader) as session:
            yield session

    def give_up(self) -> None:
        """The program stops: once a transaction fails, begin no other, also none that waits for its turn already."""
        self._given_up = True

    async def close(self) -> None:
        """Close every connection."""
        await self._reader.dispose()
        await self._writer.dispose()
        if self._ending:
            await asyncio.wait(self._ending)


async def migrate(url: str, *, now: Callable[[], datetime] | None = None) -> MigrationResult:
    """Make the database, or bring it to this program's form. An SQLite file that is behind is copied first.

    Raises StorageError with a sentence for people. `now` names the copy and defaults to the clock.
    """
    address = parse_address(url)
    moment = now() if now is not None else datetime.now(UTC)
    if address.get_backend_name() == "sqlite":
        return await asyncio.to_thread(_migrate_sqlite, Path(address.database or ""), moment)
    return await asyncio.to_thread(_migrate_postgresql, address)


async def back_up(url: str, place: Path, *, keep: int | None = None, now: Callable[[], datetime] | None = None) -> Path:
    """Copy an SQLite database, also while a bot is at work with it. Returns the copy, which only its owner can read.

    `place` is the file, or a folder for one named by `now` (default: the clock), of which the newest `keep` stay.
    Raises StorageError with a sentence for people, also for PostgreSQL, which has a tool of its own for this.
    """
    address = parse_address(url)
    if address.get_backend_name() != "sqlite":
        raise StorageError("this database is PostgreSQL's; pg_dump copies it")
    moment = now() if now is not None else datetime.now(UTC)
    return await asyncio.to_thread(back_up_sqlite, Path(address.database or ""), place, moment, keep=keep)


def _migrate_sqlite(path: Path, moment: datetime) -> MigrationResult:
    before = sqlite_revision(path)
    if before == newest():
        return MigrationResult(before, before)
    # Imported here so that a start with nothing to migrate does without Alembic.
    from storage.migrations.run import migrate_sqlite

    return migrate_sqlite(path, moment)


def _migrate_postgresql(address: URL) -> MigrationResult:
    from storage.migrations.run import migrate_postgresql

    return migrate_postgresql(address)


def parse_address(url: str) -> URL:
    """The address, if it is one of a database that this program knows. Raises StorageError."""
    try:
        address = make_url(url)
    except ArgumentError:
        # Not quoted: it may hold a password.
        raise StorageError(f"DATABASE_URL is no database address; for example: {_EXAMPLE}") from None
    if address.drivername not in {"sqlite+aiosqlite", "postgresql+psycopg"}:
        raise StorageError(f"{address.drivername}:// is no database that this program knows; for example: {_EXAMPLE}")
    if address.get_backend_name() == "sqlite":
        name = address.database or ""
        if name in {"", ":memory:"} or name.startswith("file:"):
            raise StorageError(f"the database has to be a file; for example: {_EXAMPLE}")
    return address


def _shown(address: URL) -> str:
    if address.get_backend_name() == "sqlite":
        return str(address.database)
    return address.render_as_string(hide_password=True)


def _compact_json(value: Any) -> str:
    # Chinese text as it is: escaped it would take twice the room.
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _engine(address: URL, **options: Any) -> AsyncEngine:
    try:
        return create_async_engine(address, json_serializer=_compact_json, **options)
    except ModuleNotFoundError as error:
        raise StorageError(f"{address.drivername}:// needs the package {error.name}, which is not installed") from None


def _sqlite_engine(
    address: URL, begin: str, shutdown: set[asyncio.Future[Any]], *, pool_size: int, read_only: bool = False
) -> AsyncEngine:
    # Without an isolation level the driver leaves transactions to the `begin` below.
    engine = _engine(
        address,
        pool_size=pool_size,
        max_overflow=0,
        connect_args={"isolation_level": None},
        execution_options={"compiled_cache": compiled_for_sqlite()},
    )
    in_one_trip(engine, shutdown)
    pragmas = ["busy_timeout = 5000", "journal_mode = WAL", "synchronous = NORMAL", "foreign_keys = ON"]
    pragmas.append("cache_size = -32000")
    if read_only:
        pragmas.append("query_only = ON")
    else:
        pragmas.append("secure_delete = ON")  # what is deleted is overwritten: people may ask for it

    @event.listens_for(engine.sync_engine, "connect")
    def prepare(connection: Any, _record: object) -> None:
        cursor = connection.cursor()
        for pragma in pragmas:
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine.sync_engine, "begin")
    def start(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    return engine
