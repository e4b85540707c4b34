"""Who was seen to lead which chat: whoever has changed something there finds it again in /channels.

It proves nothing: people lose their rights, so Telegram is asked again before anything is shown or changed.
"""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from storage.models import leaders as table
from storage.sql import upsert


async def knows(session: AsyncSession, user_id: int, chat_id: int) -> bool:
    """Whether the person was seen to lead the chat."""
    ours = sa.exists().where(table.c.user_id == user_id, table.c.chat_id == chat_id)
    return bool(await session.scalar(sa.select(ours)))


async def remember(session: AsyncSession, user_id: int, chat_id: int) -> None:
    """Note that the person leads the chat."""
    await session.execute(upsert(session, table).values(user_id=user_id, chat_id=chat_id).on_conflict_do_nothing())


async def forget(session: AsyncSession, user_id: int, chat_id: int) -> None:
    """Note that the person no longer does."""
    await session.execute(sa.delete(table).where(table.c.user_id == user_id, table.c.chat_id == chat_id))


async def move_chat(session: AsyncSession, old_chat_id: int, new_chat_id: int) -> None:
    """A group became a supergroup: whoever led it leads that."""
    there = sa.select(table.c.user_id, sa.literal(new_chat_id)).where(table.c.chat_id == old_chat_id)
    moved = upsert(session, table).from_select(["user_id", "chat_id"], there).on_conflict_do_nothing()
    await session.execute(moved)
    await session.execute(sa.delete(table).where(table.c.chat_id == old_chat_id))


async def chats_of(session: AsyncSession, user_id: int) -> list[int]:
    """The chats that the person was seen to lead."""
    return list(await session.scalars(sa.select(table.c.chat_id).where(table.c.user_id == user_id)))
