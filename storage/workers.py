"""The processes that send, and what becomes of the rows that one of them left in the middle of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from storage.delivery_rows import nothing_to_do, stands
from storage.models import deliveries as table
from storage.models import destinations, workers
from storage.records import ChatKind, DeliveryState
from storage.sql import changed, upsert

_INTERRUPTED = "the program stopped while this was being sent"


@dataclass(frozen=True, slots=True)
class Recovered:
    """What became of rows that a stop left at "sending": how many are sent again, of how many nobody knows."""

    resend: int
    unknown: int


async def recover(
    session: AsyncSession, now: datetime, *, seen_after: datetime | None = None, look_at: datetime | None = None
) -> Recovered:
    """Decide about the rows that a process left at "sending", when it has not been seen after that time (None: ever).

    Private chats get them again (a repeat is harmless, a gap is not), and so do edits and deletions (which change
    nothing twice). Of others nobody knows whether they arrived; `look_at` is when to look.
    """
    alive = sa.select(workers.c.name).where(workers.c.seen_at > seen_after) if seen_after is not None else ()
    left = sa.or_(table.c.claimed_by.is_(None), table.c.claimed_by.not_in(alive))
    sending = sa.and_(stands(DeliveryState.SENDING), left)
    private = sa.select(destinations.c.id).where(destinations.c.kind == ChatKind.PRIVATE)
    harmless = sa.or_(table.c.message_id.is_not(None), table.c.destination_id.in_(private))
    again = {"state": DeliveryState.PENDING, "claimed_by": None, "updated_at": now}
    resend = await changed(session, sa.update(table).where(sending, harmless).values(**again))
    lost = {"state": DeliveryState.UNKNOWN, "claimed_by": None, "reason": _INTERRUPTED, "updated_at": now}
    unknown = await changed(session, sa.update(table).where(sending).values(retry_at=look_at, **lost))
    looking = sa.and_(stands(DeliveryState.UNKNOWN), table.c.claimed_by.is_not(None), left)
    await session.execute(sa.update(table).where(looking).values(claimed_by=None))
    if resend or unknown:
        await session.execute(sa.delete(table).where(nothing_to_do()))
    return Recovered(resend, unknown)


async def alive(session: AsyncSession, worker: str, now: datetime, *, seen_after: datetime) -> int:
    """This process is at work; forget those that have not been seen after that time. Returns how many are at work."""
    statement = upsert(session, workers).values(name=worker, seen_at=now)
    await session.execute(statement.on_conflict_do_update(index_elements=["name"], set_={"seen_at": now}))
    await session.execute(sa.delete(workers).where(workers.c.seen_at <= seen_after))
    return int(await session.scalar(sa.select(sa.func.count()).select_from(workers)) or 1)


async def leave(session: AsyncSession, worker: str) -> None:
    """This process is done: whatever it should have left is nobody's."""
    await session.execute(sa.delete(workers).where(workers.c.name == worker))
