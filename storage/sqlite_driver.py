"""SQLite's driver with one trip to its thread per statement, in place of four.

The driver keeps a connection in a thread of its own. To make a cursor, run it, fetch and close it are four messages to
that thread and back, of about 60 µs each: for small statements that is most of what they cost. Here one message does
all of it, and takes the BEGIN of a transaction along with its first statement. Nobody waits for a rollback, with which
every read ends, and none is sent where no transaction was begun.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections import deque
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Any

import aiosqlite
from sqlalchemy import event
from sqlalchemy.dialects.sqlite.aiosqlite import AsyncAdapt_aiosqlite_connection, AsyncAdapt_aiosqlite_cursor
from sqlalchemy.engine.interfaces import Dialect
from sqlalchemy.ext.asyncio import AsyncEngine


@dataclass(slots=True)
class _Ran:
    """What SQLAlchemy asks a cursor for once a statement was run; it asks in this way also before that."""

    description: Any = None
    rowcount: int = -1
    lastrowid: Any = None
    arraysize: int = 1
    rows: Any = ()


class _Cursor(AsyncAdapt_aiosqlite_cursor):
    __slots__ = ()
    _awaitable_cursor_close = False  # it is closed already when it has run
    _cursor: Any

    def _aenter_cursor(self, cursor: Any) -> Any:
        return cursor

    def _make_new_cursor(self, _connection: Any) -> Any:
        return _Ran()

    def close(self) -> None:
        self._rows.clear()

    async def _execute_async(self, operation: Any, parameters: Any) -> None:
        await self._run("execute", operation, () if parameters is None else parameters)

    async def _executemany_async(self, operation: Any, seq_of_parameters: Any) -> None:
        await self._run("executemany", operation, seq_of_parameters)

    async def _run(self, how: str, operation: Any, parameters: Any) -> None:
        driver: Any = self._connection
        ours: Any = self._adapt_connection
        if operation.startswith("BEGIN"):
            ours.begin = operation
            return
        async with ours._execute_mutex:
            begin, ours.begin = ours.begin, None
            self._cursor = await driver._execute(_in_thread, driver._conn, begin, how, operation, parameters)
        self._rows = deque(self._cursor.rows)


def _in_thread(connection: Any, begin: str | None, how: str, operation: Any, parameters: Any) -> _Ran:
    cursor = connection.cursor()
    try:
        if begin is not None:
            cursor.execute(begin)
        getattr(cursor, how)(operation, parameters)
        rows = cursor.fetchall() if cursor.description else ()
        return _Ran(
            description=cursor.description,
            rowcount=cursor.rowcount,
            lastrowid=cursor.lastrowid,
            arraysize=cursor.arraysize,
            rows=rows,
        )
    finally:
        cursor.close()


class _Connection(AsyncAdapt_aiosqlite_connection):
    __slots__ = ("_ending", "begin")
    _cursor_cls = _Cursor

    def __init__(self, dbapi: Any, connection: Any, ending: set[asyncio.Future[Any]]) -> None:
        super().__init__(dbapi, connection)
        self.begin: str | None = None
        """The BEGIN that goes with the next statement."""
        self._ending = ending

    def commit(self) -> None:
        """Nothing is sent where no statement has begun a transaction."""
        if self.begin is None:
            super().commit()
        self.begin = None

    def rollback(self) -> None:
        """Without waiting for it."""
        driver: Any = self._connection
        self.begin = None
        if driver._connection and driver.in_transaction:
            # In turn with whatever is asked of the thread next.
            driver._tx.put_nowait((None, driver._conn.rollback))

    def terminate(self) -> None:
        """Without waiting for it: its thread ends when it is done with what it was asked."""
        driver: Any = self._connection
        if driver._running and (ended := driver.stop()) is not None:
            self._ending.add(ended)
            ended.add_done_callback(self._ending.discard)


def in_one_trip(engine: AsyncEngine, ending: set[asyncio.Future[Any]]) -> None:
    """Make this engine's connections such; called before its first one is opened.

    `ending` holds those that nobody waited for and that have not ended yet. They must, before the event loop goes.
    """
    # Cursors that are read bit by bit are not; whatever is read comes at once.
    engine.sync_engine.dialect.supports_server_side_cursors = False

    @event.listens_for(engine.sync_engine, "do_connect")
    def connect(dialect: Dialect, _record: object, arguments: Any, options: Any) -> _Connection:
        plain: Any = dialect.connect(*arguments, **options, async_creator_fn=partial(_opened, ending))
        return _Connection(plain.dbapi, plain.driver_connection, ending)


async def _opened(ending: set[asyncio.Future[Any]], *arguments: Any, **options: Any) -> aiosqlite.Connection:
    """A new connection. Its thread opens the file to the end also where nobody waits for it any more."""
    connection = aiosqlite.connect(*arguments, **options)
    connection._thread.daemon = True  # as SQLAlchemy does
    opening = asyncio.ensure_future(_open(connection))
    try:
        return await asyncio.shield(opening)
    except asyncio.CancelledError:
        closing = asyncio.ensure_future(_close(opening))
        ending.add(closing)
        closing.add_done_callback(ending.discard)
        raise


async def _open(connection: aiosqlite.Connection) -> aiosqlite.Connection:
    return await connection


async def _close(opening: asyncio.Future[aiosqlite.Connection]) -> None:
    with suppress(sqlite3.Error):
        await (await opening).close()
