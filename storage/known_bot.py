"""Which bot of Telegram's this database belongs to: another token may be another bot's."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from storage.models import deliveries, destinations, notices, open_answers, open_cards, pins
from storage.records import ChatKind, DeliveryState
from storage.sql import upsert

_PREFIX = "bot "
_SUPERGROUPS = -1_000_000_000_000


async def is_another(session: AsyncSession, bot_id: int, now: datetime) -> bool:
    """Whether the database was another bot's until now; it is this one's from now on.

    In private chats and basic groups each bot has message numbers of its own: what the other one's named is forgotten,
    since here they name other messages. What was delivered there stays delivered, and is not corrected any more.
    """
    name = f"{_PREFIX}{bot_id}"
    before = set(await session.scalars(sa.select(notices.c.name).where(notices.c.name.startswith(_PREFIX))))
    await session.execute(upsert(session, notices).values(name=name, raised_at=now).on_conflict_do_nothing())
    others = before - {name}
    if not others:
        return False
    await session.execute(sa.delete(notices).where(notices.c.name.in_(others)))
    own_numbers = destinations.c.kind.in_((ChatKind.PRIVATE, ChatKind.GROUP))
    await session.execute(sa.update(destinations).where(own_numbers).values(seen_message=None))
    there = sa.select(destinations.c.id).where(own_numbers)
    delivered = sa.and_(deliveries.c.destination_id.in_(there), deliveries.c.message_id.is_not(None))
    values = {"message_id": None, "state": DeliveryState.SENT, "retry_at": None, "fence": None, "reason": ""}
    await session.execute(sa.update(deliveries).where(delivered).values(**values))
    await session.execute(sa.delete(pins).where(pins.c.destination_id.in_(there)))
    # Cards and answers of chats without a destination, too: below this number are supergroups and channels alone.
    for table in (open_cards, open_answers):
        await session.execute(sa.delete(table).where(table.c.chat_id > _SUPERGROUPS))
    return True


def untold(user_id: int) -> str:
    """The name of the notice that an administrator could not be told yet that the bot is another."""
    return f"another-bot-{user_id}"
