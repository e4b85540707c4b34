"""Translations by the text that they are of; earlier ones are kept."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import fields
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Row, bindparam, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from storage import search_index
from storage.models import translations as table
from storage.records import TextField, Translation
from storage.sql import chunks

_FIELDS = tuple(table.c[field_.name] for field_ in fields(Translation))


async def current(session: AsyncSession, source_hashes: Iterable[str], language: str) -> dict[str, Translation]:
    """The translations to use, by source hash; texts without one are left out."""
    found: dict[str, Translation] = {}
    for some in chunks(source_hashes):
        query = select(*_FIELDS).where(
            table.c.source_hash.in_(some), table.c.language == language, table.c.superseded_at.is_(None)
        )
        found |= {row.source_hash: _translation(row) for row in await session.execute(query)}
    return found


async def save(session: AsyncSession, *made: Translation) -> None:
    """Make these the translations to use, each of another text; those that they take the place of are kept.

    `made_at` must be set.
    """
    for translation in made:
        if translation.made_at is None:
            raise ValueError("a translation is stored with the time at which it was made")
    if not made:
        return
    replaced = (
        update(table)
        .where(
            table.c.source_hash == bindparam("of_text"),
            table.c.language == bindparam("to_language"),
            table.c.superseded_at.is_(None),
        )
        .values(superseded_at=bindparam("at"))
    )
    keys = [
        {"of_text": translation.source_hash, "to_language": translation.language, "at": translation.made_at}
        for translation in made
    ]
    connection = await session.connection()
    await connection.execute(replaced, keys)
    await session.execute(insert(table), [_values(translation) for translation in made])
    await search_index.refresh(session, [translation.arxiv_id for translation in made])


async def restore(session: AsyncSession, source_hashes: Iterable[str], language: str, now: datetime) -> int:
    """Take back the translations to use of these texts, each for the one that it took the place of.

    Texts without an earlier one are left. Returns how many were taken back; doing it again goes back further.
    """
    restored: list[str] = []
    for source_hash in dict.fromkeys(source_hashes):
        of_text = sa.and_(table.c.source_hash == source_hash, table.c.language == language)
        query = select(table.c.id, table.c.arxiv_id).where(of_text, table.c.superseded_at.is_(None))
        using = (await session.execute(query)).one_or_none()
        if using is None:
            continue
        earlier = await session.scalar(select(func.max(table.c.id)).where(of_text, table.c.id < using.id))
        if earlier is None:
            continue
        await session.execute(update(table).where(table.c.id == using.id).values(superseded_at=now))
        await session.execute(update(table).where(table.c.id == earlier).values(superseded_at=None))
        restored.append(using.arxiv_id)
    await search_index.refresh(session, restored)
    return len(restored)


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
    for field_of_text in TextField:
        maker = table.c.made_by[field_of_text.value].as_string()
        query = select(maker, func.count()).where(table.c.superseded_at.is_(None)).group_by(maker)
        for name, count in await session.execute(query):
            if name is not None:
                counts[name.partition(":")[0]] += count
    return dict(counts)


def _values(made: Translation) -> dict[str, Any]:
    values = {field_.name: getattr(made, field_.name) for field_ in fields(made)}
    return {**values, "made_by": dict(made.made_by), "notes": dict(made.notes)}


def _translation(row: Row[Any]) -> Translation:
    return Translation(**row._asdict())
