"""How much of something a person or chat has had in the present hour or day, so that a restart begins no new one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from storage.models import usage as table
from storage.sql import upsert


@dataclass(frozen=True, slots=True)
class Share:
    """What was granted of what somebody asked for."""

    granted: int
    again_at: datetime
    """When the whole limit is there again."""
    first: bool = False
    """Whether less was granted than asked for, for the first time in this period."""


async def take(
    session: AsyncSession, account_id: int, kind: str, wanted: int, *, most: int, period: timedelta, now: datetime
) -> Share:
    """Count what a person (positive number) or chat (negative) asks for; at most `most` in a period.

    A period begins with the first that is asked for. One that began in the future, by a clock that was ahead, is over.
    """
    ours = sa.and_(table.c.account_id == account_id, table.c.kind == kind)
    fresh = {"account_id": account_id, "kind": kind, "begun_at": now, "taken": 0, "told": False}
    await session.execute(upsert(session, table).values(fresh).on_conflict_do_nothing())
    row = (await session.execute(sa.select(table).where(ours).with_for_update())).one()
    over = not row.begun_at <= now < row.begun_at + period
    begun_at, taken, told = (now, 0, False) if over else (row.begun_at, row.taken, row.told)
    granted = min(wanted, max(most - taken, 0))
    first = granted < wanted and not told
    values = {"begun_at": begun_at, "taken": taken + granted, "told": told or first}
    await session.execute(sa.update(table).where(ours).values(values))
    return Share(granted, begun_at + period, first)


async def counted(session: AsyncSession, account_id: int) -> dict[str, tuple[datetime, int]]:
    """When each period of a person began, and how much was taken in it, by kind."""
    query = sa.select(table.c.kind, table.c.begun_at, table.c.taken).where(table.c.account_id == account_id)
    return {row.kind: (row.begun_at, row.taken) for row in await session.execute(query)}


async def put_back(session: AsyncSession, account_id: int, kind: str, begun_at: datetime, taken: int) -> None:
    """Count again what was counted before; what is counted there already stays."""
    row = {"account_id": account_id, "kind": kind, "begun_at": begun_at, "taken": taken, "told": False}
    await session.execute(upsert(session, table).values(row).on_conflict_do_nothing())


async def drop_before(session: AsyncSession, moment: datetime) -> None:
    """Delete what was counted in periods that began before that."""
    await session.execute(sa.delete(table).where(table.c.begun_at < moment))
