"""Slots at something that all processes of one database may ask only one at a time, and only so often.

Who is given a slot has it alone until it ends, or until its lease is over, should the process be gone by then. Times
are those of the askers' clocks: machines whose clocks differ by a second come up to a second closer.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from storage.models import turns
from storage.sql import upsert

LONGEST_WAIT = 20
"""Intervals. The next slot is one after the end of the last; one much farther off is the work of a wrong clock."""

LONGEST_LEASE = timedelta(minutes=15)
"""A slot that ends later than this from now (and later than the asker's own would), or a wish to be next that lasts
longer, comes of a wrong clock, too."""

LONGEST_HOLD = timedelta(days=1)
"""So does a hold that ends later than this."""

URGENT_IN_A_ROW = 2
"""So many urgent slots one after the other, while one that is not urgent waits."""

_POLLS = 3
"""How often in an interval it is asked again whether a slot has ended."""
_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks for a slot: a name that no other process has, and for how long a slot is had at most."""

    name: str
    lease: timedelta
    urgent: bool = False
    """Whether it goes before those that are not, in whatever process."""


async def take(session: AsyncSession, name: str, now: datetime, interval: timedelta, asker: Asker) -> datetime | None:
    """Give the asker the slot, or tell when to ask again; None when the slot is the asker's.

    What a wrong clock left behind is passed over, so nobody waits for longer than a lease and LONGEST_WAIT intervals.
    """
    row = await _locked(session, name)
    poll = interval / _POLLS
    again = _wait(row, now, interval, asker, poll)
    if again is None:
        in_a_row = row.urgent_in_a_row + 1 if asker.urgent else 0
        taken = {"free_at": now + interval, "busy_until": now + asker.lease, "owner": asker.name}
        await _set(session, name, **taken, urgent_in_a_row=in_a_row)
    elif asker.urgent:
        await _set(session, name, urgent_until=again + poll)
    else:
        await _set(session, name, others_until=again + poll)
    return again


def _wait(row: sa.Row[Any], now: datetime, interval: timedelta, asker: Asker, poll: timedelta) -> datetime | None:
    if row.owner != asker.name and _ahead(row.busy_until, now, max(LONGEST_LEASE, asker.lease)):
        busy_until: datetime = row.busy_until
        return min(busy_until, now + poll)
    if _ahead(row.free_at, now, LONGEST_WAIT * interval):
        free_at: datetime = row.free_at
        return free_at
    others_next = row.urgent_in_a_row >= URGENT_IN_A_ROW
    if asker.urgent:
        return now + poll if others_next and _ahead(row.others_until, now, LONGEST_LEASE) else None
    if not others_next and _ahead(row.urgent_until, now, LONGEST_LEASE):
        return now + poll
    return None


async def ended(session: AsyncSession, name: str, free_at: datetime, asker: Asker) -> None:
    """The asker's slot is over, and the next one begins at `free_at` at the earliest."""
    row = await _locked(session, name)
    if row.owner == asker.name:
        await _set(session, name, busy_until=None, owner=None)
    if row.free_at < free_at:
        await _set(session, name, free_at=free_at)


async def hold(session: AsyncSession, name: str, until: datetime) -> None:
    """Nobody's slot before `until`. A longer hold stays, unless it is longer by more than a day: a wrong clock's."""
    held_until = (await _locked(session, name)).held_until
    if held_until is None or not until <= held_until <= until + LONGEST_HOLD:
        await _set(session, name, held_until=until)


async def held_until(session: AsyncSession, name: str, now: datetime) -> datetime | None:
    """The end of the hold; None when nothing is held."""
    return _held(await session.scalar(sa.select(turns.c.held_until).where(turns.c.name == name)), now)


def _held(until: datetime | None, now: datetime) -> datetime | None:
    return until if _ahead(until, now, LONGEST_HOLD) else None


def _ahead(moment: datetime | None, now: datetime, longest: timedelta) -> bool:
    return moment is not None and now < moment <= now + longest


async def _locked(session: AsyncSession, name: str) -> sa.Row[Any]:
    """The row, which from here to the end of the transaction nobody else reads in order to change it."""
    # On SQLite the transaction itself is the lock, and FOR UPDATE is left out.
    await session.execute(upsert(session, turns).values(name=name, free_at=_LONG_AGO).on_conflict_do_nothing())
    query = sa.select(turns).where(turns.c.name == name).with_for_update()
    return (await session.execute(query)).one()


async def _set(session: AsyncSession, name: str, **values: Any) -> None:
    await session.execute(sa.update(turns).where(turns.c.name == name).values(**values))
