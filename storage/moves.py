"""Destinations that go on elsewhere: a group that became a supergroup, a topic that took another's place."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from storage import access, leaders, subscriptions
from storage.models import UNFINISHED, deliveries
from storage.models import destinations as table
from storage.models import subscriptions as wish_table
from storage.records import ChatKind, DeliveryState, Destination

_OF_THE_MOVE = 1
"""A supergroup that a group became begins with the message that tells so; whatever is sent comes after it."""


async def move_chat(session: AsyncSession, old_chat_id: int, new_chat_id: int) -> int:
    """A group became a supergroup: take its destinations to the new chat id. Returns how many there were.

    Where the new chat is known already, subscriptions and deliveries are merged into it. Messages stay behind in the
    old chat, where they can no longer be edited.
    """
    if old_chat_id == new_chat_id:
        return 0
    await access.move_chat(session, old_chat_id, new_chat_id)
    await leaders.move_chat(session, old_chat_id, new_chat_id)
    moving = await subscriptions.in_chat(session, old_chat_id)
    for place in moving:
        await _leave_messages_behind(session, place.id)
        there = await subscriptions.destination(session, new_chat_id, place.thread_id)
        if there is None:
            kind = ChatKind.SUPERGROUP if place.kind is ChatKind.GROUP else place.kind
            await subscriptions.update(session, place.id, chat_id=new_chat_id, kind=kind)
        else:
            await _merge(session, place.id, there.id)
    return len(moving)


async def move_topic(session: AsyncSession, destination_id: int, thread_id: int, title: str) -> Destination:
    """Let a destination go on in another topic of its chat, 0 for none; what it is then.

    Where there is one already, subscriptions and deliveries are merged into it.
    """
    known = await subscriptions.by_id(session, destination_id)
    if known is None:
        raise LookupError(f"there is no destination {destination_id}")
    there = await subscriptions.destination(session, known.chat_id, thread_id)
    if there is None or there.id == destination_id:
        return await subscriptions.update(session, destination_id, thread_id=thread_id, title=title)
    await _merge(session, destination_id, there.id)
    return there


async def _leave_messages_behind(session: AsyncSession, destination_id: int) -> None:
    """The new chat numbers its messages anew: an old number would name a message that is about something else."""
    there = sa.and_(deliveries.c.destination_id == destination_id, deliveries.c.message_id.is_not(None))
    # Whatever was to be done to a message that stands in the old chat, it has been sent and stays as it is.
    waiting = sa.and_(there, sa.text(UNFINISHED))
    await session.execute(sa.update(deliveries).where(waiting).values(state=DeliveryState.SENT, retry_at=None))
    await session.execute(sa.update(deliveries).where(there).values(message_id=None))
    await session.execute(sa.update(table).where(table.c.id == destination_id).values(seen_message=_OF_THE_MOVE))


async def _merge(session: AsyncSession, old_id: int, new_id: int) -> None:
    reached = {wish.category: wish.cursor for wish in await subscriptions.of(session, new_id)}
    for wish in await subscriptions.of(session, old_id):
        if wish.category not in reached:
            await subscriptions.subscribe(session, new_id, wish.category, wish.cursor, wish.announce_types)
        elif wish.cursor > reached[wish.category]:
            ours = sa.and_(wish_table.c.destination_id == new_id, wish_table.c.category == wish.category)
            await session.execute(sa.update(wish_table).where(ours).values(cursor=wish.cursor))
    twin = deliveries.alias()
    has_it = sa.exists().where(
        twin.c.destination_id == new_id,
        twin.c.digest_id == deliveries.c.digest_id,
        twin.c.number == deliveries.c.number,
    )
    await session.execute(
        sa.update(deliveries).where(deliveries.c.destination_id == old_id, ~has_it).values(destination_id=new_id)
    )
    # What is left of the old one, rows that the new one has too, goes with it.
    await session.execute(sa.delete(table).where(table.c.id == old_id))
