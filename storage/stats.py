"""How much is stored, for the administrators."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from storage.models import announcements, deliveries, destinations, digests, papers, subscriptions, translations
from storage.records import AnnouncementState, ChatKind, DeliveryState


@dataclass(frozen=True, slots=True)
class Totals:
    """Counts. Papers count once whatever their versions, translations without those that were superseded.

    Kinds and states of which there are none are left out.
    """

    papers: int
    translations: int
    destinations: dict[ChatKind, int]
    paused: int
    subscriptions: int
    announcements: dict[AnnouncementState, int]
    digests: int
    deliveries: dict[DeliveryState, int]
    refused: int
    """Of the failed deliveries those to places that are open to the bot: what was refused is the message itself."""


_REFUSED = (
    sa.select(sa.func.count())
    .select_from(deliveries.join(destinations))
    .where(deliveries.c.state == DeliveryState.FAILED, destinations.c.paused.is_(None))
)


async def totals(session: AsyncSession) -> Totals:
    """Count everything."""
    kinds = await _by(session, destinations.c.kind)
    known = await _by(session, announcements.c.state)
    rows = await _by(session, deliveries.c.state)
    return Totals(
        papers=await _number(session, sa.select(sa.func.count(papers.c.arxiv_id.distinct()))),
        translations=await _count(session, translations, translations.c.superseded_at.is_(None)),
        destinations={ChatKind(kind): count for kind, count in kinds.items()},
        paused=await _count(session, destinations, destinations.c.paused.is_not(None)),
        subscriptions=await _count(session, subscriptions),
        announcements={AnnouncementState(state): count for state, count in known.items()},
        digests=await _count(session, digests),
        deliveries={DeliveryState(state): count for state, count in rows.items()},
        refused=await _number(session, _REFUSED),
    )


async def _by(session: AsyncSession, column: sa.Column[Any]) -> dict[str, int]:
    query = sa.select(column, sa.func.count()).group_by(column).order_by(column)
    return {row[0]: row[1] for row in await session.execute(query)}


async def _count(session: AsyncSession, table: sa.Table, *conditions: sa.ColumnElement[bool]) -> int:
    return await _number(session, sa.select(sa.func.count()).select_from(table).where(*conditions))


async def _number(session: AsyncSession, query: sa.Select[Any]) -> int:
    return int(await session.scalar(query) or 0)
