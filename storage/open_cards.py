"""Cards that were posted with less than a whole translation: where they stand, until they show all of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, fields
from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from storage.models import open_cards as table
from storage.records import OpenCard
from storage.sql import chunks, upsert

KEPT_FOR = timedelta(days=7)
"""A card that was posted longer ago is left as it is."""

_FIELDS = tuple(table.c[one.name] for one in fields(OpenCard))


async def keep(session: AsyncSession, card: OpenCard) -> None:
    """This card stands there with gaps, whatever stood there before."""
    await session.execute(sa.delete(table).where(table.c.posted_at < card.posted_at - KEPT_FOR))
    statement = upsert(session, table).values(asdict(card))
    others = {name: value for name, value in asdict(card).items() if not table.c[name].primary_key}
    await session.execute(statement.on_conflict_do_update(index_elements=list(table.primary_key), set_=others))


async def at(session: AsyncSession, chat_id: int, message_id: int) -> OpenCard | None:
    """The card with gaps that a message is."""
    query = sa.select(*_FIELDS).where(table.c.chat_id == chat_id, table.c.message_id == message_id)
    row = (await session.execute(query)).one_or_none()
    return OpenCard(*row) if row is not None else None


async def of_texts(session: AsyncSession, source_hashes: Iterable[str], language: str) -> list[OpenCard]:
    """The cards that show these texts with gaps, the oldest first."""
    found: list[OpenCard] = []
    for some in chunks(source_hashes):
        query = sa.select(*_FIELDS).where(table.c.source_hash.in_(some), table.c.language == language)
        found += [OpenCard(*row) for row in await session.execute(query)]
    return sorted(found, key=lambda card: (card.posted_at, card.chat_id, card.message_id))


async def drop(session: AsyncSession, chat_id: int, message_id: int) -> None:
    """It shows all of its texts, or something else stands there now."""
    await session.execute(sa.delete(table).where(table.c.chat_id == chat_id, table.c.message_id == message_id))
