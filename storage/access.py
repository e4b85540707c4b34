"""People and chats that are shut out: by a ban, or because a private installation does not list them."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from storage import subscriptions
from storage.models import bans as table
from storage.models import destinations
from storage.sql import changed, upsert
from storage.subscriptions import BANNED, NOT_LISTED


async def ban(session: AsyncSession, chat_id: int, now: datetime) -> bool:
    """Shut out a person or chat, whose digests are paused. False where that was done before."""
    new = await changed(session, upsert(session, table).values(chat_id=chat_id, banned_at=now).on_conflict_do_nothing())
    for place in await subscriptions.in_chat(session, chat_id):
        await subscriptions.pause(session, place.id, BANNED)
    return new == 1


async def unban(session: AsyncSession, chat_id: int, now: datetime) -> bool:
    """Let a person or chat in again; its digests go on. False where it was not shut out."""
    if not await changed(session, sa.delete(table).where(table.c.chat_id == chat_id)):
        return False
    for place in await subscriptions.in_chat(session, chat_id):
        if place.paused == BANNED:
            await subscriptions.resume(session, place.id, now, shut_out=True)
    return True


async def is_banned(session: AsyncSession, ids: Collection[int]) -> bool:
    """Whether one of these people and chats is shut out."""
    return bool(await session.scalar(sa.select(sa.exists().where(table.c.chat_id.in_(ids)))))


async def banned(session: AsyncSession, limit: int) -> list[int]:
    """Those shut out, the latest first."""
    return list(await session.scalars(sa.select(table.c.chat_id).order_by(table.c.banned_at.desc()).limit(limit)))


async def move_chat(session: AsyncSession, old_chat_id: int, new_chat_id: int) -> None:
    """A group became a supergroup: it is shut out as before."""
    moved = sa.select(sa.literal(new_chat_id), table.c.banned_at).where(table.c.chat_id == old_chat_id)
    await session.execute(upsert(session, table).from_select(["chat_id", "banned_at"], moved).on_conflict_do_nothing())


async def keep_to_list(session: AsyncSession, allowed: Collection[int], now: datetime) -> int:
    """Pause the digests of whoever is not listed, and let those of who is go on; how many places changed.

    A place is listed by its own number or by that of the person who set it up; nothing listed means everybody.
    """
    rows = await session.execute(
        sa.select(destinations.c.id, destinations.c.chat_id, destinations.c.owner_id, destinations.c.paused).where(
            sa.or_(destinations.c.paused.is_(None), destinations.c.paused == NOT_LISTED)
        )
    )
    count = 0
    for row in rows.all():
        listed = not allowed or row.chat_id in allowed or row.owner_id in allowed
        if listed == (row.paused is None):
            continue
        count += 1
        if listed:
            await subscriptions.resume(session, row.id, now, shut_out=True)
        else:
            await subscriptions.pause(session, row.id, NOT_LISTED)
    return count
