"""Slots at arXiv that all processes of one database share."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from uuid import uuid4

from sqlalchemy.exc import SQLAlchemyError

from bot.arxiv_source.errors import ArxivUnavailable
from bot.log import event
from storage import request_slots
from storage.database import Database

_NAME = "arxiv"
_REST = timedelta(seconds=30)
_log = logging.getLogger(__name__)


class DatabaseRequestSlots:
    """Slots from the database, one at a time. While it does not answer, this process keeps its own pace.

    The log tells once that the database is gone, and once that it is back. `deadline` is how many seconds it has to
    answer, or a little longer: SQLite is not interrupted in its wait for a lock, which takes five at most. As each
    failure may cost a request that long, the database is then left alone for half a minute.
    """

    def __init__(self, db: Database, *, deadline: float = 5.0) -> None:
        self._db = db
        self._deadline = deadline
        self._name = uuid4().hex
        self._again_at: datetime | None = None

    async def take(self, now: datetime, interval: timedelta, *, lease: timedelta, urgent: bool) -> datetime | None:
        """When to ask again for the slot; None once it is this process's, or while the database does not answer.

        Raises ArxivUnavailable while arXiv wants a pause, as any of the processes learnt.
        """
        # A clock that was set back must not make the rest longer.
        if self._again_at is not None and now < self._again_at <= now + _REST:
            return None
        again = held_until = None
        asker = request_slots.Asker(self._name, lease, urgent)
        async with self._or_alone(now), self._db.begin() as session:
            held_until = await request_slots.held_until(session, _NAME, now)
            if held_until is None:
                again = await request_slots.take(session, _NAME, now, interval, asker)
        if held_until is not None:
            raise ArxivUnavailable("arXiv asks for patience", held_until)
        return again

    async def ended(self, free_at: datetime, held_until: datetime | None) -> None:
        """Tell the other processes that a request ended, and how long arXiv wants to be left alone."""
        if self._again_at is not None and held_until is None:
            return
        async with self._or_alone(free_at), self._db.begin() as session:
            await request_slots.ended(session, _NAME, free_at, request_slots.Asker(self._name, timedelta(0)))
            if held_until is not None:
                await request_slots.hold(session, _NAME, held_until)

    @asynccontextmanager
    async def _or_alone(self, now: datetime) -> AsyncIterator[None]:
        try:
            async with asyncio.timeout(self._deadline):
                yield
        except (SQLAlchemyError, OSError) as error:
            # The class says enough: the sentences of databases hold statements and addresses.
            if self._again_at is None:
                event(_log, "arxiv_turns_alone", level=logging.WARNING, reason=type(error).__name__)
            self._again_at = now + _REST
        else:
            if self._again_at is not None:
                event(_log, "arxiv_turns_shared")
            self._again_at = None
