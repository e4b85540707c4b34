"""Whole answers with what their server names them by, for asking whether they have changed."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from storage.models import kept_answers as table
from storage.records import KeptAnswer
from storage.sql import changed, upsert


async def get(session: AsyncSession, url: str) -> KeptAnswer | None:
    """What an address answered last."""
    row = (await session.execute(sa.select(table).where(table.c.url == url))).first()
    return KeptAnswer(**row._asdict()) if row is not None else None


async def keep(session: AsyncSession, answer: KeptAnswer) -> None:
    """Store an answer in place of the one before."""
    values = asdict(answer)
    statement = upsert(session, table).values(values)
    await session.execute(statement.on_conflict_do_update(index_elements=["url"], set_=values))


async def forget(session: AsyncSession, url: str) -> None:
    """Ask that address without conditions next time."""
    await session.execute(sa.delete(table).where(table.c.url == url))


async def drop(session: AsyncSession, before: datetime) -> int:
    """Forget answers that were kept before that time. Returns how many."""
    return await changed(session, sa.delete(table).where(table.c.kept_at < before))
