"""The papers of a digest that cannot be delivered come with the next one."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from storage.models import deliveries, destinations, digest_announcements, subscriptions
from storage.records import Delivery, DeliveryState

_STILL_NEWS = timedelta(days=7)
_ONE_DAY = timedelta(days=1)
# Nothing of it has reached anybody.
_UNSEEN = (DeliveryState.PENDING, DeliveryState.RETRY, DeliveryState.CLAIMED, DeliveryState.FAILED)


async def keep_papers(session: AsyncSession, row: Delivery, now: datetime, *, at: datetime) -> bool:
    """Let a destination stand where it stood before the digest of a row, as if it had never been planned.

    It is due at `at`, or sooner where it has a time of its own. False where the digest stays as it is: a part of it
    may have arrived, or it is of no interest any more.
    """
    rows = sa.and_(deliveries.c.destination_id == row.destination.id, deliveries.c.digest_id == row.digest_id)
    arrived = sa.or_(deliveries.c.state.not_in(_UNSEEN), deliveries.c.message_id.is_not(None))
    if await session.scalar(sa.select(sa.exists().where(rows, arrived))):
        return False
    query = sa.select(digest_announcements).where(digest_announcements.c.digest_id == row.digest_id)
    first: dict[str, date] = {}
    for source in await session.execute(query):
        first[source.category] = min(first.get(source.category, source.mailing_date), source.mailing_date)
    if not first or min(first.values()) < (now - _STILL_NEWS).date():
        return False
    await session.execute(sa.delete(deliveries).where(rows))
    for category, day in first.items():
        ours = sa.and_(subscriptions.c.destination_id == row.destination.id, subscriptions.c.category == category)
        back = sa.update(subscriptions).where(ours, subscriptions.c.cursor >= day)
        await session.execute(back.values(cursor=day - _ONE_DAY))
    place = sa.update(destinations).where(destinations.c.id == row.destination.id)
    later = sa.or_(destinations.c.next_run_at.is_(None), destinations.c.next_run_at > at)
    await session.execute(place.where(later).values(next_run_at=at))
    return True
