"""What is stored of times once the machine's clock was set back: whatever lies ahead was written by a wrong clock.

Every time that something waits for is the time of another try. One that is tried too early is told to wait again; one
that is left eight hours ahead is not tried for eight hours. So all of them are due now.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from storage import subscriptions
from storage.models import announcements, deliveries, destinations, notices, translation_gaps
from storage.models import subscriptions as wish_table
from storage.records import AnnouncementState, Destination
from storage.sql import changed, upsert

PULLED_IN = (
    deliveries.c.retry_at,
    deliveries.c.updated_at,
    announcements.c.retry_at,
    announcements.c.asked_since,
    announcements.c.fetched_at,
    translation_gaps.c.retry_at,
    notices.c.raised_at,
)
"""The times that something is measured from or waits for. What `turns` holds is passed over when it is far off."""

_LATEST = "clock"


async def note_time(session: AsyncSession, now: datetime) -> datetime | None:
    """Remember that it is this late now. Returns what was remembered before."""
    before: datetime | None = await session.scalar(sa.select(notices.c.raised_at).where(notices.c.name == _LATEST))
    statement = upsert(session, notices).values(name=_LATEST, raised_at=now)
    await session.execute(statement.on_conflict_do_update(index_elements=["name"], set_={"raised_at": now}))
    return before


async def pull_in(session: AsyncSession, now: datetime, newest: date) -> int:
    """Let nothing lie ahead of now, nor of the newest mailing date. Returns how many rows were changed."""
    count = sum(
        [
            await changed(session, sa.update(column.table).where(column > now).values({column.name: now}))
            for column in PULLED_IN
        ]
    )
    ahead = sa.and_(announcements.c.mailing_date > newest, announcements.c.state != AnnouncementState.FETCHED)
    count += await changed(session, sa.delete(announcements).where(ahead))
    beyond = sa.update(wish_table).where(wish_table.c.cursor > newest).values(cursor=newest)
    return count + await changed(session, beyond)


async def with_times(session: AsyncSession, now: datetime) -> list[Destination]:
    """The destinations whose next digest lies ahead."""
    query = sa.select(destinations).where(destinations.c.next_run_at > now)
    return [subscriptions.destination_of(row) for row in await session.execute(query)]


async def reschedule(session: AsyncSession, next_runs: Iterable[tuple[int, datetime]]) -> None:
    """When the next digests of destinations are due."""
    for destination_id, next_run_at in next_runs:
        await session.execute(
            sa.update(destinations).where(destinations.c.id == destination_id).values(next_run_at=next_run_at)
        )
