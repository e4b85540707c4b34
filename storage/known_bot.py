"""Which bot of Telegram's this database belongs to: another token may be another bot's."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from storage.models import destinations, notices
from storage.records import ChatKind
from storage.sql import upsert

_PREFIX = "bot "


async def is_another(session: AsyncSession, bot_id: int, now: datetime) -> bool:
    """Whether the database was another bot's until now; it is this one's from now on.

    What was seen in a basic group is forgotten then: there each bot has message numbers of its own.
    """
    name = f"{_PREFIX}{bot_id}"
    before = set(await session.scalars(sa.select(notices.c.name).where(notices.c.name.startswith(_PREFIX))))
    await session.execute(upsert(session, notices).values(name=name, raised_at=now).on_conflict_do_nothing())
    others = before - {name}
    if not others:
        return False
    await session.execute(sa.delete(notices).where(notices.c.name.in_(others)))
    groups = sa.update(destinations).where(destinations.c.kind == ChatKind.GROUP)
    await session.execute(groups.values(seen_message=None))
    return True
