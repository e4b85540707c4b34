"""The terms that administrators added."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from storage.models import glossary_terms as table
from storage.records import Term
from storage.sql import changed, upsert


async def terms(session: AsyncSession) -> list[Term]:
    """All of them, by language and in alphabetical order."""
    query = sa.select(table.c.english, table.c.rendering, table.c.language).order_by(table.c.language, table.c.english)
    return [Term(row.english, row.rendering, row.language) for row in await session.execute(query)]


async def add(session: AsyncSession, term: Term, added_by: int | None, now: datetime) -> None:
    """Store a term; it takes the place of another rendering of the same word in the same language."""
    values = {"rendering": term.rendering, "added_by": added_by, "added_at": now}
    statement = upsert(session, table).values(language=term.language, english=term.english, **values)
    await session.execute(statement.on_conflict_do_update(index_elements=list(table.primary_key), set_=values))


async def remove(session: AsyncSession, english: str, language: str | None = None) -> int:
    """Forget a word, in one language or in all; returns how many terms that were."""
    statement = sa.delete(table).where(sa.func.lower(table.c.english) == english.lower())
    if language is not None:
        statement = statement.where(table.c.language == language)
    return await changed(session, statement)
