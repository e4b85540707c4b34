"""Cards that were posted with less than a whole translation: where they stand, until they show all of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, fields
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from storage.models import open_cards as table
from storage.records import OpenCard
from storage.sql import chunks, upsert

KEPT_FOR = timedelta(days=7)
"""A card that was posted longer ago is left as it is."""

_FIELDS = tuple(table.c[field_.name] for field_ in fields(OpenCard))


async def keep(session: AsyncSession, card: OpenCard) -> None:
    """This card stands there with gaps, whatever stood there before."""
    await session.execute(sa.delete(table).where(table.c.posted_at < card.posted_at - KEPT_FOR))
    statement = upsert(session, table).values(asdict(card))
    others = {name: value for name, value in asdict(card).items() if not table.c[name].primary_key}
    await session.execute(statement.on_conflict_do_update(index_elements=list(table.primary_key), set_=others))


async def at(session: AsyncSession, card: OpenCard) -> OpenCard | None:
    """The card with gaps that stands now where this one was posted."""
    row = (await session.execute(sa.select(*_FIELDS).where(_there(card)))).one_or_none()
    return OpenCard(*row) if row is not None else None


async def of_texts(session: AsyncSession, source_hashes: Iterable[str], language: str) -> list[OpenCard]:
    """The cards that show these texts with gaps, the oldest first."""
    found: list[OpenCard] = []
    for some in chunks(source_hashes):
        query = sa.select(*_FIELDS).where(table.c.source_hash.in_(some), table.c.language == language)
        found += [OpenCard(*row) for row in await session.execute(query)]
    return sorted(found, key=lambda card: (card.posted_at, card.chat_id, card.message_id, card.inline_message_id))


async def waiting(session: AsyncSession, before: datetime, limit: int) -> list[OpenCard]:
    """The cards posted before that time for which a translation was being made, the oldest first."""
    ours = sa.and_(table.c.waiting, table.c.posted_at < before)
    query = sa.select(*_FIELDS).where(ours).order_by(table.c.posted_at).limit(limit)
    return [OpenCard(*row) for row in await session.execute(query)]


async def drop(session: AsyncSession, card: OpenCard) -> None:
    """It shows all of its texts, or something else stands there now."""
    await session.execute(sa.delete(table).where(_there(card)))


async def drop_message(session: AsyncSession, chat_id: int, message_id: int) -> None:
    """Something else stands in this message now, if it was such a card."""
    await session.execute(sa.delete(table).where(table.c.chat_id == chat_id, table.c.message_id == message_id))


def _there(card: OpenCard) -> sa.ColumnElement[bool]:
    return sa.and_(
        table.c.chat_id == card.chat_id,
        table.c.message_id == card.message_id,
        table.c.inline_message_id == card.inline_message_id,
    )
