"""Translations by the text that they are of; earlier ones are kept."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import fields
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Row, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from storage import search_index
from storage.models import translations as table
from storage.records import TextField, Translation
from storage.sql import chunks

_FIELDS = tuple(table.c[one.name] for one in fields(Translation))


async def current(session: AsyncSession, source_hashes: Iterable[str], language: str) -> dict[str, Translation]:
    """The translations to use, by source hash; texts without one are left out."""
    found: dict[str, Translation] = {}
    for some in chunks(source_hashes):
        query = select(*_FIELDS).where(
            table.c.source_hash.in_(some), table.c.language == language, table.c.superseded_at.is_(None)
        )
        found |= {row.source_hash: _translation(row) for row in await session.execute(query)}
    return found


async def save(session: AsyncSession, translation: Translation) -> None:
    """Make this the translation to use; the one that it takes the place of is kept. `made_at` must be set."""
    if translation.made_at is None:
        raise ValueError("a translation is stored with the time at which it was made")
    await session.execute(
        update(table)
        .where(
            table.c.source_hash == translation.source_hash,
            table.c.language == translation.language,
            table.c.superseded_at.is_(None),
        )
        .values(superseded_at=translation.made_at)
    )
    values = {one.name: getattr(translation, one.name) for one in fields(translation)}
    await session.execute(insert(table).values(**{**values, "made_by": dict(translation.made_by)}))
    await search_index.refresh(session, [translation.arxiv_id])


async def restore(session: AsyncSession, source_hashes: Iterable[str], language: str, now: datetime) -> int:
    """Take back the translations to use of these texts, each for the one that it took the place of.

    Texts without an earlier one are left. Returns how many were taken back; doing it again goes back further.
    """
    restored = 0
    for source_hash in dict.fromkeys(source_hashes):
        of_text = sa.and_(table.c.source_hash == source_hash, table.c.language == language)
        using = await session.scalar(select(table.c.id).where(of_text, table.c.superseded_at.is_(None)))
        if using is None:
            continue
        earlier = await session.scalar(select(func.max(table.c.id)).where(of_text, table.c.id < using))
        if earlier is None:
            continue
        await session.execute(update(table).where(table.c.id == using).values(superseded_at=now))
        await session.execute(update(table).where(table.c.id == earlier).values(superseded_at=None))
        restored += 1
    return restored


async def listing(session: AsyncSession, language: str | None = None) -> list[Translation]:
    """The translations to use, by language, paper and version."""
    query = select(*_FIELDS).where(table.c.superseded_at.is_(None))
    if language is not None:
        query = query.where(table.c.language == language)
    query = query.order_by(table.c.language, table.c.arxiv_id, table.c.version)
    return [_translation(row) for row in await session.execute(query)]


async def count_by_backend(session: AsyncSession) -> dict[str, int]:
    """How many texts of current translations each backend made, whatever its model."""
    counts: Counter[str] = Counter()
    for one in TextField:
        maker = table.c.made_by[one.value].as_string()
        query = select(maker, func.count()).where(table.c.superseded_at.is_(None)).group_by(maker)
        for name, count in await session.execute(query):
            if name is not None:
                counts[name.partition(":")[0]] += count
    return dict(counts)


def _translation(row: Row[Any]) -> Translation:
    return Translation(**row._asdict())
