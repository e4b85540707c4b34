"""Turns at something that all processes of one database may ask only so often.

A moment is given to one asker alone, so the moments given are an interval apart whoever asks. They are moments of the
askers' clocks: machines whose clocks differ by a second come up to a second closer.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from storage.models import turns
from storage.sql import upsert

LONGEST_QUEUE = 100
"""Intervals. Each process waits for one moment at a time, so a moment farther off is the work of a wrong clock."""

LONGEST_HOLD = timedelta(days=1)
"""A hold that ends later than this from now is the work of a wrong clock, too."""

_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


async def take(session: AsyncSession, name: str, now: datetime, interval: timedelta) -> datetime:
    """The next free moment, `now` or later, which is now the caller's; the one after it is free an `interval` later.

    Never before the end of a hold. What a wrong clock left behind is passed over, so nobody waits for longer than a
    day and LONGEST_QUEUE intervals; after a clock was set back that far, moments begin anew and may repeat.
    """
    free_at, held_until = await _locked(session, name)
    earliest = _held(held_until, now) or now
    moment = max(earliest, free_at) if free_at - earliest <= LONGEST_QUEUE * interval else earliest
    await _set(session, name, free_at=moment + interval)
    return moment


async def ended(session: AsyncSession, name: str, free_at: datetime) -> None:
    """Let moments that are not yet given begin at `free_at` at the earliest: what was asked took its time."""
    before, _ = await _locked(session, name)
    if before < free_at:
        await _set(session, name, free_at=free_at)


async def hold(session: AsyncSession, name: str, until: datetime) -> None:
    """Nobody's turn before `until`. A longer hold stays, unless it is longer by more than a day: a wrong clock's."""
    _, held_until = await _locked(session, name)
    if held_until is None or not until <= held_until <= until + LONGEST_HOLD:
        await _set(session, name, held_until=until)


async def held_until(session: AsyncSession, name: str, now: datetime) -> datetime | None:
    """The end of the hold, for those as well who were given their moment before it; None when nothing is held."""
    return _held(await session.scalar(sa.select(turns.c.held_until).where(turns.c.name == name)), now)


def _held(until: datetime | None, now: datetime) -> datetime | None:
    return until if until is not None and now < until <= now + LONGEST_HOLD else None


async def _locked(session: AsyncSession, name: str) -> tuple[datetime, datetime | None]:
    """The row, which from here to the end of the transaction nobody else reads in order to change it."""
    # On SQLite the transaction itself is the lock, and FOR UPDATE is left out.
    await session.execute(upsert(session, turns).values(name=name, free_at=_LONG_AGO).on_conflict_do_nothing())
    query = sa.select(turns.c.free_at, turns.c.held_until).where(turns.c.name == name).with_for_update()
    row = (await session.execute(query)).one()
    return row.free_at, row.held_until


async def _set(session: AsyncSession, name: str, **values: datetime) -> None:
    await session.execute(sa.update(turns).where(turns.c.name == name).values(**values))
