"""Which digest is pinned where: wanted when its first part arrived, done in a step of its own that may fail."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from storage.models import destinations
from storage.models import digest_parts as part_table
from storage.models import pins as table
from storage.sql import upsert


@dataclass(frozen=True, slots=True)
class Pin:
    """A message that is to be pinned in a chat, and the one that is to be unpinned for it (None: none)."""

    destination_id: int
    chat_id: int
    wanted: int
    pinned: int | None


async def want(session: AsyncSession, destination_id: int, digest_id: int, number: int, message_id: int) -> bool:
    """A part arrived: if it is the digest's first, it is to be pinned. Returns whether it is."""
    first = await session.scalar(sa.select(sa.func.min(part_table.c.number)).where(part_table.c.digest_id == digest_id))
    if first != number:
        return False
    statement = upsert(session, table).values(destination_id=destination_id, wanted=message_id)
    await session.execute(
        statement.on_conflict_do_update(index_elements=["destination_id"], set_={"wanted": message_id})
    )
    return True


async def wanted(session: AsyncSession, limit: int) -> list[Pin]:
    """What is to be pinned."""
    query = (
        sa.select(table.c.destination_id, destinations.c.chat_id, table.c.wanted, table.c.pinned)
        .join(destinations)
        .where(table.c.wanted.is_not(None), destinations.c.paused.is_(None))
        .order_by(table.c.destination_id)
        .limit(limit)
    )
    return [Pin(*row) for row in await session.execute(query)]


async def done(session: AsyncSession, pins: Sequence[tuple[Pin, bool]]) -> None:
    """What was tried is not tried again; True where the message is pinned now."""
    for pin, pinned in pins:
        ours = sa.and_(table.c.destination_id == pin.destination_id, table.c.wanted == pin.wanted)
        now_pinned = pin.wanted if pinned else pin.pinned
        await session.execute(sa.update(table).where(ours).values(wanted=None, pinned=now_pinned))
