"""What somebody was told about or asked for and is not settled yet, so that it is said once."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from storage.models import notices
from storage.sql import changed, upsert


async def raise_once(session: AsyncSession, name: str, now: datetime) -> bool:
    """Note that there is trouble of this name. Returns whether that is news."""
    statement = upsert(session, notices).values(name=name, raised_at=now).on_conflict_do_nothing()
    return await changed(session, statement) == 1


async def clear(session: AsyncSession, name: str) -> bool:
    """Note that all is well. Returns whether that is news."""
    return await changed(session, sa.delete(notices).where(notices.c.name == name)) == 1


async def clear_before(session: AsyncSession, prefix: str, name: str) -> None:
    """Forget the notices whose names begin so and come before this one, such as those of earlier days."""
    await session.execute(sa.delete(notices).where(notices.c.name.startswith(prefix), notices.c.name < name))


async def is_raised(session: AsyncSession, name: str, *, after: datetime | None = None) -> bool:
    """Whether there is something of this name, or was noted after that time."""
    noted = notices.c.raised_at > after if after is not None else sa.true()
    return bool(await session.scalar(sa.select(sa.exists().where(notices.c.name == name, noted))))
