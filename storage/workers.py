"""The processes that send, and what becomes of the rows that one of them left in the middle of it.

Each is known by its fence number, a higher one with every registration; whatever it takes and tells carries it. That it
lives shows in its beat, a counter: clocks of different machines, and of one that is put right, are not compared.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from storage.delivery_rows import nothing_to_do, stands
from storage.models import deliveries as table
from storage.models import destinations, workers
from storage.records import ChatKind, DeliveryState
from storage.sql import changed

_INTERRUPTED = "the program stopped while this was being sent"


@dataclass(frozen=True, slots=True)
class Recovered:
    """What became of rows of the dead: how many went back unsent, are sent again, and of how many nobody knows."""

    unsent: int = 0
    resend: int = 0
    unknown: int = 0


async def register(session: AsyncSession) -> int:
    """A process begins to send. Returns its fence number."""
    fence: int = (await session.execute(sa.insert(workers).values(beat=0).returning(workers.c.fence))).scalar_one()
    return fence


async def beat(session: AsyncSession, fence: int) -> bool:
    """This process lives. False where it was taken for dead meanwhile, so that it has to register again."""
    ours = sa.update(workers).where(workers.c.fence == fence).values(beat=workers.c.beat + 1)
    return await changed(session, ours) == 1


async def beats(session: AsyncSession) -> dict[int, int]:
    """How often each process has shown that it lives, by its fence number."""
    return {row.fence: row.beat for row in await session.execute(sa.select(workers))}


async def leave(session: AsyncSession, *fences: int) -> None:
    """These processes are done, or dead: whatever they should have left is nobody's."""
    await session.execute(sa.delete(workers).where(workers.c.fence.in_(fences)))


async def recover(
    session: AsyncSession, now: datetime, *, dead: Collection[int] = (), look_at: datetime | None = None
) -> Recovered:
    """Decide about the rows that are in the hand of no process but the `dead`, which are registered no more.

    What was only claimed was never sent, and goes back. Of what was being sent private chats get it again (a repeat is
    harmless, a gap is not), and so do edits and deletions (which change nothing twice). Of others nobody knows whether
    they arrived; `look_at` is when to look.
    """
    if dead:
        await leave(session, *dead)
    left = sa.or_(table.c.fence.is_(None), table.c.fence.not_in(sa.select(workers.c.fence)))
    again = {"state": DeliveryState.PENDING, "fence": None, "updated_at": now}
    claimed = sa.and_(stands(DeliveryState.CLAIMED), left)
    unsent = await changed(session, sa.update(table).where(claimed).values(retry_at=None, **again))
    sending = sa.and_(stands(DeliveryState.SENDING), left)
    private = sa.select(destinations.c.id).where(destinations.c.kind == ChatKind.PRIVATE)
    harmless = sa.or_(table.c.message_id.is_not(None), table.c.destination_id.in_(private))
    resend = await changed(session, sa.update(table).where(sending, harmless).values(**again))
    lost = {"state": DeliveryState.UNKNOWN, "fence": None, "reason": _INTERRUPTED, "updated_at": now}
    unknown = await changed(session, sa.update(table).where(sending).values(retry_at=look_at, **lost))
    looking = sa.and_(stands(DeliveryState.UNKNOWN), table.c.fence.is_not(None), left)
    await session.execute(sa.update(table).where(looking).values(fence=None))
    if unsent or resend or unknown:
        await session.execute(sa.delete(table).where(nothing_to_do()))
    return Recovered(unsent, resend, unknown)
