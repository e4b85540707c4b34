"""Rows of unknown outcome: when to look for them, after which message, and what was decided."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from storage.delivery_rows import nothing_to_do, read, stands
from storage.models import deliveries as table
from storage.models import destinations
from storage.records import Delivery, DeliveryState
from storage.sql import changed

_TO_LOOK = sa.and_(stands(DeliveryState.UNKNOWN), table.c.retry_at.is_not(None), table.c.fence.is_(None))


async def resolve(
    session: AsyncSession,
    delivery_id: int,
    *,
    resend: bool | None = None,
    message_id: int | None = None,
    now: datetime,
    fence: int | None = None,
) -> bool:
    """Decide an unknown row: `resend=True` sends it again; `message_id` tells that it arrived, as that message.

    `resend=False` tells that it arrived but not as which message, so that it can never be edited. `fence` is the
    process that looked for it, None for a person. Returns whether the row was unknown and, for a process, still in its
    hand; others are left alone.
    """
    if (resend is None) == (message_id is None):
        raise ValueError("say either whether to send it again or which message it is")
    state = DeliveryState.PENDING if resend else DeliveryState.SENT
    decided = await changed(
        session,
        sa.update(table)
        .where(_of(delivery_id, fence))
        .values(state=state, message_id=message_id, reason="", retry_at=None, fence=None, updated_at=now),
    )
    await session.execute(sa.delete(table).where(table.c.id == delivery_id, nothing_to_do()))
    return decided == 1


async def unknown(session: AsyncSession) -> list[Delivery]:
    """The rows that somebody has to decide about, the oldest first."""
    return await read(session, stands(DeliveryState.UNKNOWN))


async def to_look(session: AsyncSession, now: datetime, limit: int, *, fence: int) -> list[Delivery]:
    """Take up to `limit` unknown rows for which it is time to look; nobody else looks for them meanwhile."""
    query = (
        sa.select(table.c.id)
        .where(_TO_LOOK, table.c.retry_at <= now)
        .order_by(table.c.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    ids = list(await session.scalars(query))
    if not ids:
        return []
    await session.execute(sa.update(table).where(table.c.id.in_(ids)).values(fence=fence))
    return await read(session, table.c.id.in_(ids))


async def look_again(session: AsyncSession, row: Delivery, at: datetime | None, reason: str | None = None) -> None:
    """When to look again for a row that its process looked for; None leaves it to somebody, for the reason given."""
    known: dict[str, Any] = {"retry_at": at, "fence": None}
    if reason is not None:
        known["reason"] = reason
    await session.execute(sa.update(table).where(_of(row.id, row.fence)).values(**known))


async def next_look(session: AsyncSession) -> datetime | None:
    """When it is time to look for the next unknown row."""
    at: datetime | None = await session.scalar(sa.select(sa.func.min(table.c.retry_at)).where(_TO_LOOK))
    return at


async def last_message(session: AsyncSession, destination_id: int) -> int | None:
    """The newest message there that is known: the last one delivered, or one seen while nothing was on its way."""
    delivered = sa.select(sa.func.max(table.c.message_id)).where(table.c.destination_id == destination_id)
    seen = sa.select(destinations.c.seen_message).where(destinations.c.id == destination_id)
    known = [await session.scalar(query) for query in (delivered, seen)]
    return max((moment for moment in known if moment is not None), default=None)


async def message_ids(session: AsyncSession, chat_id: int, *, after: int) -> set[int]:
    """The known messages of a chat with higher ids, in whichever topic."""
    query = (
        sa.select(table.c.message_id)
        .join(destinations)
        .where(destinations.c.chat_id == chat_id, table.c.message_id > after)
    )
    return set(await session.scalars(query))


def _of(delivery_id: int, fence: int | None) -> sa.ColumnElement[bool]:
    """That row, if it is unknown and in the hand of that process (None: of any or none)."""
    held = table.c.fence == fence if fence is not None else sa.true()
    return sa.and_(table.c.id == delivery_id, table.c.state == DeliveryState.UNKNOWN, held)
