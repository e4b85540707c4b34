"""Which of several processes of one bot hears what people say: Telegram hands updates to one at a time.

It is decided by a lock that ends with its process, however that ends: on SQLite by the operating system's lock on a
file beside the database, on PostgreSQL by an advisory lock of the session. Whoever waits takes over within seconds.
"""

from __future__ import annotations

import asyncio
import fcntl
import os
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from typing import Protocol

from sqlalchemy import NullPool, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from storage.database import NOTICED, parse_address
from storage.errors import StorageError

AGAIN = 2.0
"""Seconds from one look to the next: at whether the lock is free, or whether it is still ours."""

_ANSWERS = 10.0
_ALIVE = "SET tcp_keepalives_idle = 30; SET tcp_keepalives_interval = 10; SET tcp_keepalives_count = 3"

Sleep = Callable[[float], Awaitable[object]]


class Lead(Protocol):
    """The lock of one bot on one database."""

    alone: bool
    """Whether a process without it leaves the database alone, too."""

    async def take(self, busy: Callable[[], None]) -> None:
        """Return once this process has it; `busy` is called once, if another one has it now."""

    async def lost(self) -> None:
        """Return when this process has it no more."""

    async def give_back(self) -> None:
        """Let another process have it."""


def lead_of(url: str, bot_id: int, *, sleep: Sleep = asyncio.sleep) -> Lead:
    """The lock for this database and bot. Raises StorageError for an address that cannot be used."""
    address = parse_address(url)
    if address.get_backend_name() == "sqlite":
        return FileLead(Path(address.database or ""), sleep=sleep)
    return SessionLead(url, bot_id, sleep=sleep)


class FileLead:
    """A lock on `<database>.lock`. The file stays: to remove it would let two processes lock two files of one name."""

    alone = True

    def __init__(self, database: Path, *, sleep: Sleep = asyncio.sleep) -> None:
        self._path = database.with_name(f"{database.name}.lock")
        self._sleep = sleep
        self._file: int | None = None

    async def take(self, busy: Callable[[], None]) -> None:
        """Return once this process has it. Raises StorageError where there can be no such file."""
        if self._file is not None:
            return
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            file = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise StorageError(
                f"{self._path} cannot be written ({error.strerror}); the bot must be able to write the folder that "
                "the database is in (DATA_DIR)"
            ) from error
        told = False
        try:
            while not _locked(file):
                if not told:
                    told = True
                    busy()
                await self._sleep(AGAIN)
        except BaseException:
            os.close(file)
            raise
        self._file = file

    async def lost(self) -> None:
        """Never: it lasts as long as the process."""
        await asyncio.Event().wait()

    async def give_back(self) -> None:
        """Let another process have it."""
        if self._file is not None:
            os.close(self._file)
            self._file = None


def _locked(file: int) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


class SessionLead:
    """An advisory lock of a session of its own, by the bot's id. A pooler that shares sessions cannot keep it."""

    alone = False

    def __init__(self, url: str, bot_id: int, *, sleep: Sleep = asyncio.sleep) -> None:
        self._bot_id = bot_id
        self._sleep = sleep
        self._engine: AsyncEngine = create_async_engine(
            url, poolclass=NullPool, isolation_level="AUTOCOMMIT", connect_args=NOTICED
        )
        self._session: AsyncConnection | None = None

    async def take(self, busy: Callable[[], None]) -> None:
        """Return once this process has it. While the server does not answer nobody has it; it is asked again."""
        told = False
        while True:
            with suppress(SQLAlchemyError, OSError):
                if await self._try():
                    return
                if not told:
                    told = True
                    busy()
            await self._sleep(AGAIN)

    async def lost(self) -> None:
        """Return when the session has ended, and the lock with it."""
        while await self._lives():
            await self._sleep(AGAIN)
        await self.give_back()

    async def give_back(self) -> None:
        """End the session."""
        session, self._session = self._session, None
        if session is not None:
            with suppress(SQLAlchemyError, OSError):
                await session.close()
        await self._engine.dispose()

    async def _try(self) -> bool:
        if self._session is None:
            session = await self._engine.connect()
            try:
                # A machine that is gone without a word: the server then lets go of the lock within a minute.
                await session.exec_driver_sql(_ALIVE)
            except BaseException:
                await session.close()
                raise
            self._session = session
        try:
            got = await self._session.scalar(text("SELECT pg_try_advisory_lock(:key)"), {"key": self._bot_id})
        except SQLAlchemyError:
            await self.give_back()
            raise
        return bool(got)

    async def _lives(self) -> bool:
        if self._session is None:
            return False
        try:
            async with asyncio.timeout(_ANSWERS):
                await self._session.exec_driver_sql("SELECT 1")
        except (SQLAlchemyError, OSError):
            return False
        return True
